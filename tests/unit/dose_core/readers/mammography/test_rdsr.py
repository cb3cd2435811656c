"""Tests of dose_core.readers.mammography.rdsr and mammography_event."""

from datetime import datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import Code, Kind, MammographyEvent, MammographyReport, MammographyTotals, ReadWarning
from tests.builders.dicom import EXPLICIT_BIG
from tests.builders.mammography import (
    ALUMINUM,
    ANATOMICAL_STRUCTURE,
    BOTH_BREASTS,
    BREAST,
    CC,
    LEFT,
    LEFT_BREAST,
    RHODIUM,
    RIGHT,
    RIGHT_BREAST,
    ROTATIONAL,
    STATIONARY,
    accumulated,
    agd,
    agd_total,
    anatomy,
    event,
    left_cc,
    mammography_rdsr_bytes,
    xray_filter,
)
from tests.builders.projection_rdsr import observer
from tests.builders.sr import Concept, Item, code, container, num, text
from tests.support.read_as import read_as

TARGET_REGION: Concept = ("123014", "DCM", "Target Region")


def only_event(*content: Item) -> MammographyEvent:
    """Return the one event of a report with this content."""
    (one,) = read_as(MammographyReport, mammography_rdsr_bytes(event(*content))).events
    return one


def problems(*content: Item) -> list[str]:
    """Return the problems that a report with this content has."""
    return [warning.problem for warning in read_as(MammographyReport, mammography_rdsr_bytes(*content)).warnings]


class TestWhichReportsAreMammography:
    @pytest.mark.parametrize(
        "procedure",
        [
            ("71651007", "SCT", "Mammography"),
            ("P5-40010", "SRT", "Mammography"),
            ("P5-40010", "SNM3", "Mammography"),
            ("C0024671", "UMLS", "Mammography"),
            ("80865008", "SCT", "Specimen radiography of breast"),
        ],
    )
    def test_those_that_say_so_by_procedure(self, procedure: Concept) -> None:
        report = read_as(MammographyReport, mammography_rdsr_bytes(procedure=procedure))

        assert report.kind is Kind.MAMMOGRAPHY_RDSR

    @pytest.mark.parametrize(
        "content",
        [accumulated(agd_total("1.3", LEFT_BREAST)), event(agd("1.3"))],
        ids=["an accumulated one", "one of an event"],
    )
    def test_those_without_procedure_that_state_a_glandular_dose(self, content: Item) -> None:
        assert read_as(MammographyReport, mammography_rdsr_bytes(content, procedure=None)).sop_instance_uid

    def test_those_in_another_sr_class_too(self) -> None:
        enhanced_sr = "1.2.840.10008.5.1.4.1.1.88.22"

        assert read_as(MammographyReport, mammography_rdsr_bytes(left_cc(), SOPClassUID=enhanced_sr)).events


