"""Tests of dose_core.estimating.subject."""

from datetime import date

import pytest

from dose_core.estimating.subject import age_at

DAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("birth_date", "age_years"),
    [
        pytest.param(date(2026, 3, 15), 0.0, id="on the day of birth"),
        pytest.param(date(2026, 1, 1), 2 / 12, id="in completed months"),
        pytest.param(date(2025, 9, 16), 5 / 12, id="a day before the month is completed"),
        pytest.param(date(2008, 3, 16), 17 + 11 / 12, id="a day before the eighteenth birthday"),
        pytest.param(date(2008, 3, 15), 18.0, id="on the eighteenth birthday"),
        pytest.param(date(1980, 1, 1), 46.0, id="of an adult in years"),
        pytest.param(date(1930, 1, 1), 90.0, id="ninety stands for all above"),
        pytest.param(date(2026, 3, 16), None, id="before the birth"),
        pytest.param(None, None, id="of nobody knows whom"),
    ],
)
def test_an_age_tells_no_birthday(birth_date: date | None, age_years: float | None) -> None:
    assert age_at(birth_date, DAY) == age_years


def test_an_age_needs_a_day() -> None:
    assert age_at(date(1980, 1, 1), None) is None
