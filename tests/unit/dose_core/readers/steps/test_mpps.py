"""Tests of dose_core.readers.steps.mpps, mpps_step and mpps_dose."""

from datetime import datetime

import pytest

from dose_core.model import (
    CtReport,
    Filter,
    Kind,
    MammographyReport,
    PlaneTotals,
    ProjectionReport,
    StatedValue,
)
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.dicom import encode, part10
from tests.builders.mpps import MPPS_CLASS, request, series, step, step_file
from tests.support.read_as import read_as

CT_IMAGE, MG_IMAGE = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.1.2"
GE_STEP = {
    "Modality": "CT",
    "TotalNumberOfExposures": 2,
    "ExposureDoseSequence": [
        {"AcquisitionType": "CONSTANT_ANGLE", "KVP": "120"},
        {"AcquisitionType": "SPIRAL", "CTDIvol": 12.34},
    ],
    "CommentsOnRadiationDose": "TotalDLP=560.12\r\nEvent=1\r\nEvent=2 DLP=560.12",
}


class TestProjectionStep:
    def test_states_its_totals_as_those_of_one_plane(self) -> None:
        report = read_as(ProjectionReport, step_file(step()))

        assert report.kind is Kind.MPPS
        assert report.totals.planes == (PlaneTotals(dap_gy_cm2=152.075, fluoro_time_s=754.0, entrance_dose_mgy=12.5),)
        assert (report.totals.dap_gy_cm2, report.totals.exposure_count) == (152.075, 2)
        assert report.warnings == ()

    def test_states_each_exposure(self) -> None:
        first, second = read_as(ProjectionReport, step_file(step())).events

        assert (first.kv, first.ma, first.exposure_time_s) == (80.0, 5.5005, 0.12)
        assert (first.event_uid, first.event_type, first.dap_gy_cm2) == (None, None, None)
        assert (second.kv, second.ma, second.filters) == (81.0, None, (Filter(material="copper"),))
        assert (first.protocol, second.protocol) == ("Swallow", "Swallow")

    def test_says_where_a_number_stood(self) -> None:
        stated = read_as(ProjectionReport, step_file(step())).stated

        assert (
            StatedValue(field="totals.planes[0].dap_gy_cm2", path="(0018,115E)", text="1520.75", unit="dGy.cm2")
            in stated
        )
        assert StatedValue(field="events[0].ma", path="(0040,030E)[1].(0018,8151)", text="5500.5", unit="uA") in stated

    def test_states_the_entrance_dose_in_whole_dgy_where_the_finer_one_is_missing(self) -> None:
        report = read_as(ProjectionReport, step_file(step(EntranceDoseInmGy=None, EntranceDose=3)))

        assert report.totals.planes[0].entrance_dose_mgy == 300.0

    def test_names_two_entrance_doses_that_differ(self) -> None:
        report = read_as(ProjectionReport, step_file(step(EntranceDose=13)))

        assert report.totals.planes[0].entrance_dose_mgy == 12.5
        (warning,) = report.warnings
        assert warning.problem == "states 1300 mGy, (0040,8302) states 12.5 mGy, which was believed"

    def test_takes_an_entrance_dose_rounded_to_dgy_for_the_same(self) -> None:
        assert read_as(ProjectionReport, step_file(step(EntranceDoseInmGy="149", EntranceDose=1))).warnings == ()

    def test_of_several_protocols_no_exposure_has_one(self) -> None:
        """PS3.3, C.4.16: an item of the Exposure Dose Sequence names no series."""
        report = read_as(ProjectionReport, step_file(step(PerformedSeriesSequence=[series("One"), series("Two")])))

        assert {event.protocol for event in report.events} == {None}


