"""Tests of dose_core.readers.projection_image and what it is made of."""

from datetime import UTC, datetime

import pytest

from dose_core.model import EventType, Filter, Kind, Plane, ProjectionEvent, ProjectionReport, ProjectionTotals
from dose_core.readers.errors import NotDoseError
from dose_core.readers.projection_image_rows import ROWS
from dose_core.readers.registry import read_dose
from tests.builders.projection_image import (
    CR,
    RF,
    XRAY_3D,
    code_item,
    dx_bytes,
    dx_image,
    enhanced_xa,
    image_bytes,
    positioned,
    xa_image,
)
from tests.support.read_as import read_as


def the_event(dicom: bytes) -> ProjectionEvent:
    """Return the only event of a projection image."""
    (event,) = read_as(ProjectionReport, dicom).events
    return event


def problems(dicom: bytes) -> list[tuple[str, str]]:
    """Return what the reader noted: the element and the problem."""
    return [(warning.concept, warning.problem) for warning in read_dose(dicom).warnings]


class TestRadiograph:
    def test_states_one_exposure_and_no_totals(self) -> None:
        report = read_as(ProjectionReport, dx_bytes())

        assert report.kind is Kind.PROJECTION_IMAGE
        assert report.totals == ProjectionTotals()
        assert report.warnings == ()
        (event,) = report.events
        assert (event.dap_gy_cm2, event.entrance_dose_mgy) == (0.0472, 0.11)
        assert (event.kv, event.ma, event.mas, event.exposure_time_s) == (117.0, 303.0, 1.7, 0.006)
        assert (event.source_to_detector_mm, event.focal_spot_mm, event.grid) == (1800.0, 1.2, "Focused grid")
        assert (event.protocol, event.body_part, event.view, event.laterality) == ("Chest p.a.", "CHEST", "PA", "U")

    def test_states_where_each_value_stood(self) -> None:
        stated = {one.field: (one.path, one.text, one.unit) for one in read_dose(dx_bytes()).stated}

        assert stated["events[0].dap_gy_cm2"] == ("(0018,115E)", "0.472", "dGy.cm2")
        assert stated["events[0].mas"] == ("(0018,1153)", "1700", "uA.s")
        assert stated["events[0].protocol"] == ("(0018,1030)", "Chest p.a.", None)

    def test_states_how_the_image_was_made(self) -> None:
        image = read_as(ProjectionReport, dx_bytes(IrradiationEventUID="2.25.5100")).image

        assert image is not None
        assert (image.series_instance_uid, image.event_uids) == ("2.25.5003", ("2.25.5100",))
        assert image.presentation_intent == "FOR PRESENTATION"

    def test_takes_the_finest_form_of_each_quantity(self) -> None:
        event = the_event(
            dx_bytes(ExposureTimeInuS="5600", XRayTubeCurrentInuA="303500", Exposure="0", ExposureInuAs="400")
        )

        assert (event.exposure_time_s, event.ma, event.mas) == (0.0056, 303.5, 0.4)

    def test_states_entrance_dose_in_dgy_where_there_is_no_finer_form(self) -> None:
        assert the_event(dx_bytes(EntranceDoseInmGy=None, EntranceDose=2)).entrance_dose_mgy == 200.0

    def test_names_a_dose_it_cannot_use(self) -> None:
        dicom = dx_bytes(ImageAndFluoroscopyAreaDoseProduct="-1")

        assert the_event(dicom).dap_gy_cm2 is None
        assert problems(dicom) == [("ImageAndFluoroscopyAreaDoseProduct", "-1.0 is not a dose")]

    def test_prefers_the_coded_view(self) -> None:
        code = code_item("272460009", "SCT", "postero-anterior oblique")

        assert the_event(dx_bytes(ViewCodeSequence=code)).view == "postero-anterior oblique"

    def test_states_the_coded_region(self) -> None:
        anatomy = the_event(dx_bytes(AnatomicRegionSequence=code_item("T-D3000", "SRT", "Chest"))).anatomy

        assert anatomy is not None
        assert (anatomy.value, anatomy.scheme) == ("T-D3000", "SRT")

    @pytest.mark.parametrize(
        ("elements", "area_cm2", "diameter_mm"),
        [
            pytest.param({"FieldOfViewDimensions": ["337", "422"]}, 1422.14, None, id="rectangle"),
            pytest.param(
                {"FieldOfViewDimensions": ["337", "422"], "ExposedArea": [30, 40]}, 1200.0, None, id="exposed"
            ),
            pytest.param({"FieldOfViewDimensions": "250", "FieldOfViewShape": "ROUND"}, None, 250.0, id="round"),
            pytest.param({"IntensifierSize": "310"}, None, 310.0, id="intensifier"),
            pytest.param({"FieldOfViewDimensions": ["0", "0"]}, None, None, id="no field"),
        ],
    )
    def test_states_its_field(
        self, elements: dict[str, object], area_cm2: float | None, diameter_mm: float | None
    ) -> None:
        event = the_event(dx_bytes(**elements))

        assert (event.field_area_cm2, event.field_of_view_mm) == (area_cm2, diameter_mm)

    def test_names_a_laterality_that_is_none(self) -> None:
        dicom = dx_bytes(ImageLaterality="LEFT")

        assert the_event(dicom).laterality is None
        assert problems(dicom) == [("ImageLaterality", "is no side")]

    def test_leaves_the_number_fields_of_the_model_to_the_rows(self) -> None:
        names = set(ProjectionEvent.__dataclass_fields__)

        assert {row.field for row in ROWS} <= names
        assert all(ProjectionEvent.__dataclass_fields__[row.field].type == float | None for row in ROWS)

    def test_that_is_a_mammogram_in_a_radiographic_class_is_left_to_others(self) -> None:
        try:
            report = read_dose(dx_bytes(Modality="MG"))
        except NotDoseError:
            return
        assert report.kind is Kind.MAMMOGRAPHY_IMAGE


