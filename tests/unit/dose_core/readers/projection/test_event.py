"""Tests of dose_core.readers.projection.event, projection_pulses and sr_rows."""

import dataclasses

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import Code, EventType, Filter, PlaneTotals, ProjectionEvent, ProjectionReport
from dose_core.readers.projection.rows import BEAM_ROWS, DETECTOR_ROWS, EVENT_ROWS
from dose_core.readers.projection.totals import TOTAL_ROWS
from dose_core.readers.sr.rows import Row
from tests.builders.projection_rdsr import (
    COPPER,
    RECUMBENT,
    SUPINE,
    copper_filter,
    event,
    lying,
    projection_rdsr_bytes,
)
from tests.builders.sr import Concept, Item, code, container, num, text
from tests.support.read_as import read_as

LEFT: Concept = ("7771000", "SCT", "Left")
LATERALITY: Concept = ("272741003", "SCT", "Laterality")
ANATOMICAL_STRUCTURE: Concept = ("91723000", "SCT", "Anatomical structure")
KNEE: Concept = ("T-D9200", "SRT", "Knee")


def read_event(*content: Item, kind: Concept | None = None) -> tuple[ProjectionEvent, list[str]]:
    """Return the one event of a report, and the problems named."""
    dicom = projection_rdsr_bytes(event(*content, kind=kind) if kind else event(*content))
    report = read_as(ProjectionReport, dicom)
    return report.events[0], [warning.problem for warning in report.warnings]


class TestTables:
    @pytest.mark.parametrize(
        ("rows", "shape"),
        [((*EVENT_ROWS, *BEAM_ROWS, *DETECTOR_ROWS), ProjectionEvent), (TOTAL_ROWS, PlaneTotals)],
    )
    def test_fill_a_field_of_the_model_each_and_none_twice(
        self, rows: tuple[Row, ...], shape: type[ProjectionEvent | PlaneTotals]
    ) -> None:
        named = [row.field for row in rows]

        assert set(named) <= {field.name for field in dataclasses.fields(shape)}
        assert len(named) == len(set(named))


class TestKind:
    @pytest.mark.parametrize(
        ("stated", "expected"),
        [
            (("44491008", "SCT", "Fluoroscopy"), EventType.FLUOROSCOPY),
            (("P5-06000", "SRT", "Fluoroscopy"), EventType.FLUOROSCOPY),
            (("P5-06000", "SNM3", "Fluoroscopy"), EventType.FLUOROSCOPY),
            (("113611", "DCM", "Stationary Acquisition"), EventType.STATIONARY_ACQUISITION),
            (("113612", "DCM", "Stepping Acquisition"), EventType.STEPPING_ACQUISITION),
            (("113613", "DCM", "Rotational Acquisition"), EventType.ROTATIONAL_ACQUISITION),
        ],
    )
    def test_is_known_in_old_and_new_codes(self, stated: Concept, expected: EventType) -> None:
        assert read_event(kind=stated)[0].event_type is expected


