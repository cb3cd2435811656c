"""Tests of dose_core.deidentify.dates."""

import pytest

from dose_core.deidentify.dates import age_on, clean_age, clean_offset, clean_time, moved_date, moved_date_time


@pytest.mark.parametrize(
    ("stated", "days", "moved"),
    [
        ("20260301", 1, "20260228"),
        ("20240301", 1, "20240229"),
        ("20260101", 365, "20250101"),
        ("00010101", 1, None),
        ("20260229", 1, None),
        ("2026", 1, None),
        ("2026.03.01", 1, None),
        ("", 1, None),
    ],
)
def test_a_date_is_moved_by_the_calendar_or_left_out(stated: str, days: int, moved: str | None) -> None:
    assert moved_date(stated, days) == moved


@pytest.mark.parametrize(
    ("stated", "moved"),
    [
        ("20260301", "20260228"),
        ("20260301101500.123456", "20260228101500.123456"),
        ("20260301101500+0100", "20260228101500+0100"),
        ("20260301235960", "20260228235960"),
        ("202603", None),
        ("20260301250000", None),
        ("20260301101500 Muster", None),
    ],
)
def test_a_date_and_time_keeps_its_time_of_day(stated: str, moved: str | None) -> None:
    assert moved_date_time(stated, 1) == moved


def test_a_time_or_an_offset_that_is_none_is_left_out() -> None:
    assert [clean_time(one) for one in ("10", "101500.5", "24", "1015006", "noon")] == [
        "10",
        "101500.5",
        None,
        None,
        None,
    ]
    assert [clean_offset(one) for one in ("+0100", "-0530", "+1500", "CET")] == ["+0100", "-0530", None, None]


@pytest.mark.parametrize(
    ("stated", "told"),
    [("007D", "007D"), ("011M", "011M"), ("089Y", "089Y"), ("090Y", "090Y"), ("112Y", "090Y"), ("89", None)],
)
def test_an_age_above_89_years_is_told_as_90(stated: str, told: str | None) -> None:
    assert clean_age(stated) == told


@pytest.mark.parametrize(
    ("day", "born", "age"),
    [
        ("20260301", "19700302", "055Y"),
        ("20260302", "19700302", "056Y"),
        ("20260301", "20250415", "010M"),
        ("20260301", "19300101", "090Y"),
        ("20260301", "20270101", None),
        ("", "19700101", None),
    ],
)
def test_an_age_is_counted_in_whole_years_and_in_months_below_two(day: str, born: str, age: str | None) -> None:
    assert age_on(day, born) == age