class TestExposureIndex:
    @pytest.mark.parametrize(
        ("elements", "index", "scale"),
        [
            pytest.param({"ExposureIndex": "286.8", "RelativeXRayExposure": "5"}, 286.8, "iec", id="IEC first"),
            pytest.param(
                {"Manufacturer": "KODAK", "RelativeXRayExposure": "1460"}, 1460.0, "Carestream EI", id="Kodak"
            ),
            pytest.param(
                {"Manufacturer": "SIEMENS", "RelativeXRayExposure": "287"}, 287.0, "Siemens EXI", id="Siemens"
            ),
            pytest.param({"Manufacturer": "Canon Inc.", "RelativeXRayExposure": "300"}, 300.0, "Canon REX", id="Canon"),
            pytest.param({"Manufacturer": "Agfa", "RelativeXRayExposure": "2"}, 2.0, "Agfa lgM", id="Agfa"),
            pytest.param({"Manufacturer": "Philips", "RelativeXRayExposure": "400"}, 400.0, "Philips EI", id="Philips"),
            pytest.param({"Manufacturer": "Swissray", "RelativeXRayExposure": "3"}, 3.0, "Swissray DI", id="Swissray"),
            pytest.param({"Manufacturer": "FUJIFILM Corporation", "Sensitivity": "136"}, 136.0, "Fuji S", id="Fuji"),
            pytest.param({"Manufacturer": "KONICA MINOLTA", "Sensitivity": "200"}, 200.0, "Konica S", id="Konica"),
            pytest.param({"RelativeXRayExposure": "7"}, 7.0, "relative x-ray exposure", id="any other"),
            pytest.param({"Manufacturer": "SIEMENS", "Sensitivity": "400"}, None, None, id="speed class"),
        ],
    )
    def test_keeps_the_scale_of_its_maker(
        self, elements: dict[str, object], index: float | None, scale: str | None
    ) -> None:
        event = the_event(dx_bytes(**elements))

        assert (event.exposure_index, event.exposure_index_scale) == (index, scale)

    def test_states_target_and_deviation_beside_it(self) -> None:
        event = the_event(dx_bytes(ExposureIndex="51.7", TargetExposureIndex="438.5", DeviationIndex="-9.3"))

        assert (event.target_exposure_index, event.deviation_index) == (438.5, -9.3)

    def test_keeps_the_sensitivity_of_any_maker(self) -> None:
        assert the_event(dx_bytes(Sensitivity="97.2")).sensitivity == 97.2


