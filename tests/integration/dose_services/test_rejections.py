"""Tests of what rejection notes do: somebody is told, and no dose is taken away."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from db.mapping import exam_from_packed
from db.repositories import exams, finding_lists
from db.session import Engine, unit_of_work
from db.tables.device import DeviceRow
from db.tables.finding import FindingRow
from dose_core.ledger.exam import Exam
from dose_services.finding_kinds import FindingKind
from tests.builders.ct_study import STUDY_UID, ct_slices, device_report
from tests.builders.rejection_note import PATIENT_SAFETY, rejection_note_bytes
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

REPORT = "2.25.1001"  # the UID of the report that tests.builders.ct_rdsr makes
QUALITY_TEXT = (
    "1 object(s) that state its dose were rejected in the archive: 113001 Rejected for Quality Reasons (1); "
    "the dose still counts"
)
TWO_REASONS_TEXT = (
    "1 object(s) that state its dose were rejected in the archive: 113001 Rejected for Quality Reasons (1), "
    "113037 Rejected for Patient Safety Reasons (1); the dose still counts"
)


def note(*uids: str, number: int = 1, **values: object) -> bytes:
    """Return a note in the study."""
    named = {"StudyInstanceUID": STUDY_UID, "SOPInstanceUID": f"2.25.5900.{number}", "PatientID": "P-2"}
    return rejection_note_bytes(*uids, **named, **values)  # type: ignore[arg-type]  # values of several types


def told(engine: Engine) -> list[FindingRow]:
    with unit_of_work(engine) as session:
        query = select(FindingRow).where(FindingRow.kind == FindingKind.OBJECT_REJECTED)
        return list(session.scalars(query))


def exam_of(engine: Engine) -> tuple[Exam, int]:
    """Return what counts of the exam, and its revision."""
    with unit_of_work(engine) as session:
        row = exams.by_study(session, STUDY_UID)
        assert row is not None
        known = exams.get(session, row.id)
        assert known is not None
        return exam_from_packed(known.content), row.revision


@pytest.fixture
def empty(engine: Engine, archive: FakeArchive) -> DoseHouse:
    return DoseHouse(engine=engine, archive=archive)


def test_a_rejected_report_is_told_and_its_dose_stays(empty: DoseHouse, engine: Engine) -> None:
    empty.receive([device_report()])
    before = exam_of(engine)

    empty.receive([note(REPORT)])

    assert exam_of(engine) == before
    (finding,) = told(engine)
    assert finding.text == QUALITY_TEXT
    assert finding.exam_id is not None
    assert finding.resolved_at is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_it_does_not_matter_what_comes_first(empty: DoseHouse, engine: Engine, order: tuple[int, ...]) -> None:
    objects = [device_report(), note(REPORT), note(REPORT, "2.25.404", number=2, title=PATIENT_SAFETY)]

    for number in order:
        empty.receive([objects[number]])

    exam, revision = exam_of(engine)
    assert exam.ct is not None
    assert exam.ct.dlp_mgy_cm is not None
    assert revision == 1
    (finding,) = told(engine)
    assert finding.text == TWO_REASONS_TEXT


def test_each_rejected_slice_counts_once(empty: DoseHouse, engine: Engine) -> None:
    empty.receive(ct_slices(4), are_headers=True)
    before = exam_of(engine)

    empty.receive([note("2.25.3100.0", "2.25.3100.1"), note("2.25.3100.1", number=2)])

    assert exam_of(engine) == before
    assert [one.text.split(" ")[0] for one in told(engine)] == ["2"]


def test_a_note_about_objects_that_are_not_held_tells_nothing(empty: DoseHouse, engine: Engine) -> None:
    empty.receive([device_report()])

    empty.receive([note("2.25.404")])

    assert told(engine) == []


def test_whoever_rejects_becomes_no_device_of_the_exam(empty: DoseHouse, engine: Engine) -> None:
    empty.receive([device_report()])

    empty.receive([note(REPORT)])

    with unit_of_work(engine) as session:
        assert session.scalars(select(DeviceRow.manufacturer)).all() == ["ACME"]


def test_what_a_person_settled_stays_settled_until_something_else_is_rejected(empty: DoseHouse, engine: Engine) -> None:
    empty.receive([device_report(), note(REPORT)])
    (finding,) = told(engine)
    with unit_of_work(engine) as session:
        row = finding_lists.lock(session, finding.id)
        assert row is not None
        row.resolved_at, row.closed_by, row.comment = empty.now, "ada", "a copy, the exam is right"

    empty.receive([note(REPORT, number=2)])
    assert [one.closed_by for one in told(engine)] == ["ada"]

    empty.receive([note(REPORT, number=3, title=PATIENT_SAFETY)])
    assert [one.closed_by for one in told(engine)] == [None]


def test_a_note_does_not_let_our_report_wait_longer(house: DoseHouse, archive: FakeArchive) -> None:
    house.wait(QUIET_S - 1)
    house.receive([note("2.25.3100.0")])
    house.now += timedelta(seconds=1)

    house.work()

    assert len(archive.objects) == 1
