"""Queries on the messages that wait for other systems, or were sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import undefer

from db.sealed import new_key, seal, unseal
from db.session import Session
from db.tables.outbound import OutboundDestinationRow, OutboundMessageRow

_QUEUED, _PARKED = "queued", "parked"


def add(
    session: Session,
    *,
    destination_id: UUID,
    exam_id: UUID,
    patient_id: UUID,
    kind: str,
    control_id: str,
    content: bytes,
    now: datetime,
) -> int:
    """Put a message behind all others of its destination, which is held, and return its number."""
    key = new_key()
    row = OutboundMessageRow(
        destination_id=destination_id,
        exam_id=exam_id,
        patient_id=patient_id,
        kind=kind,
        control_id=control_id,
        content=seal(key, content),
        key=key,
        state=_QUEUED,
        not_before=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.number


def content_of(row: OutboundMessageRow) -> bytes:
    """
    Return a message as it is sent.

    Raises:
        ErasedError: the time to keep it is over.
    """
    return unseal(row.key, row.content)


def answer_of(row: OutboundMessageRow) -> bytes | None:
    """Return the last answer to a message as it came; ``None`` if there is none that can still be read."""
    return unseal(row.key, row.answer) if row.answer is not None and row.key is not None else None


def keep_answer(row: OutboundMessageRow, answer: bytes) -> None:
    """Keep the answer to a message, unless the time to keep that is over."""
    row.answer = seal(row.key, answer) if row.key is not None else None


def head(session: Session, destination_id: UUID, *, is_strict: bool) -> OutboundMessageRow | None:
    """Return the message that is to be sent next, and hold it; strictly, a parked one is not passed."""
    states = (_QUEUED, _PARKED) if is_strict else (_QUEUED,)
    query = (
        select(OutboundMessageRow)
        .where(OutboundMessageRow.destination_id == destination_id, OutboundMessageRow.state.in_(states))
        .order_by(OutboundMessageRow.number)
        .limit(1)
        .options(undefer(OutboundMessageRow.content))
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def lock(session: Session, number: int) -> OutboundMessageRow | None:
    """Return a message, and hold it until the transaction ends."""
    query = select(OutboundMessageRow).where(OutboundMessageRow.number == number)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def get(session: Session, number: int) -> OutboundMessageRow | None:
    """Return a message with its content and answer."""
    query = select(OutboundMessageRow).where(OutboundMessageRow.number == number)
    return session.scalars(query.options(undefer("*")).execution_options(populate_existing=True)).one_or_none()


def waiting_destinations(session: Session, now: datetime) -> list[UUID]:
    """Return the destinations at work for which a message is due, and that nobody has a connection to."""
    message = OutboundMessageRow
    is_due = (message.state == _QUEUED) & (message.not_before <= now)
    query = (
        select(OutboundDestinationRow.id)
        .where(
            OutboundDestinationRow.is_active,
            or_(OutboundDestinationRow.held_until.is_(None), OutboundDestinationRow.held_until <= now),
            select(message.number).where(message.destination_id == OutboundDestinationRow.id, is_due).exists(),
        )
        .order_by(OutboundDestinationRow.name)
    )
    return list(session.scalars(query))


def release(session: Session, destination_id: UUID, holder: UUID) -> None:
    """Let others have a connection to a destination."""
    session.execute(
        update(OutboundDestinationRow)
        .where(OutboundDestinationRow.id == destination_id, OutboundDestinationRow.held_by == holder)
        .values(held_by=None, held_until=None)
    )


def has_later(session: Session, row: OutboundMessageRow) -> bool:
    """Tell if the destination was sent, or will be, something later about the same exam."""
    message = OutboundMessageRow
    query = select(message.number).where(
        message.destination_id == row.destination_id,
        message.exam_id == row.exam_id,
        message.number > row.number,
        message.state.in_((_QUEUED, "sent")),
    )
    return session.scalar(query.limit(1)) is not None


def has_parked(session: Session, exam_id: UUID) -> bool:
    """Tell if a message about an exam is parked."""
    query = select(OutboundMessageRow.number).where(
        OutboundMessageRow.exam_id == exam_id, OutboundMessageRow.state == _PARKED
    )
    return session.scalar(query.limit(1)) is not None