class TestEveryStep:
    def test_states_when_where_and_for_which_request(self) -> None:
        report = read_as(ProjectionReport, step_file(step()))

        assert (report.started_at, report.ended_at) == (datetime(2026, 3, 1, 10, 15), datetime(2026, 3, 1, 10, 40))  # noqa: DTZ001 - no offset is stated
        assert (report.completion, report.modality) == ("COMPLETED", "RF")
        assert (report.study_instance_uid, report.accession_number) == ("2.25.601", "ACC-61")
        assert report.requested_procedure == "Swallowing 1"
        assert (report.device.station_name, report.device.ae_title) == ("Room 3", "RFROOM3")
        assert (report.patient.id, report.physicians) == ("P-3", ("Example^Performs",))

    def test_has_its_name_in_the_meta_information_of_its_file(self) -> None:
        assert read_dose(step_file(step())).sop_instance_uid == "2.25.6001"

    def test_may_state_its_name_like_any_object(self) -> None:
        named = part10({**step(), "SOPClassUID": MPPS_CLASS, "SOPInstanceUID": "2.25.6002"})

        assert read_dose(named).sop_instance_uid == "2.25.6002"

    def test_without_a_name_cannot_be_told_from_others(self) -> None:
        with pytest.raises(UnreadableError, match="nothing names the performed procedure step: put the"):
            read_dose(encode(step(), explicit=False))

    def test_is_known_by_its_status_where_nothing_names_its_class(self) -> None:
        assert read_dose(step_file(step(), sop_class_uid="")).kind is Kind.MPPS

    def test_at_its_begin_states_no_dose(self) -> None:
        """N-CREATE: dose attributes are there and empty (PS3.4, table F.7.2-1)."""
        begun = step(
            PerformedProcedureStepStatus="IN PROGRESS",
            PerformedProcedureStepEndDate="",
            PerformedProcedureStepEndTime="",
            ImageAndFluoroscopyAreaDoseProduct="",
            TotalTimeOfFluoroscopy=b"",
            TotalNumberOfExposures=b"",
            EntranceDoseInmGy="",
            ExposureDoseSequence=[],
            PerformedSeriesSequence=[],
        )
        report = read_as(ProjectionReport, step_file(begun))

        assert (report.completion, report.ended_at) == ("IN PROGRESS", None)
        assert (report.totals.planes, report.totals.dap_gy_cm2, report.totals.exposure_count) == ((), None, None)
        assert (report.events, report.warnings) == ((), ())

    def test_of_several_requests_names_the_first_and_says_so(self) -> None:
        grouped = step(ScheduledStepAttributesSequence=[request(1), request(2)])
        report = read_as(ProjectionReport, step_file(grouped))

        assert report.accession_number == "ACC-61"
        assert {value.text for value in report.stated if value.field == "accession_number"} == {"ACC-61", "ACC-62"}
        assert {warning.concept for warning in report.warnings} == {
            "AccessionNumber",
            "StudyInstanceUID",
            "RequestedProcedureDescription",
        }
        assert not any("ACC" in warning.problem for warning in report.warnings)

    def test_a_worklist_item_is_no_dose(self) -> None:
        """It announces a step, and states none (PS3.4, K.6)."""
        scheduled = {"AccessionNumber": "ACC-61", "ScheduledProcedureStepSequence": [{"Modality": "CT"}]}

        with pytest.raises(NotDoseError):
            read_dose(step_file(scheduled, sop_class_uid="1.2.840.10008.5.1.4.31", sop_instance_uid=""))


class TestCtStep:
    def test_of_ge_states_the_dlps_in_its_comment(self) -> None:
        report = read_as(CtReport, step_file(step(**GE_STEP)))

        assert report.kind is Kind.MPPS
        assert (report.totals.dlp_mgy_cm, report.totals.event_count) == (560.12, 2)
        assert [(event.ctdi_vol_mgy, event.dlp_mgy_cm) for event in report.events] == [(None, None), (12.34, 560.12)]
        assert StatedValue(field="totals.dlp_mgy_cm", path="(0040,0310)", text="560.12", unit="mGy.cm") in report.stated

    def test_is_known_by_its_images_where_the_message_states_no_modality(self) -> None:
        """N-SET may not repeat the modality (PS3.4, table F.7.2-1)."""
        ended = step(**GE_STEP | {"Modality": None}, PerformedSeriesSequence=[series(image_class=CT_IMAGE)])

        assert read_as(CtReport, step_file(ended)).modality is None


class TestMammographyStep:
    def test_states_each_exposure(self) -> None:
        exposures = [{"KVP": "28", "XRayTubeCurrentInuA": "80000", "ExposureTime": "900", "FilterMaterial": "RHODIUM"}]
        report = read_as(MammographyReport, step_file(step(Modality="MG", ExposureDoseSequence=exposures)))

        (event,) = report.events
        assert (event.kv, event.ma, event.exposure_time_s, event.filter) == (28.0, 80.0, 0.9, "rhodium")
        assert (report.totals.event_count, report.totals.entrance_dose_mgy) == (2, 12.5)
        assert (report.totals.agd_left_mgy, report.totals.agd_right_mgy, report.totals.agd_both_mgy) == (None,) * 3

    def test_is_known_by_its_images_where_the_message_states_no_modality(self) -> None:
        ended = step(Modality=None, PerformedSeriesSequence=[series(image_class=MG_IMAGE)])

        assert read_dose(step_file(ended)).kind is Kind.MPPS
        assert read_as(MammographyReport, step_file(ended)).modality is None

    def test_images_of_two_kinds_tell_nothing(self) -> None:
        mixed = [series(image_class=MG_IMAGE), series(image_class=CT_IMAGE)]

        read_as(ProjectionReport, step_file(step(Modality=None, PerformedSeriesSequence=mixed)))
