"""Effective doses of several exams, added method by method; what two methods say is never added."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable
from dose_core.estimating.case import Outcome


class Said(NamedTuple):
    """What a method says of a whole exam, and the id of its value."""

    exam: str
    method_id: str
    method_version: str
    outcome: Outcome
    value_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSum:
    """
    The sum of what one method says of the exams that it names.

    ``of`` is the part of an exam that it speaks of, ``None`` for all. ``refused`` are the exams of which it can give no
    value: with any, the sum lacks them.
    """

    method_id: str
    method_version: str
    quantity: str
    of: str | None
    unit: str
    value: float
    interval: Interval
    made_of: tuple[tuple[str, str], ...]  # exam, value id
    refused: tuple[str, ...]


def effective_sums(said: Iterable[Said]) -> tuple[EffectiveSum, ...]:
    """
    Return the sum of each method, in the order of their ids; outcomes of single events are left out.

    Intervals add linearly: one factor errs alike in every exam, so that nothing cancels.
    """
    alike: dict[tuple[str, str, str, str], list[Said]] = defaultdict(list)
    for one in said:
        if one.outcome.event_uid is None:
            alike[one.method_id, one.method_version, one.outcome.quantity, one.outcome.of or ""].append(one)
    return tuple(total for key in sorted(alike) if (total := _sum(alike[key])) is not None)


def _sum(said: list[Said]) -> EffectiveSum | None:
    """Return the sum of what one method says of the same part; ``None`` if it refuses all."""
    known = [(one, one.outcome.result) for one in said if isinstance(one.outcome.result, Estimate)]
    if not known:
        return None
    first, estimate = known[0]
    intervals = [result.interval for _, result in known]
    return EffectiveSum(
        method_id=first.method_id,
        method_version=first.method_version,
        quantity=first.outcome.quantity,
        of=first.outcome.of,
        unit=estimate.unit,
        value=fsum(result.value for _, result in known),
        interval=Interval(
            low=fsum(one.low for one in intervals),
            high=fsum(one.high for one in intervals),
            coverage=intervals[0].coverage if len(intervals) == 1 else None,
            source="; ".join(dict.fromkeys(one.source for one in intervals)),
        ),
        made_of=tuple((one.exam, one.value_id) for one, _ in known),
        refused=tuple(one.exam for one in said if isinstance(one.outcome.result, NotComputable)),
    )
