"""Queries on HL7 messages."""

import hashlib
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from db.sealed import ErasedError, new_key, seal, unseal
from db.session import Session
from db.tables.hl7_message import Hl7MessageRow


def keep(session: Session, raw: bytes, *, received_at: datetime, peer: str, stated: dict[str, str]) -> UUID:
    """
    Keep a message and return our id of it. The same bytes are kept once, and anew if those kept have expired.

    Args:
        session: the unit of work.
        raw: the message without its frame.
        received_at: when it came.
        peer: from which network address.
        stated: ``sending_application``, ``sending_facility``, ``message_type``, ``control_id``.
    """
    digest = hashlib.sha256(raw).hexdigest()
    key = new_key()
    values = {
        "id": uuid4(),
        "raw": seal(key, raw),
        "key": key,
        "digest": digest,
        "received_at": received_at,
        "peer": peer,
        "status": "pending",
    }
    statement = insert(Hl7MessageRow).values({**values, **stated, "warnings": []})
    inserted: UUID | None = session.scalar(
        statement.on_conflict_do_nothing(index_elements=["digest"]).returning(Hl7MessageRow.id)
    )
    if inserted is not None:
        return inserted
    return session.scalars(select(Hl7MessageRow.id).where(Hl7MessageRow.digest == digest)).one()


def raw_of(row: Hl7MessageRow) -> bytes:
    """
    Return the message as it was received.

    Raises:
        ErasedError: the time to keep it is over.
    """
    return unseal(row.key, row.raw)


def ack_of(row: Hl7MessageRow) -> bytes | None:
    """
    Return the acknowledgement as it was sent, ``None`` before that.

    Raises:
        ErasedError: the time to keep it is over.
    """
    return unseal(row.key, row.ack) if row.ack is not None else None


def set_ack(row: Hl7MessageRow, ack: bytes) -> None:
    """
    Keep the acknowledgement of a message.

    Raises:
        ErasedError: the time to keep the message is over.
    """
    if row.key is None:
        raise ErasedError("the key of this message was destroyed when the time to keep it was over")
    row.ack = seal(row.key, ack)


def lock(session: Session, message_id: UUID) -> Hl7MessageRow:
    """Return a message for this transaction alone; others wait until it is answered."""
    query = select(Hl7MessageRow).where(Hl7MessageRow.id == message_id).options(undefer(Hl7MessageRow.raw))
    return session.scalars(query.with_for_update()).one()


def get(session: Session, message_id: UUID) -> Hl7MessageRow:
    """Return a message; one that this session holds already costs no query."""
    return session.get_one(Hl7MessageRow, message_id)


def pending(session: Session) -> list[UUID]:
    """Return the messages that were kept but not answered, in the order in which they came."""
    query = select(Hl7MessageRow.id).where(Hl7MessageRow.status == "pending")
    return list(session.scalars(query.order_by(Hl7MessageRow.arrival)))


def count_by_status(session: Session) -> dict[str, int]:
    """Return how many messages there are of each status."""
    query = select(Hl7MessageRow.status, func.count()).group_by(Hl7MessageRow.status)
    return dict(session.execute(query).all())
