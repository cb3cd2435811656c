"""How many events one object may hold: each costs memory and a line of its own, however few bytes it has."""

from collections.abc import Iterable
from typing import TypeVar

from dose_core.readers.errors import UnreadableError

T = TypeVar("T")

# The longest interventional report that we know of has 15,000 content items and some 300 events.
MAX_EVENTS = 10_000
# Four injections around a tumour, or some fractions. The ledger compares them pair by pair.
MAX_ADMINISTRATIONS = 200


def bounded_events(stated: Iterable[T]) -> tuple[T, ...]:
    """
    Return what stands for the events of an object, in order.

    Raises:
        UnreadableError: there are more than 10,000.
    """
    return _bounded(stated, MAX_EVENTS, "irradiation events")


def bounded_administrations(stated: Iterable[T]) -> tuple[T, ...]:
    """
    Return what stands for the administrations of a radiopharmaceutical that an object states, in order.

    Raises:
        UnreadableError: there are more than 200.
    """
    return _bounded(stated, MAX_ADMINISTRATIONS, "administrations")


def _bounded(stated: Iterable[T], most: int, what: str) -> tuple[T, ...]:
    events = tuple(stated)
    if len(events) > most:
        msg = f"the object states more than {most} {what}"
        raise UnreadableError(msg)
    return events
