"""Tests of dose_core.readers.projection.image_event and its geometry: runs, classic and enhanced."""

import pytest

from dose_core.model import EventType, Plane, ProjectionReport, ProjectionTotals
from dose_core.readers.registry import read_dose
from tests.builders.projection_image import (
    RF,
    XRAY_3D,
    code_item,
    enhanced_xa,
    image_bytes,
    positioned,
    xa_image,
)
from tests.support.projection import problems, the_event
from tests.support.read_as import read_as


class TestRun:
    def test_states_its_own_dose_and_geometry(self) -> None:
        report = read_as(ProjectionReport, image_bytes(xa_image()))

        (event,) = report.events
        assert report.totals == ProjectionTotals()
        assert (event.dap_gy_cm2, event.frame_count, event.pulse_width_ms) == (3.5, 3, 6.0)
        assert (event.plane, event.event_type) == (Plane.SINGLE, EventType.STATIONARY_ACQUISITION)
        assert (event.primary_angle_deg, event.secondary_angle_deg) == (-30.0, 20.0)
        assert (event.source_to_detector_mm, event.source_to_isocentre_mm) == (1100.0, 780.0)
        assert report.warnings == ()

    def test_has_the_dose_of_its_acquisition_without_the_fluoroscopy_that_prepared_it(self) -> None:
        assert the_event(image_bytes(xa_image(AcquiredImageAreaDoseProduct=30.0))).dap_gy_cm2 == 3.0

    @pytest.mark.parametrize(
        ("elements", "kind"),
        [
            ({"RadiationSetting": "SC", "SOPClassUID": RF, "Modality": "RF"}, EventType.FLUOROSCOPY),
            ({"PositionerMotion": "DYNAMIC"}, EventType.ROTATIONAL_ACQUISITION),
            ({"PositionerMotion": "STATIC", "TableMotion": "DYNAMIC"}, EventType.STEPPING_ACQUISITION),
            ({"PositionerMotion": None}, None),
            ({"RadiationSetting": None}, None),
        ],
    )
    def test_is_of_the_type_that_setting_and_motions_tell(
        self, elements: dict[str, object], kind: EventType | None
    ) -> None:
        assert the_event(image_bytes(xa_image(**elements))).event_type is kind

    def test_names_the_mode_of_a_fluoroscopy_only(self) -> None:
        assert the_event(image_bytes(xa_image(RadiationSetting="SC"))).fluoro_mode == "Pulsed"
        assert the_event(image_bytes(xa_image())).fluoro_mode is None

    def test_ends_at_the_offset_of_its_last_frame(self) -> None:
        event = the_event(
            image_bytes(xa_image(PositionerMotion="DYNAMIC", PositionerPrimaryAngleIncrement=["0", "40", "95"]))
        )

        assert (event.primary_angle_deg, event.primary_end_angle_deg) == (-30.0, 65.0)
        assert event.secondary_end_angle_deg is None

    def test_states_no_end_angle_from_an_average_per_frame(self) -> None:
        assert the_event(image_bytes(xa_image(PositionerPrimaryAngleIncrement="1.5"))).primary_end_angle_deg is None

    def test_of_one_plane_of_a_biplane_device_names_it(self) -> None:
        event = the_event(image_bytes(xa_image(ImageType=["ORIGINAL", "PRIMARY", "BIPLANE A"])))

        assert event.plane is Plane.A


