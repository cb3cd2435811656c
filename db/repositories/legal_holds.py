"""Queries on legal holds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from db.session import Session
from db.tables.retention import LegalHoldRow


def add(
    session: Session, *, patient_id: UUID | None, exam_id: UUID | None, reason: str, by: str, now: datetime
) -> LegalHoldRow:
    """Put a patient, or an exam, on hold and return the row."""
    row = LegalHoldRow(patient_id=patient_id, exam_id=exam_id, reason=reason, set_by=by, set_at=now)
    session.add(row)
    session.flush()
    return row


def lock(session: Session, hold_id: int) -> LegalHoldRow | None:
    """Return one hold, for this transaction alone."""
    return session.scalars(select(LegalHoldRow).where(LegalHoldRow.id == hold_id).with_for_update()).one_or_none()


def in_force(session: Session) -> list[LegalHoldRow]:
    """Return the holds that are not lifted, oldest first."""
    return list(session.scalars(select(LegalHoldRow).where(LegalHoldRow.lifted_at.is_(None)).order_by(LegalHoldRow.id)))


def of_patients(session: Session, patient_ids: Sequence[UUID], exam_ids: Sequence[UUID]) -> list[LegalHoldRow]:
    """Return all holds there ever were on these patients or exams, oldest first."""
    query = select(LegalHoldRow).where(LegalHoldRow.patient_id.in_(patient_ids) | LegalHoldRow.exam_id.in_(exam_ids))
    return list(session.scalars(query.order_by(LegalHoldRow.id)))
