"""Whose skin is to be looked at after an exam, when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dose_core.dosimetry.trigger_levels import Action, Indicator, Passed, passed, published_levels
from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity, Total

# Its abstract: in most individuals changes of the skin are noticed about a month after a dose of several grays.
FOLLOW_UP_DAYS: Final = 30
FOLLOW_UP_SOURCE: Final = "Balter S et al. Radiology 2010;254:326-341, abstract: changes are seen after about one month"
_WORDS: Final = {
    Indicator.PEAK_SKIN_DOSE: ("peak skin dose", 1000.0, "Gy"),
    Indicator.KA_R: ("air kerma at the reference point", 1000.0, "Gy"),
    Indicator.DAP: ("kerma-area product", 1.0, "Gy.cm2"),
    Indicator.FLUORO_TIME: ("fluoroscopy time", 60.0, "min"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """``due_on`` is ``None`` where nobody knows when the exam was; ``reached`` are the levels that ask for it."""

    due_on: date | None
    reached: tuple[Passed, ...]


def follow_up(exam: Exam, peak_mgy: float | None) -> FollowUp | None:
    """
    Return when the skin is to be looked at, and for which levels; ``None`` if the exam reaches none that asks for it.

    Air kerma is the largest of a plane, for it is never added. A total with missing parts is a lower bound, which
    reaches a level all the same.
    """
    values = {
        Indicator.PEAK_SKIN_DOSE: peak_mgy,
        Indicator.KA_R: _largest(one for one in exam.totals if one.quantity is Quantity.KA_R),
        Indicator.DAP: _largest(one for one in exam.totals if one.quantity is Quantity.DAP and one.of is None),
        Indicator.FLUORO_TIME: _largest(
            one for one in exam.totals if one.quantity is Quantity.FLUORO_TIME and one.of is None
        ),
    }
    levels = [one for one in published_levels() if one.action is not Action.NOTIFICATION]
    reached = passed(levels, values)
    if not reached:
        return None
    due_on = exam.started_at.date() + timedelta(days=FOLLOW_UP_DAYS) if exam.started_at else None
    return FollowUp(due_on=due_on, reached=reached)


def words_of(found: FollowUp) -> str:
    """Return why the skin is to be looked at, each indicator once by its strictest level; it names no patient."""
    said: dict[Indicator, str] = {}
    for one in sorted(found.reached, key=lambda one: one.level.level):
        name, per_unit, unit = _WORDS[one.level.indicator]
        # The peak is an estimate, which is never told without its interval.
        value = "" if one.level.indicator is Indicator.PEAK_SKIN_DOSE else f" {one.value / per_unit:.3g} {unit},"
        least = f"{name}{value} at or above {one.level.level / per_unit:g} {unit}"
        said.setdefault(one.level.indicator, f"{least} ({one.level.source})")
    return "; ".join(said.values())


def _largest(totals: Iterable[Total]) -> float | None:
    return max((one.value for one in totals if one.value is not None), default=None)