class TestUnits:
    @pytest.mark.parametrize("unit", ["Gy.m2", "Gym2"])
    def test_general_dose_area_product_is_known_in_both_spellings(self, unit: str) -> None:
        assert read_event(num(codes.DCM.DoseAreaProduct, "1e-6", unit))[0].dap_gy_cm2 == pytest.approx(0.01)

    def test_canon_ultimax_states_dose_area_product_in_dgy_cm2_and_air_kerma_in_mgy(self) -> None:
        stated, problems = read_event(
            num(codes.DCM.DoseAreaProduct, "1.323", "dGy.cm2"), num(codes.DCM.DoseRP, "0.384", "mGy")
        )

        assert (stated.dap_gy_cm2, stated.ka_r_mgy) == pytest.approx((0.1323, 0.384))
        assert problems == []

    @pytest.mark.parametrize(
        ("concept", "text_value", "field", "expected", "unit"),
        [
            (codes.DCM.DoseAreaProduct, "0.0001", "dap_gy_cm2", 1.0, "Gy.m2"),
            (codes.DCM.DoseRP, "0.002", "ka_r_mgy", 2.0, "Gy"),
            (codes.DCM.ExposureTime, "168", "exposure_time_s", 0.168, "ms"),
            (codes.DCM.Exposure, "9500", "mas", 9.5, "uA.s"),
            (codes.DCM.CollimatedFieldArea, "0.09", "field_area_cm2", 900.0, "m2"),
        ],
    )
    def test_general_the_unit_of_the_template_is_assumed_where_none_is_stated(
        self, concept: Concept, text_value: str, field: str, expected: float, unit: str
    ) -> None:
        """Not ours: 0.0001 Gy.m2 read as 0.0001 Gy.cm2 would be a dose ten thousand times too small (quirk A4)."""
        stated, problems = read_event(num(concept, text_value, None))

        assert getattr(stated, field) == pytest.approx(expected)
        assert problems == [f"no unit is stated; read as {unit}"]

    @pytest.mark.parametrize(
        ("text_value", "problem"), [("-1", "-1.0 is negative"), ("many", "is not a finite number")]
    )
    def test_a_value_without_unit_that_is_none_is_named(self, text_value: str, problem: str) -> None:
        stated, problems = read_event(num(codes.DCM.DoseAreaProduct, text_value, None))

        assert stated.dap_gy_cm2 is None
        assert problems == [problem]

    def test_a_unit_of_another_quantity_is_refused(self) -> None:
        stated, problems = read_event(num(codes.DCM.DoseAreaProduct, "5", "mm"))

        assert stated.dap_gy_cm2 is None
        assert problems == ["no conversion from 'mm' to 'Gy.cm2'"]

    @pytest.mark.parametrize("unit", ["{pulse}/s", "pulse/s"])
    def test_general_pulse_rate_is_known_with_and_without_braces(self, unit: str) -> None:
        assert read_event(num(codes.DCM.PulseRate, "7.5", unit))[0].pulse_rate_per_s == 7.5

    @pytest.mark.parametrize("concept", [codes.DCM.ExposureTime, ("113735", "DCM", "Exposure Time")])
    def test_siemens_and_azurion_exposure_time_has_two_codes(self, concept: Concept) -> None:
        """113735 is retired and still sent (quirk A3)."""
        assert read_event(num(concept, "100.8", "ms"))[0].exposure_time_s == pytest.approx(0.1008)


class TestMissing:
    def test_canon_cxdi_empty_measurements_are_unknown_not_zero(self) -> None:
        """Quirk A6."""
        stated, problems = read_event(num(codes.DCM.DoseRP, None, None), num(codes.DCM.KVP, "", "kV"))

        assert (stated.ka_r_mgy, stated.kv) == (None, None)
        assert problems == []

    def test_an_empty_measurement_does_not_hide_another_of_its_kind(self) -> None:
        stated, problems = read_event(
            num(codes.DCM.DoseAreaProduct, None, None),
            num(codes.DCM.DoseAreaProduct, "0.0002", "Gy.m2"),
            num(codes.DCM.TableHeightPosition, None, None),
            num(("021", "99PHI-IXR-XPER", "Table Height Position"), "905", "mm"),
        )

        assert (stated.dap_gy_cm2, stated.table_height_mm, problems) == (2.0, 905.0, [])

    def test_a_value_in_an_item_of_another_type_is_named_and_not_used(self) -> None:
        stated, problems = read_event(
            text(codes.DCM.DoseAreaProduct, "0.0002"),
            text(codes.DCM.DistanceSourceToDetector, "1100"),
            text(codes.DCM.KVP, "70"),
            text(codes.DCM.FluoroMode, "Pulsed"),
        )

        assert (stated.dap_gy_cm2, stated.source_to_detector_mm, stated.kv, stated.fluoro_mode) == (None,) * 4
        assert sorted(problems) == ["is no CODE item", "is no NUM item", "is no NUM item", "is no NUM item"]

    def test_general_an_empty_target_region_is_unknown(self) -> None:
        """Quirk A7."""
        assert read_event(code(codes.DCM.TargetRegion, None))[0].target_region is None

    def test_general_a_protocol_without_text_is_unknown(self) -> None:
        """Quirk A8."""
        assert read_event(text(codes.DCM.AcquisitionProtocol, ""))[0].protocol is None

    def test_ge_typos_in_meanings_do_not_matter(self) -> None:
        """Quirk A1."""
        stated, problems = read_event(num(("113734", "DCM", "mA"), "2.7", "mA"))

        assert (stated.ma, problems) == (2.7, [])

    def test_general_a_wrong_code_is_known_by_its_meaning_with_a_warning(self) -> None:
        """Quirk A2."""
        stated, problems = read_event(num(("999733", "DCM", "kVp"), "80", "kV"))

        assert stated.kv == 80.0
        assert problems == ["code '999733' of 'DCM' is known by its meaning only"]


