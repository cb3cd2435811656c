"""
Which totals that reports state are the total of an exam.

A report whose events are all of the exam's states the total of the exam. Those of a continued study share no event;
if together they have all events, their totals add up, unless one of them went on counting. Of no other set of reports
is that known.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from dose_core.ledger.claims import Claim, Reading
from dose_core.ledger.merged import EventKey, EventT, Listed
from dose_core.ledger.rounding import Texts
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
    Return what the reports state as the total over these events; first what counts, then what stays beside it.

    Args:
        ranked: the reports, the most knowing first.
        keys: the events of the exam that reports list.
        readings_of: what one report states of the quantity, nothing if it states none.
        source: what they are, where they are no dose reports.
    """
    stating = [(one, readings) for one in ranked if (readings := readings_of(one))]
    cover = _covering(stating, keys)
    basis = Basis.STATED_TOTAL if len(cover) == 1 else Basis.SUM_OF_TOTALS
    counted = Claim(source=source, basis=basis, readings=tuple(one for _, its in cover for one in its))
    chosen = {one.statement.key for one, _ in cover}
    # Beside it stays what it corrects, and what lists no event and so may be a total of anything.
    corrected = cover[0][0].events.keys() if len(cover) == 1 else None
    beside = [
        readings
        for one, readings in stating
        if one.statement.key not in chosen and (not one.events or one.events.keys() == corrected)
    ]
    return [
        *([counted] if cover else ()),
        *(Claim(source=source, basis=Basis.STATED_TOTAL, readings=readings, doubted=True) for readings in beside),
    ]


def without_running_totals(claims: list[Claim], texts: Texts) -> list[Claim]:
    """
    Return the claims with a total that went on counting in the place of a sum in which it counts twice.

    If one of the totals of continued reports is what the events of all add up to, the earlier ones are part of it.
    """
    added = next((one for one in claims if one.basis is Basis.SUM_OF_EVENTS and one.source is Source.RDSR), None)
    if added is None or not added.is_whole or not added.value:
        return claims
    joined = claims[0]
    if joined.basis is not Basis.SUM_OF_TOTALS or texts.agree(joined, added):
        return claims
    for statement in dict.fromkeys(one.statement for one in joined.readings):
        its = tuple(one for one in joined.readings if one.statement == statement)
        running = Claim(source=joined.source, basis=Basis.STATED_TOTAL, readings=its)
        if texts.agree(running, added):
            return [running, *claims[1:]]
    return claims


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
