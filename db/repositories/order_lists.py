"""Queries that list orders, and what is missing: doses of orders, and orders of doses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, tuple_

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
_WITHOUT_DOSE = text(
    f"""
    SELECT DISTINCT ON (o.id) o.id, o.status_at, CASE
        WHEN EXISTS (SELECT {_EXAMS_OF_PROCEDURE}) THEN 'no_dose_stated'
        WHEN EXISTS (SELECT FROM statement s WHERE s.study_instance_uid = p.study_instance_uid) THEN 'no_dose_object'
        WHEN s.names <> '{{}}' AND NOT EXISTS (SELECT FROM device d WHERE {_IS_ITS_STATION}) THEN 'silent_station'
        ELSE 'no_object' END AS cause
    FROM imaging_order o
    JOIN order_procedure p ON p.order_id = o.id
    CROSS JOIN LATERAL (SELECT array_remove(p.station_ae_titles || p.station_name, NULL) AS names) s
    WHERE o.status = 'completed' AND o.status_at < :before AND o.joined_into_id IS NULL AND o.expired_at IS NULL
        AND (CAST(:order_ids AS uuid[]) IS NULL OR o.id = ANY(CAST(:order_ids AS uuid[])))
        AND (o.status_at >= :since OR CAST(o.id AS text) IN (
            SELECT f.subject FROM finding f WHERE f.kind = :kind AND f.resolved_at IS NULL))
        AND p.modalities && CAST(:irradiating AS text[])
        AND NOT EXISTS (SELECT {_EXAMS_OF_PROCEDURE} AND {_HAS_DOSE})
    ORDER BY o.id, p.position
    """  # noqa: S608 - ours
)
_MADE_AT = "coalesce(e.started_at, e.created_at)"
_WITHOUT_ORDER = text(
    f"""
    SELECT e.id FROM exam e
    WHERE e.state = 'counted' AND e.expired_at IS NULL AND e.created_at < :before
        AND (e.created_at >= :since OR e.id IN (
            SELECT f.exam_id FROM finding f WHERE f.kind = :kind AND f.resolved_at IS NULL))
        AND string_to_array(e.modality, '/') && CAST(:modalities AS text[]) AND {_HAS_DOSE}
        AND NOT EXISTS (SELECT FROM order_match m WHERE m.exam_id = e.id)
        AND EXISTS (
            SELECT FROM imaging_order o JOIN order_procedure p ON p.order_id = o.id
            WHERE p.modalities && CAST(:modalities AS text[])
                AND o.ordered_at BETWEEN {_MADE_AT} - CAST(:habit AS interval) AND {_MADE_AT}
                AND (e.site = '' OR EXISTS (
                    SELECT FROM order_match m JOIN exam x ON x.id = m.exam_id
                    WHERE m.order_id = o.id AND x.site = e.site)))
    """  # noqa: S608 - ours
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which orders are asked for; ``None`` asks for any. ``ids`` are those of a list that was made before."""

    status: str | None = None
    ids: Sequence[UUID] | None = None
    without_match: bool = False
    irradiating: Sequence[str] = ()


def page(session: Session, wanted: Listed, *, before: UUID | None, limit: int) -> list[ImagingOrderRow]:
    """Return orders, the newest known first; with ``before`` those that follow that one."""
    row = ImagingOrderRow
    query = select(row).where(row.joined_into_id.is_(None))
    if wanted.status is not None:
        query = query.where(row.status == wanted.status)
    if wanted.ids is not None:
        query = query.where(row.id.in_(list(wanted.ids)))
    if wanted.without_match:
        matched = select(OrderMatchRow.order_id).where(OrderMatchRow.order_id == row.id)
        others = select(OrderProcedureRow.order_id).where(
            OrderProcedureRow.order_id == row.id,
            func.cardinality(OrderProcedureRow.modalities) > 0,
        )
        ours = others.where(OrderProcedureRow.modalities.overlap(list(wanted.irradiating)))
        query = query.where(~matched.exists(), ours.exists() | ~others.exists(), row.expired_at.is_(None))
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
    return {row.id: row.cause for row in session.execute(_WITHOUT_DOSE, values)}


def without_order(
    session: Session, *, modalities: Sequence[str], before: datetime, since: datetime, habit: timedelta, kind: str
) -> list[UUID]:
    """
    Return the exams of these modalities that came in a time, have a dose and no order, where orders are sent.

    That is where orders of these modalities came in the ``habit`` before the exam; at a site of its own, where such an
    order found an exam. Those of which an open finding of ``kind`` tells are looked at however old they are.
    """
    values = {"modalities": list(modalities), "before": before, "since": since, "habit": habit, "kind": kind}
    return list(session.scalars(_WITHOUT_ORDER, values))


def decisions_of(session: Session, order_ids: Sequence[UUID]) -> list[OrderDecisionRow]:
    """Return what people decided about these orders, the newest first."""
    query = select(OrderDecisionRow).where(OrderDecisionRow.order_id.in_(list(order_ids)))
    return list(session.scalars(query.order_by(OrderDecisionRow.id.desc())))
