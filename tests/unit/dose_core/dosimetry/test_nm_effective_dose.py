"""Tests of dose_core.dosimetry.nm_effective_dose: activity times the coefficient of agent and age, or a refusal."""

from math import nan

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.nm_effective_dose import Administered, effective_dose, total

FDG = Administered(nuclide="F-18", agent="FDG", activity_mbq=200.0)


def estimated(administered: Administered, age_years: float | None) -> Estimate:
    result = effective_dose(administered, age_years)
    assert isinstance(result, Estimate), result
    return result


def with_activity(activity_mbq: float | None, *, extravasation_percent: float | None = None) -> Administered:
    return Administered(
        nuclide="F-18", agent="FDG", activity_mbq=activity_mbq, extravasation_percent=extravasation_percent
    )


class TestTheCoefficient:
    def test_of_an_adult_is_the_one_with_the_weights_of_2007(self) -> None:
        # Andersson 2015, Table 1: 0.0171 mSv/MBq; 200 MBq x 0.0171 = 3.42 mSv
        result = estimated(FDG, 50)
        assert result.value == pytest.approx(3.42)
        assert ("tissue weights", "ICRP103") in {(one.name, one.value) for one in result.inputs}

    @pytest.mark.parametrize(
        ("age_years", "expected_msv"),
        [(1, 19.0), (2.9, 19.0), (3, 11.2), (7.9, 11.2), (8, 7.4), (12.99, 7.4), (13, 4.8), (17.9, 4.8), (18, 3.42)],
    )
    def test_of_a_child_is_that_of_its_age_group(self, age_years: float, expected_msv: float) -> None:
        # ICRP 128: 0.095, 0.056, 0.037 and 0.024 mSv/MBq, by hand times 200 MBq
        assert estimated(FDG, age_years).value == pytest.approx(expected_msv)

    def test_of_a_child_has_the_weights_of_1990_and_says_so(self) -> None:
        assert "tissue weights of 1990 (ICRP 60)" in estimated(FDG, 5).caveats
        assert "tissue weights of 1990 (ICRP 60)" not in estimated(FDG, 50).caveats

    @pytest.mark.parametrize("age_years", [0, 0.9, -1, 151, nan])
    def test_of_ages_that_no_table_has_is_refused(self, age_years: float) -> None:
        assert isinstance(effective_dose(FDG, age_years), NotComputable)

    def test_of_an_age_group_that_nobody_checked_is_refused(self) -> None:
        ioflupane = Administered(nuclide="I-123", agent="ioflupane", activity_mbq=100.0)
        assert isinstance(effective_dose(ioflupane, 50), Estimate)
        result = effective_dose(ioflupane, 5)
        assert isinstance(result, NotComputable)
        assert result.missing == ("a checked coefficient of I-123 ioflupane",)

    @pytest.mark.parametrize("agent", ["tetrofosmin at rest", "HM-PAO", "something else"])
    def test_of_an_agent_that_nobody_checked_is_refused(self, agent: str) -> None:
        result = effective_dose(Administered(nuclide="Tc-99m", agent=agent, activity_mbq=100.0), 50)
        assert isinstance(result, NotComputable)

    def test_stands_once_in_the_table_for_each_agent_age_and_set_of_weights(self) -> None:
        keys = [
            (row["nuclide"], row["agent"], row["age_group"], row["tissue_weights"]) for row in rows("nm_effective_dose")
        ]
        assert len(keys) == len(set(keys))


class TestTheInterval:
    def test_is_half_of_the_value_to_both_sides_as_published(self) -> None:
        interval = estimated(FDG, 50).interval
        assert [interval.low, interval.high] == pytest.approx([1.71, 5.13])
        assert interval.coverage is None
        assert "Martin" in interval.source

    def test_goes_down_by_what_stayed_at_the_injection_site(self) -> None:
        result = estimated(with_activity(200.0, extravasation_percent=20.0), 50)
        assert result.value == pytest.approx(3.42)
        assert result.interval.low == pytest.approx(1.71 * 0.8)
        assert result.interval.high == pytest.approx(5.13)
        assert "a part stayed at the injection site" in result.caveats

    @pytest.mark.parametrize("percent", [-1.0, 101.0, nan])
    def test_is_not_made_of_an_absurd_extravasation(self, percent: float) -> None:
        assert isinstance(effective_dose(with_activity(200.0, extravasation_percent=percent), 50), NotComputable)


@pytest.mark.parametrize("activity_mbq", [None, 0.0, -5.0, nan])
def test_without_an_activity_there_is_no_dose(activity_mbq: float | None) -> None:
    assert isinstance(effective_dose(with_activity(activity_mbq), 50), NotComputable)


def test_without_the_age_there_is_no_dose() -> None:
    result = effective_dose(FDG, None)
    assert isinstance(result, NotComputable)
    assert result.missing == ("age at the exam",)


class TestTheSum:
    def test_adds_values_and_the_ends_of_the_intervals(self) -> None:
        parts = [effective_dose(FDG, 50), effective_dose(with_activity(100.0), 50)]
        result = total(parts)
        assert isinstance(result, Estimate)
        assert result.value == pytest.approx(3.42 + 1.71)
        assert [result.interval.low, result.interval.high] == pytest.approx([2.565, 7.695])

    def test_is_refused_if_one_part_is(self) -> None:
        result = total([effective_dose(FDG, 50), effective_dose(with_activity(None), 50)])
        assert isinstance(result, NotComputable)
        assert result.missing == ("administered activity",)

    def test_of_nothing_is_none(self) -> None:
        assert isinstance(total([]), NotComputable)
