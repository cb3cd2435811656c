"""Tests of the routes on results for other systems."""

from functools import partial
from uuid import uuid4

import pytest

from db.session import unit_of_work
from dose_core.hl7.answers import Answer, Verdict
from dose_core.hl7.observations import Code
from dose_core.ledger.totals import Quantity
from dose_services import following, outbound_destinations, outbound_results, outbound_sending
from dose_services.outbound_values import Endpoint, Form, Rule
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import SITE, House
from tests.support.hl7_receiver import ack
from tests.support.outbound_house import LONG_AGO, OPERATOR

DLP = Code(identifier="DLP", text="DLP", system="99HOSP")
OUTBOUND = "/api/v1/outbound"
COMMENT = {"comment": "the RIS knows the patient now"}


@pytest.fixture
def told(house: House) -> House:
    """A house whose RIS has refused the result of an exam."""
    work = partial(unit_of_work, house.engine)
    with work() as session:
        destination = outbound_destinations.add_destination(
            session,
            "RIS",
            Endpoint(host="ris.invalid", port=2575),
            Rule(exams_since=LONG_AGO, quiet_s=0),
            Form(receiving_application="RIS", codes={Quantity.DLP: DLP}, sentence_language="de"),
            looker=OPERATOR,
            now=house.now,
        )
    house.hand_in(whole(dose_report(ANNA_CHEST)))
    while following.work_off(work, now=house.now, site=SITE, limit=10):
        pass
    assert outbound_results.tell_due(work, now=house.now, site=SITE, limit=10) == 1
    with work() as session:
        sending = outbound_sending.take(session, destination, holder=uuid4(), now=house.now)
    assert sending is not None
    text = "Testsson Anna is not known"
    refused = Answer(verdict=Verdict.REFUSED, control_id="", problem="AE 204: unknown key identifier", text=text)
    raw = ack(sending.content, "AE", f"ERR||PID^1^3|204^x^HL70357|E|||{text}")
    with work() as session:
        outbound_sending.mark_answered(session, sending.number, answer=refused, raw=raw, now=house.now)
        outbound_sending.release(session, destination, holder=uuid4())
    return house


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


@pytest.fixture
def adam(house: House) -> dict[str, str]:
    """The headers of an administrator, who sees no patients."""
    house.add_user("adam", Role.ADMINISTRATOR)
    return house.headers(Scope.READ, login="adam")


def test_destinations_are_listed_with_the_lengths_of_their_queues(told: House, adam: dict[str, str]) -> None:
    (one,) = told.client.get(f"{OUTBOUND}/destinations", headers=adam).json()["destinations"]

    assert (one["name"], one["host"], one["queued"], one["parked"], one["sent"]) == ("RIS", "ris.invalid", 0, 1, 0)
    assert (one["codes"], one["quantities"], one["sentence_language"], one["link"]) == (
        {"dlp_mgy_cm": {"identifier": "DLP", "text": "DLP", "system": "99HOSP"}},
        [],
        "de",
        None,
    )


def test_messages_are_listed_without_whom_they_name(told: House, adam: dict[str, str]) -> None:
    answer = told.client.get(f"{OUTBOUND}/messages", params={"state": "parked", "destination": "RIS"}, headers=adam)

    (message,) = answer.json()["messages"]
    assert (message["number"], message["kind"], message["problem"]) == (1, "F", "AE 204: unknown key identifier")
    assert "Anna" not in answer.text


def test_messages_come_in_pages(told: House, adam: dict[str, str]) -> None:
    later = told.client.get(f"{OUTBOUND}/messages", params={"after": 1}, headers=adam).json()
    unknown = told.client.get(f"{OUTBOUND}/messages", params={"destination": "PACS"}, headers=adam)

    assert (later, unknown.status_code) == ({"messages": []}, 404)


def test_a_message_and_its_answer_are_shown_to_physicists_and_the_look_is_on_record(
    told: House, phil: dict[str, str]
) -> None:
    found = told.client.get(f"{OUTBOUND}/messages/1", headers=phil).json()

    assert found["content"].startswith("MSH|^~\\&|DOSELEDGER||RIS|")
    assert "Testsson Anna is not known" in found["answer"]
    looks = told.rows("SELECT subject, patient_id IS NOT NULL FROM access_log WHERE action = 'read_message'")
    assert looks == [("user:phil", True)]


def test_a_parked_message_is_sent_again_parked_and_given_up(told: House, adam: dict[str, str]) -> None:
    states = [
        told.client.post(f"{OUTBOUND}/messages/1/{act}", json=COMMENT, headers=adam).json()["state"]
        for act in ("send-again", "send-again", "park", "drop")
    ]

    assert states == ["queued", "queued", "parked", "dropped"]
    assert told.rows("SELECT count(*) FROM finding WHERE kind = 'result_refused' AND resolved_at IS NULL") == [(0,)]


@pytest.mark.parametrize(
    ("number", "body", "status"),
    [(9, COMMENT, 404), (0, COMMENT, 422), (2**63, COMMENT, 422), (1, {"comment": "no"}, 422)],
)
def test_what_cannot_be_done_is_refused(
    told: House, adam: dict[str, str], number: int, body: dict[str, str], status: int
) -> None:
    answer = told.client.post(f"{OUTBOUND}/messages/{number}/send-again", json=body, headers=adam)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_message_that_was_given_up_is_not_sent_again(told: House, adam: dict[str, str]) -> None:
    told.client.post(f"{OUTBOUND}/messages/1/drop", json=COMMENT, headers=adam)

    answer = told.client.post(f"{OUTBOUND}/messages/1/send-again", json=COMMENT, headers=adam)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:doseledger:problem:message-not-movable")
