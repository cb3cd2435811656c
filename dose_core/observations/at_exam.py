"""
What of all that was stated of a patient holds at an exam: the newest of each kind, at or before it, if not too old.

The windows are ours, but for pregnancy: one that was stated can last no longer than to the end of the 42nd week (WHO:
post-term), and that there is none is sure for no longer than a cycle (HPA, RCE-9 (2009): the 28-day rule).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import MappingProxyType

from dose_core.observations.values import ObservationState, Observed, Pregnancy, Statement

WINDOW_OF = MappingProxyType(
    {
        Observed.BODY_WEIGHT: timedelta(days=90),
        Observed.BODY_HEIGHT: timedelta(days=365),
        Observed.HEAD_CIRCUMFERENCE: timedelta(days=90),
        Observed.PREGNANCY: timedelta(weeks=42),
    }
)
NOT_PREGNANT_FOR = timedelta(days=28)


def at_exam(statements: Iterable[Statement], started_at: datetime) -> dict[Observed, Statement]:
    """
    Return what holds at an exam, by kind; the result does not depend on the order of the statements.

    Of several statements about one time the newest counts: a correction takes the place of what it corrects, and what
    was withdrawn or refused last says nothing of that time.
    """
    newest: dict[tuple[Observed, datetime], Statement] = {}
    for one in sorted(statements, key=_age):
        newest[one.observed, one.observed_at] = one
    counting = [one for one in newest.values() if one.state is ObservationState.VALID]
    held: dict[Observed, Statement] = {}
    for one in sorted(counting, key=lambda one: one.observed_at):
        if one.observed_at <= started_at:
            held[one.observed] = one
    return {kind: one for kind, one in held.items() if started_at - one.observed_at <= _window(one)}


def _age(one: Statement) -> tuple[datetime, bool, str, str]:
    """Return a sort key; of two statements of one second a withdrawal is the newer one."""
    return one.stated_at, one.state is ObservationState.WITHDRAWN, one.stated_value, one.stated_unit


def _window(one: Statement) -> timedelta:
    return WINDOW_OF[one.observed] if one.pregnancy in {None, Pregnancy.PREGNANT} else NOT_PREGNANT_FOR
