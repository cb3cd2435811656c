"""How many events one object may hold: each costs memory and a line of its own, however few bytes it has."""

from collections.abc import Iterable
from typing import TypeVar

from dose_core.readers.errors import UnreadableError

T = TypeVar("T")

# The longest interventional report that we know of has 15,000 content items and some 300 events.
MAX_EVENTS = 10_000


def bounded_events(stated: Iterable[T]) -> tuple[T, ...]:
    """
    Return what stands for the events of an object, in order.

    Raises:
        UnreadableError: there are more than 10,000.
    """
    events = tuple(stated)
    if len(events) > MAX_EVENTS:
        msg = f"the object states more than {MAX_EVENTS} irradiation events"
        raise UnreadableError(msg)
    return events
