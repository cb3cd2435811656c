"""Tests of dose_core.dosimetry.age_groups: the age at which each tabulated group begins and ends."""

from math import inf, nan

import pytest

from dose_core.dosimetry.age_groups import age_group


@pytest.mark.parametrize(
    ("age_years", "expected"),
    [
        (1, "1"),
        (2.99, "1"),
        (3, "5"),
        (7.99, "5"),
        (8, "10"),
        (12.99, "10"),
        (13, "15"),
        (17.99, "15"),
        (18, "adult"),
        (90, "adult"),
    ],
)
def test_a_group_holds_from_its_first_to_the_end_of_its_last_year(age_years: float, expected: str) -> None:
    assert age_group(age_years) == expected


@pytest.mark.parametrize("age_years", [None, 0, 0.99, -3, 200, nan, inf])
def test_other_ages_have_none(age_years: float | None) -> None:
    assert age_group(age_years) is None