class TestEvent:
    def test_states_what_the_template_has(self) -> None:
        report = read_as(
            MammographyReport, mammography_rdsr_bytes(accumulated(agd_total("1.30", LEFT_BREAST)), left_cc())
        )

        (one,) = report.events
        assert (one.event_uid, one.protocol) == ("2.25.6001", "Routine")
        assert one.started_at == datetime(2026, 3, 1, 10, 17, 45)  # noqa: DTZ001  local, as stated
        assert (one.laterality, one.view, one.view_modifiers) == ("L", "CC", ())
        assert (one.agd_mgy, one.entrance_dose_mgy, one.hvl_mm_al) == (1.3, 3.65, 0.535)
        assert (one.kv, one.ma, one.mas, one.exposure_time_s) == (28.0, 100.0, 90.2, 0.854)
        assert (one.anode, one.filter, one.filter_min_mm, one.filter_max_mm) == ("tungsten", "rhodium", 0.05, 0.05)
        assert (one.thickness_mm, one.force_n, one.pressure_kpa, one.contact_area_cm2) == (43.0, 101.0, 10.5, 96.0)
        assert (one.focal_spot_mm, one.source_to_detector_mm) == (0.3, 700.0)
        assert one.is_tomosynthesis is False
        assert report.warnings == ()

    def test_keeps_where_each_value_stood(self) -> None:
        report = read_as(MammographyReport, mammography_rdsr_bytes(event(agd("0.0130", "dGy"))))

        (origin,) = [stated for stated in report.stated if stated.field == "events[0].agd_mgy"]
        assert (origin.path, origin.text, origin.unit) == ("1.2.2", "0.0130", "dGy")

    @pytest.mark.parametrize(
        ("value", "unit", "agd_mgy"), [("1.3", "mGy", 1.3), ("0.013", "dGy", 1.3), ("0", "mGy", 0)]
    )
    def test_takes_the_unit_of_the_glandular_dose_as_stated(self, value: str, unit: str, agd_mgy: float) -> None:
        """It is mGy since CP-1194, and was dGy before."""
        assert only_event(agd(value, unit)).agd_mgy == agd_mgy

    def test_has_no_glandular_dose_where_none_is_stated(self) -> None:
        assert only_event(agd(None)).agd_mgy is None
        assert only_event().agd_mgy is None

    def test_names_a_glandular_dose_without_unit_or_in_none_of_dose(self) -> None:
        assert problems(event(agd("1.3", None))) == ["no unit is stated; read as mGy"]
        assert problems(event(agd("1.3", "mm"))) == ["no conversion from 'mm' to 'mGy'"]

    def test_tells_tomosynthesis_by_the_rotation(self) -> None:
        kind = codes.DCM.IrradiationEventType

        assert only_event(code(kind, ROTATIONAL)).is_tomosynthesis is True
        assert only_event(code(kind, STATIONARY)).is_tomosynthesis is False
        assert only_event().is_tomosynthesis is None

    @pytest.mark.parametrize(
        ("where", "laterality"),
        [
            pytest.param(anatomy(LEFT), "L", id="below Anatomical structure (GE, Hologic)"),
            pytest.param(anatomy(RIGHT, concept=TARGET_REGION), "R", id="below Target Region (CP-1676)"),
            pytest.param(anatomy(LEFT_BREAST), "L", id="as a breast"),
            pytest.param(anatomy(("C0222600", "UMLS", "Right breast")), "R", id="as a breast of UMLS"),
            pytest.param(anatomy(("G-A102", "SRT", "Bilateral")), "B", id="both"),
            pytest.param(code(ANATOMICAL_STRUCTURE, RIGHT_BREAST), "R", id="the structure is the breast"),
            pytest.param(code(ANATOMICAL_STRUCTURE, BREAST), None, id="a breast, no side"),
            pytest.param(code(TARGET_REGION, None), None, id="an empty code"),
        ],
    )
    def test_reads_the_side_from_wherever_it_stands(self, where: Item, laterality: str | None) -> None:
        assert only_event(where).laterality == laterality

    def test_states_no_side_where_two_places_contradict_each_other(self) -> None:
        report = read_as(
            MammographyReport, mammography_rdsr_bytes(event(anatomy(LEFT), anatomy(RIGHT, concept=TARGET_REGION)))
        )

        assert report.events[0].laterality is None
        assert [warning.problem for warning in report.warnings] == ["is stated as L and R; none is used"]

    def test_states_several_properties_of_the_grid(self) -> None:
        one = only_event(
            code(codes.DCM.XRayGrid, codes.DCM.ReciprocatingGrid), code(codes.DCM.XRayGrid, codes.DCM.FocusedGrid)
        )

        assert one.grid == "Reciprocating grid, Focused grid"

    def test_names_several_filters_in_one_container(self) -> None:
        both = container(
            codes.DCM.XRayFilters,
            code(codes.DCM.XRayFilterMaterial, RHODIUM),
            code(codes.DCM.XRayFilterMaterial, ALUMINUM),
        )

        report = read_as(MammographyReport, mammography_rdsr_bytes(event(both)))

        assert report.events[0].filter == "rhodium"
        assert [warning.problem for warning in report.warnings] == [
            "states several filters in one; the first one is read"
        ]

    def test_begins_with_its_first_event(self) -> None:
        report = read_as(MammographyReport, mammography_rdsr_bytes(left_cc()))

        assert report.started_at is not None
        assert report.started_at == report.events[0].started_at

    def test_is_of_the_device_that_its_observer_names(self) -> None:
        report = read_as(
            MammographyReport, mammography_rdsr_bytes(*observer(model="MG1"), left_cc(), Manufacturer=None)
        )

        assert (report.device.manufacturer, report.device.observer_uid) == ("ACME", "2.25.7001")

    def test_reads_events_that_stand_deeper_than_in_the_template(self) -> None:
        report = read_as(MammographyReport, mammography_rdsr_bytes(container(("1", "99LOCAL", "Exposures"), left_cc())))

        assert [one.agd_mgy for one in report.events] == [1.3]

    def test_reads_modifiers_below_the_view(self) -> None:
        """View Modifier is a child of Image View (OpenREM #915)."""
        magnified = code(codes.DCM.ImageViewModifier, ("R-102D6", "SRT", "Magnification"))
        spot = code(codes.DCM.ImageViewModifier, ("399055006", "SCT", "spot compression"))

        one = only_event(code(codes.DCM.ImageView, ("R-10226", "SRT", "medio-lateral oblique"), magnified, spot))

        assert (one.view, one.view_modifiers) == ("MLO", ("Magnification", "Spot Compression"))

    def test_keeps_the_reference_point_as_a_code_or_in_words(self) -> None:
        point = codes.DCM.ReferencePointDefinition

        assert only_event(code(point, ("113964", "DCM", "At Surface of Patient"))).reference_point == Code(
            value="113964", scheme="DCM", meaning="At Surface of Patient"
        )
        assert only_event(text(point, "4.2 cm above support")).reference_point == "4.2 cm above support"

    def test_joins_different_filters_and_states_the_thickness_of_none(self) -> None:
        one = only_event(xray_filter(RHODIUM, "0.05", "0.05"), xray_filter(ALUMINUM, "0.7", "0.7"))

        assert (one.filter, one.filter_min_mm) == ("rhodium + aluminum", None)


