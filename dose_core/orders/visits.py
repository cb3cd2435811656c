"""
Visits and accounts as messages move, merge and renumber them.

What counts is when something was said, not when it came. Two numbers that were merged, or of which one replaced the
other, are one stay from then on and for what came before: an order that names either belongs to it.

Source: HL7 v2.5.1, 3.3.41-3.3.45, 3.3.49, 3.3.50 (A41, A42, A44, A45, A49, A50), 3.3.23 (A23), 3.3.35, 3.3.36.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from dose_core.orders.said import Number


class Register(StrEnum):
    """What a number is of."""

    VISIT = "visit"  # PV1-19, MRG-5
    ACCOUNT = "account"  # PID-18, MRG-3


class StayEvent(StrEnum):
    """What happened to a visit or account."""

    MOVED = "moved"  # to another patient
    RENUMBERED = "renumbered"
    MERGED = "merged"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaySaid:
    """
    What a message says of a visit or account. ``message_id`` is our id of the message.

    ``new`` is the number that holds from then on, where it is another; ``to_patient_id`` has the stay then, and a move
    names who had it before.
    """

    message_id: UUID
    said_at: datetime
    control_id: str
    event: StayEvent
    register: Register
    number: Number
    new: Number | None = None
    from_patient_id: UUID | None = None
    to_patient_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """
    A visit or account as it stands.

    ``move`` is the newest that moved it, ``movers`` all patients whom a move names: an order of anybody else only bears
    the same number.
    """

    numbers: tuple[Number, ...]
    move: StaySaid | None
    movers: frozenset[UUID]
    is_deleted: bool


def stay_of(number: Number, register: Register, said: Sequence[StaySaid]) -> Stay:
    """Return the stay that bears a number, from all that was said of its numbers."""
    ours = [one for one in said if one.register is register]
    numbers = [number]
    for known in numbers:  # grows while it is walked
        for one in ours:
            linked = [one.number, one.new] if one.new else [one.number]
            if any(each.is_same(known) for each in linked):
                numbers += [each for each in linked if not any(each.is_same(other) for other in numbers)]
    about = [one for one in ours if any(one.number.is_same(known) for known in numbers)]
    moves = [one for one in about if one.event is StayEvent.MOVED]
    return Stay(
        numbers=tuple(numbers),
        move=newest(moves),
        movers=frozenset(filter(None, (who for one in moves for who in (one.from_patient_id, one.to_patient_id)))),
        is_deleted=any(one.event is StayEvent.DELETED for one in about),
    )


def newest(moves: Iterable[StaySaid]) -> StaySaid | None:
    """Return the move that holds: the newest by the time of its message, in one second by its number."""
    return max(
        moves, key=lambda one: (one.said_at, len(one.control_id), one.control_id, str(one.message_id)), default=None
    )
