"""Tests of dose_services.patient_dose_document: what is gathered of an exam, written of it, and what comes back."""

from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from sqlalchemy import Engine, select, update

from db import mapping
from db.repositories import estimates as known_estimates
from db.repositories import exams
from db.session import unit_of_work
from db.tables.exam import ExamRow
from dose_core.model import DoseReport
from dose_core.writers.document import Issue, uids_of
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.skin_map_image import KIND as SKIN_MAP
from dose_core.writers.templates.check import broken_rows
from dose_services import effective_dose, estimates, skin_maps
from dose_services.audit import Looker, Via
from dose_services.event_origins import speaking_of
from dose_services.patient_dose_document import write_all
from dose_services.patient_dose_gathering import Gathered, gather
from tests.builders.ct_rdsr import CHEST
from tests.builders.ct_reports import report
from tests.builders.ct_study import ct_slices
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.builders.sr import coded
from tests.support.content import items, numbers
from tests.support.dciodvfy import dciodvfy_errors, dsrdump_complaints
from tests.support.dose_house import QUIET_S, RECORDER, DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.read_as import read_as

SKIN = kind_of("skin-dose-map")
ARTIS: dict[str, Any] = {"Manufacturer": "Siemens", "ManufacturerModelName": "AXIOM-Artis"}
PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=None, route="/test")
MADE_AT = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


@pytest.fixture
def angiography(plain: DoseHouse) -> DoseHouse:
    """A house with one report of an AXIOM-Artis, whose map of skin dose was computed."""
    plain.receive([fluoroscopy_report_bytes(**ARTIS)])
    work(plain)
    return plain


def work(house: DoseHouse) -> None:
    """Ask the methods, then compute the skin doses, as the worker does."""
    while estimates.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100):
        pass
    skin_maps.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100)


def exam_id(house: DoseHouse) -> UUID:
    """Return the only exam."""
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id)).one()


def gathered_of(house: DoseHouse) -> Gathered | None:
    """Return what is gathered of the only exam."""
    with unit_of_work(house.engine) as session:
        return gather(session, exam_id(house))


def written(house: DoseHouse) -> dict[str, Dataset | NotWritableError]:
    """Return all that is written of the only exam."""
    gathered = gathered_of(house)
    assert gathered is not None
    issues = {
        kind: Issue(uids=uids_of(kind, gathered.exam_id, gathered.revision), made_at=MADE_AT, recorder=RECORDER)
        for kind in gathered.kinds
    }
    return write_all(gathered, issues)


def objects(house: DoseHouse) -> dict[str, bytes]:
    """Return them as files; nothing was refused."""
    found = written(house)
    assert [one for one in found.values() if isinstance(one, NotWritableError)] == []
    return {kind: to_part10(one) for kind, one in found.items() if isinstance(one, Dataset)}


def state_of(house: DoseHouse) -> tuple[Any, ...]:
    """Return what is known of the only exam: its content, its revision and what methods say of it."""
    with unit_of_work(house.engine) as session:
        known = exams.get(session, exam_id(house))
        assert known is not None
        said = known_estimates.newest(session, [known.exam.id])
        return mapping.exam_from_packed(known.content), known.exam.revision, [(one.id, one.outcomes) for one in said]


class TestAngiography:
    def test_has_a_picture_of_its_map_and_a_report_that_names_it(self, angiography: DoseHouse, tmp_path: Path) -> None:
        found = objects(angiography)

        assert list(found) == [SKIN_MAP, SKIN]
        image, ours = (dcmread(BytesIO(one)) for one in found.values())
        assert dciodvfy_errors(found[SKIN_MAP], tmp_path) == []
        assert dsrdump_complaints(found[SKIN], tmp_path) == []
        assert broken_rows(ours) == ()
        (named,) = items(ours, "128414")
        assert named.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
        assert image.pixel_array.shape == (image.Rows, image.Columns, 3)

    def test_tells_the_peak_that_was_computed(self, angiography: DoseHouse) -> None:
        gathered = gathered_of(angiography)
        assert gathered is not None
        (peak,) = gathered.doses[SKIN]
        (read,) = read_as(DoseReport, objects(angiography)[SKIN]).estimates

        assert (read.quantity, read.statistic, read.organ) == ("skin_dose", "maximum", "Skin")
        assert read.value == pytest.approx(peak.estimate.value, rel=1e-9)
        assert any("indicative" in one for one in peak.estimate.caveats)

    def test_names_the_dose_report_of_the_device(self, angiography: DoseHouse) -> None:
        device_report = dcmread(BytesIO(fluoroscopy_report_bytes(**ARTIS)))
        ours = dcmread(BytesIO(objects(angiography)[SKIN]))
        (used,) = items(ours, "128416")

        assert used.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == device_report.SOPInstanceUID
        assert (ours.StudyInstanceUID, ours.PatientID) == (device_report.StudyInstanceUID, device_report.PatientID)
        assert items(used, "128429") == []

    def test_has_the_same_bytes_each_time(self, angiography: DoseHouse) -> None:
        assert objects(angiography) == objects(angiography)

    def test_has_nothing_to_tell_before_the_worker_came(self, plain: DoseHouse) -> None:
        plain.receive([fluoroscopy_report_bytes(**ARTIS)])

        assert gathered_of(plain) is None

    def test_that_does_not_count_has_nothing_to_tell(self, angiography: DoseHouse) -> None:
        with unit_of_work(angiography.engine) as session:
            session.execute(update(ExamRow).values(state="held", state_reason="of a test"))

        assert gathered_of(angiography) is None


