"""Different events that count as one, under one UID or on one occasion: a person should see to the others."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dose_core.ledger.merged import EventKey, EventT, Listed, XRayEvent
from dose_core.model import CtEvent, MammographyEvent, ProjectionEvent

_ROUNDED_START = timedelta(minutes=1)  # to which some write the start of an event


def shared_uids(statements: Iterable[Listed[EventT]]) -> tuple[str, ...]:
    """Name the events under whose UID reports list others too: each is counted once, the others are not."""
    every = list(statements)
    within = {uid for one in every for uid in one.shared}
    between: set[str] = set()
    nameless: set[EventKey] = set()
    first: dict[EventKey, EventT] = {}
    for key, (_, event) in (item for one in every for item in one.events.items()):
        known = first.setdefault(key, event)
        if known is event or not _differ(_dose(known), _dose(event)):
            continue
        if key.is_stand_in:
            nameless.add(key)
        elif _lie_apart(known.started_at, event.started_at):  # what corrects the dose of an event keeps its time
            between.add(key.event_uid)
    again = f"reports state another dose of {len(nameless)} event(s) without UID; that of the most knowing one counts"
    return (
        *((again,) if nameless else ()),
        *(f"a report lists several different events under the UID {uid}; one is counted" for uid in sorted(within)),
        *(f"reports list different events under the UID {uid}; one is counted" for uid in sorted(between - within)),
    )


def _differ(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one != other


def _lie_apart(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return False
    return abs(one.replace(tzinfo=None) - other.replace(tzinfo=None)) > _ROUNDED_START


def _dose(event: XRayEvent) -> float | None:
    match event:
        case CtEvent():
            return event.ctdi_vol_mgy if event.dlp_mgy_cm is None else event.dlp_mgy_cm
        case ProjectionEvent():
            return event.ka_r_mgy if event.dap_gy_cm2 is None else event.dap_gy_cm2
        case MammographyEvent():
            return event.agd_mgy
