"""Queries on findings."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
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


_SETTLE = text(
    """
    WITH told AS (
        SELECT * FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS t(kind text, text text)
    ), raised AS (
        INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at)
        SELECT gen_random_uuid(), told.kind, :subject, told.text, '{}', :exam_id, :now FROM told
        ON CONFLICT (kind, subject) DO UPDATE SET
            text = excluded.text,
            exam_id = excluded.exam_id,
            raised_at = CASE WHEN finding.resolved_at IS NULL OR finding.text = excluded.text
                THEN finding.raised_at ELSE excluded.raised_at END,
            resolved_at = NULL, closed_by = NULL, comment = NULL
        WHERE finding.text <> excluded.text OR (finding.resolved_at IS NOT NULL AND finding.closed_by IS NULL)
    )
    UPDATE finding SET resolved_at = :now
    WHERE subject = :subject AND resolved_at IS NULL AND kind = ANY (:kinds)
        AND kind NOT IN (SELECT told.kind FROM told)
    """
)


def settle(session: Session, *, exam_id: UUID, told: Mapping[str, str], kinds: Sequence[str], now: datetime) -> None:
    """
    Bring the findings of these kinds about an exam up to date: raise what is told by kind, close what is told no more.

    What a person closed stays closed as long as its text is the same.
    """
    rows = [{"kind": kind, "text": words} for kind, words in told.items()]
    values = {"told": json.dumps(rows), "subject": str(exam_id), "exam_id": exam_id, "kinds": list(kinds), "now": now}
    session.execute(_SETTLE, values)


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
