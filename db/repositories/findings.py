"""Queries on findings."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from db.prepared import Prepared
from db.session import Session
from db.tables.finding import FindingRow

_RAISE = text(
    """
    INSERT INTO finding (id, kind, subject, text, detail, exam_id, evidence_id, raised_at)
    VALUES (gen_random_uuid(), :kind, :subject, :text, CAST(:detail AS jsonb), :exam_id, :evidence_id, :now)
    ON CONFLICT (kind, subject) DO UPDATE SET
        text = excluded.text,
        detail = excluded.detail,
        exam_id = excluded.exam_id,
        evidence_id = excluded.evidence_id,
        raised_at = CASE WHEN finding.resolved_at IS NULL OR finding.text = excluded.text
            THEN finding.raised_at ELSE excluded.raised_at END,
        resolved_at = NULL, closed_by = NULL, comment = NULL
    WHERE finding.text <> excluded.text OR (finding.resolved_at IS NOT NULL AND finding.closed_by IS NULL)
    """
)


def raise_once(
    session: Session,
    *,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    exam_id: UUID | None = None,
    evidence_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """
    Raise a finding; one of the same kind about the same subject is renewed, not doubled.

    What a person closed stays closed as long as its text is the same.
    """
    values = {"kind": kind, "subject": subject, "text": text, "detail": json.dumps(detail or {}), "now": now}
    session.execute(_RAISE, values | {"exam_id": exam_id, "evidence_id": evidence_id})


_SETTLE = Prepared(
    "settle_findings",
    """
    WITH told AS (
        SELECT * FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS t(kind text, text text)
    ), raised AS (
        INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at)
        SELECT gen_random_uuid(), told.kind, CAST(:subject AS text), told.text, '{}', CAST(:exam_id AS uuid),
            CAST(:now AS timestamptz)
        FROM told
        ON CONFLICT (kind, subject) DO UPDATE SET
            text = excluded.text,
            exam_id = excluded.exam_id,
            raised_at = CASE WHEN finding.resolved_at IS NULL OR finding.text = excluded.text
                THEN finding.raised_at ELSE excluded.raised_at END,
            resolved_at = NULL, closed_by = NULL, comment = NULL
        WHERE finding.text <> excluded.text OR (finding.resolved_at IS NOT NULL AND finding.closed_by IS NULL)
    )
    UPDATE finding SET resolved_at = CAST(:now AS timestamptz)
    WHERE subject = :subject AND resolved_at IS NULL AND kind = ANY (CAST(:kinds AS text[]))
        AND kind NOT IN (SELECT told.kind FROM told)
    """,
)


def settle(session: Session, *, exam_id: UUID, told: Mapping[str, str], kinds: Sequence[str], now: datetime) -> None:
    """
    Bring the findings of these kinds about an exam up to date: raise what is told by kind, close what is told no more.

    What a person closed stays closed as long as its text is the same.
    """
    rows = [{"kind": kind, "text": words} for kind, words in told.items()]
    values = {"told": json.dumps(rows), "subject": str(exam_id), "exam_id": exam_id, "kinds": list(kinds), "now": now}
    _SETTLE.run_later(session, values)


_SETTLE_DEVICES = text(
    """
    WITH told AS (
        SELECT CAST(key AS uuid) AS device_id, value AS text FROM jsonb_each_text(CAST(:told AS jsonb))
    ), raised AS (
        INSERT INTO finding (id, kind, subject, text, detail, device_id, raised_at)
        SELECT gen_random_uuid(), :kind, CAST(told.device_id AS text), told.text, '{}', told.device_id, :now FROM told
        ON CONFLICT (kind, subject) DO UPDATE SET
            text = excluded.text,
            raised_at = CASE WHEN finding.resolved_at IS NULL OR finding.text = excluded.text
                THEN finding.raised_at ELSE excluded.raised_at END,
            resolved_at = NULL, closed_by = NULL, comment = NULL
        WHERE finding.text <> excluded.text OR (finding.resolved_at IS NOT NULL AND finding.closed_by IS NULL)
    )
    UPDATE finding SET resolved_at = :now
    WHERE kind = :kind AND resolved_at IS NULL AND device_id NOT IN (SELECT told.device_id FROM told)
    """
)


def settle_devices(session: Session, *, kind: str, told: Mapping[UUID, str], now: datetime) -> None:
    """Bring the findings of one kind about devices up to date, as ``settle`` does; ``told`` is by device."""
    rows = {str(device_id): words for device_id, words in told.items()}
    session.execute(_SETTLE_DEVICES, {"kind": kind, "told": json.dumps(rows), "now": now})


_SETTLE_SUBJECTS = text(
    """
    WITH told AS (
        SELECT key AS subject, value AS text FROM jsonb_each_text(CAST(:told AS jsonb))
    ), raised AS (
        INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at)
        SELECT gen_random_uuid(), :kind, told.subject, told.text, '{}',
            CASE WHEN :are_exams THEN CAST(told.subject AS uuid) END, :now
        FROM told
        ON CONFLICT (kind, subject) DO UPDATE SET
            text = excluded.text,
            raised_at = CASE WHEN finding.resolved_at IS NULL OR finding.text = excluded.text
                THEN finding.raised_at ELSE excluded.raised_at END,
            resolved_at = NULL, closed_by = NULL, comment = NULL
        WHERE finding.text <> excluded.text OR (finding.resolved_at IS NOT NULL AND finding.closed_by IS NULL)
    )
    UPDATE finding SET resolved_at = :now
    WHERE kind = :kind AND resolved_at IS NULL AND subject NOT IN (SELECT told.subject FROM told)
    """
)


def settle_subjects(session: Session, *, kind: str, told: Mapping[UUID, str], are_exams: bool, now: datetime) -> None:
    """Bring all findings of one kind up to date, as ``settle`` does; ``told`` is by our id of what they are about."""
    rows = {str(subject): words for subject, words in told.items()}
    session.execute(_SETTLE_SUBJECTS, {"kind": kind, "told": json.dumps(rows), "are_exams": are_exams, "now": now})


_RESOLVE_READABLE = text(
    """
    UPDATE finding SET resolved_at = :now FROM evidence e
    WHERE finding.kind = :kind AND finding.resolved_at IS NULL AND e.id = finding.evidence_id AND (
        e.read_status NOT IN ('unreadable','pending') OR EXISTS (
            SELECT 1 FROM evidence g
            WHERE g.sop_instance_uid = e.sop_instance_uid AND g.site = e.site AND g.read_status = 'read'
        )
    )
    """
)


def resolve_readable(session: Session, *, kind: str, now: datetime) -> None:
    """Settle the findings about objects that were read after all, or of which a good version came."""
    session.execute(_RESOLVE_READABLE, {"kind": kind, "now": now})


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
