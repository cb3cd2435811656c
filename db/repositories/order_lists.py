"""Queries that list orders, and what is missing: doses of orders, and orders of doses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, tuple_

from db.reaching import Reach, conditions, order_within
from db.session import Session
from db.tables.order import ImagingOrderRow, OrderDecisionRow, OrderMatchRow, OrderProcedureRow

_HAS_DOSE = "EXISTS (SELECT FROM jsonb_array_elements(e.summary -> 'totals') t WHERE t ->> 'value' IS NOT NULL)"
# Of an order of several procedures an exam is of the one whose study or accession number it has; else of any.
_IS_OF_PROCEDURE = """
    (p.study_instance_uid = e.study_instance_uid OR p.accession_number = e.accession_number
        OR m.rule IN ('by_hand', 'patient_and_time') OR (p.study_instance_uid IS NULL AND p.accession_number IS NULL)
        OR NOT EXISTS (SELECT FROM order_procedure q WHERE q.order_id = p.order_id AND q.position <> p.position))
"""
_EXAMS_OF_PROCEDURE = f"""
    FROM order_match m JOIN exam e ON e.id = m.exam_id
    WHERE m.order_id = p.order_id AND e.state <> 'void' AND {_IS_OF_PROCEDURE}
"""
_IS_ITS_STATION = "(d.ae_title = ANY(s.names) OR d.station_name = ANY(s.names))"
# OFFSET 0: asked of each candidate, of which there are few, rather than joined with all exams there are.
_WITHOUT_DOSE = text(
    f"""
    WITH candidate AS MATERIALIZED (
        SELECT id FROM imaging_order
        WHERE status = 'completed' AND status_at >= :since AND status_at < :before
            AND (CAST(:order_ids AS uuid[]) IS NULL OR id = ANY(CAST(:order_ids AS uuid[])))
        UNION SELECT CAST(f.subject AS uuid) FROM finding f WHERE f.kind = :kind AND f.resolved_at IS NULL
    )
    SELECT DISTINCT ON (o.id) o.id, o.status_at, CASE
        WHEN EXISTS (SELECT {_EXAMS_OF_PROCEDURE}) THEN 'no_dose_stated'
        WHEN EXISTS (SELECT FROM statement s WHERE s.study_instance_uid = p.study_instance_uid) THEN 'no_dose_object'
        WHEN s.names <> '{{}}' AND NOT EXISTS (SELECT FROM device d WHERE {_IS_ITS_STATION}) THEN 'silent_station'
        ELSE 'no_object' END AS cause
    FROM candidate c
    JOIN imaging_order o ON o.id = c.id
    JOIN order_procedure p ON p.order_id = o.id
    CROSS JOIN LATERAL (SELECT array_remove(p.station_ae_titles || p.station_name, NULL) AS names) s
    WHERE o.status = 'completed' AND o.status_at < :before AND o.joined_into_id IS NULL AND o.expired_at IS NULL
        AND (CAST(:order_ids AS uuid[]) IS NULL OR o.id = ANY(CAST(:order_ids AS uuid[])))
        AND p.modalities && CAST(:irradiating AS text[])
        AND NOT EXISTS (SELECT {_EXAMS_OF_PROCEDURE} AND {_HAS_DOSE} OFFSET 0)
    ORDER BY o.id, p.position
    """  # noqa: S608 - ours
)
# To compile these takes the server longer than to run them.
_AS_THEY_ARE = text("SET LOCAL jit = off")
_WITHOUT_ORDER = text(
    f"""
    WITH kind AS (
        SELECT * FROM jsonb_to_recordset(CAST(:kinds AS jsonb)) AS k(name text, modalities text[])
    ), ordered AS MATERIALIZED (
        SELECT DISTINCT k.name, x.site, date_trunc('hour', o.ordered_at) AS hour
        FROM imaging_order o JOIN order_procedure p ON p.order_id = o.id JOIN kind k ON k.modalities && p.modalities
        LEFT JOIN order_match m ON m.order_id = o.id LEFT JOIN exam x ON x.id = m.exam_id
        WHERE o.ordered_at >= CAST(:since AS timestamptz) - CAST(:habit AS interval)
    ), recent AS MATERIALIZED (
        SELECT id FROM exam WHERE created_at >= :since AND created_at < :before AND state = 'counted'
        UNION SELECT f.exam_id FROM finding f WHERE f.kind = :kind AND f.resolved_at IS NULL
    ), candidate AS MATERIALIZED (
        SELECT e.id, e.site, e.modality, e.summary, coalesce(e.started_at, e.created_at) AS at
        FROM recent r JOIN exam e ON e.id = r.id
        WHERE NOT EXISTS (SELECT FROM order_match m WHERE m.exam_id = r.id)
            AND e.state = 'counted' AND e.expired_at IS NULL AND e.created_at < :before
    )
    SELECT e.id, min(k.name) AS kind
    FROM candidate e JOIN kind k ON k.modalities && string_to_array(e.modality, '/')
    WHERE {_HAS_DOSE} AND EXISTS (
        SELECT FROM ordered n WHERE n.name = k.name AND n.hour BETWEEN e.at - CAST(:habit AS interval) AND e.at
            AND (e.site = '' OR n.site = e.site))
    GROUP BY e.id
    """  # noqa: S608 - ours
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """
    Which orders are asked for; ``None`` asks for any. ``ids`` are those of a list that was made before.

    Those without match are of what is ``irradiating``, or may be, and became known since a time.
    """

    status: str | None = None
    ids: Sequence[UUID] | None = None
    without_match_since: datetime | None = None
    irradiating: Sequence[str] = ()


def page(
    session: Session, wanted: Listed, *, reach: Reach | None, before: UUID | None, limit: int
) -> list[ImagingOrderRow]:
    """Return orders in reach, the newest known first; with ``before`` those that follow that one."""
    row = ImagingOrderRow
    query = select(row).where(row.joined_into_id.is_(None), *conditions(order_within("imaging_order"), reach))
    if wanted.status is not None:
        query = query.where(row.status == wanted.status)
    if wanted.ids is not None:
        query = query.where(row.id.in_(list(wanted.ids)))
    if wanted.without_match_since is not None:
        matched = select(OrderMatchRow.order_id).where(OrderMatchRow.order_id == row.id)
        others = select(OrderProcedureRow.order_id).where(
            OrderProcedureRow.order_id == row.id,
            func.cardinality(OrderProcedureRow.modalities) > 0,
        )
        ours = others.where(OrderProcedureRow.modalities.overlap(list(wanted.irradiating)))
        query = query.where(~matched.exists(), ours.exists() | ~others.exists(), row.expired_at.is_(None))
        query = query.where(row.created_at >= wanted.without_match_since)
    session.execute(_AS_THEY_ARE)
    key = (row.created_at, row.id)
    last = session.execute(select(*key).where(row.id == before)).one_or_none() if before else None
    if last is not None:
        query = query.where(tuple_(*key) < tuple_(last.created_at, last.id))
    query = query.order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def without_dose(
    session: Session,
    *,
    irradiating: Sequence[str],
    before: datetime,
    since: datetime,
    kind: str,
    order_ids: Sequence[UUID] | None = None,
) -> dict[UUID, str]:
    """
    Return the orders that were completed in a time and have no dose, with the cause.

    Those of which an open finding of ``kind`` tells are looked at however old they are; ``order_ids`` asks of these
    alone.
    """
    values = {
        "irradiating": list(irradiating),
        "before": before,
        "since": since,
        "kind": kind,
        "order_ids": None if order_ids is None else list(order_ids),
    }
    session.execute(_AS_THEY_ARE)
    return {row.id: row.cause for row in session.execute(_WITHOUT_DOSE, values)}


def without_order(
    session: Session,
    *,
    kinds: Mapping[str, Sequence[str]],
    before: datetime,
    since: datetime,
    habit: timedelta,
    kind: str,
) -> dict[UUID, str]:
    """
    Return the exams that came in a time, have a dose and no order, where orders of their kind are sent, with the kind.

    That is where orders of the modalities of one of ``kinds`` came in the ``habit`` before the exam; at a site of its
    own, where such an order found an exam. Those of which an open finding of ``kind`` tells are looked at however old
    they are.
    """
    rows = [{"name": name, "modalities": list(modalities)} for name, modalities in kinds.items()]
    values = {"kinds": json.dumps(rows), "before": before, "since": since, "habit": habit, "kind": kind}
    session.execute(_AS_THEY_ARE)
    return {row.id: row.kind for row in session.execute(_WITHOUT_ORDER, values)}


def decisions_of(session: Session, order_ids: Sequence[UUID]) -> list[OrderDecisionRow]:
    """Return what people decided about these orders, the newest first."""
    query = select(OrderDecisionRow).where(OrderDecisionRow.order_id.in_(list(order_ids)))
    return list(session.scalars(query.order_by(OrderDecisionRow.id.desc())))
