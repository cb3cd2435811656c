"""Tests of dose_core.readers.ct.image_enhanced: what enhanced CT images state, frame by frame."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from dose_core.model import AcquisitionType, CtReport, CtTotals, Kind, XRaySource
from dose_core.readers import image_parts
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_image_enhanced import CONVERTED_CT, enhanced_ct_bytes, exposed, frame
from tests.support.read_as import read_as

if TYPE_CHECKING:
    from tests.builders.sr import Item

EXPOSURE = {"ExposureTimeInms": 500.0, "XRayTubeCurrentInmA": 200.0, "CTDIvol": 8.0}


def enhanced(*args: object, **elements: object) -> CtReport:
    """Return what an enhanced image with these frames (and shared groups) states."""
    return read_as(CtReport, enhanced_ct_bytes(*args, **elements))  # type: ignore[arg-type]  # passed on


class TestEnhancedCtImage:
    def test_states_one_event_and_one_slice_for_each_frame_in_order(self) -> None:
        report = enhanced([frame(-100.0), frame(-95.0), frame(-90.0)])

        assert report.kind is Kind.CT_IMAGE
        assert report.totals == CtTotals()
        assert len(report.events) == len(report.slices) == 3
        assert [one.z_mm for one in report.slices] == [-100.0, -95.0, -90.0]
        assert {one.thickness_mm for one in report.slices} == {5.0}
        assert report.warnings == ()

    def test_states_for_each_frame_what_all_frames_share(self) -> None:
        for event in enhanced([frame(-100.0), frame(-95.0)]).events:
            assert event.event_uid == "2.25.6100"
            assert (event.acquisition_type, event.protocol) == (AcquisitionType.SPIRAL, "Thorax")
            assert (event.ctdi_vol_mgy, event.phantom_diameter_mm, event.pitch) == (8.0, 320, 0.9)
            assert (event.exposure_time_s, event.mas, event.modulation) == (0.5, 100.0, "ANGULAR")
            assert (event.single_collimation_mm, event.total_collimation_mm) == (0.6, 38.4)
            assert event.sources == (XRaySource(kv=120.0, ma_mean=200.0, rotation_time_s=0.5),)

    def test_prefers_what_a_frame_states_for_itself(self) -> None:
        own: Item = {"CTExposureSequence": [{"XRayTubeCurrentInmA": 310.0, "CTDIvol": 12.4}]}

        first, second = enhanced([frame(-100.0, **own), frame(-95.0)]).events

        assert (first.ctdi_vol_mgy, first.sources[0].ma_mean) == (12.4, 310.0)
        assert (second.ctdi_vol_mgy, second.sources[0].ma_mean) == (8.0, 200.0)

    def test_states_where_each_value_stood(self) -> None:
        report = enhanced([frame(-100.0), frame(-95.0)])

        places = {one.field: (one.path, one.text) for one in report.stated}
        assert places["slices[1].z_mm"] == ("(5200,9230)[2].(0020,9113)[1].(0020,0032)", "-180\\-180\\-95.0")
        assert places["slices[1].thickness_mm"] == ("(5200,9229)[1].(0028,9110)[1].(0018,0050)", "5")
        assert places["events[1].ctdi_vol_mgy"] == ("(5200,9229)[1].(0018,9321)[1].(0018,9345)", "8.0")

    def test_tells_localizer_frames_from_others(self) -> None:
        localizer: Item = {"CTImageFrameTypeSequence": [{"FrameType": ["ORIGINAL", "PRIMARY", "LOCALIZER", "NONE"]}]}
        shared = exposed(CTImageFrameTypeSequence=None)

        first, second = enhanced([frame(-100.0, **localizer), frame(-95.0)], shared).events

        assert (first.acquisition_type, second.acquisition_type) == (
            AcquisitionType.CONSTANT_ANGLE,
            AcquisitionType.SPIRAL,
        )

    def test_states_the_type_number_and_event_of_each_frame(self) -> None:
        derived: Item = {
            "CTImageFrameTypeSequence": [{"FrameType": ["DERIVED", "PRIMARY", "VOLUME", "MAXIMUM"]}],
            "IrradiationEventIdentificationSequence": [{"IrradiationEventUID": ["2.25.1", "2.25.2"]}],
        }
        shared = exposed(CTImageFrameTypeSequence=None, IrradiationEventIdentificationSequence=None)

        report = enhanced([frame(-100.0, acquisition=2, **derived), frame(-95.0, acquisition=3)], shared)

        first, second = report.slices
        assert (first.image_type[0], second.image_type[0]) == ("DERIVED", "ORIGINAL")
        assert (first.acquisition_number, second.acquisition_number) == (2, 3)
        assert (first.event_uids, second.event_uids) == (("2.25.1", "2.25.2"), ())
        assert report.events[0].event_uid is None

    def test_states_when_each_frame_was_acquired(self) -> None:
        report = enhanced([frame(-100.0, acquired="20260301101602+0100"), frame(-95.0)], TimezoneOffsetFromUTC="+0100")

        first, second = report.events
        assert first.started_at == datetime(2026, 3, 1, 9, 16, 2, tzinfo=UTC)
        assert second.started_at == report.started_at == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)

    def test_begins_with_its_earliest_frame_where_the_object_states_no_time(self) -> None:
        frames = [frame(-100.0, acquired="20260301101605"), frame(-95.0, acquired="20260301101602")]

        started_at = enhanced(frames, AcquisitionDateTime=None).started_at

        assert started_at == datetime(2026, 3, 1, 10, 16, 2)  # noqa: DTZ001  local, as stated

    def test_states_both_tubes_of_a_dual_source_scan(self) -> None:
        shared = exposed(
            CTXRayDetailsSequence=[{"KVP": "100"}, {"KVP": "140"}],
            CTExposureSequence=[{**EXPOSURE, "XRayTubeCurrentInmA": 300.0}, {**EXPOSURE, "XRayTubeCurrentInmA": 150.0}],
        )

        (event,) = enhanced([frame(-100.0)], shared).events

        assert [(source.kv, source.ma_mean, source.rotation_time_s) for source in event.sources] == [
            (100.0, 300.0, 0.5),
            (140.0, 150.0, 0.5),
        ]
        assert event.ctdi_vol_mgy == 8.0

    def test_states_no_ctdi_where_the_tubes_state_different_ones(self) -> None:
        """Nothing tells whether each is the whole or a share of it."""
        shared = exposed(CTExposureSequence=[EXPOSURE, {**EXPOSURE, "CTDIvol": 5.0}])

        report = enhanced([frame(-100.0)], shared)

        assert report.events[0].ctdi_vol_mgy is None
        assert "differs between the X-ray paths" in report.warnings[0].problem

    def test_states_no_place_for_frames_across_another_plane(self) -> None:
        coronal: Item = {"PlaneOrientationSequence": [{"ImageOrientationPatient": ["1", "0", "0", "0", "0", "-1"]}]}

        assert enhanced([frame(-100.0, **coronal)]).slices[0].z_mm is None

    def test_notes_frames_that_are_declared_and_not_described(self) -> None:
        report = enhanced([frame(-100.0)], NumberOfFrames="2")

        assert [one.problem for one in report.warnings] == ["2 frames are declared, 1 are described"]

    def test_with_more_frames_than_any_device_makes_is_unreadable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(image_parts, "MAX_FRAMES", 2)

        assert len(enhanced([frame(-100.0), frame(-95.0)]).slices) == 2
        with pytest.raises(UnreadableError, match="more than 2 frames"):
            read_dose(enhanced_ct_bytes([frame(-100.0), frame(-95.0), frame(-90.0)]))

    def test_without_any_frame_is_unreadable(self) -> None:
        with pytest.raises(UnreadableError, match="describes no frame"):
            read_dose(enhanced_ct_bytes([]))


class TestConvertedCtImage:
    def test_states_what_was_converted_from_classic_images(self) -> None:
        """What the converter found no macro for stands in the unassigned attributes (PS3.3, C.7.6.16.2.25 and .26)."""
        shared = {
            "PixelMeasuresSequence": [{"SliceThickness": "5"}],
            "UnassignedSharedConvertedAttributesSequence": [{"KVP": "120", "CTDIvol": 7.5, "ExposureTime": "500"}],
        }
        frames = [
            frame(z_mm, UnassignedPerFrameConvertedAttributesSequence=[{"XRayTubeCurrent": current}])
            for z_mm, current in ((-100.0, "180"), (-95.0, "190"))
        ]

        report = enhanced(frames, shared, SOPClassUID=CONVERTED_CT)

        assert [event.ctdi_vol_mgy for event in report.events] == [7.5, 7.5]
        assert [event.sources[0].ma_mean for event in report.events] == [180.0, 190.0]
        assert report.events[0].sources[0].kv == 120.0
        assert report.events[0].exposure_time_s == 0.5


class TestClassicCtImage:
    """What was added beside the enhanced classes; the rest stands in test_ct_image."""

    def test_states_its_exposure_in_the_finest_form(self) -> None:
        (coarse,) = read_as(CtReport, ct_image_bytes(Exposure="71")).events
        (fine,) = read_as(CtReport, ct_image_bytes(Exposure="71", ExposureInuAs="71400", ExposureInmAs=71.45)).events

        assert (coarse.mas, fine.mas) == (71.0, 71.45)

    def test_states_single_collimation_and_comments(self) -> None:
        report = read_as(
            CtReport,
            ct_image_bytes(SingleCollimationWidth=0.625, CommentsOnRadiationDose="TotalDLP=100", ImageComments="lossy"),
        )

        assert report.events[0].single_collimation_mm == 0.625
        assert (report.events[0].comment, report.comment) == ("TotalDLP=100", "lossy")

    def test_states_where_its_place_stood(self) -> None:
        stated = {one.field: one for one in read_dose(ct_image_bytes()).stated}

        assert stated["slices[0].z_mm"].path == "(0020,0032)"
        assert stated["slices[0].z_mm"].text == "-180\\-180\\-412.5"

    def test_states_no_time_of_its_reconstruction_as_that_of_the_scan(self) -> None:
        """The ledger tells dynamic scans by the times of their slices; series of one scan differ in content time."""
        report = read_dose(
            ct_image_bytes(AcquisitionDate=None, AcquisitionTime=None, ContentDate="20260301", ContentTime="120000")
        )

        assert report.started_at is None