class TestPulses:
    def test_eurocolumbus_pulse_lists_begin_with_a_zero_that_is_no_part_of_the_mean(self) -> None:
        """Quirk A9."""
        stated, problems = read_event(
            num(codes.DCM.KVP, "0\\85\\55", "kV"),
            num(codes.DCM.XRayTubeCurrent, "0\\50\\50", "mA"),
            num(codes.DCM.PulseWidth, "0\\8\\8", "ms"),
        )

        assert (stated.kv, stated.ma, stated.pulse_width_ms) == (70.0, 50.0, 8.0)
        assert stated.kv_per_pulse == (0.0, 85.0, 55.0)
        assert stated.ma_per_pulse == (0.0, 50.0, 50.0)
        assert stated.pulse_widths_ms == (0.0, 8.0, 8.0)
        assert problems == ["states 3 pulses; the value is the mean of the 2 that are not 0"] * 3

    def test_general_items_that_repeat_are_pulses_too(self) -> None:
        stated, problems = read_event(num(codes.DCM.KVP, "80", "kV"), num(codes.DCM.KVP, "82", "kV"))

        assert (stated.kv, stated.kv_per_pulse) == (81.0, (80.0, 82.0))
        assert problems == ["states 2 pulses; the value is the mean of the 2 that are not 0"]

    def test_pulses_of_nothing_are_zero(self) -> None:
        assert read_event(num(codes.DCM.KVP, "0\\0", "kV"))[0].kv == 0.0

    def test_exposures_of_pulses_make_no_exposure_of_the_event(self) -> None:
        stated, problems = read_event(num(codes.DCM.Exposure, "0\\500\\600", "uA.s"))

        assert (stated.mas, stated.mas_per_pulse) == (None, (0.0, 0.5, 0.6))
        assert problems == ["states 3 pulses; the exposure of the event is not stated"]

    def test_exposures_of_pulses_without_unit_are_in_that_of_the_template_as_a_single_one_is(self) -> None:
        one, _ = read_event(num(codes.DCM.Exposure, "1000", None))
        several, problems = read_event(num(codes.DCM.Exposure, "1000", None), num(codes.DCM.Exposure, "2000", None))

        assert (one.mas, several.mas_per_pulse) == (1.0, (1.0, 2.0))
        assert problems == [
            "no unit is stated; read as uA.s",
            "states 2 pulses; the exposure of the event is not stated",
        ]

    def test_exposures_of_pulses_without_unit_that_are_no_numbers_are_not_used(self) -> None:
        stated, problems = read_event(num(codes.DCM.Exposure, "1000", None), num(codes.DCM.Exposure, "many", None))

        assert stated.mas_per_pulse == ()
        assert problems == ["states pulses that are not all numbers; none is used"]

    @pytest.mark.parametrize("second", ["5", "6"])
    def test_exposure_times_of_pulses_make_no_time_of_the_event(self, second: str) -> None:
        stated, problems = read_event(num(codes.DCM.ExposureTime, "5", "ms"), num(codes.DCM.ExposureTime, second, "ms"))

        assert stated.exposure_time_s is None
        assert problems == ["states 2 pulses; the time of the event is not stated"]

    def test_one_exposure_time_may_stand_under_both_of_its_codes(self) -> None:
        retired: Concept = ("113735", "DCM", "Exposure Time")

        stated, problems = read_event(num(codes.DCM.ExposureTime, "300", "ms"), num(retired, "300", "ms"))

        assert (stated.exposure_time_s, problems) == (0.3, [])

    def test_the_average_tube_current_counts_before_that_of_the_pulses(self) -> None:
        stated, _ = read_event(
            num(codes.DCM.XRayTubeCurrent, "95", "mA"), num(codes.DCM.AverageXRayTubeCurrent, "12", "mA")
        )

        assert stated.ma == 12.0

    def test_general_without_average_current_the_mean_of_the_tube_current_is_used(self) -> None:
        stated, _ = read_event(num(codes.DCM.XRayTubeCurrent, "10\\20", "mA"))

        assert (stated.ma, stated.exposure_time_s) == (15.0, None)  # no time is made of pulses


