"""Tests of dose_core.dosimetry.ct_effective_dose; factors: AAPM 96, Table 3, and Lee et al. 2012, Table XII."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.dosimetry.ct_effective_dose import Exposure, effective_dose
from dose_core.dosimetry.ct_k_factors import TissueWeights, factors
from dose_core.dosimetry.estimate import Estimate, NotComputable


def dose(
    region: str,
    *,
    age_years: float = 50.0,
    kvs: tuple[float, ...] = (120.0,),
    phantom_mm: int = 320,
    weights: TissueWeights = TissueWeights.ICRP103,
) -> Estimate | NotComputable:
    """Return the effective dose of 1000 mGy.cm, so that it reads as a factor in uSv per mGy.cm."""
    exposure = Exposure(dlp_mgy_cm=1000.0, phantom_mm=phantom_mm, regions=(region,), kvs=kvs)
    return effective_dose(exposure, age_years=age_years, weights=weights)


def known(outcome: Estimate | NotComputable) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


class TestVoltage:
    def test_one_of_the_table_takes_its_row(self) -> None:
        assert known(dose("chest", kvs=(100.0,))).value == pytest.approx(20.3)

    def test_one_between_takes_the_nearest_and_the_interval_of_both(self) -> None:
        at_110 = known(dose("chest", kvs=(110.0,)))
        assert at_110.value == pytest.approx(20.3)
        assert at_110.interval.low == pytest.approx(20.3 * 0.6)
        assert at_110.interval.high == pytest.approx(21.0 * 1.4)

    def test_an_unknown_one_spans_all(self) -> None:
        unknown = known(dose("chest", kvs=()))
        assert unknown.value == pytest.approx(21.0)
        assert unknown.interval.low == pytest.approx(19.1 * 0.6)
        assert any("not known" in one for one in unknown.caveats)

    @pytest.mark.parametrize(("kv", "nearest"), [(70.0, 19.1), (140.0, 21.0), (1.0, 19.1), (1e6, 21.0)])
    def test_one_outside_takes_the_nearest_with_a_wider_interval(self, kv: float, nearest: float) -> None:
        outside = known(dose("chest", kvs=(kv,)))
        assert outside.value == pytest.approx(nearest)
        assert outside.interval.low == pytest.approx(nearest * 0.6 / 1.25)
        assert outside.interval.high == pytest.approx(nearest * 1.4 * 1.25)
        assert "Huda" in outside.interval.source

    def test_two_tubes_take_the_mean_and_span_both(self) -> None:
        dual = known(dose("chest", kvs=(80.0, 120.0)))
        assert dual.value == pytest.approx((19.1 + 21.0) / 2)
        assert dual.interval.low == pytest.approx(19.1 * 0.6)

    def test_a_table_without_voltages_asks_for_none(self) -> None:
        assert known(dose("chest", kvs=(), weights=TissueWeights.ICRP60)).value == pytest.approx(14.0)


class TestAge:
    @pytest.mark.parametrize(("age_years", "expected"), [(0, 8.6), (1, 5.8), (5, 4.3), (10, 2.9), (15, 2.2), (20, 1.7)])
    def test_one_of_the_table_takes_its_row(self, age_years: float, expected: float) -> None:
        head = known(dose("head", age_years=age_years, phantom_mm=160))
        assert head.value == pytest.approx(expected)
        assert not head.caveats

    def test_one_between_takes_the_nearest_and_names_both(self) -> None:
        of_7 = known(dose("head", age_years=7.0, phantom_mm=160))
        assert of_7.value == pytest.approx(4.3)
        assert of_7.interval.low == pytest.approx(2.9 * 0.6)
        assert of_7.interval.high == pytest.approx(4.3 * 1.4)
        assert of_7.caveats == ("the factor is that of 5 years; the interval spans those of 5 years and 10 years",)

    def test_an_old_adult_is_an_adult(self) -> None:
        assert known(dose("head", age_years=95.0, phantom_mm=160)).value == pytest.approx(1.7)

    def test_a_child_is_refused_where_only_adults_have_a_factor(self) -> None:
        assert isinstance(dose("heart", age_years=10.0), NotComputable)


class TestPhantom:
    def test_a_childs_body_takes_the_dlp_of_the_small_phantom(self) -> None:
        """5 years, chest: 0.018 on 16 cm."""
        assert known(dose("chest", age_years=5.0, phantom_mm=160, weights=TissueWeights.ICRP60)).value == 18.0

    def test_a_childs_body_on_the_large_phantom_is_converted_with_a_wider_interval(self) -> None:
        """
        AAPM 204: 3.704369 exp(-0.03671937 D) / (1.874799 exp(-0.03871313 D)) is 2.0076 at 8 cm and 2.1614 at 45 cm.

        18 x sqrt(2.0076 x 2.1614) = 37.495; 20 % of each factor: 2.0076 x 0.8 / 1.2 and 2.1614 x 1.2 / 0.8.
        """
        converted = known(dose("chest", age_years=5.0, phantom_mm=320, weights=TissueWeights.ICRP60))
        assert converted.value == pytest.approx(37.495, rel=1e-4)
        assert converted.interval.low == pytest.approx(18 * 1.3384 * 0.6, rel=1e-4)
        assert converted.interval.high == pytest.approx(18 * 3.2420 * 1.4, rel=1e-4)
        assert any("was converted" in one for one in converted.caveats)
        assert "AAPM Report 204" in converted.interval.source

    def test_an_adult_body_on_the_small_phantom_is_converted_back(self) -> None:
        """14 / 2.0831."""
        converted = known(dose("chest", phantom_mm=160, weights=TissueWeights.ICRP60))
        assert converted.value == pytest.approx(14 / 2.0831, rel=1e-4)

    def test_between_a_child_and_an_adult_one_of_both_is_converted(self) -> None:
        """17 years on 32 cm: adults, 14; of 10 years 13 x 3.2420 at most, 13 x 1.3384 at least."""
        youth = known(dose("chest", age_years=17.0, weights=TissueWeights.ICRP60))
        assert youth.value == pytest.approx(14.0)
        assert youth.interval.low == pytest.approx(14 * 0.6)
        assert youth.interval.high == pytest.approx(13 * 3.2420 * 1.4, rel=1e-4)
        assert "AAPM Report 204" in youth.interval.source
        assert not any("was converted" in one for one in youth.caveats)

    def test_a_head_on_the_large_phantom_is_refused(self) -> None:
        assert isinstance(dose("head", phantom_mm=320), NotComputable)

    def test_a_factor_whose_phantom_nobody_read_is_never_used(self) -> None:
        assert any(one.phantom_mm is None for one in factors(TissueWeights.ICRP103))
        for mm in (160, 320):
            outcome = dose("chest", age_years=5.0, phantom_mm=mm)
            assert isinstance(outcome, NotComputable)
            assert "not known here" in outcome.reason


def test_no_dlp_is_not_a_dlp_of_zero() -> None:
    none = Exposure(dlp_mgy_cm=None, phantom_mm=320, regions=("chest",))
    zero = Exposure(dlp_mgy_cm=0.0, phantom_mm=320, regions=("chest",))
    assert isinstance(effective_dose(none, age_years=50.0, weights=TissueWeights.ICRP60), NotComputable)
    assert known(effective_dose(zero, age_years=50.0, weights=TissueWeights.ICRP60)).value == 0.0


@given(
    region=st.sampled_from(["head", "neck", "head_and_neck", "chest", "heart", "abdomen_pelvis", "trunk", "spine", ""]),
    age_years=st.floats(0, 150),
    kvs=st.lists(st.floats(0.001, 1e6), max_size=4).map(tuple),
    phantom_mm=st.sampled_from([160, 320]),
    weights=st.sampled_from(list(TissueWeights)),
)
def test_whatever_is_asked_is_refused_or_lies_within_its_interval(
    region: str, age_years: float, kvs: tuple[float, ...], phantom_mm: int, weights: TissueWeights
) -> None:
    outcome = dose(region, age_years=age_years, kvs=kvs, phantom_mm=phantom_mm, weights=weights)
    if isinstance(outcome, Estimate):
        assert 0 < outcome.interval.low < outcome.value < outcome.interval.high < math.inf
    else:
        assert outcome.reason


@pytest.mark.parametrize("phantom_mm", [0, 150, 321])
def test_a_phantom_that_no_standard_knows_is_refused(phantom_mm: int) -> None:
    assert isinstance(dose("chest", phantom_mm=phantom_mm), NotComputable)


@pytest.mark.parametrize("weights", list(TissueWeights))
def test_every_value_lies_within_its_interval(weights: TissueWeights) -> None:
    for one in factors(weights):
        outcome = dose(one.region, age_years=one.age_years, phantom_mm=one.phantom_mm or 160, weights=weights)
        if isinstance(outcome, Estimate):
            assert outcome.interval.low < outcome.value < outcome.interval.high