class TestTotals:
    def test_states_each_breast(self) -> None:
        report = read_as(
            MammographyReport,
            mammography_rdsr_bytes(
                accumulated(
                    agd_total("1.30", ("T-04030", "SRT", "Left breast")),
                    agd_total("0.0128", RIGHT_BREAST, "dGy"),
                    agd_total("2.58", BOTH_BREASTS),
                )
            ),
        )

        assert report.totals == MammographyTotals(agd_left_mgy=1.3, agd_right_mgy=1.28, agd_both_mgy=2.58)

    def test_has_no_total_of_a_breast_that_is_not_stated(self) -> None:
        """OpenREM took a missing one as 0 of both (Z11)."""
        report = read_as(MammographyReport, mammography_rdsr_bytes(accumulated(agd_total("0", LEFT_BREAST))))

        assert (report.totals.agd_left_mgy, report.totals.agd_right_mgy) == (0.0, None)
        assert read_as(MammographyReport, mammography_rdsr_bytes(left_cc())).totals == MammographyTotals()

    def test_uses_no_total_that_names_no_breast(self) -> None:
        assert problems(accumulated(agd_total("1.3", None))) == ["names no breast; not used"]

    def test_names_a_breast_that_stands_twice(self) -> None:
        noted = problems(accumulated(agd_total("1.3", LEFT_BREAST), agd_total("1.4", LEFT_BREAST)))

        assert noted == ["stands twice for one breast with different values"]


class TestChecks:
    def test_names_a_breast_whose_events_do_not_add_up(self) -> None:
        noted = problems(
            accumulated(agd_total("2.6", LEFT_BREAST), agd_total("1.28", RIGHT_BREAST)),
            left_cc("2.25.1", agd_mgy="1.30"),
            left_cc("2.25.2", agd_mgy="1.28", side=RIGHT),
        )

        assert noted == ["the total of the left breast is 2.6 mGy, its events add up to 1.3 mGy"]

    def test_compares_both_breasts_with_all_events(self) -> None:
        both = accumulated(agd_total("2.58", BOTH_BREASTS))

        assert problems(both, left_cc("2.25.1"), left_cc("2.25.2", agd_mgy="1.28", side=RIGHT)) == []
        assert problems(both, left_cc()) == ["the total of both breasts is 2.58 mGy, its events add up to 1.3 mGy"]

    def test_compares_no_breast_with_events_that_name_none(self) -> None:
        assert problems(accumulated(agd_total("2.6", LEFT_BREAST)), event(agd("1.3"))) == []

    def test_names_an_event_uid_that_stands_twice(self) -> None:
        assert problems(left_cc("2.25.1"), left_cc("2.25.1")) == ["2.25.1 stands for 2 events"]

    @pytest.mark.parametrize(("agd_mgy", "entrance_mgy"), [("130", "3.65"), ("0.013", "3.65")])
    def test_names_a_glandular_dose_that_no_breast_gets_from_such_an_entrance_dose(
        self, agd_mgy: str, entrance_mgy: str
    ) -> None:
        (problem,) = problems(event(agd(agd_mgy), num(codes.DCM.EntranceExposureAtRP, entrance_mgy, "mGy")))

        assert problem.endswith("mGy does not go with an entrance dose of 3.65 mGy")

    def test_names_a_force_that_no_device_applies(self) -> None:
        assert problems(event(num(codes.DCM.CompressionForce, "1010", "N"))) == [
            "1010 N is more than a device may apply"
        ]


