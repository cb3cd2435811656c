"""Queries on which exams and orders may concern each other, and which were matched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from db.session import Session, lock_key
from db.tables.device import DeviceRow
from db.tables.exam import ExamDecisionRow, ExamRow
from db.tables.order import ImagingOrderRow, OrderDecisionRow, OrderMatchRow
from dose_core.orders.matching import NEAR, SAME_ACCESSION, Match

_MADE_AT = "coalesce(e.started_at, e.created_at)"
_PLANNED_AT = "coalesce(o.planned_at, o.ordered_at)"
_NEAR = f"""
    {_PLANNED_AT} BETWEEN {_MADE_AT} - CAST(:near AS interval) AND {_MADE_AT} + CAST(:near AS interval)
"""
_NEAR_OR_THEIRS = f"""
    (o.whose && CAST(:people AS uuid[]) OR e.patient_id = ANY(CAST(:people AS uuid[])) OR {_PLANNED_AT} BETWEEN
        {_MADE_AT} - CAST(:same_accession AS interval) AND {_MADE_AT} + CAST(:same_accession AS interval))
"""
# Some houses use the number of the order (ORC-3) as accession number, and state no other.
_HAS_NO_ACCESSION = """
    NOT EXISTS (SELECT FROM order_procedure q WHERE q.order_id = o.id AND q.accession_number IS NOT NULL)
"""
# Each branch goes by an index: never an order, or an exam, after another.
_ORDERS_BESIDE = f"""
    SELECT p.order_id AS id FROM exam e JOIN order_procedure p ON p.study_instance_uid = e.study_instance_uid
    WHERE e.id = ANY(:exam_ids)
    UNION SELECT o.id FROM exam e JOIN order_procedure p ON p.accession_number = e.accession_number
    JOIN imaging_order o ON o.id = p.order_id
    WHERE e.id = ANY(:exam_ids) AND {_NEAR_OR_THEIRS}
    UNION SELECT o.id FROM exam e JOIN imaging_order o ON o.filler_number = e.accession_number AND {_HAS_NO_ACCESSION}
    WHERE e.id = ANY(:exam_ids) AND {_NEAR_OR_THEIRS}
    UNION SELECT o.id FROM exam e JOIN imaging_order o ON o.whose && CAST(:people AS uuid[]) AND {_NEAR}
    WHERE e.id = ANY(:exam_ids)
    UNION SELECT m.order_id FROM order_match m WHERE m.exam_id = ANY(:exam_ids)
    UNION SELECT d.order_id FROM order_decision d WHERE d.exam_id = ANY(:exam_ids)
"""  # noqa: S608 - ours
_EXAMS_BESIDE = f"""
    SELECT e.id FROM order_procedure p JOIN exam e ON e.study_instance_uid = p.study_instance_uid
    WHERE p.order_id = ANY(:order_ids)
    UNION SELECT e.id FROM imaging_order o JOIN order_procedure p ON p.order_id = o.id
    JOIN exam e ON e.accession_number = p.accession_number
    WHERE o.id = ANY(:order_ids) AND {_NEAR_OR_THEIRS}
    UNION SELECT e.id FROM imaging_order o JOIN exam e ON e.accession_number = o.filler_number AND {_HAS_NO_ACCESSION}
    WHERE o.id = ANY(:order_ids) AND {_NEAR_OR_THEIRS}
    UNION SELECT e.id FROM imaging_order o JOIN exam e ON e.patient_id = ANY(CAST(:people AS uuid[])) AND {_NEAR}
    WHERE o.id = ANY(:order_ids)
    UNION SELECT m.exam_id FROM order_match m WHERE m.order_id = ANY(:order_ids)
    UNION SELECT d.exam_id FROM order_decision d WHERE d.order_id = ANY(:order_ids)
