"""Tests of dose_core.readers.projection.checks and projection_plausibility."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import ProjectionReport
from tests.builders.projection_rdsr import (
    FLUOROSCOPY,
    PLANE_A,
    PLANE_B,
    ROTATIONAL,
    STATIONARY,
    accumulated,
    dose,
    event,
    projection_rdsr_bytes,
    totals,
)
from tests.builders.sr import Concept, Item, num
from tests.support.read_as import read_as


def problems(*content: Item) -> list[str]:
    """Return the problems named in a report with this content."""
    return [warning.problem for warning in read_as(ProjectionReport, projection_rdsr_bytes(*content)).warnings]


def timed(duration: str, *more: Item, unit: str = "s", uid: str = "2.25.3001", kind: Concept = FLUOROSCOPY) -> Item:
    """Return an event that states its duration."""
    return event(num(codes.DCM.IrradiationDuration, duration, unit), *more, uid=uid, kind=kind)


class TestSums:
    def test_that_agree_but_for_rounding_are_not_named(self) -> None:
        """Siemens Zee: 2.52 mGy in total, 2.49 mGy in events (quirk A22)."""
        assert problems(totals("0.000016", "0.00252"), event(*dose("0.0000158", "0.00249"))) == []

    def test_siemens_fluorospot_air_kerma_total_of_zero_is_named(self) -> None:
        """Both values stay (quirk A22)."""
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(totals("0.00000239", "0"), event(*dose("0.00000239", "0.000035"), kind=STATIONARY)),
        )

        assert (report.totals.planes[0].ka_r_mgy, report.events[0].ka_r_mgy) == pytest.approx((0.0, 0.035))
        assert [one.problem for one in report.warnings] == ["the total is 0 mGy, the events add up to 0.035 mGy"]

    def test_eurocolumbus_fluoroscopy_counted_as_acquisition_is_named_and_stays_fluoroscopy(self) -> None:
        named = problems(
            accumulated(
                num(codes.DCM.FluoroDoseAreaProductTotal, "0", "Gy.m2"),
                num(codes.DCM.AcquisitionDoseAreaProductTotal, "0.000009", "Gy.m2"),
                num(codes.DCM.DoseAreaProductTotal, "0.000009", "Gy.m2"),
            ),
            event(*dose("0.000009", "0.000394"), kind=FLUOROSCOPY),
        )

        assert named == [
            "the total is 0 Gy.cm2, the events add up to 0.09 Gy.cm2",
            "the total is 0.09 Gy.cm2, the events add up to 0 Gy.cm2",
        ]

    def test_are_compared_for_each_plane_by_itself(self) -> None:
        consistent = (
            totals("0.0002", "0.01", plane=PLANE_A),
            totals("0.0001", "0.02", plane=PLANE_B),
            event(*dose("0.0002", "0.01"), plane=PLANE_A),
            event(*dose("0.0001", "0.02"), plane=PLANE_B, uid="2.25.3002"),
        )

        assert problems(*consistent) == []
        assert len(problems(*consistent, event(*dose("0.0001", "0.02"), plane=PLANE_B, uid="2.25.3003"))) == 2

    def test_of_both_planes_compare_no_air_kerma(self) -> None:
        """Each plane has a reference point of its own."""
        named = problems(
            totals("0.0005", "0.01", plane=("113890", "DCM", "All Planes")),
            event(*dose("0.0002", "0.01"), plane=PLANE_A),
            event(*dose("0.0003", "0.01"), plane=PLANE_B, uid="2.25.3002"),
        )

        assert named == []

    def test_of_which_a_part_is_unknown_say_nothing(self) -> None:
        assert problems(totals(), event(*dose("0.0001", "0.005")), event(uid="2.25.3002")) == []

    def test_of_a_report_of_totals_alone_say_nothing(self) -> None:
        assert problems(totals()) == []


class TestTimes:
    def test_canon_alphenix_duration_in_ten_milliseconds_is_named_not_repaired(self) -> None:
        """The unit says s; 6718.5 stands against a total fluoroscopy time of 70 s and 525 pulses at 7.5 per s."""
        pulses = (num(codes.DCM.NumberOfPulses, "525", "1"), num(codes.DCM.PulseRate, "7.5", "{pulse}/s"))
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(accumulated(num(codes.DCM.TotalFluoroTime, "70", "s")), timed("6718.5", *pulses)),
        )

        assert report.events[0].duration_s == 6718.5
        assert [one.problem for one in report.warnings] == [
            "the total is 70 s, the events add up to 6718.5 s",
            "differs from pulses over pulse rate in 1 of 1 events, first in number 1: 6718.5 s against 70 s",
        ]

    def test_that_are_rounded_to_whole_seconds_are_not_named(self) -> None:
        """Philips: 13.066 s against 13 s; Canon Ultimax: 10 pulses at 7.5 per s are 2 s."""
        pulses = (num(codes.DCM.NumberOfPulses, "10", "1"), num(codes.DCM.PulseRate, "7.5", "{pulse}/s"))

        assert problems(accumulated(num(codes.DCM.TotalFluoroTime, "2", "s")), timed("2", *pulses)) == []

    def test_of_acquisitions_are_compared_with_the_acquisition_time(self) -> None:
        named = problems(accumulated(num(codes.DCM.TotalAcquisitionTime, "5", "s")), timed("50", kind=STATIONARY))

        assert named == ["the total is 5 s, the events add up to 50 s"]

    def test_of_no_events_of_the_kind_are_not_compared(self) -> None:
        """Dual devices time acquisitions that they do not list as events."""
        assert problems(accumulated(num(codes.DCM.TotalAcquisitionTime, "5", "s")), timed("3")) == []


class TestEventUids:
    def test_that_stand_twice_are_named(self) -> None:
        """The ledger counts an event by its UID, so that the second one would be lost unseen."""
        assert problems(event(), event(start="20260301101700")) == ["2.25.3001 stands for 2 events"]


class TestRotations:
    def test_philips_rotational_run_without_end_angle_is_named(self) -> None:
        assert problems(event(kind=ROTATIONAL)) == ["a rotational run states no end angle"]


class TestPlausibility:
    @pytest.mark.parametrize(
        ("concept", "stated", "unit", "problem"),
        [
            pytest.param(codes.DCM.FocalSpotSize, "10", "mm", "10 mm is implausible", id="Canon CXDI: in 0.1 mm"),
            pytest.param(codes.DCM.KVP, "0.08", "kV", "0.08 kV is implausible", id="in MV"),
            pytest.param(codes.DCM.DistanceSourceToDetector, "11.5", "mm", "11.5 mm is implausible", id="in dm"),
            pytest.param(codes.DCM.DoseAreaProduct, "126", "Gy.m2", "1.26e+06 Gy.cm2 is implausible", id="in dGy.cm2"),
            pytest.param(codes.DCM.DoseRP, "30.5", "Gy", "30500 mGy is implausible", id="in mGy"),
        ],
    )
    def test_general_a_value_that_its_unit_cannot_mean_is_named_and_stays(
        self, concept: Concept, stated: str, unit: str, problem: str
    ) -> None:
        assert problems(event(num(concept, stated, unit))) == [problem]

    def test_zeros_are_no_fault_of_unit(self) -> None:
        """Philips Azurion sends events in which everything is zero."""
        zeros = (num(codes.DCM.KVP, "0", "kV"), num(codes.DCM.XRayTubeCurrent, "0", "mA"))

        assert problems(event(*zeros, *dose("0", "0"))) == []

    def test_canon_ultimax_air_kerma_that_lacked_its_milli_makes_no_field(self) -> None:
        named = problems(totals("0.00126596", "30.573"))

        assert named == ["12.6596 Gy.cm2 over 30573 mGy makes a field of 0.414 cm2; one of them is implausible"]