class TestFilters:
    def test_of_carestream_drx_evolution_stand_in_lists_side_by_side(self) -> None:
        event = the_event(
            dx_bytes(
                Manufacturer="Carestream Health",
                ManufacturerModelName="DRX-Evolution",
                FilterMaterial=["COPPER", "ALUMINUM"],
                FilterThicknessMinimum=["0.1", "1"],
                FilterThicknessMaximum=["0.1", "1"],
            )
        )

        assert event.filters == (
            Filter(material="copper", min_mm=0.1, max_mm=0.1),
            Filter(material="aluminum", min_mm=1.0, max_mm=1.0),
        )

    def test_of_kodak_dr7500_stand_in_comma_lists_with_minimum_above_maximum(self) -> None:
        dicom = dx_bytes(
            Manufacturer="KODAK",
            FilterType="WEDGE",
            FilterMaterial="ALUMINUM,COPPER",
            FilterThicknessMinimum="1.06,0.206",
            FilterThicknessMaximum="0.94,0.194",
        )

        assert the_event(dicom).filters == (
            Filter(material="aluminum", min_mm=0.94, max_mm=1.06),
            Filter(material="copper", min_mm=0.194, max_mm=0.206),
        )
        assert [concept for concept, _ in problems(dicom)] == ["FilterThicknessMinimum"] * 2

    def test_of_one_material_are_not_told_from_a_decimal_comma(self) -> None:
        dicom = dx_bytes(FilterMaterial="COPPER", FilterThicknessMinimum="0,2", FilterThicknessMaximum="0.2")

        assert the_event(dicom).filters == (Filter(material="copper", min_mm=None, max_mm=0.2),)
        assert problems(dicom) == [("FilterThicknessMinimum", "a comma in a number; not used")]

    @pytest.mark.parametrize(("stated", "mm"), [("CU_0.1_MM", 0.1), ("CU_0.2_MM", 0.2), ("CU_0.3_MM", 0.3)])
    def test_of_siemens_multix_and_fluorospot_stand_in_the_filter_type(self, stated: str, mm: float) -> None:
        event = the_event(dx_bytes(Manufacturer="SIEMENS", FilterType=stated))

        assert event.filters == (Filter(material="copper", min_mm=mm, max_mm=mm),)

    def test_of_philips_thoravision_stand_in_the_filter_type(self) -> None:
        event = the_event(dx_bytes(Manufacturer="Philips Medical Systems", FilterType="0.1Cu 1Al"))

        assert event.filters == (
            Filter(material="copper", min_mm=0.1, max_mm=0.1),
            Filter(material="aluminum", min_mm=1.0, max_mm=1.0),
        )

    def test_of_philips_digitaldiagnost_are_known_in_british_spelling(self) -> None:
        event = the_event(dx_bytes(Manufacturer="Philips", FilterMaterial="ALUMINIUM", FilterThicknessMinimum="1"))

        assert event.filters == (Filter(material="aluminum", min_mm=1.0),)

    def test_of_philips_digitaldiagnost_tell_none_from_not_stated(self) -> None:
        assert the_event(dx_bytes(FilterType="NONE")).filters == (Filter(material="none"),)
        assert the_event(dx_bytes()).filters == ()

    def test_with_thicknesses_for_another_number_of_materials_state_no_thickness(self) -> None:
        dicom = dx_bytes(FilterMaterial=["COPPER", "LEAD"], FilterThicknessMinimum="0.1")

        assert the_event(dicom).filters == (Filter(material="copper"), Filter(material="lead"))
        assert problems(dicom) == [
            ("FilterThicknessMinimum", "1 thicknesses are stated for 2 materials; not used"),
        ]