class TestVendors:
    def test_ims_giotto_class_anode_under_a_wrong_code_is_known_by_its_meaning(self) -> None:
        """113632 stands where 111632 should; the file is big endian."""
        wrong: Concept = ("113632", "DCM", "Anode Target Material")

        report = read_as(
            MammographyReport,
            mammography_rdsr_bytes(event(code(wrong, RHODIUM)), transfer_syntax=EXPLICIT_BIG),
        )

        assert report.events[0].anode == "rhodium"
        assert report.warnings == (
            ReadWarning(
                path="1.2.2",
                concept="Anode Target Material",
                problem="code '113632' of 'DCM' is known by its meaning only",
            ),
        )

    def test_ims_giotto_class_tomosynthesis_splits_an_exposure_into_eleven_pulses(self) -> None:
        kv = [num(codes.DCM.KVP, "30", "kV") for _ in range(11)]
        times = [num(codes.DCM.ExposureTime, "45", "ms") for _ in range(11)]

        one = only_event(code(codes.DCM.IrradiationEventType, ROTATIONAL), *kv, *times)

        assert (one.kv, len(one.kv_per_pulse), one.protocol) == (30.0, 11, None)
        assert one.exposure_time_s is None  # that of one pulse is not that of the event

    def test_ge_pristina_repeats_voltage_current_and_filter_for_each_pulse(self) -> None:
        silver: Concept = ("C-137F9", "SRT", "Silver or Silver compound")
        one = only_event(
            num(codes.DCM.PulseWidth, "51.44", "ms"),
            num(codes.DCM.PulseWidth, "558.06", "ms"),
            num(codes.DCM.KVP, "34.1", "kV"),
            num(codes.DCM.KVP, "33.99", "kV"),
            num(codes.DCM.XRayTubeCurrent, "2", "mA"),
            num(codes.DCM.XRayTubeCurrent, "30.48", "mA"),
            xray_filter(silver, "0.03"),
            xray_filter(silver, "0.03"),
        )

        assert one.kv_per_pulse == (34.1, 33.99)
        assert one.kv == pytest.approx(34.045)
        assert one.ma == pytest.approx(16.24)
        assert one.pulse_widths_ms == (51.44, 558.06)
        assert (one.filter, one.filter_min_mm, one.filter_max_mm) == ("silver", 0.03, None)

    def test_ge_pristina_pulses_are_noted(self) -> None:
        noted = problems(event(num(codes.DCM.KVP, "34.1", "kV"), num(codes.DCM.KVP, "33.99", "kV")))

        assert noted == ["states 2 pulses; the value is the mean of the 2 that are not 0"]

    def test_a_leading_pulse_of_zero_is_not_in_the_mean(self) -> None:
        """Eurocolumbus (A9): OpenREM's mean of 0 and 50 mA was 47.7 (Z6)."""
        one = only_event(num(codes.DCM.XRayTubeCurrent, r"0\50\50", "mA"))

        assert (one.ma, one.ma_per_pulse) == (50.0, (0.0, 50.0, 50.0))

    def test_hologic_grid_of_its_own_scheme_is_kept_in_its_words(self) -> None:
        assert only_event(code(codes.DCM.XRayGrid, ("gridin", "99HOLX", "Grid in"))).grid == "Grid in"

    def test_hologic_view_in_the_old_scheme_is_known(self) -> None:
        assert only_event(code(codes.DCM.ImageView, ("R-10242", "SNM3", "cranio-caudal"))).view == "CC"

    def test_hologic_specimen_exposure_states_a_dose_of_zero(self) -> None:
        one = only_event(
            agd("0"),
            num(codes.DCM.EntranceExposureAtRP, "0", "mGy"),
            num(codes.DCM.HalfValueLayer, "0", "mm"),
            num(codes.DCM.KVP, "20", "kV"),
        )

        assert (one.agd_mgy, one.entrance_dose_mgy, one.hvl_mm_al, one.kv) == (0.0, 0.0, 0.0, 20.0)

    def test_hologic_combo_keeps_the_filters_of_2d_and_tomosynthesis_apart(self) -> None:
        report = read_as(
            MammographyReport,
            mammography_rdsr_bytes(
                event(code(codes.DCM.IrradiationEventType, STATIONARY), xray_filter(RHODIUM, "0.05"), uid="2.25.1"),
                event(code(codes.DCM.IrradiationEventType, ROTATIONAL), xray_filter(ALUMINUM, "0.7"), uid="2.25.2"),
            ),
        )

        assert [(e.is_tomosynthesis, e.filter, e.filter_min_mm) for e in report.events] == [
            (False, "rhodium", 0.05),
            (True, "aluminum", 0.7),
        ]

    def test_units_that_are_not_stated_are_those_of_the_template(self) -> None:
        """A4: without a unit an exposure time is in ms and an exposure in uA.s."""
        one = only_event(num(codes.DCM.ExposureTime, "854", None), num(codes.DCM.Exposure, "90200", None))

        assert (one.exposure_time_s, one.mas) == (0.854, 90.2)

    def test_a_view_without_code_is_unknown(self) -> None:
        assert only_event(code(codes.DCM.ImageView, None)).view is None
        assert only_event(code(codes.DCM.ImageView, CC)).view == "CC"
