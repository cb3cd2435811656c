"""Tests of dose_core.retention.periods: expected days are those of the laws that the rules cite."""

from datetime import date

import pytest

from dose_core.retention.periods import after_years, kept_until
from dose_core.retention.rules import Jurisdiction, rule_of

EXAM_ON = date(2016, 3, 4)


def until(
    jurisdiction: str,
    *,
    born_on: date | None,
    exam_on: date = EXAM_ON,
    last_exam_on: date = EXAM_ON,
    is_treatment: bool = False,
) -> date:
    rule = rule_of(Jurisdiction(jurisdiction), today=date(2026, 11, 22))
    return kept_until(rule, exam_on=exam_on, last_exam_on=last_exam_on, born_on=born_on, is_treatment=is_treatment)


@pytest.mark.parametrize(
    ("jurisdiction", "expected"),
    [
        ("DE", date(2026, 3, 4)),
        ("FR", date(2036, 3, 4)),
        ("GB", date(2024, 3, 4)),
        ("SE", date(2026, 3, 4)),
    ],
)
def test_an_adult_is_kept_for_the_years_of_the_rule(jurisdiction: str, expected: date) -> None:
    assert until(jurisdiction, born_on=date(1960, 1, 1)) == expected


@pytest.mark.parametrize(
    ("jurisdiction", "born_on", "expected"),
    [
        ("DE", date(2010, 5, 6), date(2038, 5, 6)),  # StrlSchG 85(2): until the age of 28
        ("DE", date(1998, 3, 5), date(2026, 3, 5)),  # 17 years and 364 days old
        ("DE", date(1998, 3, 4), date(2026, 3, 4)),  # 18 on the day: ten years
        ("GB", date(2010, 5, 6), date(2035, 5, 6)),  # the 25th birthday
        ("GB", date(1998, 6, 1), date(2024, 6, 1)),  # 17 at the end: the 26th
        ("FR", date(2014, 5, 6), date(2042, 5, 6)),  # the 28th birthday, since 20 years end before
        ("FR", date(2000, 5, 6), date(2036, 3, 4)),  # 20 years end after it
        ("SE", date(2010, 5, 6), date(2026, 3, 4)),
    ],
)
def test_a_minor_is_kept_until_the_birthday_of_the_rule(jurisdiction: str, born_on: date, expected: date) -> None:
    assert until(jurisdiction, born_on=born_on) == expected


@pytest.mark.parametrize("born_on", [None, date(2017, 1, 1)], ids=["unknown", "after the exam"])
@pytest.mark.parametrize(
    ("jurisdiction", "expected"),
    [
        ("DE", date(2044, 3, 4)),
        ("FR", date(2044, 3, 4)),
        ("GB", date(2041, 3, 4)),
        ("SE", date(2026, 3, 4)),
    ],
)
def test_without_a_birth_date_that_can_be_the_patient_may_have_been_newborn(
    jurisdiction: str, born_on: date | None, expected: date
) -> None:
    assert until(jurisdiction, born_on=born_on) == expected


def test_a_german_record_has_a_period_of_its_own() -> None:
    assert until("DE", born_on=date(1960, 1, 1), last_exam_on=date(2025, 1, 1)) == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("jurisdiction", "expected"), [("FR", date(2045, 1, 1)), ("GB", date(2033, 1, 1)), ("SE", date(2035, 1, 1))]
)
def test_other_records_end_with_the_last_of_the_patient(jurisdiction: str, expected: date) -> None:
    assert until(jurisdiction, born_on=date(1960, 1, 1), last_exam_on=date(2025, 1, 1)) == expected


def test_a_treatment_is_kept_for_thirty_years_in_germany_alone() -> None:
    born_on = date(1960, 1, 1)
    assert until("DE", born_on=born_on, is_treatment=True) == date(2046, 3, 4)
    assert until("SE", born_on=born_on, is_treatment=True) == date(2026, 3, 4)


def test_a_year_without_its_29_february_ends_a_day_later() -> None:
    assert after_years(date(2016, 2, 29), 10) == date(2026, 3, 1)
    assert after_years(date(2016, 2, 29), 8) == date(2024, 2, 29)