class TestVendorQuirks:
    def test_kodak_dr7500_states_the_distance_in_dm(self) -> None:
        dicom = dx_bytes(Manufacturer="KODAK", ManufacturerModelName="DR 7500", DistanceSourceToDetector="11.5")

        assert the_event(dicom).source_to_detector_mm == 1150.0
        assert problems(dicom) == [
            ("DistanceSourceToDetector", "11.5 can be no distance in mm; this device states dm"),
        ]

    def test_kodak_dr7500_with_a_distance_in_mm_is_left_alone(self) -> None:
        event = the_event(
            dx_bytes(Manufacturer="KODAK", ManufacturerModelName="DR 7500", DistanceSourceToDetector="1150")
        )

        assert event.source_to_detector_mm == 1150.0

    @pytest.mark.parametrize(
        ("maker", "model"), [("Carestream Health", "DRX-Revolution"), ("Canon Inc.", "CXDI Control Software NE")]
    )
    def test_carestream_drx_revolution_and_canon_cxdi_request_in_the_study_description(
        self, maker: str, model: str
    ) -> None:
        named = {"Manufacturer": maker, "ManufacturerModelName": model, "StudyDescription": "XR Chest mobile"}

        assert read_dose(dx_bytes(**named)).requested_procedure == "XR Chest mobile"
        assert read_dose(dx_bytes(StudyDescription="XR Chest mobile")).requested_procedure is None

    def test_drgem_diamond_states_decimals_in_integer_strings(self) -> None:
        event = the_event(dx_bytes(Manufacturer="DRGEM", ExposureTime="161.3", Exposure="40.196", ExposureInuAs=None))

        assert (event.exposure_time_s, event.mas) == (0.1613, 40.196)

    def test_toshiba_radrex_names_the_protocol_in_the_image_comments(self) -> None:
        event = the_event(
            dx_bytes(
                Manufacturer="TOSHIBA_MEC", ManufacturerModelName="Radrex", ImageComments="KNEE LAT", ProtocolName=None
            )
        )

        assert event.protocol == "KNEE LAT"

    def test_fuji_go_codes_its_protocol_and_names_study_and_procedure_elsewhere(self) -> None:
        report = read_as(
            ProjectionReport,
            dx_bytes(
                Manufacturer="FUJIFILM Corporation",
                ProtocolName="RT",
                PerformedProtocolCodeSequence=code_item("0217", "99FUJI", "Chest mobile AP"),
                ProcedureCodeSequence=code_item("C1", "L", "Chest"),
                RequestedProcedureDescription="XR Chest",
            ),
        )

        assert report.events[0].protocol == "Chest mobile AP"
        assert (report.study_description, report.requested_procedure) == ("Chest", "XR Chest")

    def test_newtom_panoramic_states_no_birth_of_1899_and_no_patient_id(self) -> None:
        report = read_as(
            ProjectionReport,
            dx_bytes(
                Modality="PX",
                Manufacturer="NNT",
                PatientBirthDate="18991230",
                PatientID=None,
                ProtocolName="PANORAMIC",
                ExposureTime="6800",
            ),
        )

        assert (report.patient.birth_date, report.patient.id, report.modality) == (None, None, "PX")
        assert (report.events[0].protocol, report.events[0].exposure_time_s) == ("PANORAMIC", 6.8)

    def test_a_patient_size_as_text_is_named_and_not_used(self) -> None:
        dicom = dx_bytes(PatientSize="1.75m")

        assert read_dose(dicom).patient.size_cm is None
        assert problems(dicom) == [("PatientSize", "not a finite number")]

    def test_a_patient_name_of_several_values_is_kept_whole(self) -> None:
        assert read_dose(dx_bytes(PatientName=["Beispiel^Cara", "Muster^Cara"])).patient.name == (
            "Beispiel^Cara | Muster^Cara"
        )

    def test_a_station_name_too_long_for_its_vr_is_kept_whole(self) -> None:
        assert read_dose(dx_bytes(StationName="ROOM-5-WALLSTAND-LEFT")).device.station_name == "ROOM-5-WALLSTAND-LEFT"

    def test_request_attributes_may_be_empty_with_the_procedure_at_the_top_level(self) -> None:
        requests: list[list[object]] = [[], [{}]]
        for request in requests:
            report = read_dose(dx_bytes(RequestAttributesSequence=request, RequestedProcedureDescription="XR Chest"))

            assert report.requested_procedure == "XR Chest"


