"""
What a system that was told of an exam must be told next.

Source: HL7 v2.5.1, table 0085: C replaces a final result, D deletes it, W says that it was sent for the wrong patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from dose_core.hl7.observations import Observation, Status, corrected, taken_back

WhoseT = TypeVar("WhoseT")


class QueueState(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    WITHHELD = "withheld"  # queued before its patient was restricted
    SENT = "sent"
    PARKED = "parked"  # refused by its receiver, or taken out by a person
    DROPPED = "dropped"  # given up by a person, of an exam that has expired, or told anew after a restriction


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling(Generic[WhoseT]):
    """One message: what it is, whom it names, what it says."""

    status: Status
    whose: WhoseT
    observations: tuple[Observation, ...]


def tellings(
    told: Sequence[Observation], told_of: WhoseT, known: Sequence[Observation], whose: WhoseT
) -> tuple[Telling[WhoseT], ...]:
    """
    Return the messages that bring a receiver up to date, in their order; none if it is.

    Words alone, such as those of another template, are told with the next number that changes.

    Args:
        told: what stands there now, empty if nothing does.
        told_of: the patient under whom it stands there.
        known: what is known now, empty if the exam counts no more.
        whose: the patient whose exam it is now.
    """
    if not told:
        return (Telling(status=Status.FINAL, whose=whose, observations=tuple(known)),) if known else ()
    if not known:
        return (Telling(status=Status.DELETED, whose=told_of, observations=taken_back(told, Status.DELETED)),)
    if told_of != whose:
        return (
            Telling(status=Status.WRONG, whose=told_of, observations=taken_back(told, Status.WRONG)),
            Telling(status=Status.FINAL, whose=whose, observations=tuple(known)),
        )
    if _numbers(told) == _numbers(known):
        return ()
    return (Telling(status=Status.CORRECTED, whose=whose, observations=corrected(told, known)),)


def _numbers(observations: Sequence[Observation]) -> list[Observation]:
    return [one for one in observations if not one.is_worded]
