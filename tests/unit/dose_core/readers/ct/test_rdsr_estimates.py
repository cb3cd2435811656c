"""Tests of dose_core.readers.ct.estimates: what the source computed is kept with its method, and apart."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import CtReport, StatedEstimate, StatedValue
from tests.builders.ct_rdsr import accumulated, acquisition, body_phantom, ct_dose, ct_rdsr_bytes
from tests.builders.sr import Concept, Item, code, num, text
from tests.support.read_as import read_as

METHOD: Concept = ("370129005", "SCT", "Measurement Method")
METHOD_SRT: Concept = ("G-C036", "SRT", "Measurement Method")
SSDE: Concept = ("113930", "DCM", "Size Specific Dose Estimation")  # its meaning before the standard said Estimate
DW = codes.DCM.WaterEquivalentDiameter
BY_DW = codes.DCM.EstimatedFromWaterEquivalentDiameter


def read_dose(*content: Item) -> CtReport:
    """Return a report whose only event has a CT Dose container with this content."""
    return read_as(CtReport, ct_rdsr_bytes(acquisition(ct_dose(*content))))


class TestSsde:
    def test_stands_in_the_event_and_among_the_estimates_with_its_method(self) -> None:
        report = read_dose(num(SSDE, "6.1", "mGy", code(METHOD, codes.DCM.AAPM204LateralDimension)))

        assert report.events[0].ssde_mgy == 6.1
        assert report.estimates == (
            StatedEstimate(
                quantity="ssde",
                value=6.1,
                unit="mGy",
                path="1.2.3.1",
                method="AAPM 204 Lateral Dimension",
                event_uid="2.25.2001",
            ),
        )
        assert StatedValue(field="estimates[0].value", path="1.2.3.1", text="6.1", unit="mGy") in report.stated
        assert report.warnings == ()

    @pytest.mark.parametrize(
        ("method", "meaning"),
        [
            (codes.DCM.AAPM204LateralDimension, "AAPM 204 Lateral Dimension"),
            (codes.DCM.AAPM204SumOfLateralAndAPDimension, "AAPM 204 Sum of Lateral and AP Dimension"),
            (("113988", "DCM", "by Dw"), "Estimated from Water Equivalent Diameter"),
            (("113989", "DCM", "mean"), "Arithmetic Average of SSDE(z)"),
            (("X1", "99ACME", "own method"), "own method"),
        ],
    )
    def test_names_its_method_in_the_words_of_the_standard_if_it_has_some(self, method: Concept, meaning: str) -> None:
        """CID 10023 is extensible, so that a vendor's own method is kept in the vendor's words."""
        (estimate,) = read_dose(num(SSDE, "6.1", "mGy", code(METHOD_SRT, method))).estimates

        assert estimate.method == meaning

    def test_of_two_both_are_kept_and_the_first_stands_in_the_event(self) -> None:
        report = read_dose(
            num(SSDE, "6.1", "mGy", code(METHOD, codes.DCM.AAPM204LateralDimension)),
            num(SSDE, "5.9", "mGy", code(METHOD, BY_DW)),
        )

        assert report.events[0].ssde_mgy == 6.1
        assert [estimate.value for estimate in report.estimates] == [6.1, 5.9]
        assert [warning.problem for warning in report.warnings] == ["stands 2 times with different values"]


class TestWaterEquivalentDiameter:
    @pytest.mark.parametrize(
        "ssde",
        [
            pytest.param(num(SSDE, "6.1", "mGy", code(METHOD, BY_DW, num(DW, "28", "cm"))), id="below the method"),
            pytest.param(num(SSDE, "6.1", "mGy", code(METHOD, BY_DW), num(DW, "280", "mm")), id="below the SSDE"),
        ],
    )
    def test_is_read_in_mm_where_it_stands(self, ssde: Item) -> None:
        report = read_dose(ssde)

        assert (report.events[0].ssde_mgy, report.events[0].dw_mm) == (6.1, 280.0)
        assert [(estimate.quantity, estimate.value, estimate.unit) for estimate in report.estimates] == [
            ("ssde", 6.1, "mGy"),
            ("Water Equivalent Diameter", 280.0, "mm"),
        ]

    def test_keeps_where_it_was_measured(self) -> None:
        dw = num(DW, "280", "mm", code(METHOD, codes.DCM.WaterEquivalentDiameterFromLocalizer))

        estimates = read_dose(num(SSDE, "6.1", "mGy", code(METHOD, BY_DW), dw)).estimates

        assert estimates[1].method == "Water Equivalent Diameter From Localizer"

    def test_is_the_average_over_z_where_no_other_is_stated(self) -> None:
        average: Concept = ("113990", "DCM", "Arithmetic Average of Dw(z)")

        (event,) = read_dose(num(SSDE, "6.1", "mGy", num(average, "271", "mm"))).events

        assert event.dw_mm == 271.0

    def test_of_different_ones_none_is_used(self) -> None:
        report = read_dose(num(SSDE, "6.1", "mGy", num(DW, "280", "mm"), num(DW, "290", "mm")))

        assert report.events[0].dw_mm is None
        assert [warning.problem for warning in report.warnings] == ["several different values; none is used"]

    def test_other_dimensions_are_estimates_under_their_own_names(self) -> None:
        lateral = num(codes.DCM.MeasuredLateralDimension, "31", "cm")

        estimates = read_dose(num(SSDE, "6.1", "mGy", lateral)).estimates

        assert (estimates[1].quantity, estimates[1].value) == ("Measured Lateral Dimension", 310.0)


class TestEffectiveDose:
    def test_of_an_event_names_conversion_and_authority(self) -> None:
        effective = num(
            codes.DCM.EffectiveDose,
            "2.1",
            "mSv",
            code(codes.DCM.ReferenceAuthority, codes.DCM.ICRPPub103),
            code(METHOD_SRT, codes.DCM.DLPToEConversionViaMCComputation),
        )

        (estimate,) = read_dose(effective, body_phantom()).estimates

        assert (estimate.quantity, estimate.value, estimate.unit) == ("effective_dose", 2.1, "mSv")
        assert estimate.method == "DLP to E conversion via MC computation; ICRP Pub 103"
        assert estimate.event_uid == "2.25.2001"

    def test_of_the_whole_report_stands_for_no_event(self) -> None:
        total = num(
            codes.DCM.CTEffectiveDoseTotal,
            "0.0034",
            "Sv",
            text(codes.DCM.ReferenceAuthority, "own table", relationship="HAS PROPERTIES"),
        )

        report = read_as(CtReport, ct_rdsr_bytes(accumulated(total)))

        assert [(one.value, one.method, one.event_uid) for one in report.estimates] == [(3.4, "own table", None)]

    def test_without_a_usable_value_is_none(self) -> None:
        report = read_dose(num(codes.DCM.EffectiveDose, None, None), num(codes.DCM.EffectiveDose, "-1", "mSv"))

        assert report.estimates == ()
        assert [warning.problem for warning in report.warnings] == ["-1.0 is negative"]

    def test_is_never_summed(self) -> None:
        one = acquisition(ct_dose(num(codes.DCM.EffectiveDose, "2", "mSv")), uid="2.25.1")
        other = acquisition(ct_dose(num(codes.DCM.EffectiveDose, "3", "mSv")), uid="2.25.2")

        estimates = read_as(CtReport, ct_rdsr_bytes(accumulated(), one, other)).estimates

        assert [(one.value, one.event_uid) for one in estimates] == [(2.0, "2.25.1"), (3.0, "2.25.2")]
