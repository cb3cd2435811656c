"""Tests of dose_core.writers.ct_rdsr; each object that is made here is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtExam
from dose_core.model import AcquisitionType, Code, CtReport, DeviceStated, XRaySource
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.source_study import SourceStudy
from tests.builders.ct_exam import EVENT_UID, STUDY_UID, image_event, image_exam, localizer, source_study, whole
from tests.builders.written import issue
from tests.support.content import items, judged, numbers
from tests.support.read_as import read_as

LONG_UID = "2.25." + "1" * 59  # 64 characters, the longest that UI allows
Write = Callable[..., Dataset]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(exam: CtExam | None = None, source: SourceStudy | None = None, *, revision: int = 1) -> Dataset:
        of = whole(exam or image_exam())
        return judged(write_ct_rdsr(of, source or source_study(), issue(KIND, revision)), tmp_path)

    return written


class TestWhatIsStated:
    def test_the_source_of_dose_is_computed_from_image_attributes(self, write: Write) -> None:
        assert [i.ConceptCodeSequence[0].CodeValue for i in items(write(), "113854")] == ["113867"]

    def test_dose_and_totals(self, write: Write) -> None:
        report = write(image_exam(image_event(), image_event(f"{EVENT_UID}.2", dlp_mgy_cm=33.0, ctdi_vol_mgy=3.3)))

        assert numbers(report, "113813") == [183.0]
        assert numbers(report, "113838") == [150.0, 33.0]
        assert numbers(report, "113830") == [5.0, 3.3]
        assert numbers(report, "113812") == [2]
        assert [i.ConceptCodeSequence[0].CodeValue for i in items(report, "113835")] == ["113691", "113691"]

    def test_one_phantom_needs_no_sub_totals(self, write: Write) -> None:
        assert items(write(), "130745") == []

    def test_two_phantoms_get_a_sub_total_each(self, write: Write) -> None:
        """PS3.16, TID 10012, row 3a."""
        head = image_event(f"{EVENT_UID}.2", dlp_mgy_cm=33.0, phantom_diameter_mm=160)
        report = write(image_exam(image_event(), head))

        sub_totals = items(report, "130745")
        assert numbers(report, "130745") == [33.0, 150.0]
        phantoms = [item.ContentSequence[0].ConceptCodeSequence[0].CodeValue for item in sub_totals]
        assert phantoms == ["113690", "113691"]

    def test_a_localizer_is_an_event_without_a_dose(self, write: Write) -> None:
        report = write(image_exam(localizer(), image_event()))

        assert len(items(report, "113819")) == 2
        assert len(items(report, "113829")) == 1

    def test_the_images_event_uid_is_used(self, write: Write) -> None:
        assert items(write(image_exam(image_event(LONG_UID))), "113769")[0].UID == LONG_UID

    def test_a_made_event_uid_is_told(self, write: Write) -> None:
        report = write(image_exam(image_event("2.25.77", stand_in=True)))

        assert items(report, "113769")[0].UID == "2.25.77"
        assert any("state no Irradiation Event UID" in item.TextValue for item in items(report, "121106"))

    def test_the_estimate_names_its_method_and_what_it_leaves_out(self, write: Write) -> None:
        comments = [item.TextValue for item in items(write(), "121106")]

        assert len(comments) == 2  # one at the event, one at the root
        for comment in comments:
            assert "ct-dlp-from-image-headers version 1" in comment
            assert "over-ranging is not included" in comment
            assert "interval 150 to 179 mGy.cm" in comment

    def test_what_images_do_not_tell_is_unknown(self, write: Write) -> None:
        """Exposure time, scanned length, single collimation, and the number of tubes."""
        report = write()

        for concept in ("113824", "113825", "113826", "113823"):
            assert numbers(report, concept) == [None]

    def test_parameters_that_are_not_stated_are_unknown(self, write: Write) -> None:
        bare = image_event(
            acquisition_type=None, target_region=None, protocol=None, total_collimation_mm=None, sources=()
        )
        report = write(image_exam(bare))

        assert numbers(report, "113733") == [None]
        assert items(report, "123014")[0].ConceptCodeSequence[0].CodeValue == "261665006"
        assert items(report, "113820")[0].ConceptCodeSequence[0].CodeValue == "261665006"
        assert items(report, "113829") != []

    def test_the_scanner_irradiates_and_doseledger_records(self, write: Write) -> None:
        report = write()

        roles = {i.ConceptCodeSequence[0].CodeValue for i in items(report, "113876")}
        assert roles == {"113859", "121097"}
        assert {i.TextValue for i in items(report, "113880")} == {"12345"}
        assert (report.Manufacturer, report.ManufacturerModelName) == ("DoseLedger", "DoseLedger")

    def test_a_scanner_without_a_name_is_called_not_stated(self, write: Write) -> None:
        report = write(image_exam(device=DeviceStated()), source_study(device_uid=LONG_UID))

        assert {i.TextValue for i in items(report, "113880")} == {"not stated"}
        assert LONG_UID in {i.UID for i in items(report, "121012")}

    def test_irradiation_lasts_from_the_first_to_the_last_acquisition(self, write: Write) -> None:
        later = image_event(f"{EVENT_UID}.2", started_at=datetime(2026, 3, 4, 10, 17, 5, 500000))  # noqa: DTZ001  images rarely state an offset
        report = write(image_exam(later, image_event()))

        assert items(report, "113809")[0].DateTime == "20260304101530"
        assert items(report, "113810")[0].DateTime == "20260304101705.500000"


class TestWhereItLies:
    def test_patient_study_and_request_are_the_images_own(self, write: Write) -> None:
        name = "Åström^Örjan=山田^太郎"
        report = write(source=source_study(patient_name=name, requested_procedure_id="RP-1"))

        assert report.StudyInstanceUID == STUDY_UID
        assert str(report.PatientName) == name
        assert (report.PatientID, report.AccessionNumber, report.StudyID) == ("P-0001", "ACC-1", "S1")
        assert report.ReferencedRequestSequence[0].RequestedProcedureID == "RP-1"

    def test_what_the_study_does_not_state_stays_empty(self, write: Write) -> None:
        report = write(
            source=source_study(patient_name=None, accession_number=None, study_date=None, patient_birth_date=None)
        )

        assert (report.PatientName, report.AccessionNumber, report.StudyDate) == ("", "", "")
        assert "ReferencedRequestSequence" not in report

    def test_one_revision_has_one_identity(self, write: Write) -> None:
        """Sending again must not make a second report."""
        assert write().SOPInstanceUID == write().SOPInstanceUID
        assert write().SeriesInstanceUID == write().SeriesInstanceUID

    def test_a_reissue_is_a_new_document_in_a_new_series_and_names_its_predecessor(self, write: Write) -> None:
        first, second = write(revision=1), write(revision=2)

        assert first.SOPInstanceUID != second.SOPInstanceUID
        assert first.SeriesInstanceUID != second.SeriesInstanceUID
        named = second.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
        assert named.SeriesInstanceUID == first.SeriesInstanceUID
        assert named.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID

    def test_the_same_arguments_give_the_same_bytes(self) -> None:
        """A send that was cut off is repeated as it was."""
        files = [to_part10(write_ct_rdsr(whole(image_exam()), source_study(), issue(KIND))) for _ in range(2)]

        assert files[0] == files[1]
        assert files[0][:132] == b"\0" * 128 + b"DICM"

    def test_times_follow_the_offset_of_the_study(self, write: Write) -> None:
        report = write(source=source_study(timezone_offset_from_utc="+0530"))

        assert report.TimezoneOffsetFromUTC == "+0530"
        assert (report.ContentDate, report.ContentTime) == ("20260305", "173000.000000")


class TestOddValues:
    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"protocol": "Thorax\x00 <low&dose>\\ ü 胸部"}, id="a protocol of odd characters"),
            pytest.param({"protocol": "  "}, id="a blank protocol"),
            pytest.param({"protocol": "x" * 3000}, id="a long protocol"),
            pytest.param({"target_region": Code(value="R" * 40, scheme="99LOCAL", meaning="Area")}, id="a long code"),
            pytest.param({"target_region": Code(value="1", scheme="99LOCAL", meaning="m" * 65)}, id="a long meaning"),
            pytest.param({"target_region": Code(value="1", scheme="", meaning="m")}, id="a code without scheme"),
            pytest.param({"modulation": "XYZ_EC"}, id="a modulation"),
            pytest.param({"ctdi_vol_mgy": 1 / 3, "sources": (XRaySource(kv=1e-9),)}, id="long numbers"),
            pytest.param({"acquisition_type": AcquisitionType.CONE_BEAM}, id="cone beam"),
            pytest.param({"acquisition_type": AcquisitionType.SEQUENCED, "pitch": None}, id="no pitch"),
        ],
    )
    def test_still_give_a_valid_report(self, write: Write, values: dict[str, Any]) -> None:
        assert len(items(write(image_exam(image_event(**values))), "113819")) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("exam", "missing"),
        [
            pytest.param(image_exam(image_event(phantom_diameter_mm=None)), "Phantom", id="no phantom"),
            pytest.param(image_exam(image_event(started_at=None)), "irradiation time", id="no irradiation time"),
            pytest.param(image_exam(image_event(ctdi_vol_mgy=None)), "CTDIvol", id="no CTDIvol"),
            pytest.param(image_exam(image_event(ctdi_vol_mgy=-1.0)), "CTDIvol", id="a CTDIvol below zero"),
            pytest.param(image_exam(image_event(dlp_mgy_cm=None), dlp_mgy_cm=None), "DLP", id="no DLP"),
            pytest.param(image_exam(image_event(), image_event("2.25.1", dlp_mgy_cm=None)), "DLP", id="one lacks DLP"),
            pytest.param(image_exam(image_event("1.02.3")), "Irradiation Event UID", id="an invalid event UID"),
            pytest.param(image_exam(localizer()), "with a dose", id="nothing but a localizer"),
        ],
    )
    def test_names_what_the_exam_lacks(self, exam: CtExam, missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing) as raised:
            write_ct_rdsr(whole(exam), source_study(), issue(KIND))
        assert STUDY_UID in str(raised.value)

    def test_one_event_without_a_phantom_is_enough(self) -> None:
        exam = image_exam(image_event(), image_event("2.25.1", phantom_diameter_mm=None))

        with pytest.raises(NotWritableError, match="Phantom"):
            write_ct_rdsr(whole(exam), source_study(), issue(KIND))

    def test_a_refused_estimate_is_no_dlp(self) -> None:
        event = replace(image_event(), dlp_estimate=NotComputable(missing=("thickness",), reason="r"))

        with pytest.raises(NotWritableError, match="DLP"):
            write_ct_rdsr(whole(image_exam(event, dlp_mgy_cm=1.0)), source_study(), issue(KIND))

    @pytest.mark.parametrize(
        ("values", "missing"),
        [
            ({"accession_number": "A" * 17}, "AccessionNumber"),
            ({"patient_id": "one\\two"}, "PatientID"),
            ({"patient_birth_date": "1970.1.2"}, "PatientBirthDate"),
            ({"device_uid": "1.02"}, "DeviceUID"),
            ({"timezone_offset_from_utc": "+2500"}, "TimezoneOffsetFromUTC"),
            ({"study_instance_uid": "1.2.3"}, "header of the same study"),
        ],
    )
    def test_names_the_attribute_that_cannot_be_repeated_without_its_value(
        self, values: dict[str, str], missing: str
    ) -> None:
        with pytest.raises(NotWritableError, match=missing) as raised:
            write_ct_rdsr(whole(image_exam()), source_study(**values), issue(KIND))
        assert all(value not in str(raised.value) for value in values.values())


class TestRoundTrip:
    def test_our_reader_reads_what_was_written(self, write: Write) -> None:
        """Writer and reader share no code but the model."""
        exam = image_exam(
            localizer(),
            image_event(),
            image_event(f"{EVENT_UID}.2", dlp_mgy_cm=33.0, ctdi_vol_mgy=3.3, phantom_diameter_mm=160),
        )
        report = read_as(CtReport, to_part10(write(exam)))

        assert report.our_own
        assert report.totals.dlp_mgy_cm == 183.0
        assert report.totals.event_count == 3
        assert report.totals.dlp_sub_totals == exam.dlp_sub_totals
        assert [e.event_uid for e in report.events] == [e.event_uid for e in exam.events]
        assert [e.dlp_mgy_cm for e in report.events] == [None, 150.0, 33.0]
        for read, written in zip(report.events, (e.event for e in exam.events), strict=True):
            assert read.ctdi_vol_mgy == written.ctdi_vol_mgy
            assert read.phantom_diameter_mm == written.phantom_diameter_mm
            assert read.acquisition_type == written.acquisition_type
            assert read.started_at == written.started_at
            assert read.pitch == written.pitch
            assert read.protocol == written.protocol
            assert read.target_region == written.target_region
            assert read.total_collimation_mm == written.total_collimation_mm
        assert report.events[1].sources == exam.events[1].event.sources
        assert report.warnings == ()