class TestWhatComesBack:
    def test_is_our_own_and_changes_nothing(self, angiography: DoseHouse) -> None:
        before = state_of(angiography)
        angiography.wait(60)
        angiography.receive([objects(angiography)[SKIN]])
        work(angiography)

        assert state_of(angiography) == before

    def test_is_no_estimate_that_a_device_states_and_no_report_that_was_used(self, angiography: DoseHouse) -> None:
        angiography.receive([objects(angiography)[SKIN]])
        work(angiography)
        exam, _, _ = state_of(angiography)
        with unit_of_work(angiography.engine) as session:
            speaking = speaking_of(session, exam)
        gathered = gathered_of(angiography)

        assert [one.report.our_own for one in speaking] == [False]
        assert gathered is not None
        assert len(gathered.reports) == 1


class TestCt:
    @pytest.fixture
    def chest(self, plain: DoseHouse) -> DoseHouse:
        """A house with one report of a CT, whose methods were asked."""
        plain.receive([report(1)])
        work(plain)
        return plain

    def test_tells_organ_doses_and_no_effective_dose_where_the_site_has_it_off(self, chest: DoseHouse) -> None:
        found = objects(chest)

        assert list(found) == [kind_of("ct-organ-dose")]
        read = read_as(DoseReport, found[kind_of("ct-organ-dose")])
        assert {one.quantity for one in read.estimates} == {"organ_dose"}
        assert {one.event_uid for one in read.estimates} == {"2.25.8200.1", None}

    def test_gives_each_value_that_the_methods_said(self, chest: DoseHouse) -> None:
        """Read back by our reader, value by value and event by event."""
        gathered = gathered_of(chest)
        assert gathered is not None
        for kind, dicom in objects(chest).items():
            read = read_as(DoseReport, dicom)
            told = gathered.doses[kind]
            assert [one.event_uid for one in read.estimates] == [dose.event_uid for dose in told]
            assert [one.value for one in read.estimates] == [
                pytest.approx(dose.estimate.value, rel=1e-9) for dose in told
            ]

    def test_tells_effective_dose_with_its_statement_where_it_is_on(self, chest: DoseHouse) -> None:
        with unit_of_work(chest.engine) as session:
            effective_dose.switch(session, "", is_on=True, reason="agreed in a test", looker=PHIL, now=chest.now)
        found = objects(chest)

        kinds = [kind for kind in found if "effective" in kind]
        assert len(kinds) == 2
        for kind in kinds:
            ours = dcmread(BytesIO(found[kind]))
            assert numbers(ours, "113839")
            assert any(effective_dose.STATEMENT in item.TextValue for item in items(ours, "121106"))


class TestAnExamKnownFromImages:
    @pytest.fixture
    def known(self, plain: DoseHouse) -> DoseHouse:
        """A CT of the chest of a woman of 56 years; its methods were asked, the site sees effective dose."""
        slices = ct_slices(PatientBirthDate="19700101", PatientSex="F", AnatomicRegionSequence=[coded(CHEST)])
        plain.receive(slices, are_headers=True)
        plain.set_sends_no_rdsr()
        with unit_of_work(plain.engine) as session:
            effective_dose.switch(session, "", is_on=True, reason="agreed in a test", looker=PHIL, now=plain.now)
        work(plain)
        return plain

    def test_has_no_report_as_long_as_no_archive_has_its_doses(self, known: DoseHouse) -> None:
        """TID 10033, row 2, asks for the dose report that was used."""
        assert gathered_of(known) is None

    def test_names_the_dose_report_of_ours_that_an_archive_has(self, known: DoseHouse, archive: FakeArchive) -> None:
        known.wait(QUIET_S)
        known.work()
        found = objects(known)

        assert found
        for dicom in found.values():
            ours = dcmread(BytesIO(dicom))
            (used,) = items(ours, "128416")
            assert used.ReferencedSOPSequence[0].ReferencedSOPInstanceUID in archive.objects
            assert used.ReferencedSOPSequence[0].ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.88.67"
            assert broken_rows(ours) == ()

    def test_names_it_also_after_a_revision_of_which_it_says_the_same(self, known: DoseHouse) -> None:
        """A second reconstruction of the same scan changes no dose."""
        known.wait(QUIET_S)
        known.work()
        again = ct_slices(
            2,
            SeriesInstanceUID="2.25.3999",
            PatientBirthDate="19700101",
            PatientSex="F",
            AnatomicRegionSequence=[coded(CHEST)],
        )
        known.receive([dicom.replace(b"2.25.3100", b"2.25.3177") for dicom in again], are_headers=True)
        known.wait(QUIET_S)
        known.work()
        work(known)

        assert known.states() == ["sent", "unchanged"]
        assert gathered_of(known) is not None
