"""Tests of dose_services.outbound_withholding: nothing goes out of a patient who was restricted meanwhile."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_core.ledger.standing import Decided
from dose_services import outbound_sending, restriction
from dose_services.audit import Looker, Via
from tests.builders.ct_reports import of, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.outbound_house import OutboundHouse, values

PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> OutboundHouse:
    """A house with one destination, which has received nothing."""
    made = OutboundHouse(DoseHouse(engine=engine, archive=archive))
    made.add()
    return made


def restrict(place: OutboundHouse, identifier: str) -> None:
    whom = place.patient_id(identifier)
    with unit_of_work(place.house.engine) as session:
        restriction.restrict(session, whom, reason="they asked for it", looker=PHIL, now=place.now)


def lift(place: OutboundHouse, identifier: str) -> None:
    whom = place.patient_id(identifier)
    with unit_of_work(place.house.engine) as session:
        restriction.lift(session, whom, reason="they agreed again", looker=PHIL, now=place.now)


def next_sent(place: OutboundHouse) -> bytes:
    """Return what a worker takes to send next, empty if there is nothing."""
    (destination_id,) = place.ids.values()
    with unit_of_work(place.house.engine) as session:
        taken = outbound_sending.take(session, destination_id, holder=UUID(int=1), now=place.now)
        return taken.content if taken else b""


class TestAMessage:
    def test_that_was_queued_before_its_patient_was_restricted_is_withheld_and_lets_others_pass(
        self, place: OutboundHouse
    ) -> None:
        place.receive(1)
        place.tell()
        place.receive(2, patient="P-2")
        place.tell()
        restrict(place, "P-1")

        sent = next_sent(place)

        assert (place.states(), place.kinds()) == (["withheld", "queued"], ["F", "F"])
        assert b"|P-2^^^HOSP" in sent
        assert b"P-1" not in sent

    def test_that_was_withheld_is_told_as_it_is_by_then(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()
        restrict(place, "P-1")
        assert next_sent(place) == b""
        place.house.receive([report(1, ctdi_mgy="9", SOPInstanceUID="2.25.8100.99", event=9, **of("P-1"))])
        lift(place, "P-1")
        place.tell()

        assert place.states() == ["dropped", "queued"]
        assert [values(one)["113813", ""] for one in place.messages()] == [("150", "F"), ("300", "F")]
        assert b"|P-1^^^HOSP" in next_sent(place)

    def test_that_was_withheld_is_not_told_if_it_counts_no_more(self, place: OutboundHouse) -> None:
        place.receive(1)
        place.tell()
        restrict(place, "P-1")
        next_sent(place)
        lift(place, "P-1")
        place.decide(Decided.NOT_PATIENT)
        place.tell()

        assert place.states() == ["dropped"]
        assert next_sent(place) == b""

    def test_correction_of_what_its_receiver_may_know_goes_out_once_the_restriction_is_lifted(
        self, place: OutboundHouse
    ) -> None:
        place.receive(1)
        place.tell()
        assert next_sent(place)  # and no answer came
        restrict(place, "P-1")
        place.house.wait(600)
        assert next_sent(place) == b""
        lift(place, "P-1")
        place.tell()

        assert place.states() == ["queued"]
        assert next_sent(place)
