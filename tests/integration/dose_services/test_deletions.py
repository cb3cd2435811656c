"""Tests of dose_services.deletions: what an archive deletes is told, and no dose is taken away."""

import pytest
from sqlalchemy import select

from db.mapping import exam_from_packed
from db.repositories import exams
from db.session import Engine, unit_of_work
from db.tables.finding import FindingRow
from dose_core.ledger.exam import Exam
from dose_services.deletions import note_deleted
from dose_services.finding_kinds import FindingKind
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.ct_study import STUDY_UID, ct_slices, device_report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive


@pytest.fixture
def archive_house(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has a report and four slices of one study from Orthanc."""
    made = DoseHouse(engine=engine, archive=archive)
    made.receive([device_report()], orthanc_id="report")
    made.receive(ct_slices(4), are_headers=True, orthanc_id="slice")
    return made


def delete(house: DoseHouse, *orthanc_ids: str, site: str = "") -> None:
    """Have the archive tell of deletions, and the worker do what follows."""
    with unit_of_work(house.engine) as session:
        note_deleted(session, orthanc_ids, site=site, now=house.now)
    house.follow()


def told(house: DoseHouse) -> dict[str, bool]:
    """Return what is told of deletions, and whether it is open."""
    with unit_of_work(house.engine) as session:
        query = select(FindingRow).where(FindingRow.kind == FindingKind.OBJECT_DELETED)
        return {row.text.partition(" that")[0]: row.resolved_at is None for row in session.scalars(query)}


def exam_of(house: DoseHouse) -> tuple[Exam, int]:
    """Return what counts of the exam, and its revision."""
    with unit_of_work(house.engine) as session:
        row = exams.by_study(session, STUDY_UID)
        assert row is not None
        known = exams.get(session, row.id)
        assert known is not None
        return exam_from_packed(known.content), row.revision


def test_deleted_objects_are_told_and_their_dose_stays(archive_house: DoseHouse) -> None:
    before = exam_of(archive_house)

    delete(archive_house, "report-0", "slice-0", "slice-3", "of-an-mr-image")

    assert told(archive_house) == {"3 object(s)": True}
    assert exam_of(archive_house) == before


def test_telling_it_twice_changes_nothing(archive_house: DoseHouse) -> None:
    delete(archive_house, "report-0")
    delete(archive_house, "report-0")

    assert told(archive_house) == {"1 object(s)": True}


def test_what_is_not_kept_is_passed_over(archive_house: DoseHouse) -> None:
    """Such as a dose SR of ours that is withdrawn: it never comes in."""
    delete(archive_house, "of-an-mr-image", "report-0\0")

    assert told(archive_house) == {}


def test_another_site_has_other_objects_under_these_ids(archive_house: DoseHouse) -> None:
    delete(archive_house, "report-0", site="elsewhere")

    assert told(archive_house) == {}


def test_what_comes_again_is_told_no_more(archive_house: DoseHouse) -> None:
    delete(archive_house, "report-0", "slice-0")

    archive_house.receive([device_report()], orthanc_id="report")
    assert told(archive_house) == {"1 object(s)": True}

    archive_house.receive(ct_slices(1), are_headers=True, orthanc_id="slice")
    assert told(archive_house) == {"1 object(s)": False}


def test_a_corrected_object_in_its_place_is_there(archive_house: DoseHouse) -> None:
    delete(archive_house, "report-0")

    corrected = chest_ct_report_bytes(
        StudyInstanceUID=STUDY_UID, PatientID="P-2", event_uid="2.25.4001", AccessionNumber="ACC-9"
    )
    archive_house.receive([corrected], orthanc_id="report")

    assert told(archive_house) == {"1 object(s)": False}


def test_what_a_person_settled_stays_settled(archive_house: DoseHouse) -> None:
    delete(archive_house, "report-0")
    with unit_of_work(archive_house.engine) as session:
        row = session.scalars(select(FindingRow).where(FindingRow.kind == FindingKind.OBJECT_DELETED)).one()
        row.resolved_at, row.closed_by, row.comment = archive_house.now, "ada", "cleaning up"

    archive_house.receive(ct_slices(4), are_headers=True, orthanc_id="slice")

    assert told(archive_house) == {"1 object(s)": False}
