"""Tests of the routes of orders."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.envelopes import whole
from tests.builders.orders import order
from tests.integration.api.conftest import SITE, House
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

ORDERS = "/api/v1/orders"
ANNA = f"{ANNA_CHEST.person.identifier}^^^DEMO"


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


def tell(house: House, raw: bytes) -> None:
    """Send a message to the bridge of the house."""
    MessageHandler(house.engine, SITE, Hl7Settings(), lambda: house.now).handle(raw, peer="127.0.0.1")


def follow(house: House) -> None:
    """Do what the worker does within seconds."""
    DoseHouse(engine=house.engine, archive=FakeArchive(), now=datetime.now(UTC), site=SITE).follow()  # noqa: TID251 - as the service


@pytest.fixture
def ordered(house: House) -> House:
    """A house with an exam of Anna's, and an order of hers that nothing leads to."""
    house.hand_in(whole(dose_report(ANNA_CHEST)))
    tell(house, order(identifiers=ANNA, accession="ELSE", filler="F9", modality="MG"))
    follow(house)
    return house


def listed(house: House, headers: dict[str, str], **wanted: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.client.get(ORDERS, params=wanted, headers=headers).json()["orders"]
    return found


def exam(house: House, headers: dict[str, str]) -> dict[str, Any]:
    (exam_id,) = house.exam_ids(ANNA_CHEST.person.identifier)
    found: dict[str, Any] = house.client.get(f"/api/v1/exams/{exam_id}", headers=headers).json()
    return found


def decide(house: House, headers: dict[str, str], what: str, **ids: str) -> Any:  # noqa: ANN401 - a foreign response
    (wanted,) = listed(house, headers)
    body = {"exam_id": exam(house, headers)["summary"]["id"], "comment": "asked the ward", **ids}
    return house.client.post(f"{ORDERS}/{wanted['id']}/{what}", json=body, headers=headers)


def test_an_order_is_listed_with_its_patient_and_without_match(ordered: House, phil: dict[str, str]) -> None:
    (found,) = listed(ordered, phil, only="without_match")

    assert found["patient"]["identifiers"][0]["value"] == ANNA_CHEST.person.identifier
    assert (found["status"], found["indication"], found["without_dose"]) == ("ordered", "fall from a ladder", None)
    assert listed(ordered, phil, only="without_dose") == []
    assert listed(ordered, phil, status="cancelled") == []


def test_a_person_matches_an_exam_and_the_exam_shows_why_it_was_made(ordered: House, phil: dict[str, str]) -> None:
    matched = decide(ordered, phil, "match")

    assert matched.status_code == 200
    assert [(one["rule"], one["confidence"]) for one in matched.json()["matches"]] == [("by_hand", "certain")]
    (shown,) = exam(ordered, phil)["orders"]
    assert (shown["rule"], shown["indication"], shown["referrer"]) == ("by_hand", "fall from a ladder", "Poe^Paul")
    assert shown["procedure"] == {"code": "CTCHEST", "scheme": "L", "text": "CT chest"}
    assert listed(ordered, phil, only="without_match") == []


def test_a_match_is_undone_and_a_decision_withdrawn(ordered: House, phil: dict[str, str]) -> None:
    decide(ordered, phil, "match")
    parted = decide(ordered, phil, "unmatch").json()
    withdrawn = decide(ordered, phil, "withdraw").json()

    assert (parted["matches"], withdrawn["matches"]) == ([], [])
    assert [one["kind"] for one in withdrawn["decisions"]] == ["withdrawn", "unmatched", "matched"]
    assert withdrawn["decisions"][0]["decided_by"] == "user:phil"


def test_each_look_and_decision_is_on_record(ordered: House, phil: dict[str, str]) -> None:
    decide(ordered, phil, "match")
    decide(ordered, phil, "match")

    actions = [row[0] for row in ordered.rows("SELECT action FROM access_log ORDER BY id")]
    assert actions.count("match_order") == 1
    assert "read_orders" in actions


def test_what_does_not_exist_or_was_not_decided_is_refused(ordered: House, phil: dict[str, str]) -> None:
    no_order = ordered.client.get(f"{ORDERS}/{uuid4()}", headers=phil)
    no_exam = decide(ordered, phil, "match", exam_id=str(uuid4()))
    nothing = decide(ordered, phil, "withdraw")

    assert (no_order.status_code, no_exam.status_code, nothing.status_code) == (404, 404, 409)
    assert no_order.json()["type"] == "urn:doseledger:problem:unknown-order"
    assert nothing.json()["type"] == "urn:doseledger:problem:match-refused"


def test_the_order_of_another_patient_tells_nothing_of_them_beside_the_exam(
    ordered: House, phil: dict[str, str]
) -> None:
    tell(ordered, order("XO", identifiers="DEMO-7^^^DEMO", accession="ELSE", filler="F9", at="20260301110000"))
    decide(ordered, phil, "match")

    (shown,) = exam(ordered, phil)["orders"]
    assert shown["is_of_another_patient"] is True
    assert {shown[name] for name in ("indication", "referrer", "procedure", "priority", "status")} == {None}


def test_only_physicists_see_orders(ordered: House) -> None:
    ordered.add_user("rita", Role.RADIOLOGIST)
    ordered.add_user("ada", Role.ADMINISTRATOR)

    for login in ("rita", "ada"):
        assert ordered.client.get(ORDERS, headers=ordered.headers(Scope.READ, login=login)).status_code == 403


def test_an_order_of_a_restricted_patient_is_unknown_but_by_break_glass(ordered: House, phil: dict[str, str]) -> None:
    (found,) = listed(ordered, phil)
    address = f"/api/v1/patients/{found['patient']['id']}/restriction"
    assert ordered.client.post(address, json={"reason": "asked for it"}, headers=phil).status_code in {200, 201}

    assert listed(ordered, phil) == []
    assert ordered.client.get(f"{ORDERS}/{found['id']}", headers=phil).status_code == 404
    opened = ordered.client.get(f"{ORDERS}/{found['id']}", headers={**phil, "X-Break-Glass": "an%20emergency"})
    assert opened.status_code == 200
