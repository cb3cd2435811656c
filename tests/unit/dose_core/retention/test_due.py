"""Tests of dose_core.retention.due."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.retention.due import RecordedExam, RecordedPatient, day_of, due_of
from dose_core.retention.rules import RULES, Jurisdiction, rule_of

TODAY = date(2026, 11, 22)
GERMANY = rule_of(Jurisdiction.DE, today=TODAY)
SWEDEN = rule_of(Jurisdiction.SE, today=TODAY)
BORN = frozenset({date(1960, 1, 1)})


def exam(number: int, year: int) -> RecordedExam:
    return RecordedExam(id=UUID(int=number), stated_on=date(year, 3, 4), received_on=date(year, 3, 5))


def patient(*exams: RecordedExam) -> RecordedPatient:
    return RecordedPatient(id=UUID(int=0), birth_dates=BORN, told_of_on=date(2026, 1, 1), exams=exams)


class TestAPatient:
    def test_of_whom_all_exams_are_due_goes_with_them(self) -> None:
        due = due_of(GERMANY, patient(exam(1, 2010), exam(2, 2015)), today=TODAY)

        assert (due.exams, due.identity) == ({UUID(int=1): date(2010, 3, 4), UUID(int=2): date(2015, 3, 4)}, True)

    def test_stays_as_long_as_one_exam_is_kept(self) -> None:
        due = due_of(GERMANY, patient(exam(1, 2010), exam(2, 2024)), today=TODAY)

        assert (list(due.exams), due.identity) == ([UUID(int=1)], False)

    def test_keeps_all_exams_where_the_years_are_counted_from_the_last(self) -> None:
        due = due_of(SWEDEN, patient(exam(1, 2010), exam(2, 2024)), today=TODAY)

        assert (due.exams, due.identity) == ({}, False)

    def test_is_still_kept_on_the_last_day(self) -> None:
        last_day = date(2020, 3, 4)

        assert not due_of(GERMANY, patient(exam(1, 2010)), today=last_day).exams
        assert due_of(GERMANY, patient(exam(1, 2010)), today=last_day + timedelta(days=1)).exams

    def test_goes_when_the_exams_have_gone_before(self) -> None:
        due = due_of(GERMANY, patient(replace(exam(1, 2010), is_expired=True)), today=TODAY)

        assert (due.exams, due.identity) == ({}, True)

    def test_without_any_exam_goes_after_the_years_since_they_were_told_of(self) -> None:
        told_long_ago = replace(patient(), told_of_on=date(2015, 1, 1))

        assert due_of(GERMANY, told_long_ago, today=TODAY).identity
        assert not due_of(GERMANY, patient(), today=TODAY).identity

    def test_stays_while_an_exam_at_the_desk_names_them(self) -> None:
        named = replace(patient(exam(1, 2010)), is_named_elsewhere=True)

        assert (list(due_of(GERMANY, named, today=TODAY).exams), due_of(GERMANY, named, today=TODAY).identity) == (
            [UUID(int=1)],
            False,
        )

    def test_of_two_birth_dates_is_kept_for_the_longer_period(self) -> None:
        of_two = replace(patient(exam(1, 2010)), birth_dates=BORN | {date(2005, 1, 1)})

        assert not due_of(GERMANY, of_two, today=TODAY).exams


class TestAHold:
    def test_on_an_exam_keeps_it_and_the_identity(self) -> None:
        due = due_of(GERMANY, patient(replace(exam(1, 2010), is_on_hold=True), exam(2, 2011)), today=TODAY)

        assert (list(due.exams), due.identity, due.held) == ([UUID(int=2)], False, 1)

    def test_on_a_patient_keeps_everything(self) -> None:
        due = due_of(GERMANY, replace(patient(exam(1, 2010), exam(2, 2011)), is_on_hold=True), today=TODAY)

        assert (due.exams, due.identity, due.held) == ({}, False, 2)


class TestTheDayOfAnExam:
    def test_is_the_one_that_it_states(self) -> None:
        assert day_of(exam(1, 2010), BORN) == date(2010, 3, 4)

    @pytest.mark.parametrize(
        "stated_on", [None, date(2099, 1, 1), date(1959, 12, 31)], ids=["unstated", "in the future", "before birth"]
    )
    def test_is_that_of_its_arrival_where_the_stated_one_cannot_be(self, stated_on: date | None) -> None:
        assert day_of(replace(exam(1, 2010), stated_on=stated_on), BORN) == date(2010, 3, 5)


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=TODAY)


@given(
    rule=st.sampled_from(RULES),
    days=st.lists(DAYS, min_size=1, max_size=4),
    born=st.none() | st.dates(min_value=date(1930, 1, 1), max_value=TODAY),
)
def test_nothing_goes_before_the_years_of_the_rule_and_an_identity_never_before_its_exams(
    rule: object, days: list[date], born: date | None
) -> None:
    assert isinstance(rule, type(GERMANY))
    exams = [RecordedExam(id=UUID(int=n), stated_on=day, received_on=day) for n, day in enumerate(days)]
    of_them = replace(patient(*exams), birth_dates=frozenset({born} if born else ()))

    due = due_of(rule, of_them, today=TODAY)

    assert all(day.year + rule.years <= TODAY.year for day in due.exams.values())
    assert due.identity == (len(due.exams) == len(exams))