class TestTheTimeOfAnExposure:
    def test_is_that_of_its_acquisition(self) -> None:
        assert read_dose(dx_bytes(TimezoneOffsetFromUTC="+0100")).started_at == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("missing", "clock", "path"),
        [
            pytest.param(("Acquisition",), (10, 16, 30), "(0008,0033)", id="content"),
            pytest.param(("Acquisition", "Content"), (10, 15, 10), "(0008,0031)", id="series"),
            pytest.param(("Acquisition", "Content", "Series"), (10, 15, 0), "(0008,0030)", id="study"),
        ],
    )
    def test_is_the_next_best_that_is_stated_in_full(
        self, missing: tuple[str, ...], clock: tuple[int, int, int], path: str
    ) -> None:
        report = read_as(ProjectionReport, dx_bytes(**{f"{name}Date": "" for name in missing}))

        assert report.started_at is not None
        assert (report.started_at.hour, report.started_at.minute, report.started_at.second) == clock
        assert report.events[0].started_at == report.started_at
        assert path in {one.path for one in report.stated if one.field == "events[0].started_at"}

    def test_of_kodak_images_without_any_date_is_unknown(self) -> None:
        dates = {f"{name}Date": "" for name in ("Study", "Series", "Content", "Acquisition")}

        report = read_dose(dx_bytes(**dates))

        assert (report.started_at, report.study_started_at) == (None, None)

    def test_of_a_study_without_date_is_that_of_its_content(self) -> None:
        dicom = dx_bytes(StudyDate="")

        assert read_dose(dicom).study_started_at == datetime(2026, 3, 1, 10, 16, 30)  # noqa: DTZ001  local, as stated
        assert problems(dicom) == [("StudyDate", "date or time is not stated; (0008,0033) stands for it")]


class TestImagesWithoutDose:
    @pytest.mark.parametrize(
        "stated",
        [
            pytest.param({"KVP": "0", "Exposure": "0", "Sensitivity": "400"}, id="Agfa ADC: zeros are unknown"),
            pytest.param({"Manufacturer": "FUJI PHOTO FILM CO. LTD.", "Sensitivity": "357"}, id="Fuji CR reader"),
            pytest.param({}, id="nothing at all"),
        ],
    )
    def test_are_no_dose_and_say_why(self, stated: dict[str, object]) -> None:
        bare = dict.fromkeys(
            (
                *("KVP", "XRayTubeCurrent", "ExposureTime", "Exposure", "ExposureInuAs", "EntranceDoseInmGy"),
                "ImageAndFluoroscopyAreaDoseProduct",
            )
        )

        with pytest.raises(NotDoseError, match="neither dose nor exposure"):
            read_dose(dx_bytes(**{**bare, "SOPClassUID": CR, "Modality": "CR", "Manufacturer": "Agfa", **stated}))

    def test_take_a_zero_beside_a_known_value_for_unknown(self) -> None:
        dicom = dx_bytes(ImageAndFluoroscopyAreaDoseProduct="0.000")

        assert the_event(dicom).dap_gy_cm2 is None
        assert problems(dicom) == [
            ("ImageAndFluoroscopyAreaDoseProduct", "0 stands for a value that is not known"),
        ]

    def test_are_dose_by_their_exposure_index_alone(self) -> None:
        bare = {one: None for one in dx_image() if one in {"KVP", "Exposure", "ExposureInuAs", "ExposureTime"}}

        assert the_event(dx_bytes(**bare, ExposureIndex="176")).exposure_index == 176.0


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
