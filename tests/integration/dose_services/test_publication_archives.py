"""Tests of dose_services.publication with several archives, and of what is taken back where nothing can be deleted."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import KeyObjectSelectionDocumentStorage
from sqlalchemy import update

from db.session import Engine, unit_of_work
from db.tables.publication import PublicationRow
from dose_core.ledger.standing import Decided
from dose_services import pacs_destinations, publication_sending
from dose_services.archive_values import DicomNode
from dose_services.audit import Looker, Via
from dose_services.pacs_values import PacsRule
from dose_services.publication_step import LEASE
from dose_worker.archive import ArchiveUnavailableError
from tests.builders.ct_study import STUDY_UID, ct_slices, device_report, other_ct_slices
from tests.support.dciodvfy import dciodvfy_errors
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

ADA = Looker(subject="user:ada", user_id=None, via=Via.COMMAND, reference=None, route="doseledger test")
PACS = DicomNode(host="127.0.0.1", port=104, called_ae_title="PACS")


@pytest.fixture
def pacs(house: DoseHouse) -> FakeArchive:
    """A PACS beside Orthanc, which gets reports of exams known since a day ago."""
    made = FakeArchive(can_delete=False)
    house.archives["PACS"] = made
    add(house, "PACS")
    return made


def add(house: DoseHouse, name: str, **rule: Any) -> None:  # noqa: ANN401  values of several types
    chosen = PacsRule(**{"exams_since": house.now - timedelta(days=1), **rule})
    with unit_of_work(house.engine) as session:
        pacs_destinations.add_pacs(session, name, PACS, chosen, looker=ADA, now=house.now)
    house.plan_anew()


def keep_in_orthanc(house: DoseHouse) -> None:
    """Forbid that anything is deleted in Orthanc."""
    with unit_of_work(house.engine) as session:
        pacs_destinations.set_rule(session, "orthanc", kinds=None, deletes=False, looker=ADA, now=house.now)


def publish(house: DoseHouse) -> None:
    house.wait(QUIET_S)
    house.work()


def serve_first(house: DoseHouse, destination: str) -> None:
    """Have one archive asked before the others."""
    earlier = house.now - timedelta(seconds=1)
    which = (PublicationRow.destination == destination) & (PublicationRow.state == "waiting")
    with unit_of_work(house.engine) as session:
        session.execute(update(PublicationRow).where(which).values(not_before=earlier))


def objects_of(archive: FakeArchive) -> tuple[list[Dataset], list[Dataset]]:
    """Return the reports and the rejection notes that an archive has."""
    every: list[Dataset] = [dcmread(BytesIO(dicom)) for dicom in archive.objects.values()]
    notes = [one for one in every if one.SOPClassUID == KeyObjectSelectionDocumentStorage]
    return [one for one in every if one not in notes], notes


def rejected_by(note: Dataset) -> list[str]:
    (study,) = note.CurrentRequestedProcedureEvidenceSequence
    return [
        str(one.ReferencedSOPInstanceUID)
        for series in study.ReferencedSeriesSequence
        for one in series.ReferencedSOPSequence
    ]


class TestSeveralArchives:
    def test_get_the_same_object_byte_for_byte(self, house: DoseHouse, archive: FakeArchive, pacs: FakeArchive) -> None:
        publish(house)

        assert len(archive.objects) == 1
        assert pacs.objects == archive.objects

    def test_get_the_same_object_also_if_one_of_them_was_away(
        self, house: DoseHouse, archive: FakeArchive, pacs: FakeArchive
    ) -> None:
        pacs.fails_with = ArchiveUnavailableError("away")
        publish(house)
        assert sorted(house.states()) == ["sent", "waiting"]
        pacs.fails_with = None
        house.wait(3600)
        house.work()

        assert house.states() == ["sent", "sent"]
        assert pacs.objects == archive.objects

    @pytest.mark.parametrize("first", ["orthanc", "PACS"])
    def test_name_the_same_predecessor(
        self, house: DoseHouse, archive: FakeArchive, pacs: FakeArchive, first: str
    ) -> None:
        """Also one that never had it, and whichever is served first: the object is one, wherever it lies."""
        pacs.fails_with = ArchiveUnavailableError("away")
        publish(house)
        house.receive(ct_slices(4, first=4), are_headers=True)
        house.wait(QUIET_S)
        serve_first(house, first)
        house.work()
        pacs.fails_with = None
        house.wait(30)
        house.work()

        (report,), _ = objects_of(pacs)
        assert "PredecessorDocumentsSequence" in report
        assert report.SOPInstanceUID in archive.objects
        assert archive.objects[str(report.SOPInstanceUID)] == pacs.objects[str(report.SOPInstanceUID)]

    def test_get_what_their_rule_wants(self, house: DoseHouse) -> None:
        gets_none = FakeArchive(can_delete=False)
        rules: dict[str, dict[str, Any]] = {
            "OTHER KINDS": {"kinds": ("mammography rdsr",)},
            "OTHER SITES": {"sites": ("elsewhere",)},
            "LATER EXAMS": {"exams_since": house.now + timedelta(seconds=1)},
        }
        for name, rule in rules.items():
            house.archives[name] = gets_none
            add(house, name, **rule)
        publish(house)

        assert gets_none.objects == {}
        assert [row.destination for row in house.rows()] == ["orthanc"]

    def test_that_rest_wait_and_get_what_is_due_then(self, house: DoseHouse, pacs: FakeArchive) -> None:
        with unit_of_work(house.engine) as session:
            pacs_destinations.set_active(session, "PACS", is_active=False, looker=ADA, now=house.now)
        publish(house)
        assert pacs.objects == {}
        with unit_of_work(house.engine) as session:
            pacs_destinations.set_active(session, "PACS", is_active=True, looker=ADA, now=house.now)
        house.work()

        assert len(pacs.objects) == 1

    def test_that_are_told_to_get_none_any_more_keep_what_they_have(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        publish(house)
        with unit_of_work(house.engine) as session:
            pacs_destinations.set_rule(session, "orthanc", kinds=(), deletes=None, looker=ADA, now=house.now)
        house.plan_anew()
        house.receive(ct_slices(4, first=4), are_headers=True)
        publish(house)

        assert len(archive.objects) == 1
        assert house.states() == ["sent"]

    def test_get_their_turn_also_while_another_has_a_long_queue(self, house: DoseHouse, pacs: FakeArchive) -> None:
        """One that is down, slow or new has the longest due reports, and more than are looked at once."""
        pacs.fails_with = ArchiveUnavailableError("away")
        house.receive(other_ct_slices(), are_headers=True)
        house.wait(QUIET_S)
        serve_first(house, "PACS")
        with unit_of_work(house.engine) as session:
            due = publication_sending.due(session, house.now, limit_each=1)

        assert [one.destination for one in due] == ["PACS", "orthanc"]

    def test_that_a_worker_knows_no_address_of_wait(self, house: DoseHouse, engine: Engine) -> None:
        house.wait(QUIET_S)
        with unit_of_work(engine) as session:
            due = publication_sending.due(session, house.now, limit_each=10, is_served=lambda _: False)

        assert due == []


class TestAnArchiveThatDeletesNothing:
    def test_is_told_by_one_note_that_a_report_is_taken_back(
        self, house: DoseHouse, archive: FakeArchive, pacs: FakeArchive, tmp_path: Path
    ) -> None:
        publish(house)
        house.receive([device_report()])
        house.work()
        house.wait(3600)
        house.work()

        (report,), (note,) = objects_of(pacs)
        assert rejected_by(note) == [report.SOPInstanceUID]
        assert note.StudyInstanceUID == STUDY_UID
        assert dciodvfy_errors(pacs.objects[str(note.SOPInstanceUID)], tmp_path) == []
        assert archive.objects == {}  # Orthanc deletes
        assert house.states() == ["withdrawn", "withdrawn"]

    def test_gets_the_later_report_before_it_is_told_to_hide_the_earlier(
        self, house: DoseHouse, pacs: FakeArchive
    ) -> None:
        publish(house)
        (first,), _ = objects_of(pacs)
        house.receive(ct_slices(4, first=4), are_headers=True)
        publish(house)

        reports, (note,) = objects_of(pacs)
        assert len(reports) == 2
        assert rejected_by(note) == [first.SOPInstanceUID]
        assert list(pacs.objects)[-1] == note.SOPInstanceUID

    def test_gets_no_note_about_what_it_never_had(self, house: DoseHouse, pacs: FakeArchive) -> None:
        """The attempt failed, and only the archive can say whether the object came through."""
        pacs.fails_with = ArchiveUnavailableError("away")
        publish(house)
        house.receive([device_report()])
        pacs.fails_with = None
        house.wait(30)
        house.work()

        assert pacs.objects == {}
        assert {row.state for row in house.rows()} == {"withdrawn"}

    def test_gets_none_either_if_it_was_away_when_it_was_asked(self, house: DoseHouse, pacs: FakeArchive) -> None:
        pacs.fails_with = ArchiveUnavailableError("away")
        publish(house)
        house.receive([device_report()])
        house.wait(30)
        house.work()
        pacs.fails_with = None
        house.wait(60)
        house.work()

        assert pacs.objects == {}
        assert {row.state for row in house.rows()} == {"withdrawn"}

    def test_gets_the_note_again_if_the_answer_to_it_was_lost_though_it_hides_the_report_by_then(
        self, house: DoseHouse, pacs: FakeArchive
    ) -> None:
        """Else it would be taken for one that never had the report, which would come again under its hidden UID."""

        def lose_the_answer() -> None:
            raise ArchiveUnavailableError("no answer")

        pacs.before_answer = lose_the_answer
        publish(house)
        house.receive([device_report()])
        house.wait(30)
        house.work()
        pacs.before_answer = None
        (report,), _ = objects_of(pacs)
        del pacs.objects[str(report.SOPInstanceUID)]
        house.wait(60)
        house.work()

        (row,) = [one for one in house.rows() if one.destination == "PACS"]
        assert row.state == "withdrawn"
        assert row.note_made_at is not None
        assert pacs.stores == 3  # the report, and the note twice

    def test_gets_the_same_note_again_if_the_worker_died_before_it_could_say_so(
        self, house: DoseHouse, pacs: FakeArchive
    ) -> None:
        def die() -> None:
            pacs.before_answer = None
            raise KeyboardInterrupt

        publish(house)
        house.receive([device_report()])
        pacs.before_answer = die
        with pytest.raises(KeyboardInterrupt):
            house.work()
        first = dict(pacs.objects)
        house.wait(LEASE.total_seconds())
        house.work()

        assert pacs.objects == first
        assert {row.state for row in house.rows()} == {"withdrawn"}

    def test_gets_a_report_that_is_wanted_again_before_it_was_told_that_the_earlier_is_not(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        keep_in_orthanc(house)
        publish(house)
        house.decide(Decided.NOT_PATIENT)
        house.decide(Decided.PATIENT)
        assert house.states() == ["withdrawing"]
        house.work()
        house.plan_anew()
        publish(house)

        reports, (note,) = objects_of(archive)
        assert len({one.SOPInstanceUID for one in reports}) == 2
        assert rejected_by(note) == [reports[0].SOPInstanceUID]
        assert house.states() == ["withdrawn", "sent"]

    def test_gets_a_report_under_new_uids_if_it_is_wanted_again(self, house: DoseHouse, archive: FakeArchive) -> None:
        """What a note hides stays hidden; the same object would never be seen."""
        keep_in_orthanc(house)
        publish(house)
        house.decide(Decided.NOT_PATIENT)
        house.work()
        (report,), (note,) = objects_of(archive)
        assert rejected_by(note) == [report.SOPInstanceUID]

        house.decide(Decided.PATIENT)
        publish(house)

        reports, _ = objects_of(archive)
        assert len({one.SOPInstanceUID for one in reports}) == 2
        assert house.states()[-1] == "sent"
