"""Tests of dose_core.dosimetry.projection_effective_dose: the factor of procedure, age and copper, or a refusal."""

from collections.abc import Sequence
from math import inf, nan

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.projection_effective_dose import Beam, Procedure, effective_dose


def cine(dap_gy_cm2: float | None, copper_mm: float | None) -> Beam:
    return Beam(dap_gy_cm2=dap_gy_cm2, copper_mm=copper_mm, is_acquisition=True)


def fluoro(dap_gy_cm2: float | None, copper_mm: float | None) -> Beam:
    return Beam(dap_gy_cm2=dap_gy_cm2, copper_mm=copper_mm, is_acquisition=False)


def cardiac(
    beams: Sequence[Beam], *, dap_gy_cm2: float | None = 30.0, age_years: float | None = 60.0
) -> Estimate | NotComputable:
    return effective_dose(Procedure.CARDIAC, dap_gy_cm2=dap_gy_cm2, beams=beams, age_years=age_years)


def limbs(*beams: Beam, age_years: float = 60.0) -> Estimate | NotComputable:
    return effective_dose(Procedure.LOWER_LIMBS, dap_gy_cm2=40.0, beams=beams, age_years=age_years)


def msv(result: Estimate | NotComputable) -> float:
    assert isinstance(result, Estimate), result
    return result.value


class TestOfTheHeartOfAdults:
    @pytest.mark.parametrize(("copper_mm", "factor"), [(0.0, 0.16), (0.1, 0.27), (0.4, 0.34), (0.9, 0.40)])
    def test_an_event_has_the_factor_of_its_copper(self, copper_mm: float, factor: float) -> None:
        assert msv(cardiac([fluoro(30.0, copper_mm)])) == pytest.approx(30 * factor)

    def test_events_are_weighted_with_their_dose_area_products(self) -> None:
        # (20 x 0.16 + 10 x 0.40) / 30 = 0.24 mSv/(Gy.cm2); 30 Gy.cm2 x 0.24 = 7.2 mSv
        assert msv(cardiac([cine(20.0, 0.0), fluoro(10.0, 0.9)])) == pytest.approx(7.2)

    def test_the_total_counts_where_events_do_not_add_up_to_it(self) -> None:
        assert msv(cardiac([cine(20.0, 0.0), fluoro(10.0, 0.9)], dap_gy_cm2=33.0)) == pytest.approx(7.92)

    @pytest.mark.parametrize(("copper_mm", "factor"), [(0.0, 0.21), (0.4, 0.29)])
    def test_the_copper_of_all_cine_runs_tells_where_that_of_an_event_has_no_factor(
        self, copper_mm: float, factor: float
    ) -> None:
        assert msv(cardiac([cine(20.0, copper_mm), fluoro(10.0, 0.6)])) == pytest.approx(30 * factor)
        assert msv(cardiac([cine(None, copper_mm), fluoro(10.0, 0.9)])) == pytest.approx(30 * factor)

    @pytest.mark.parametrize(
        "beams",
        [
            [],
            [fluoro(10.0, 0.6)],
            [cine(10.0, 0.2)],
            [cine(10.0, None)],
            [cine(10.0, 0.0), cine(10.0, 0.4), fluoro(1.0, 0.6)],
            [cine(10.0, 0.0), cine(10.0, None)],
        ],
        ids=["none", "fluoroscopy with 0.6 mm", "cine with 0.2 mm", "unknown", "different runs", "one unknown"],
    )
    def test_other_filters_have_the_mean_of_the_studies_that_were_reviewed(self, beams: list[Beam]) -> None:
        # Brambilla 2022, abstract: 0.24 mSv/(Gy.cm2)
        assert msv(cardiac(beams)) == pytest.approx(30 * 0.24)

    def test_the_interval_is_the_published_one(self) -> None:
        result = cardiac([fluoro(30.0, 0.0)])
        assert isinstance(result, Estimate)
        assert [result.interval.low, result.interval.high] == pytest.approx([4.8 * 0.6, 4.8 * 1.4])
        assert "Martin" in result.interval.source

    @pytest.mark.parametrize("dap", [nan, -1.0, inf])
    def test_absurd_events_do_not_make_a_mean(self, dap: float) -> None:
        assert msv(cardiac([fluoro(dap, 0.1)])) == pytest.approx(30 * 0.24)

    def test_events_of_zero_do_not_make_a_mean(self) -> None:
        assert msv(cardiac([fluoro(0.0, 0.1)])) == pytest.approx(30 * 0.24)


class TestOfTheHeartOfChildren:
    @pytest.mark.parametrize(("age_years", "factor"), [(1, 1.9), (5, 1.0), (10, 0.6), (15, 0.4)])
    def test_the_factor_is_that_of_the_age(self, age_years: float, factor: float) -> None:
        result = cardiac([fluoro(2.0, 0.6)], dap_gy_cm2=2.0, age_years=age_years)
        assert msv(result) == pytest.approx(2 * factor)
        assert isinstance(result, Estimate)
        assert "tissue weights of 1990 (ICRP 60)" in result.caveats

    @pytest.mark.parametrize("age_years", [None, 0.0, 0.5])
    def test_below_one_year_and_without_an_age_it_is_refused(self, age_years: float | None) -> None:
        assert isinstance(cardiac([fluoro(2.0, 0.0)], age_years=age_years), NotComputable)


class TestOfTheLegs:
    BELOW = Beam(dap_gy_cm2=40.0, copper_mm=0.0, is_acquisition=True, is_under_couch=True)

    def test_the_factor_is_that_of_an_under_couch_tube_without_copper(self) -> None:
        assert msv(limbs(self.BELOW)) == pytest.approx(40 * 0.065)

    @pytest.mark.parametrize(("copper_mm", "is_under_couch"), [(0.1, True), (None, True), (0.0, False), (0.0, None)])
    def test_any_other_event_refuses_it(self, copper_mm: float | None, *, is_under_couch: bool | None) -> None:
        other = Beam(dap_gy_cm2=1.0, copper_mm=copper_mm, is_acquisition=False, is_under_couch=is_under_couch)
        assert isinstance(limbs(self.BELOW, other), NotComputable)

    def test_children_are_refused(self) -> None:
        assert isinstance(limbs(self.BELOW, age_years=10), NotComputable)

    def test_an_exam_without_events_is_refused(self) -> None:
        assert isinstance(limbs(), NotComputable)


@pytest.mark.parametrize("dap_gy_cm2", [None, 0.0, -1.0, nan, inf])
def test_without_a_dose_area_product_there_is_no_dose(dap_gy_cm2: float | None) -> None:
    assert isinstance(cardiac([fluoro(1.0, 0.0)], dap_gy_cm2=dap_gy_cm2), NotComputable)
