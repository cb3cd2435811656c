"""Tests of dose_core.estimating.effective_sums."""

import pytest

from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable
from dose_core.estimating.case import Outcome
from dose_core.estimating.effective_sums import Said, effective_sums

REFUSED = NotComputable(missing=("region",), reason="no region is stated")


def said(
    exam: str,
    value: float | None,
    *,
    method: str = "m",
    version: str = "1",
    event_uid: str | None = None,
    coverage: float | None = 0.95,
) -> Said:
    """Return what a method says of an exam: this value within 20 %, or a refusal."""
    result: Estimate | NotComputable = REFUSED
    if value is not None:
        interval = Interval(low=0.8 * value, high=1.2 * value, coverage=coverage, source="a paper")
        result = Estimate(
            value=value,
            unit="mSv",
            interval=interval,
            method_id=method,
            method_version=version,
            inputs=(),
            source="a paper",
        )
    outcome = Outcome(quantity="effective_dose_msv", result=result, event_uid=event_uid)
    return Said(exam, method, version, outcome, f"{exam}.outcomes.0.value")


def test_the_values_and_the_intervals_of_exams_add() -> None:
    (total,) = effective_sums([said("a", 5.0), said("b", 10.0)])

    assert total.value == 15.0
    assert total.interval.low == pytest.approx(12.0)
    assert total.interval.high == pytest.approx(18.0)
    assert total.interval.coverage is None
    assert total.made_of == (("a", "a.outcomes.0.value"), ("b", "b.outcomes.0.value"))


def test_one_exam_keeps_its_coverage() -> None:
    (total,) = effective_sums([said("a", 5.0)])

    assert total.interval.coverage == 0.95


@pytest.mark.parametrize("other", [{"method": "n"}, {"version": "2"}])
def test_what_two_methods_or_versions_say_is_never_added(other: dict[str, str]) -> None:
    totals = effective_sums([said("a", 5.0), said("b", 10.0, **other)])  # type: ignore[arg-type]  # names of texts

    assert sorted(total.value for total in totals) == [5.0, 10.0]


def test_exams_of_which_the_method_gives_none_are_named() -> None:
    (total,) = effective_sums([said("a", 5.0), said("b", None)])

    assert (total.value, total.refused) == (5.0, ("b",))


def test_a_method_that_refuses_all_has_no_sum() -> None:
    assert effective_sums([said("a", None)]) == ()


def test_single_events_do_not_count_beside_the_exam() -> None:
    (total,) = effective_sums([said("a", 5.0), said("a", 3.0, event_uid="2.25.1")])

    assert total.value == 5.0
