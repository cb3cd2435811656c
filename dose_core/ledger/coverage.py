"""
Which totals that reports state are the total of an exam.

A report whose events are all of the exam's states the total of the exam. Those of a continued study share no event;
if together they have all events, their totals add up. Of no other set of reports is that known.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from dose_core.ledger.claims import Claim, Reading
from dose_core.ledger.merged import EventKey, EventT, Listed
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis

Readings: TypeAlias = tuple[Reading, ...]


def claims_of_reports(
    ranked: Sequence[Listed[EventT]],
    keys: AbstractSet[EventKey],
    readings_of: Callable[[Listed[EventT]], Readings],
    source: Source = Source.RDSR,
) -> list[Claim]:
    """
    Return what the reports state as the total over these events; first what counts, then what it superseded.

    Args:
        ranked: the reports, the most knowing first.
        keys: the events of the exam that reports list.
        readings_of: what one report states of the quantity, nothing if it states none.
        source: what they are, where they are no dose reports.
    """
    stating = [(one, readings) for one in ranked if (readings := readings_of(one))]
    cover = _covering(stating, keys)
    if not cover:
        return []
    basis = Basis.STATED_TOTAL if len(cover) == 1 else Basis.SUM_OF_TOTALS
    counted = Claim(source=source, basis=basis, readings=tuple(one for _, its in cover for one in its))
    if len(cover) > 1:
        return [counted]
    first = cover[0][0]
    earlier = [readings for one, readings in stating if one is not first and one.events.keys() == first.events.keys()]
    return [
        counted,
        *(Claim(source=source, basis=Basis.STATED_TOTAL, readings=readings, doubted=True) for readings in earlier),
    ]


def _covering(
    stating: Sequence[tuple[Listed[EventT], Readings]], keys: AbstractSet[EventKey]
) -> list[tuple[Listed[EventT], Readings]]:
    """Return reports that share no event and together have all; the first if no report lists any event."""
    if not keys:
        return list(stating[:1])
    cover: list[tuple[Listed[EventT], Readings]] = []
    covered: set[EventKey] = set()
    for one, readings in stating:
        its = one.events.keys() & keys
        if its and covered.isdisjoint(its):
            cover.append((one, readings))
            covered |= its
            if len(covered) == len(keys):
                return cover
    return []
