"""Tests of feedback on cards: the justification that stands beside the order. All people are invented."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from db.session import unit_of_work
from dose_services.roles import Role, Scope
from doseledger.demo.hospital import ANNA
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.orders import order as order_message
from tests.integration.api.cds_hooks.conftest import Ward
from tests.integration.api.conftest import SITE
from tests.support.hooks_schema import FEEDBACK, check
from tests.support.mock_ehr_hooks import SERVICE, call, feedback, patient, service_request

PATH = f"{SERVICE}/feedback"
REASON = {"code": "change", "system": "urn:doseledger:cds-hooks:override-reason"}


def card(ward: Ward) -> dict[str, Any]:
    """Return the card about Anna's last CT, for an order that the RIS will know as PL1."""
    asked = service_request("draft-1", placer="PL1")
    (only,) = ward.cards(call("order-sign", patient(ANNA.identifier), asked))
    return only


def send(ward: Ward, body: dict[str, Any]) -> int:
    check(FEEDBACK, body)
    return int(ward.post(body, PATH).status_code)


def the_order(ward: Ward) -> dict[str, Any]:
    """Have the RIS tell of the order, and return it as a physicist sees it."""
    handler = MessageHandler(ward.house.engine, SITE, Hl7Settings(), lambda: ward.house.now)
    handler.handle(order_message(placer="PL1", identifiers=f"{ANNA.identifier}^^^DEMO^MR"), peer="127.0.0.1")
    ward.house.add_user("phil", Role.MPE)
    headers = ward.house.headers(Scope.READ, login="phil")
    (order,) = ward.house.client.get("/api/v1/orders", headers=headers).json()["orders"]
    answer = ward.house.client.get(f"/api/v1/orders/{order['id']}", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_reason_stands_beside_the_order_whichever_comes_first(ward: Ward) -> None:
    why = {"reason": REASON, "userComment": f"worse since yesterday, says {ANNA.name.split('^')[1]}"}

    assert send(ward, feedback(card(ward)["uuid"], overrideReason=why)) == 200

    (justification,) = the_order(ward)["justifications"]
    assert (justification["card"], justification["outcome"]) == ("prior_similar", "overridden")
    assert (justification["reason_code"], justification["ehr"]) == ("change", "karl")
    assert justification["comment"] == "worse since yesterday, says [patient]"
    assert justification["acting"] == "Practitioner/dr-roe"


def test_a_reason_stands_beside_the_exam_that_was_made_for_the_order(ward: Ward) -> None:
    send(ward, feedback(card(ward)["uuid"], overrideReason={"reason": REASON}))
    order_id = the_order(ward)["id"]
    headers = ward.house.headers(Scope.READ, login="phil")
    (exam_id,) = ward.house.exam_ids(ANNA.identifier)
    matched = {"exam_id": exam_id, "comment": "made for it"}
    assert ward.house.client.post(f"/api/v1/orders/{order_id}/match", json=matched, headers=headers).status_code == 200

    (order,) = ward.house.client.get(f"/api/v1/exams/{exam_id}", headers=headers).json()["orders"]

    assert [one["reason_code"] for one in order["justifications"]] == ["change"]


def test_feedback_about_another_order_stands_beside_none(ward: Ward) -> None:
    (shown,) = ward.cards(call("order-sign", patient(ANNA.identifier), service_request("draft-2", placer="PL2")))
    send(ward, feedback(shown["uuid"]))

    assert the_order(ward)["justifications"] == []


def test_the_same_feedback_is_kept_once_and_another_beside_it(ward: Ward) -> None:
    shown = card(ward)
    accepted = feedback(shown["uuid"], "accepted", acceptedSuggestions=[{"id": shown["suggestions"][0]["uuid"]}])

    for body in (feedback(shown["uuid"]), feedback(shown["uuid"]), accepted, accepted):
        assert send(ward, body) == 200

    assert ward.house.rows("SELECT outcome FROM hook_feedback ORDER BY id") == [("overridden",), ("accepted",)]
    assert ward.house.rows("SELECT count(*) FROM access_log WHERE action = 'justify_order'") == [(2,)]


def test_of_a_card_that_nobody_gave_nothing_is_kept(ward: Ward) -> None:
    told = feedback(card(ward)["uuid"])
    told["feedback"] += feedback(str(uuid4()))["feedback"]

    assert send(ward, told) == 404
    assert ward.house.rows("SELECT count(*) FROM hook_feedback") == [(0,)]


def test_what_is_not_as_specified_is_refused(ward: Ward) -> None:
    uuid = card(ward)["uuid"]
    bad = [
        {},
        {"feedback": []},
        feedback("1"),
        feedback(uuid, "ignored"),
        feedback(uuid, "accepted"),
        feedback(uuid, outcomeTimestamp="yesterday"),
        feedback(uuid, overrideReason={"reason": {"code": "x"}}),
    ]

    assert {ward.post(body, PATH).status_code for body in bad} == {422}


def test_what_was_kept_can_be_emptied_when_a_patient_expires_and_not_be_changed(ward: Ward) -> None:
    send(ward, feedback(card(ward)["uuid"], overrideReason={"userComment": "needed"}))

    for change in (
        "UPDATE hook_feedback SET outcome = 'accepted'",
        "UPDATE hook_feedback SET comment = 'other'",
        "UPDATE hook_card SET acting = 'other'",
        "DELETE FROM hook_feedback",
    ):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work(ward.house.engine) as session:
            session.execute(text(change))
    with unit_of_work(ward.house.engine) as session:
        session.execute(text("UPDATE hook_feedback SET comment = ''"))
        session.execute(text("UPDATE hook_card SET order_numbers = '{}'"))
