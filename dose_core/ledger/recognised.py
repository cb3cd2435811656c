"""
Events without UID that other reports list too: with their UID, or with another dose.

Time, kind and protocol tell that they are the same, unless a device gives several events of one report the same time:
then the doses must be the same as well. What states no time may be another scan of the same protocol.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from dose_core.ledger.merged import EventKey, EventT, Listed, likeness_of, occasion_of, stand_in


def recognised(ranked: Sequence[Listed[EventT]]) -> list[Listed[EventT]]:
    """Return the statements with one name for each event: its UID if any names it, else that of the most knowing."""
    if len(ranked) == 1 or not any(key.is_stand_in for one in ranked for key in one.events):
        return list(ranked)
    known = _of_likeness(ranked) | _of_occasion(ranked)
    return [_renamed(one, known) for one in ranked]


def _of_likeness(ranked: Sequence[Listed[EventT]]) -> dict[EventKey, EventKey]:
    """Return the UIDs of events that agree in time and values, of several alike one for each."""
    alike: dict[str, dict[EventKey, EventT]] = defaultdict(dict)
    for one in ranked:
        for key, (_, event) in one.events.items():
            if not key.is_stand_in and event.started_at:
                alike[likeness_of(one.statement.report, event)][key] = event
    return {
        stand_in(likeness, nth, events[key]): key
        for likeness, events in alike.items()
        for nth, key in enumerate(sorted(events), start=1)
    }


def _of_occasion(ranked: Sequence[Listed[EventT]]) -> dict[EventKey, EventKey]:
    """Return the names of events that agree in their occasion, of which no statement has two events."""
    on: dict[Hashable, dict[EventKey, None]] = defaultdict(dict)
    shared: set[Hashable] = set()
    for one in ranked:
        occasions = {key: occasion_of(one.statement.report, event) for key, (_, event) in one.events.items()}
        shared |= {occasion for occasion, times in Counter(occasions.values()).items() if times > 1}
        for key, occasion in occasions.items():
            if occasion is not None:
                on[occasion][key] = None
    return {
        key: min(keys, key=lambda one: one.is_stand_in)  # the first that has a UID, else the first
        for occasion, keys in on.items()
        if occasion not in shared
        for key in keys
        if key.is_stand_in
    }


def _renamed(one: Listed[EventT], known: Mapping[EventKey, EventKey]) -> Listed[EventT]:
    """Return a statement with these names, but for what it lists by that name itself."""
    events: dict[EventKey, tuple[int, EventT]] = {}
    for key, stated in one.events.items():
        name = known.get(key, key)
        events[key if name in one.events else name] = stated
    return replace(one, events=events)
