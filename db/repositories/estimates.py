"""Queries on what methods said of exams, and on what waits for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from db.estimate_mapping import outcomes_from_packed, outcomes_to_packed
from db.repositories import waiting_exams
from db.session import Session
from db.tables.estimate import EstimateDueRow, EstimateRow
from db.tables.exam import ExamRow
from db.tables.outbox import OutboxRow
from db.tables.patient import PatientRow
from dose_core.estimating.case import Outcome
from dose_core.ledger.standing import Standing

_BATCH = 1000  # ours: how many ids are fetched at once


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEstimates:
    """What one method said of an exam at one time."""

    id: UUID
    exam_id: UUID
    revision_id: UUID
    method_id: str
    method_version: str
    case_digest: bytes
    outcomes: tuple[Outcome, ...]
    made_at: datetime


def newest(session: Session, exam_ids: Sequence[UUID]) -> list[KnownEstimates]:
    """Return what each method said last of each of these exams, by the ids of the methods."""
    query = (
        select(EstimateRow)
        .where(EstimateRow.exam_id.in_(exam_ids))
        .ext(distinct_on(EstimateRow.exam_id, EstimateRow.method_id))
        .order_by(EstimateRow.exam_id, EstimateRow.method_id, EstimateRow.made_at.desc(), EstimateRow.id)
    )
    return list(map(_known, session.scalars(query)))


def get(session: Session, estimate_id: UUID) -> KnownEstimates | None:
    """Return what a method said at one time."""
    row = session.get(EstimateRow, estimate_id)
    return _known(row) if row else None


def of_method(session: Session, exam_id: UUID, method_id: str, *, limit: int) -> list[KnownEstimates]:
    """Return what one method ever said of an exam, newest first."""
    query = select(EstimateRow).where(EstimateRow.exam_id == exam_id, EstimateRow.method_id == method_id)
    rows = session.scalars(query.order_by(EstimateRow.made_at.desc(), EstimateRow.id).limit(limit))
    return list(map(_known, rows))


def add(session: Session, values: dict[str, Any], outcomes: Sequence[Outcome]) -> None:
    """Keep what a method says; ``values`` are the other columns."""
    session.execute(insert(EstimateRow).values(**values, outcomes=outcomes_to_packed(outcomes)))


def wake(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have the methods asked anew of an exam."""
    session.execute(insert(EstimateDueRow).values(exam_id=exam_id, at=now))


def wake_observed(session: Session, patient_id: UUID, *, since: datetime, until: datetime, now: datetime) -> None:
    """Have the methods asked anew of the exams between two times of all who are one with a patient."""
    family = select(PatientRow.family_id).where(PatientRow.id == patient_id).scalar_subquery()
    theirs = (
        select(ExamRow.id, text("CAST(:now AS timestamptz)").bindparams(now=now))
        .join(PatientRow, PatientRow.id == ExamRow.patient_id)
        .where(PatientRow.family_id == family, ExamRow.started_at.between(since, until))
    )
    session.execute(insert(EstimateDueRow).from_select(["exam_id", "at"], theirs))


def due(session: Session, *, limit: int) -> list[UUID]:
    """Return the exams that have waited longest, each once; nothing is taken yet."""
    return waiting_exams.due(session, EstimateDueRow, limit=limit)


def take(session: Session, exam_id: UUID) -> bool:
    """Delete what waits about an exam and tell if anything did; it waits again if the transaction fails."""
    return waiting_exams.take(session, EstimateDueRow, exam_id)


def put_back(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have an exam wait behind all others, since what was to be done about it went wrong."""
    waiting_exams.put_back(session, EstimateDueRow, exam_id, now=now)


def is_pending(session: Session, exam_id: UUID) -> bool:
    """Tell if the methods are still to be asked about the newest state of an exam."""
    waits = exists().where(EstimateDueRow.exam_id == exam_id)
    changes = exists().where(
        ExamRow.id == exam_id,
        OutboxRow.site == ExamRow.site,
        OutboxRow.study_instance_uid == ExamRow.study_instance_uid,
    )
    return bool(session.scalar(select(or_(waits, changes))))


def counted(session: Session) -> tuple[int, Iterator[UUID]]:
    """Return how many exams methods may be asked about, and their ids."""
    count = session.scalar(select(func.count()).select_from(_counted().subquery())) or 0
    return count, _ids(session)


def _counted() -> Select[UUID]:
    return select(ExamRow.id).where(ExamRow.state == Standing.COUNTED, ExamRow.expired_at.is_(None))


def _ids(session: Session) -> Iterator[UUID]:
    last: UUID | None = None
    while True:
        query = _counted() if last is None else _counted().where(ExamRow.id > last)
        found = list(session.scalars(query.order_by(ExamRow.id).limit(_BATCH)))
        yield from found
        if len(found) < _BATCH:
            return
        last = found[-1]


def _known(row: EstimateRow) -> KnownEstimates:
    return KnownEstimates(
        id=row.id,
        exam_id=row.exam_id,
        revision_id=row.revision_id,
        method_id=row.method_id,
        method_version=row.method_version,
        case_digest=row.case_digest,
        outcomes=outcomes_from_packed(row.outcomes),
        made_at=row.made_at,
    )
