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
from db.repositories.hl7_messages import KeptMessage
from db.session import Session

__all__ = [
    "KeptMessage",
    "MessageStatus",
    "Result",
    "StatedHeader",
    "final_ack",
    "finish_message",
    "keep_message",
    "message_of",
    "take_message",
    "unanswered_messages",
]


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


def keep_message(
    session: Session,
    raw: bytes,
    stated: StatedHeader,
    *,
    peer: str,
    received_at: datetime,
    is_answered: bool,
) -> KeptMessage:
    """
    Keep a message as it came and return it. The same bytes are kept once.

    ``is_answered`` tells that the sender is answered after this commit: it must be on disk then. Else a later one will
    be waited for.
    """
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
        is_answered=is_answered,
    )


def final_ack(kept: KeptMessage) -> bytes | None:
    """Return the acknowledgement of a message that was answered for good; ``None`` if it is to be applied (again)."""
    return kept.ack if kept.status in _FINAL else None


def take_message(session: Session, message_id: UUID) -> KeptMessage:
    """Return a kept message and hold it, so that the same message on two connections is applied once."""
    return hl7_messages.take(session, message_id)


def finish_message(session: Session, kept: KeptMessage, result: Result, *, now: datetime) -> None:
    """Write down how a message was answered that this transaction has taken."""
    values = {"status": result.status.value, "reason": result.reason, "answered_at": now}
    hl7_messages.finish(session, kept, result.ack, values, result.warnings)


def unanswered_messages(session: Session, *, kept_until: datetime) -> list[UUID]:
    """Return the messages that were kept until a time and not answered, in the order in which they came."""
    return hl7_messages.pending(session, kept_until=kept_until)


def message_of(session: Session, message_id: UUID) -> bytes:
    """Return a kept message as it came."""
    return hl7_messages.raw_of(hl7_messages.get(session, message_id))
