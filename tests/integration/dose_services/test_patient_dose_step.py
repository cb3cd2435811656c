"""Tests of dose_services.patient_dose_step: a report goes after the objects that it names, or not at all."""

from typing import Any

import pytest

from db.session import Engine
from dose_core.ledger.standing import Decided
from dose_core.writers.patient_dose_sr import kind_of
from dose_core.writers.skin_map_image import KIND as SKIN_MAP
from dose_services.publication_findings import NOT_WRITTEN, REFUSED_BY_ARCHIVE
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from tests.builders.ct_rdsr import CHEST
from tests.builders.ct_study import ct_slices, device_report
from tests.builders.sr import coded
from tests.support.content import items
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.estimates_house import (
    EstimatesHouse,
    map_named_by,
)
from tests.support.fake_archive import FakeArchive

SKIN = kind_of("skin-dose-map")
CHEST_OF_A_WOMAN: dict[str, Any] = {
    "PatientBirthDate": "19700101",
    "PatientSex": "F",
    "AnatomicRegionSequence": [coded(CHEST)],
}


@pytest.fixture
def place(engine: Engine, archive: FakeArchive) -> EstimatesHouse:
    """A house that has received nothing, and whose archive gets nothing that was estimated."""
    return EstimatesHouse(DoseHouse(engine=engine, archive=archive), archive)


class TestAMapThatFails:
    def test_keeps_its_report_from_going(self, place: EstimatesHouse) -> None:
        place.choose()
        place.receive_angiography()
        place.archive.fails_with = ArchiveRefusedError("it does not take Secondary Capture")
        place.publish()
        place.archive.fails_with = None
        place.catch_up()

        assert place.states() == [(SKIN_MAP, "parked"), (SKIN, "waiting")]
        assert place.archive.objects == {}
        assert REFUSED_BY_ARCHIVE in place.house.findings()
        assert "map" in str(place.rows()[1].last_error)

    def test_is_sent_again_when_somebody_asks_and_the_report_follows(self, place: EstimatesHouse) -> None:
        place.choose()
        place.receive_angiography()
        place.archive.fails_with = ArchiveRefusedError("it does not take Secondary Capture")
        place.publish()
        place.archive.fails_with = None
        place.retry(place.rows()[0].number)
        place.catch_up()

        assert place.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]
        assert place.house.findings() == {}

    def test_only_for_its_report_is_not_sent_twice(self, place: EstimatesHouse) -> None:
        place.choose()
        place.receive_angiography()

        def fail_from_now_on() -> None:
            place.archive.fails_with = ArchiveUnavailableError("away")
            place.archive.before_answer = None

        place.archive.before_answer = fail_from_now_on
        place.house.wait(QUIET_S)
        place.catch_up()
        assert place.states() == [(SKIN_MAP, "sent"), (SKIN, "waiting")]
        place.archive.fails_with = None
        place.publish()

        assert place.states() == [(SKIN_MAP, "sent"), (SKIN, "sent")]
        assert place.archive.stores == 2


class TestWhereNothingIsDeleted:
    @pytest.fixture
    def kept(self, place: EstimatesHouse) -> EstimatesHouse:
        place.choose(deletes=False)
        place.receive_angiography()
        place.publish()
        return place

    def test_both_objects_are_rejected_by_notes(self, kept: EstimatesHouse) -> None:
        ours = set(kept.archive.objects)
        kept.house.decide(Decided.NOT_PATIENT)
        kept.catch_up()

        notes = [one for one in kept.objects() if one.Modality == "KO"]
        named = {
            str(one.ReferencedSOPInstanceUID)
            for note in notes
            for series in note.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
            for one in series.ReferencedSOPSequence
        }
        assert len(notes) == 2
        assert named == ours

    def test_what_is_wanted_again_has_new_uids(self, kept: EstimatesHouse) -> None:
        """What a note hid stays hidden."""
        hidden = set(kept.archive.objects)
        kept.house.decide(Decided.NOT_PATIENT)
        kept.catch_up()
        kept.house.decide(Decided.PATIENT)
        kept.catch_up()

        (image,) = (one for one in kept.maps() if one.SOPInstanceUID not in hidden)
        (report,) = (one for one in kept.reports() if one.SOPInstanceUID not in hidden)
        assert map_named_by(report) == image.SOPInstanceUID
        assert sorted(state for _, state in kept.states()) == ["sent", "sent", "withdrawn", "withdrawn"]


class TestAnExamOfADeviceThatSendsNoReport:
    """Its estimates stand on the dose SR that we wrote of its images."""

    @pytest.fixture
    def known(self, place: EstimatesHouse) -> EstimatesHouse:
        place.choose("ct rdsr", "patient dose")
        place.switch(is_on=True)
        slices = ct_slices(**CHEST_OF_A_WOMAN)
        place.house.receive(slices, are_headers=True)
        place.house.set_sends_no_rdsr()
        place.publish()
        return place

    def test_tells_them_after_that_one_was_stored(self, known: EstimatesHouse) -> None:
        kinds = [row.kind for row in known.rows() if row.state == "sent"]
        (rdsr,) = (row.sop_instance_uid for row in known.rows() if row.kind == "ct rdsr")

        assert kinds[0] == "ct rdsr"
        assert len(kinds) > 1
        for report in known.reports():
            (used,) = items(report, "128416")
            assert used.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == rdsr

    def test_keeps_them_beside_it_until_a_later_one_takes_both_places(self, known: EstimatesHouse) -> None:
        before = {row.sop_instance_uid for row in known.rows()}
        known.house.receive(ct_slices(4, first=4, **CHEST_OF_A_WOMAN), are_headers=True)
        known.catch_up()
        assert set(known.archive.objects) == before
        known.publish()

        assert set(known.archive.objects).isdisjoint(before)
        assert len(known.archive.objects) == len(before)

    def test_stands_on_the_devices_report_once_that_comes(self, known: EstimatesHouse) -> None:
        known.house.receive([device_report()])
        known.publish()

        assert [row.state for row in known.rows() if row.kind == "ct rdsr"] == ["withdrawn"]
        for report in known.reports():
            (used,) = items(report, "128416")
            assert used.ReferencedSOPSequence[0].ReferencedSOPInstanceUID not in {
                row.sop_instance_uid for row in known.rows()
            }


class TestWhatCannotBeWritten:
    def test_is_a_finding_and_sends_nothing(self, place: EstimatesHouse) -> None:
        place.choose()
        place.receive_angiography(PatientBirthDate="1.1.70")
        place.publish()

        assert place.archive.objects == {}
        assert {state for _, state in place.states()} == {"refused"}
        assert "PatientBirthDate" in place.house.findings()[NOT_WRITTEN]
        assert "Beispiel" not in place.house.findings()[NOT_WRITTEN]
