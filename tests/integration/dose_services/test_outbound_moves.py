"""Tests of exams that move to another patient: taken back there (W), then told here (F), whoever moved them."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from dose_core.ledger.standing import Decided
from hl7_bridge.messages import Message
from tests.builders.ct_reports import of, report
from tests.builders.hl7 import adt, message, msh, pid
from tests.builders.orders import moved_visit
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler
from tests.support.outbound_house import OutboundHouse, values

AT = "20260301180000"  # after the objects came


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> OutboundHouse:
    """A house with one destination, which was told of an exam of P-1, and which knows P-2 too."""
    made = OutboundHouse(DoseHouse(engine=engine, archive=archive))
    made.add()
    made.house.receive([report(1, AdmissionID="V1", **of("P-1"))])
    made.tell()
    made.receive(2, patient="P-2")
    made.tell()
    return made


def hear(place: OutboundHouse, raw: bytes) -> None:
    handler(place.house.engine, now=place.now).handle(raw, peer="127.0.0.1")


def by_the_desk(place: OutboundHouse) -> None:
    place.decide(Decided.RELEASED, place.patient_id("P-2"))


def by_a43(place: OutboundHouse) -> None:
    whose = pid("P-2^^^HOSP", "Muster^Mara", "19700102")  # as the objects name them: else the exam would be held
    hear(place, message(msh("ADT^A43^ADT_A43", at=AT), f"EVN|A43|{AT}", whose, "MRG|P-1^^^HOSP"))


def by_a43_of_whom_hl7_told(place: OutboundHouse) -> None:
    named = {"name": "Muster^Mara", "birth_date": "19700102"}
    hear(place, adt(identifiers="P-1^^^HOSP", at="20260301170000", control_id="ADT1", **named))
    by_a43(place)


def by_a45(place: OutboundHouse) -> None:
    hear(place, moved_visit(to="P-2^^^HOSP", source="P-1^^^HOSP", visit="V1^^^HOSP", at=AT))


def identifiers(told: Message) -> set[str]:
    pid_segment = told.first("PID")
    return {one.component(1) for one in pid_segment.values(3)} if pid_segment else set()


@pytest.mark.parametrize("move", [by_the_desk, by_a43, by_a43_of_whom_hl7_told, by_a45])
def test_an_exam_that_moves_is_taken_back_there_and_told_here(
    place: OutboundHouse, move: Callable[[OutboundHouse], None]
) -> None:
    move(place)
    place.tell()
    place.tell()

    assert place.kinds() == ["F", "F", "W", "F"]
    told, _, wrong, right = place.messages()
    assert values(told) == values(right)
    assert {key: value for key, (value, _) in values(wrong).items()} == {
        key: value for key, (value, _) in values(told).items()
    }
    assert {status for _, status in values(wrong).values()} == {"W"}
    assert (identifiers(told), identifiers(wrong)) == ({"P-1"}, {"P-1"})
    assert "P-2" in identifiers(right)  # beside it P-1, where that became an identifier of theirs
    assert [one.value(3).text for one in (*told.segments, *wrong.segments, *right.segments) if one.name == "OBR"] == [
        str(place.exam_ids()[0])
    ] * 3
