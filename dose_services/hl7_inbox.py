"""
The inbox of HL7 messages: keep first, apply second, answer after commit.

These are the steps; the bridge, which can read messages, puts them into two transactions, so that
a message that cannot be applied is kept all the same. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.mapping import storable
from db.repositories import hl7_messages
from db.session import Session


class MessageStatus(StrEnum):
    """What became of a message."""

    APPLIED = "applied"
    KEPT = "kept"  # acknowledged, and nothing of it is used
    REFUSED = "refused"  # against the rules: repeating it gives the same answer
    UNREADABLE = "unreadable"  # it failed: repeating it tries again


_FINAL = frozenset({MessageStatus.APPLIED, MessageStatus.KEPT, MessageStatus.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedHeader:
    """MSH-3, MSH-4, MSH-9 and MSH-10 as texts; empty where the message states none."""

    sending_application: str = ""
    sending_facility: str = ""
    message_type: str = ""
    control_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a message ends: its status, why, what was tolerated, and the acknowledgement. No patient data in texts."""

    status: MessageStatus
    ack: bytes
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def keep_message(session: Session, raw: bytes, stated: StatedHeader, *, peer: str, received_at: datetime) -> UUID:
    """Keep a message as it came and return our id of it. The same bytes are kept once."""
    return hl7_messages.keep(
        session,
        raw,
        received_at=received_at,
        peer=peer,
        stated={
            "sending_application": storable(stated.sending_application),
            "sending_facility": storable(stated.sending_facility),
            "message_type": storable(stated.message_type),
            "control_id": storable(stated.control_id),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kept message, held by this transaction. ``ack`` is given if it was answered for good before."""

    raw: bytes
    received_at: datetime
    ack: bytes | None


def take_message(session: Session, message_id: UUID) -> Kept:
    """Return a kept message and hold it, so that the same message on two connections is applied once."""
    row = hl7_messages.lock(session, message_id)
    is_final = row.status in _FINAL
    ack = hl7_messages.ack_of(row) if is_final else None
    return Kept(raw=hl7_messages.raw_of(row), received_at=row.received_at, ack=ack)


def finish_message(session: Session, message_id: UUID, result: Result, *, now: datetime) -> None:
    """Write down how a message was answered."""
    row = hl7_messages.get(session, message_id)
    row.status = result.status
    row.reason = result.reason
    row.warnings = list(result.warnings)
    hl7_messages.set_ack(row, result.ack)
    row.answered_at = now


def unanswered_messages(session: Session) -> list[UUID]:
    """Return the messages that were kept and not answered, in the order in which they came."""
    return hl7_messages.pending(session)