"""  # noqa: S608 - ours
_LIVING_ORDERS_BESIDE = text(
    f"""
    SELECT o.id FROM imaging_order o WHERE o.joined_into_id IS NULL AND o.id IN ({_ORDERS_BESIDE}) ORDER BY o.id
    """  # noqa: S608 - ours
)
_LIVING_EXAMS_BESIDE = text(
    f"SELECT e.id FROM exam e WHERE e.state <> 'void' AND e.id IN ({_EXAMS_BESIDE}) ORDER BY e.id"  # noqa: S608 - ours
)
_WAKE = text(
    f"""
    UPDATE imaging_order o SET due_at = :now WHERE o.joined_into_id IS NULL AND o.id IN ({_ORDERS_BESIDE})
    """  # noqa: S608 - ours
)
_WINDOWS = {"near": NEAR, "same_accession": SAME_ACCESSION}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedExam:
    """An exam that may be of an order, with the device that made it."""

    exam: ExamRow
    device: DeviceRow | None


def lock(session: Session) -> None:
    """Let one transaction at a time say which exam is of which order."""
    lock_key(session, "orders and exams")


def orders_beside(session: Session, exam_ids: Sequence[UUID], people: Sequence[UUID]) -> list[UUID]:
    """Return the orders that may concern these exams; ``people`` are all patients of their families."""
    values = {"exam_ids": list(exam_ids), "people": list(people), **_WINDOWS}
    return list(session.scalars(_LIVING_ORDERS_BESIDE, values))


def exams_beside(session: Session, order_ids: Sequence[UUID], people: Sequence[UUID]) -> list[UUID]:
    """Return the exams that may concern these orders; ``people`` are all patients of their families."""
    values = {"order_ids": list(order_ids), "people": list(people), **_WINDOWS}
    return list(session.scalars(_LIVING_EXAMS_BESIDE, values))


def wake_beside(session: Session, exam_id: UUID, people: Sequence[UUID], *, now: datetime) -> None:
    """Have the orders looked at anew that may concern an exam."""
    session.execute(_WAKE, {"exam_ids": [exam_id], "people": list(people), "now": now, **_WINDOWS})


def orders(session: Session, order_ids: Iterable[UUID]) -> list[ImagingOrderRow]:
    """Return these orders as they stand."""
    query = select(ImagingOrderRow).where(ImagingOrderRow.id.in_(list(order_ids))).order_by(ImagingOrderRow.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def exams(session: Session, exam_ids: Iterable[UUID]) -> list[MatchedExam]:
    """Return these exams, however they stand, with their devices."""
    query = select(ExamRow, DeviceRow).outerjoin(DeviceRow, DeviceRow.id == ExamRow.device_id)
    query = query.where(ExamRow.id.in_(list(exam_ids))).order_by(ExamRow.id)
    found = session.execute(query.execution_options(populate_existing=True))
    return [MatchedExam(exam=exam, device=device) for exam, device in found]


def exam(session: Session, exam_id: UUID) -> ExamRow | None:
    """Return an exam as it stands."""
    return session.get(ExamRow, exam_id, populate_existing=True)


def decisions(session: Session, order_ids: Sequence[UUID], exam_ids: Sequence[UUID]) -> list[OrderDecisionRow]:
    """Return what people decided about these orders, or these exams, the newest first."""
    query = select(OrderDecisionRow).where(
        OrderDecisionRow.order_id.in_(list(order_ids)) | OrderDecisionRow.exam_id.in_(list(exam_ids))
    )
    return list(session.scalars(query.order_by(OrderDecisionRow.id.desc())))


def decide(
    session: Session,
    order_id: UUID,
    exam_id: UUID,
    *,
    kind: str,
    decided_by: str,
    decided_at: datetime,
    comment: str,
) -> None:
    """Record a decision about an order and an exam."""
    row = OrderDecisionRow(
        order_id=order_id, exam_id=exam_id, kind=kind, decided_by=decided_by, decided_at=decided_at, comment=comment
    )
    session.add(row)
    session.flush()


def replace(
    session: Session, order_ids: Sequence[UUID], exam_ids: Sequence[UUID], matches: Iterable[Match], *, now: datetime
) -> set[UUID]:
    """Write which of these exams are of which of these orders, and return the exams whose orders changed."""
    query = select(OrderMatchRow).where(
        OrderMatchRow.order_id.in_(list(order_ids)) | OrderMatchRow.exam_id.in_(list(exam_ids))
    )
    known = {(row.order_id, row.exam_id): row for row in session.scalars(query)}
    wanted = {(one.order_id, one.exam_id): one for one in matches}
    changed = {
        pair
        for pair in known.keys() | wanted.keys()
        if pair not in known
        or pair not in wanted
        or (known[pair].rule, known[pair].confidence) != (wanted[pair].rule, wanted[pair].confidence)
    }
    for order_id, exam_id in changed & known.keys():
        session.execute(
            delete(OrderMatchRow).where(OrderMatchRow.order_id == order_id, OrderMatchRow.exam_id == exam_id)
        )
    rows = [
        {"order_id": one.order_id, "exam_id": one.exam_id, "rule": one.rule, "confidence": one.confidence, "since": now}
        for pair, one in sorted(wanted.items())
        if pair in changed
    ]
    if rows:
        session.execute(insert(OrderMatchRow), rows)
    session.expire_all()
    return {exam_id for _, exam_id in changed}


def of_exam(session: Session, exam_id: UUID) -> list[OrderMatchRow]:
    """Return the orders that an exam was made for."""
    query = select(OrderMatchRow).where(OrderMatchRow.exam_id == exam_id).order_by(OrderMatchRow.order_id)
    return list(session.scalars(query))


def of_orders(session: Session, order_ids: Sequence[UUID]) -> list[OrderMatchRow]:
    """Return the exams that were made for these orders."""
    query = select(OrderMatchRow).where(OrderMatchRow.order_id.in_(list(order_ids)))
    return list(session.scalars(query.order_by(OrderMatchRow.order_id, OrderMatchRow.exam_id)))


def move_exam(session: Session, exam: ExamRow, patient_id: UUID, *, by: str, message_id: UUID, now: datetime) -> None:
    """Record that a message gives an exam to a patient; filing the study anew carries it out."""
    row = ExamDecisionRow(
        exam_id=exam.id,
        kind="released",
        patient_id=patient_id,
        from_patient_id=exam.patient_id,
        decided_by=by,
        decided_at=now,
        comment="its visit was moved to this patient",
        hl7_message_id=message_id,
    )
    session.add(row)
    session.flush()


def is_moved_by(session: Session, exam_id: UUID, message_id: UUID) -> bool:
    """Tell if a message released an exam to a patient before, be it that a person took that back."""
    query = select(ExamDecisionRow.id).where(
        ExamDecisionRow.exam_id == exam_id, ExamDecisionRow.hl7_message_id == message_id
    )
    return session.scalar(query.limit(1)) is not None
