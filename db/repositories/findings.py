"""Queries on findings."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from db.session import Session
from db.tables.finding import FindingRow


def raise_once(
    session: Session,
    *,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    exam_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Raise a finding; one of the same kind about the same subject is renewed, not doubled."""
    values = {"kind": kind, "subject": subject, "text": text, "detail": detail or {}, "exam_id": exam_id}
    statement = insert(FindingRow).values({**values, "id": uuid4(), "raised_at": now})
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_={"text": text, "detail": detail or {}, "exam_id": exam_id, "resolved_at": None},
        )
    )


def resolve(session: Session, *, kind: str, subject: str, now: datetime) -> None:
    """Mark a finding as settled, if there is one."""
    session.execute(
        update(FindingRow)
        .where(FindingRow.kind == kind, FindingRow.subject == subject, FindingRow.resolved_at.is_(None))
        .values(resolved_at=now)
    )


def unresolved(session: Session, *, limit: int = 500) -> list[FindingRow]:
    """Return what still wants a look, newest first."""
    query = select(FindingRow).where(FindingRow.resolved_at.is_(None))
    return list(session.scalars(query.order_by(FindingRow.raised_at.desc(), FindingRow.id).limit(limit)))


def of_exam(session: Session, exam_id: UUID) -> list[FindingRow]:
    """Return the unresolved findings about one exam."""
    query = select(FindingRow).where(FindingRow.exam_id == exam_id, FindingRow.resolved_at.is_(None))
    return list(session.scalars(query.order_by(FindingRow.raised_at, FindingRow.id)))


def count_by_kind(session: Session) -> dict[str, int]:
    """Return how many unresolved findings there are of each kind."""
    query = select(FindingRow.kind, func.count()).where(FindingRow.resolved_at.is_(None)).group_by(FindingRow.kind)
    return dict(session.execute(query).all())
