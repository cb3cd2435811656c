"""Tests of dose_core.observations.at_exam."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from dose_core.observations.at_exam import at_exam
from dose_core.observations.values import ObservationState, Observed, Pregnancy, Statement

EXAM = datetime(2024, 3, 6, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def weight(
    value: float,
    *,
    before: timedelta,
    said: timedelta = timedelta(0),
    state: ObservationState = ObservationState.VALID,
) -> Statement:
    """Return a weight as of some time before the exam, stated so long after it was measured."""
    at = EXAM - before
    stated = f"{value}"
    return Statement(
        observed=Observed.BODY_WEIGHT,
        state=state,
        observed_at=at,
        stated_at=at + said,
        value=value,
        stated_value=stated,
        stated_unit="kg",
    )


def pregnancy(status: Pregnancy, *, before: timedelta) -> Statement:
    at = EXAM - before
    return Statement(
        observed=Observed.PREGNANCY,
        state=ObservationState.VALID,
        observed_at=at,
        stated_at=at,
        pregnancy=status,
    )


def weights(*statements: Statement) -> set[float | None]:
    """Return the weight that holds, in whatever order the statements come."""
    found = (at_exam(order, EXAM).get(Observed.BODY_WEIGHT) for order in permutations(statements))
    return {one.value if one else None for one in found}


class TestAWeight:
    def test_is_the_newest_at_or_before_the_exam(self) -> None:
        assert weights(weight(70, before=3 * DAY), weight(71, before=DAY), weight(90, before=-DAY)) == {71}
        assert weights(weight(71, before=timedelta(0))) == {71}

    def test_holds_for_90_days(self) -> None:
        assert weights(weight(70, before=90 * DAY)) == {70}
        assert weights(weight(70, before=90 * DAY + timedelta(seconds=1))) == {None}

    def test_gives_way_to_its_correction_whatever_came_first(self) -> None:
        assert weights(weight(7, before=DAY), weight(70, before=DAY, said=DAY / 4)) == {70}

    def test_is_gone_once_it_is_withdrawn_and_an_older_one_holds_again(self) -> None:
        withdrawn = weight(7, before=DAY, said=DAY / 4, state=ObservationState.WITHDRAWN)

        assert weights(weight(70, before=2 * DAY), weight(7, before=DAY), withdrawn) == {70}

    def test_that_is_refused_never_holds(self) -> None:
        assert weights(weight(7000, before=DAY, state=ObservationState.REFUSED), weight(70, before=2 * DAY)) == {70}


class TestAPregnancy:
    def test_holds_for_42_weeks_and_that_there_is_none_for_28_days(self) -> None:
        def holds(status: Pregnancy, before: timedelta) -> bool:
            return bool(at_exam([pregnancy(status, before=before)], EXAM))

        assert holds(Pregnancy.PREGNANT, 42 * 7 * DAY)
        assert not holds(Pregnancy.PREGNANT, 42 * 7 * DAY + timedelta(seconds=1))
        assert holds(Pregnancy.NOT_PREGNANT, 28 * DAY)
        assert not holds(Pregnancy.NOT_PREGNANT, 28 * DAY + timedelta(seconds=1))

    def test_has_ended_once_a_newer_statement_says_so(self) -> None:
        stated = [pregnancy(Pregnancy.PREGNANT, before=60 * DAY), pregnancy(Pregnancy.NOT_PREGNANT, before=30 * DAY)]

        assert at_exam(stated, EXAM) == {}
