"""
Deterministic UIDs for events whose sources state none.

Source: PS3.5, B.2: a UID may be ``2.25.`` followed by a UUID as a decimal number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID, uuid5

from dose_core.ledger.exam import Counted, ExamEvent
from dose_core.own import OUR_UID_ROOT

EventT = TypeVar("EventT", bound=ExamEvent | Counted[Any])

_NAMESPACE = UUID("6f0f8f2e-5d0c-4c53-9a3b-3a1c2c2f9d1e")  # drawn once for DoseLedger


def uid_of(*parts: object) -> str:
    """Return the same UID for the same parts, whatever the order in which objects came."""
    name = "\x1f".join("" if part is None else str(part) for part in parts)
    return f"{OUR_UID_ROOT}{uuid5(_NAMESPACE, name).int}"


def of_all_devices(events_by_device: Iterable[Sequence[EventT]]) -> list[EventT]:
    """
    Return the events of several devices together, in their order.

    Two events that state nothing but that they were have the same stand-in: that of the later device is made anew.
    """
    seen: set[str] = set()
    found: list[EventT] = []
    for number, events in enumerate(events_by_device):
        again = [one.uid_is_stand_in and one.event_uid in seen for one in events]
        its = [
            replace(one, event_uid=uid_of(one.event_uid, number)) if is_again else one
            for one, is_again in zip(events, again, strict=True)
        ]
        seen |= {one.event_uid for one in its}
        found += its
    return found