class TestReferencePoint:
    def test_general_is_a_code(self) -> None:
        """Quirk A14."""
        stated, _ = read_event(code(codes.DCM.ReferencePointDefinition, ("113941", "DCM", "In Detector Plane")))

        assert stated.reference_point == Code(value="113941", scheme="DCM", meaning="In Detector Plane")

    @pytest.mark.parametrize(
        "words", ["15cm below BeamIsocenter", "530 mm from tube focus towards detector", "Unknown"]
    )
    def test_general_or_the_words_of_the_device(self, words: str) -> None:
        """Quirk A14."""
        assert read_event(text(codes.DCM.ReferencePointDefinition, words))[0].reference_point == words


class TestFilters:
    def test_general_no_filter_is_not_an_unknown_one(self) -> None:
        none = container(codes.DCM.XRayFilters, code(codes.DCM.XRayFilterType, codes.DCM.NoFilter))

        assert read_event(none)[0].filters == (Filter(material="none"),)
        assert read_event()[0].filters == ()

    def test_several_in_one_container_are_named(self) -> None:
        materials: tuple[Concept, ...] = (COPPER, ("12503006", "SCT", "Aluminum"))
        both = container(codes.DCM.XRayFilters, *(code(codes.DCM.XRayFilterMaterial, one) for one in materials))

        stated, problems = read_event(both)

        assert stated.filters == (Filter(material="copper"),)
        assert problems == ["states several filters in one; the first one is read"]

    def test_philips_veradius_filters_have_no_thickness(self) -> None:
        assert read_event(copper_filter(None, None))[0].filters == (Filter(material="copper"),)

    @pytest.mark.parametrize(
        ("material", "expected"),
        [
            (COPPER, "copper"),
            (("C-127F9", "SRT", "Copper or Copper compound"), "copper"),
            (("C-120F9", "SRT", "Aluminium or Aluminium Compound"), "aluminum"),
        ],
    )
    def test_know_their_material_in_old_and_new_codes(self, material: Concept, expected: str) -> None:
        one = container(codes.DCM.XRayFilters, code(codes.DCM.XRayFilterMaterial, material))

        assert read_event(one)[0].filters == (Filter(material=expected),)

    def test_eurocolumbus_material_in_the_wrong_scheme_is_known_by_its_meaning(self) -> None:
        stated = code(codes.DCM.XRayFilterMaterial, ("C-120F9", "DCM", "Aluminum or Aluminum compound"))
        one, problems = read_event(container(codes.DCM.XRayFilters, stated))

        assert one.filters == (Filter(material="aluminum"),)
        assert problems == ["code 'C-120F9' of 'DCM' is known by its meaning only"]


class TestGrid:
    def test_ge_surgery_fixed_grid_is_known_whatever_its_spelling(self) -> None:
        assert read_event(code(codes.DCM.XRayGrid, ("111641", "DCM", "Fixed Grid")))[0].grid == "Fixed grid"

    def test_states_several_properties(self) -> None:
        focused, moving = (
            code(codes.DCM.XRayGrid, kind) for kind in (codes.DCM.FocusedGrid, codes.DCM.ReciprocatingGrid)
        )

        assert read_event(focused, moving)[0].grid == "Focused grid, Reciprocating grid"


