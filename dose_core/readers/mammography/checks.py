"""Where a mammography dose object contradicts itself. Nothing is corrected: both values stay, and are named."""

from collections import Counter
from collections.abc import Sequence

from dose_core.model import MammographyEvent, MammographyTotals
from dose_core.readers.mammography import codes as mammo
from dose_core.readers.sr import codes
from dose_core.readers.sr.tree import SrNode

# Devices round each event and the total on their own: to 0.01 mGy at best, to 1 % at worst.
_AGD_TOLERANCE_MGY = 0.05
_AGD_TOLERANCE = 0.01

# The glandular dose is the incident air kerma times g.c.s, and at surface of the breast g.c.s lies between
# 0.07 (11 cm, HVL 0.3 mm) and 0.7 (2 cm, HVL 0.6 mm): Dance et al., Phys Med Biol 45 (2000) 3225. Beyond
# these wider bounds one of the two values has another unit.
_LEAST_AGD_OF_ENTRANCE = 0.02
_MOST_AGD_OF_ENTRANCE = 1.0

# IEC 60601-2-45: no compression above 300 N, none above 200 N by power.
_MAX_FORCE_N = 300.0
# Older GE Senographe state (0018,11A2) in decanewton: 200 N are 20 there, while 20 N would compress no breast.
_MAX_FORCE_DAN = 20.0


def check_report(
    root: SrNode,
    accumulated: Sequence[SrNode],
    totals: MammographyTotals,
    nodes: Sequence[SrNode],
    events: Sequence[MammographyEvent],
) -> None:
    """Note in the log what does not fit together in a report."""
    if accumulated:
        _check_event_count(accumulated[0], totals, events)
        _check_totals(accumulated[0], totals, events)
    for uid, times in Counter(event.event_uid for event in events if event.event_uid).items():
        if times > 1:
            root.warn(codes.EVENT_UID, f"{uid} stands for {times} events")
    for node, event in zip(nodes, events, strict=True):
        problem = agd_problem(event)
        if problem:
            node.warn(mammo.AVERAGE_GLANDULAR_DOSE, problem)
        problem = force_problem(event.force_n)
        if problem:
            node.warn(mammo.COMPRESSION_FORCE, problem)


def agd_problem(event: MammographyEvent) -> str | None:
    """Say why glandular and entrance dose of one exposure cannot both be right, ``None`` if they can."""
    if not event.agd_mgy or not event.entrance_dose_mgy:
        return None
    share = event.agd_mgy / event.entrance_dose_mgy
    if _LEAST_AGD_OF_ENTRANCE <= share <= _MOST_AGD_OF_ENTRANCE:
        return None
    return f"{event.agd_mgy:g} mGy does not go with an entrance dose of {event.entrance_dose_mgy:g} mGy"


def force_problem(force_n: float | None, manufacturer: str = "") -> str | None:
    """Say why a compression force cannot be right, or may have another unit, ``None`` if it can be right."""
    if force_n is None:
        return None
    if force_n > _MAX_FORCE_N:
        return f"{force_n:g} N is more than a device may apply"
    if 0 < force_n <= _MAX_FORCE_DAN and manufacturer.upper().startswith("GE"):
        return f"{force_n:g} N is little; devices of this maker stated decanewton"
    return None


def _check_event_count(node: SrNode, totals: MammographyTotals, events: Sequence[MammographyEvent]) -> None:
    if totals.event_count is not None and totals.event_count != len(events):
        node.warn(codes.EVENT_COUNT, f"{totals.event_count} events are stated, {len(events)} are listed")


def _check_totals(node: SrNode, totals: MammographyTotals, events: Sequence[MammographyEvent]) -> None:
    """Compare the total of each side with its events; they can be compared only if each names its side."""
    dosed = [event for event in events if event.agd_mgy is not None]
    if not dosed:
        return
    if all(event.laterality in ("L", "R") for event in dosed):
        _compare(node, "the left breast", totals.agd_left_mgy, [e for e in dosed if e.laterality == "L"])
        _compare(node, "the right breast", totals.agd_right_mgy, [e for e in dosed if e.laterality == "R"])
    _compare(node, "both breasts", totals.agd_both_mgy, dosed)


def _compare(node: SrNode, what: str, total: float | None, events: Sequence[MammographyEvent]) -> None:
    of_events = sum(event.agd_mgy for event in events if event.agd_mgy is not None)
    if total is not None and abs(total - of_events) > max(_AGD_TOLERANCE_MGY, _AGD_TOLERANCE * total):
        problem = f"the total of {what} is {total:g} mGy, its events add up to {of_events:g} mGy"
        node.warn(mammo.ACCUMULATED_AGD, problem)