class TestEnhancedRun:
    def test_states_the_averages_of_its_acquisition_module(self) -> None:
        frames = [positioned(-10, 0, kv=78), positioned(15, 1, kv=82), positioned(40, 2, kv=81)]

        report = read_as(ProjectionReport, image_bytes(enhanced_xa(frames)))

        (event,) = report.events
        assert report.warnings == ()
        assert (event.kv, event.ma, event.mas, event.exposure_time_s) == (80.0, 450.0, 54.0, 0.12)
        assert (event.plane, event.event_type) == (Plane.B, EventType.ROTATIONAL_ACQUISITION)
        assert (event.protocol, event.frame_count) == ("Rotational run", 3)

    def test_states_what_each_frame_adds(self) -> None:
        frames = [positioned(-10, 0, kv=78), positioned(15, 1, kv=82), positioned(40, 2, kv=81)]

        event = the_event(image_bytes(enhanced_xa(frames)))

        assert (event.kv_per_pulse, event.ma_per_pulse) == ((78.0, 82.0, 81.0), (780.0, 820.0, 810.0))
        assert (event.primary_angle_deg, event.primary_end_angle_deg) == (-10.0, 40.0)
        assert (event.secondary_angle_deg, event.secondary_end_angle_deg) == (0.0, 2.0)

    def test_names_the_path_of_a_value_in_the_functional_groups(self) -> None:
        report = read_dose(image_bytes(enhanced_xa([positioned(-10, 0), positioned(40, 2)])))

        paths = {one.field: one.path for one in report.stated}
        assert paths["events[0].primary_angle_deg"] == "(5200,9230)[1].(0018,9405)[1].(0018,1510)"
        assert paths["events[0].primary_end_angle_deg"] == "(5200,9230)[2].(0018,9405)[1].(0018,1510)"

    def test_states_what_all_frames_share(self) -> None:
        shared = {
            "XRayGeometrySequence": [{"DistanceSourceToIsocenter": 785.0, "DistanceSourceToDetector": "1195"}],
            "TablePositionSequence": [{"TableTopVerticalPosition": "-85.5", "TableHeadTiltAngle": 2.0}],
            "IrradiationEventIdentificationSequence": [{"IrradiationEventUID": "2.25.5200"}],
            "FrameAnatomySequence": [
                {"FrameLaterality": "R", "AnatomicRegionSequence": code_item("80891009", "SCT", "Heart")}
            ],
        }

        event = the_event(image_bytes(enhanced_xa([{}, {}], shared)))

        assert (event.source_to_isocentre_mm, event.source_to_detector_mm) == (785.0, 1195.0)
        assert (event.table_height_mm, event.table_tilt_deg) == (-85.5, 2.0)
        assert (event.event_uid, event.laterality) == ("2.25.5200", "R")
        assert event.anatomy is not None
        assert event.anatomy.value == "80891009"

    def test_notes_frames_that_are_declared_and_not_described(self) -> None:
        assert problems(image_bytes(enhanced_xa([{}, {}], NumberOfFrames="3"))) == [
            ("NumberOfFrames", "3 frames are declared, 2 are described"),
        ]

    def test_of_an_x_ray_3d_image_stands_in_its_acquisition_sequence(self) -> None:
        acquisition = {
            "KVP": "109",
            "XRayTubeCurrentInmA": 260.0,
            "ExposureInmAs": 900.0,
            "PrimaryPositionerScanStartAngle": -100.0,
        }
        top = dict.fromkeys(("KVP", "XRayTubeCurrentInmA", "ExposureInmAs", "ExposureTimeInms", "PlaneIdentification"))

        event = the_event(
            image_bytes(enhanced_xa([{}], **top, SOPClassUID=XRAY_3D, XRay3DAcquisitionSequence=[acquisition]))
        )

        assert (event.kv, event.ma, event.mas, event.primary_angle_deg) == (109.0, 260.0, 900.0, -100.0)

    def test_of_a_volume_made_from_several_acquisitions_is_named(self) -> None:
        several = [{"KVP": "80", "AcquiredImageAreaDoseProduct": 10.0}, {"AcquiredImageAreaDoseProduct": 20.0}]
        dicom = image_bytes(enhanced_xa([{}], KVP=None, SOPClassUID=XRAY_3D, XRay3DAcquisitionSequence=several))

        assert the_event(dicom).dap_gy_cm2 == 1.0
        assert problems(dicom) == [
            ("XRay3DAcquisitionSequence", "the image was made from 2 acquisitions; the first one is read")
        ]