class TestAnatomy:
    @pytest.mark.parametrize("place", [codes.DCM.TargetRegion, ANATOMICAL_STRUCTURE])
    def test_general_laterality_stands_under_the_region_or_the_structure(self, place: Concept) -> None:
        """Quirk A12."""
        side = code(LATERALITY, LEFT, relationship="HAS CONCEPT MOD")

        assert read_event(code(place, KNEE, side))[0].laterality == "L"

    @pytest.mark.parametrize(("value", "side"), [("G-A100", "R"), ("G-A101", "L"), ("G-A102", "B"), ("G-A103", "U")])
    def test_general_laterality_is_known_in_the_old_codes(self, value: str, side: str) -> None:
        """Quirk A5."""
        stated = code(("G-C171", "SRT", "Laterality"), (value, "SRT", "side"))

        assert read_event(code(codes.DCM.TargetRegion, KNEE, stated))[0].laterality == side

    def test_states_structure_and_view(self) -> None:
        stated, _ = read_event(
            code(ANATOMICAL_STRUCTURE, KNEE), code(codes.DCM.ImageView, ("R-10206", "SRT", "antero-posterior"))
        )

        assert stated.anatomy == Code(value="T-D9200", scheme="SRT", meaning="Knee")
        assert stated.view == "antero-posterior"


class TestPatientPosition:
    @pytest.mark.parametrize(
        ("modifier", "first", "expected"),
        [
            (SUPINE, ("102540008", "SCT", "headfirst"), "HFS"),
            (("F-10310", "SRT", "prone"), ("F-10480", "SRT", "feet-first"), "FFP"),
            (("102536004", "SCT", "left lateral decubitus"), ("F-10470", "SRT", "headfirst"), "HFDL"),
        ],
    )
    def test_is_known_if_all_three_parts_are_stated(self, modifier: Concept, first: Concept, expected: str) -> None:
        assert read_event(*lying(modifier, first))[0].patient_position == expected

    def test_eurocolumbus_without_table_relationship_states_no_patient_position(self) -> None:
        """Nothing is assumed (quirk A13): who needs a position says that it is assumed."""
        _, oriented = lying()
        stated, _ = read_event(oriented)

        assert stated.patient_position is None
        assert stated.patient_orientation_modifier == Code(value="40199007", scheme="SCT", meaning="supine")

    def test_toshiba_orientation_modifier_is_a_sibling_of_the_orientation(self) -> None:
        relationship, _ = lying()
        stated, _ = read_event(
            relationship,
            code(codes.DCM.PatientOrientation, RECUMBENT),
            code(codes.DCM.PatientOrientationModifier, SUPINE),
        )

        assert stated.patient_position == "HFS"

    def test_of_a_patient_who_does_not_lie_is_unknown(self) -> None:
        relationship, _ = lying()
        erect = code(
            codes.DCM.PatientOrientation,
            ("102539006", "SCT", "semi-erect"),
            code(codes.DCM.PatientOrientationModifier, SUPINE, relationship="HAS CONCEPT MOD"),
        )

        assert read_event(relationship, erect)[0].patient_position is None

    def test_ge_oec_elite_miniview_states_no_patient_position_at_all(self) -> None:
        stated, problems = read_event()

        assert (stated.patient_position, stated.patient_orientation, problems) == (None, None, [])


class TestRun:
    def test_canon_alphenix_rotational_run_states_its_end_angle(self) -> None:
        stated, problems = read_event(
            num(codes.DCM.PositionerPrimaryAngle, "-100", "deg"),
            num(codes.DCM.PositionerPrimaryEndAngle, "100", "deg"),
            kind=codes.DCM.RotationalAcquisition,
        )

        assert (stated.primary_angle_deg, stated.primary_end_angle_deg) == (-100.0, 100.0)
        assert problems == []

    def test_eurocolumbus_secondary_angle_beyond_180_degrees_stays_as_stated(self) -> None:
        assert read_event(num(codes.DCM.PositionerSecondaryAngle, "183.0", "deg"))[0].secondary_angle_deg == 183.0
