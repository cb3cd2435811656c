"""Queries on messages for other systems that wait because a patient is restricted."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from db.session import Session
from db.tables.outbound import OutboundMessageRow

# Whom the message names, and whose the exam is by now: each may be one with somebody who is restricted.
_IS_RESTRICTED = """
    EXISTS (
        SELECT FROM patient asked JOIN patient p ON p.family_id = asked.family_id
        WHERE asked.id IN (m.patient_id, e.patient_id) AND p.restricted_since IS NOT NULL
    )
"""
_ABOUT_RESTRICTED = text(
    f"""
    SELECT {_IS_RESTRICTED} FROM outbound_message m JOIN exam e ON e.id = m.exam_id WHERE m.number = :number
    """  # noqa: S608 - ours
)
# A restriction writes the rows of those whom it hides, and waits for this.
_HOLD = text(
    """
    SELECT p.id FROM outbound_message m JOIN exam e ON e.id = m.exam_id
    JOIN patient asked ON asked.id IN (m.patient_id, e.patient_id) JOIN patient p ON p.family_id = asked.family_id
    WHERE m.number = :number ORDER BY p.id FOR SHARE OF p
    """
)
_FREE = text(
    f"""
    SELECT DISTINCT m.destination_id, m.exam_id FROM outbound_message m JOIN exam e ON e.id = m.exam_id
    WHERE m.state = 'withheld' AND NOT {_IS_RESTRICTED}
    ORDER BY m.destination_id, m.exam_id
    """  # noqa: S608 - ours
)


def is_about_restricted(session: Session, number: int) -> bool:
    """Tell if a message names a restricted patient, or is about an exam of one."""
    return bool(session.scalar(_ABOUT_RESTRICTED, {"number": number}))


def hold_people(session: Session, number: int) -> None:
    """Keep all who are one with whom a message names, or with whose the exam is, as they are for this transaction."""
    session.execute(_HOLD, {"number": number})


def free(session: Session) -> list[tuple[UUID, UUID]]:
    """Return the destinations and exams of which messages are withheld although nobody is restricted any more."""
    return [(destination_id, exam_id) for destination_id, exam_id in session.execute(_FREE)]


def about(session: Session, destination_id: UUID, exam_id: UUID) -> Sequence[OutboundMessageRow]:
    """Return all messages to a destination about an exam in their order, and hold them."""
    query = select(OutboundMessageRow).where(
        OutboundMessageRow.destination_id == destination_id, OutboundMessageRow.exam_id == exam_id
    )
    ordered = query.order_by(OutboundMessageRow.number).with_for_update()
    return session.scalars(ordered.execution_options(populate_existing=True)).all()
