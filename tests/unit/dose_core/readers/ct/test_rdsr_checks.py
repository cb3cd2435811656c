"""Tests of dose_core.readers.ct.checks: a contradiction is named, and both values stay."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import AcquisitionType, CtReport
from tests.builders.ct_rdsr import (
    BODY,
    HEAD,
    accumulated,
    acquisition,
    chest_ct,
    ct_dose,
    ct_rdsr_bytes,
    dlp_total,
    dose,
    event_count,
    parameters,
    scan_of,
    source,
    sub_total,
)
from tests.builders.sr import Concept, Item, code, num, text, uidref
from tests.support.problems import problems
from tests.support.read_as import read_as

CONSTANT_ANGLE: Concept = ("113805", "DCM", "Constant Angle Acquisition")
STATIONARY: Concept = ("113806", "DCM", "Stationary Acquisition")
SEQUENCED: Concept = ("113804", "DCM", "Sequenced Acquisition")


def dose_of_two_phantoms() -> Item:
    """Return CT Dose that names both phantoms."""
    return ct_dose(
        num(codes.DCM.MeanCtdivol, "5", "mGy"),
        code(codes.DCM.CtdiwPhantomType, BODY),
        code(codes.DCM.CtdiwPhantomType, HEAD),
        num(codes.DCM.DLP, "150", "mGy.cm"),
    )


class TestTotals:
    def test_names_a_wrong_event_count(self) -> None:
        assert problems(ct_rdsr_bytes(accumulated(event_count("99")), chest_ct())) == [
            "99 events are stated, 1 are listed"
        ]

    def test_names_a_total_that_is_not_the_sum(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(accumulated(dlp_total("200")), chest_ct(dlp_mgy_cm="150")))

        assert report.totals.dlp_mgy_cm == 200.0
        assert [warning.problem for warning in report.warnings] == [
            "the total is 200 mGy.cm, the events add up to 150 mGy.cm"
        ]

    def test_allows_for_rounding(self) -> None:
        events = [chest_ct("2.25.1", dlp_mgy_cm="150.04"), chest_ct("2.25.2", dlp_mgy_cm="140.04")]

        assert problems(ct_rdsr_bytes(accumulated(dlp_total("290.1")), *events)) == []

    def test_a_scout_without_dose_leaves_the_sum_right(self) -> None:
        assert (
            problems(
                ct_rdsr_bytes(accumulated(dlp_total("150")), acquisition(kind=CONSTANT_ANGLE, uid="2.25.1"), chest_ct())
            )
            == []
        )


class TestPhantoms:
    HEAD_AND_BODY = (
        acquisition(dose("50", "100", HEAD), uid="2.25.1"),
        acquisition(dose("5", "150", BODY), uid="2.25.2"),
    )

    def test_names_several_phantoms_in_one_total(self) -> None:
        """A dose to the phantom of 16 cm is about twice that to the one of 32 cm, so that their sum is neither."""
        assert problems(ct_rdsr_bytes(accumulated(dlp_total("250")), *self.HEAD_AND_BODY)) == [
            "several phantoms in one total: 160 and 320 mm"
        ]

    def test_sub_totals_tell_the_phantoms_apart(self) -> None:
        totals = accumulated(dlp_total("250"), sub_total("100", HEAD), sub_total("150", BODY))

        assert problems(ct_rdsr_bytes(totals, *self.HEAD_AND_BODY)) == []

    def test_names_sub_totals_that_are_not_the_total(self) -> None:
        totals = accumulated(dlp_total("250"), sub_total("100", HEAD), sub_total("50", BODY))

        assert problems(ct_rdsr_bytes(totals, *self.HEAD_AND_BODY)) == [
            "the total is 250 mGy.cm, the sub-totals add up to 150 mGy.cm"
        ]

    def test_a_total_repeated_for_each_phantom_is_a_sub_total_and_never_added_up(self) -> None:
        repeated = [
            num(codes.DCM.CTDoseLengthProductTotal, value, "mGy.cm", code(codes.DCM.CtdiwPhantomType, phantom))
            for value, phantom in (("100", HEAD), ("150", BODY))
        ]

        report = read_as(CtReport, ct_rdsr_bytes(accumulated(*repeated), *self.HEAD_AND_BODY))

        assert report.totals.dlp_mgy_cm is None
        assert [(sub.phantom_diameter_mm, sub.dlp_mgy_cm) for sub in report.totals.dlp_sub_totals] == [
            (160, 100.0),
            (320, 150.0),
        ]
        assert [warning.problem for warning in report.warnings] == [
            "is stated for each phantom alone; there is no total over all events"
        ]

    def test_names_a_dose_without_phantom(self) -> None:
        assert problems(ct_rdsr_bytes(acquisition(dose(phantom=None)))) == ["no phantom is stated for this dose"]

    def test_a_container_without_dose_needs_no_phantom(self) -> None:
        assert problems(ct_rdsr_bytes(acquisition(ct_dose()))) == []


class TestDoseAndLength:
    @pytest.mark.parametrize(
        ("ctdi_mgy", "dlp_mgy_cm", "length"),
        [
            pytest.param("5.3", "259.85", "443.75", id="scanning length without the run-in, as GE states it"),
            pytest.param("2.22", "51.82", "266", id="scanning length with the run-in, as Siemens states it"),
            pytest.param("5", "60", "50", id="a short spiral that is mostly run-in"),
            pytest.param("0.1", "6", "1000", id="CTDIvol rounded to one digit"),
        ],
    )
    def test_allows_for_what_vendors_count_as_length(self, ctdi_mgy: str, dlp_mgy_cm: str, length: str) -> None:
        collimation = num(codes.DCM.NominalTotalCollimationWidth, "40", "mm")

        assert problems(ct_rdsr_bytes(acquisition(scan_of(length, collimation), dose(ctdi_mgy, dlp_mgy_cm)))) == []

    @pytest.mark.parametrize(
        ("dlp_mgy_cm", "kind"),
        [
            pytest.param("1500", ("116152004", "SCT", "Spiral Acquisition"), id="mGy.mm that says mGy.cm"),
            pytest.param("15", CONSTANT_ANGLE, id="a tenth"),
            pytest.param("1500", SEQUENCED, id="ten times in an axial scan"),
        ],
    )
    def test_names_a_dlp_of_another_length_or_unit(self, dlp_mgy_cm: str, kind: Concept) -> None:
        event = acquisition(scan_of("300"), dose("5", dlp_mgy_cm), kind=kind)

        report = read_as(CtReport, ct_rdsr_bytes(event))

        assert (report.events[0].ctdi_vol_mgy, report.events[0].dlp_mgy_cm) == (5.0, float(dlp_mgy_cm))
        assert [warning.problem for warning in report.warnings] == [
            f"{dlp_mgy_cm} mGy.cm are stated, CTDIvol times length gives 150 mGy.cm"
        ]

    def test_a_stationary_scan_may_state_its_dose_per_rotation(self) -> None:
        assert problems(ct_rdsr_bytes(acquisition(scan_of("10"), dose("5", "150"), kind=STATIONARY))) == []


class TestPlausibility:
    @pytest.mark.parametrize(
        ("event", "problem"),
        [
            (dose("5000", "9000"), "5000 mGy is implausible; the unit may be another one"),
            (dose("500", "900000"), "900000 mGy.cm is implausible; the unit may be another one"),
            (parameters(source(kv="120000")), "120000 kV is implausible; the unit may be another one"),
        ],
    )
    def test_names_a_value_that_no_scanner_gives(self, event: Item, problem: str) -> None:
        assert problems(ct_rdsr_bytes(acquisition(event))) == [problem]

    def test_names_an_exposure_time_that_the_table_travel_contradicts(self) -> None:
        assert problems(ct_rdsr_bytes(acquisition(*self.travel("0.042", "11912")))) == [
            "11912 s are stated, length and pitch give about 105 s"
        ]

    def test_takes_no_axial_pitch_for_table_travel(self) -> None:
        """GE states 0.1 or 1.0 for axial scans, where a pitch means nothing."""
        assert problems(ct_rdsr_bytes(acquisition(*self.travel("10", "60"), kind=SEQUENCED))) == []

    @pytest.mark.parametrize(("number", "expected"), [("2", ["2 sources are stated, 1 are described"]), ("1.0", [])])
    def test_names_a_wrong_number_of_sources(self, number: str, expected: list[str]) -> None:
        stated = num(codes.DCM.NumberOfXRaySources, number, "{X-Ray sources}")

        assert problems(ct_rdsr_bytes(acquisition(parameters(stated, source())))) == expected

    @staticmethod
    def travel(pitch: str, exposure_time_s: str) -> list[Item]:
        """Return a scan of 212 mm by 24 mm at half a second."""
        return [
            parameters(
                num(codes.DCM.ExposureTime, exposure_time_s, "s"),
                num(codes.DCM.ScanningLength, "212", "mm"),
                num(codes.DCM.NominalTotalCollimationWidth, "24", "mm"),
                num(codes.DCM.PitchFactor, pitch, "{ratio}"),
                source(rotation_s="0.5"),
            )
        ]


class TestEventUids:
    def test_names_one_that_stands_twice(self) -> None:
        """Both stay in the order of the object; the ledger counts the event once."""
        report = read_as(CtReport, ct_rdsr_bytes(chest_ct("2.25.7"), chest_ct("2.25.7")))

        assert len(report.events) == 2
        assert [warning.problem for warning in report.warnings] == ["2.25.7 stands for 2 events"]

    def test_refuses_one_that_no_table_takes(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(acquisition(uid="1." * 50)))

        assert report.events[0].event_uid is None
        assert [warning.problem for warning in report.warnings] == ["100 characters are too long for a UID"]


class TestWhatTheTemplateHasOnce:
    """A value that is not read must be seen to be lost."""

    @pytest.mark.parametrize(
        ("content", "path", "concept"),
        [
            ([accumulated(), accumulated(dlp_total("999"))], "1.3", "CT Accumulated Dose Data"),
            ([acquisition(dose(), dose("10", "300", HEAD))], "1.2.4", "CT Dose"),
            ([acquisition(scan_of("300"), scan_of("600"), dose())], "1.2.4", "CT Acquisition Parameters"),
        ],
    )
    def test_is_named_where_it_stands_again(self, content: list[Item], path: str, concept: str) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*content))

        problem = "stands 2 times; the first is read, the others are not"
        assert [(one.path, one.concept, one.problem) for one in report.warnings] == [(path, concept, problem)]

    @pytest.mark.parametrize(
        "again",
        [
            code(codes.DCM.CTAcquisitionType, CONSTANT_ANGLE),
            uidref(codes.DCM.IrradiationEventUID, "2.25.2002"),
            dose_of_two_phantoms(),
        ],
        ids=["type", "event UID", "phantom"],
    )
    def test_is_named_where_it_says_something_else(self, again: Item) -> None:
        event = acquisition(again) if again["ValueType"] == "CONTAINER" else acquisition(again, dose())

        assert problems(ct_rdsr_bytes(event)) == ["stands 2 times with different values"]

    def test_may_be_repeated(self) -> None:
        event = acquisition(uidref(codes.DCM.IrradiationEventUID, "2.25.2001"), dose())

        assert problems(ct_rdsr_bytes(event)) == []

    def test_is_not_hidden_by_an_empty_one_before_it(self) -> None:
        event = acquisition(
            code(codes.DCM.CTAcquisitionType, None), code(codes.DCM.CTAcquisitionType, STATIONARY), kind=None
        )

        assert read_as(CtReport, ct_rdsr_bytes(event)).events[0].acquisition_type is AcquisitionType.STATIONARY


class TestAValueOfAnotherType:
    """What stands there is not read, and that is said."""

    @pytest.mark.parametrize(
        ("stated", "problem"),
        [
            (text(codes.DCM.TargetRegion, "Chest"), "is no CODE item"),
            (code(codes.DCM.AcquisitionProtocol, ("1", "99ACME", "Thorax")), "is no TEXT item"),
        ],
    )
    def test_is_named(self, stated: Item, problem: str) -> None:
        assert problems(ct_rdsr_bytes(acquisition(stated, dose()))) == [problem]
