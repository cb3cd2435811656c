"""Queries on patients that stand for somebody whose identity is not known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.prepared import Prepared
from db.reaching import Reach, exam_within
from db.session import Session

# PID-31 stays as it was stated last; an older message that comes late changes neither it nor the rule.
_JUDGE = Prepared(
    "judge_placeholder",
    """
    WITH before AS MATERIALIZED (
        SELECT CASE WHEN CAST(:identity_unknown AS boolean) IS NOT NULL
                AND (h.stated_at IS NULL OR h.stated_at <= CAST(:stated_at AS timestamptz))
            THEN CAST(:identity_unknown AS boolean) ELSE h.identity_unknown END AS identity_unknown
        FROM (VALUES (1)) one LEFT JOIN patient_placeholder h ON h.patient_id = :patient_id
    ), judged AS (
        SELECT identity_unknown,
            CASE WHEN identity_unknown THEN CAST(:unknown_rule AS text) ELSE CAST(:rule AS text) END AS rule
        FROM before
    ), settled AS (
        UPDATE patient_placeholder p SET rule = NULL, identity_unknown = j.identity_unknown,
            stated_at = greatest(p.stated_at, CAST(:stated_at AS timestamptz))
        FROM judged j WHERE p.patient_id = :patient_id AND j.rule IS NULL
    )
    INSERT INTO patient_placeholder (patient_id, rule, since, identity_unknown, stated_at)
    SELECT CAST(:patient_id AS uuid), j.rule, CAST(:now AS timestamptz), j.identity_unknown,
        CAST(:stated_at AS timestamptz)
    FROM judged j WHERE j.rule IS NOT NULL
    ON CONFLICT (patient_id) DO UPDATE SET rule = excluded.rule, identity_unknown = excluded.identity_unknown,
        since = CASE WHEN patient_placeholder.rule IS NULL THEN excluded.since ELSE patient_placeholder.since END,
        stated_at = greatest(patient_placeholder.stated_at, excluded.stated_at)
    """,
)
# Merged into somebody, linked with somebody known, released exam by exam, or expired: then nobody has to look any more.
_WAITING = """
    FROM patient_placeholder h JOIN patient p ON p.id = h.patient_id
    JOIN LATERAL (
        SELECT array_agg(e.id ORDER BY e.started_at NULLS LAST, e.id) AS exam_ids,
            min(e.created_at) FILTER (WHERE e.state = 'counted') AS counted_since
        FROM patient f JOIN exam e ON e.patient_id = f.id
        WHERE f.family_id = p.family_id AND e.state IN ('counted', 'held') {within}
    ) x ON x.exam_ids IS NOT NULL
    WHERE h.rule IS NOT NULL AND p.merged_into_id IS NULL AND p.expired_at IS NULL AND NOT EXISTS (
        SELECT FROM patient k WHERE k.family_id = p.family_id AND k.id <> p.id AND k.merged_into_id IS NULL
            AND NOT EXISTS (SELECT FROM patient_placeholder o WHERE o.patient_id = k.id AND o.rule IS NOT NULL)
    )
"""
_LIST = f"""
    SELECT h.patient_id, h.rule, h.since, x.exam_ids {_WAITING}
        AND (CAST(:after AS uuid) IS NULL OR (h.since, h.patient_id) > (
            SELECT a.since, a.patient_id FROM patient_placeholder a WHERE a.patient_id = CAST(:after AS uuid)))
    ORDER BY h.since, h.patient_id LIMIT :limit
"""  # noqa: S608 - ours
_EVERY = text(_LIST.format(within=""))
_WITHIN = text(_LIST.format(within=f"AND {exam_within('e')}"))
_OVERDUE = text(f"SELECT h.patient_id {_WAITING} AND x.counted_since <= :before".format(within=""))
_IS_ONE = text("SELECT EXISTS (SELECT FROM patient_placeholder WHERE patient_id = :patient_id AND rule IS NOT NULL)")


def judge(session: Session, values: Mapping[str, Any]) -> None:
    """
    Keep whether a patient is a placeholder.

    ``values``: patient_id, rule (``None`` if none fits), identity_unknown (``None`` if not stated), unknown_rule (what
    to say where PID-31 holds), stated_at, now.
    """
    _JUDGE.run_later(session, values)


def waiting(session: Session, *, reach: Reach | None, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Return the placeholders with an exam in reach, the longest known first: patient_id, rule, since, exam_ids."""
    statement, values = (_EVERY, {}) if reach is None else (_WITHIN, reach.values)
    return [dict(row) for row in session.execute(statement, {"after": after, "limit": limit, **values}).mappings()]


def overdue(session: Session, *, before: datetime) -> list[UUID]:
    """Return the placeholders that have an exam which counts since before then."""
    return list(session.scalars(_OVERDUE, {"before": before}))


def is_one(session: Session, patient_id: UUID) -> bool:
    """Tell if a patient is a placeholder now."""
    return bool(session.scalar(_IS_ONE, {"patient_id": patient_id}))
