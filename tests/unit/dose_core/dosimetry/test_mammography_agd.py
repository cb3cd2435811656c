"""Tests of dose_core.dosimetry.mammography_agd: Dance's mean glandular dose where every factor was checked."""

from dataclasses import replace
from math import nan

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.mammography_agd import Exposure, disagrees, mean_glandular_dose

MO_MO = Exposure(
    incident_air_kerma_mgy=5.0,
    thickness_mm=50.0,
    hvl_mm_al=0.40,
    anode="molybdenum",
    filter="molybdenum",
    is_tomosynthesis=False,
)


def estimated(**changes: object) -> Estimate:
    result = mean_glandular_dose(replace(MO_MO, **changes))  # type: ignore[arg-type] # fields by name
    assert isinstance(result, Estimate), result
    return result


def refused(**changes: object) -> NotComputable:
    result = mean_glandular_dose(replace(MO_MO, **changes))  # type: ignore[arg-type] # fields by name
    assert isinstance(result, NotComputable), result
    return result


class TestTheDose:
    def test_is_kerma_times_g_at_a_cell_of_the_table(self) -> None:
        # Dance 2000: g = 0.209 at 50 mm and 0.40 mm Al; s of Mo/Mo is 1
        assert estimated().value == pytest.approx(5 * 0.209)

    def test_takes_the_spectrum_into_account(self) -> None:
        # s of W/Rh is 1.042
        assert estimated(anode="tungsten", filter="rhodium").value == pytest.approx(5 * 0.209 * 1.042)

    def test_is_linear_between_the_cells(self) -> None:
        # g at 40 mm: 0.318 + 0.7 (0.346 - 0.318) = 0.3376; at 45 mm: 0.285 + 0.7 (0.311 - 0.285) = 0.3032;
        # at 43 mm: 0.3376 - 0.6 (0.3376 - 0.3032) = 0.31696
        assert estimated(thickness_mm=43.0, hvl_mm_al=0.535).value == pytest.approx(5 * 0.31696)

    @pytest.mark.parametrize(("thickness_mm", "hvl_mm_al", "g"), [(20.0, 0.30, 0.390), (80.0, 0.60, 0.195)])
    def test_reaches_the_corners_of_the_table(self, thickness_mm: float, hvl_mm_al: float, g: float) -> None:
        assert estimated(thickness_mm=thickness_mm, hvl_mm_al=hvl_mm_al).value == pytest.approx(5 * g)

    def test_falls_with_thickness_and_rises_with_the_half_value_layer(self) -> None:
        assert estimated(thickness_mm=51.0).value < estimated().value < estimated(hvl_mm_al=0.41).value

    def test_of_a_breast_that_is_stated_to_have_half_glandular_tissue_is_the_same(self) -> None:
        assert estimated(glandularity_percent=50.0).value == estimated().value

    def test_says_that_the_breast_is_taken_to_have_half_glandular_tissue(self) -> None:
        assert "the breast is taken to have 50 % glandular tissue" in estimated().caveats


class TestARefusal:
    @pytest.mark.parametrize("thickness_mm", [19.9, 80.1, 1000.0, nan])
    def test_follows_a_thickness_outside_of_the_table(self, thickness_mm: float) -> None:
        assert refused(thickness_mm=thickness_mm).missing == ("factor g for this thickness and half-value layer",)

    @pytest.mark.parametrize("hvl_mm_al", [0.25, 0.29, 0.61])
    def test_follows_a_half_value_layer_that_nobody_checked(self, hvl_mm_al: float) -> None:
        assert refused(hvl_mm_al=hvl_mm_al).missing == ("factor g for this thickness and half-value layer",)

    @pytest.mark.parametrize("percent", [0.0, 18.0, 80.0, 100.0])
    def test_follows_another_glandularity_for_the_factors_c_were_not_read(self, percent: float) -> None:
        assert refused(glandularity_percent=percent).missing == ("factors c for the glandularity (Dance 2000)",)

    def test_follows_tomosynthesis_and_what_might_be_one(self) -> None:
        assert refused(is_tomosynthesis=True).missing == ("factors t of tomosynthesis (Dance 2011)",)
        assert refused(is_tomosynthesis=None).missing == ("factors t of tomosynthesis (Dance 2011)",)

    @pytest.mark.parametrize(
        ("anode", "filter_"),
        [("rhodium", "silver"), ("tungsten", "aluminum"), ("tungsten", "copper"), (None, None), ("tungsten", None)],
    )
    def test_follows_a_spectrum_without_a_checked_factor(self, anode: str | None, filter_: str | None) -> None:
        assert "factor s" in refused(anode=anode, filter=filter_).missing[0]

    def test_follows_a_silver_filter_outside_of_the_thickness_of_its_factor(self) -> None:
        assert estimated(anode="tungsten", filter="silver", filter_mm=0.05).value == pytest.approx(5 * 0.209 * 1.042)
        assert "factor s" in refused(anode="tungsten", filter="silver", filter_mm=0.1).missing[0]

    @pytest.mark.parametrize("name", ["incident_air_kerma_mgy", "thickness_mm", "hvl_mm_al"])
    @pytest.mark.parametrize("value", [None, 0.0])
    def test_names_what_is_not_stated(self, name: str, value: float | None) -> None:
        assert refused(**{name: value}).missing


class TestTheCheck:
    @pytest.mark.parametrize("part", [1 / 1.29, 0.8, 1.0, 1.2])
    def test_finds_nothing_within_the_published_differences(self, part: float) -> None:
        computed = estimated()
        assert not disagrees(computed.value * part, computed)

    @pytest.mark.parametrize("part", [0.0, 0.5, 0.76, 1.21, 2.0, 100.0, nan])
    def test_finds_what_lies_beyond_them(self, part: float) -> None:
        computed = estimated()
        assert disagrees(computed.value * part, computed)
