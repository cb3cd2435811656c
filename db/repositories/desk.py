"""Queries on exams that wait for a person, and on what people decided about exams."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from db.reaching import Reach, conditions, exam_within
from db.session import Session
from db.tables.exam import ExamDecisionRow, ExamNamedPatientRow, ExamRow

_REFILE_HELD = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', e.site, e.study_instance_uid, CAST(:now AS timestamptz)
    FROM exam_named_patient n JOIN exam e ON e.id = n.exam_id
    WHERE n.patient_id = ANY (:patient_ids) AND e.state = 'held'
    """
)
_COUNTED_BESIDE = text(
    """
    SELECT DISTINCT o.exam_id FROM exam e JOIN exam_event m ON m.exam_id = e.id
    JOIN exam_event o ON hashtextextended(o.event_uid, 0) = hashtextextended(m.event_uid, 0)
        AND o.event_uid = m.event_uid AND o.exam_id <> e.id
    JOIN exam f ON f.id = o.exam_id AND f.site = e.site AND f.state = 'counted'
    WHERE e.id = :exam_id AND NOT m.uid_is_stand_in AND NOT o.uid_is_stand_in
    ORDER BY o.exam_id
    """
)
_REFILE_WITHOUT_RIVAL = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT 'refile', e.site, e.study_instance_uid, CAST(:now AS timestamptz)
    FROM exam e
    WHERE e.state = 'held' AND e.state_reason = :reason AND NOT EXISTS (
        SELECT 1 FROM exam_event m
        JOIN exam_event o ON hashtextextended(o.event_uid, 0) = hashtextextended(m.event_uid, 0)
            AND o.event_uid = m.event_uid AND o.exam_id <> e.id
        JOIN exam f ON f.id = o.exam_id AND f.site = e.site AND f.state = 'counted'
        WHERE m.exam_id = e.id AND NOT m.uid_is_stand_in AND NOT o.uid_is_stand_in
    )
    """
)


def standing(session: Session, state: str, *, reach: Reach | None, after: UUID | None, limit: int) -> list[ExamRow]:
    """Return the exams in reach that stand so, the longest known first; with ``after`` those that follow that one."""
    key = (ExamRow.created_at, ExamRow.id)
    query = select(ExamRow).where(ExamRow.state == state, *conditions(exam_within(), reach))
    last = session.execute(select(*key).where(ExamRow.id == after)).one_or_none() if after else None
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(last.created_at, last.id))
    return list(session.scalars(query.order_by(*key).limit(limit).execution_options(populate_existing=True)))


def name_patients(session: Session, exam_id: UUID, patient_ids: Sequence[UUID]) -> None:
    """Keep whom the objects of a held exam name."""
    rows = [{"exam_id": exam_id, "patient_id": patient_id} for patient_id in sorted(set(patient_ids))]
    if rows:
        session.execute(insert(ExamNamedPatientRow).values(rows).on_conflict_do_nothing())


def named_patients(session: Session, exam_id: UUID) -> list[UUID]:
    """Return whom the objects of an exam that is or was held name."""
    query = select(ExamNamedPatientRow.patient_id).where(ExamNamedPatientRow.exam_id == exam_id)
    return list(session.scalars(query.order_by(ExamNamedPatientRow.patient_id)))


def refile_held(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have the held exams made anew whose objects name one of these patients."""
    session.execute(_REFILE_HELD, {"patient_ids": list(patient_ids), "now": now})


def refile_without_rival(session: Session, *, reason: str, now: datetime) -> None:
    """Have the exams made anew that are held for ``reason``, an event counted elsewhere, which is counted no more."""
    session.execute(_REFILE_WITHOUT_RIVAL, {"reason": reason, "now": now})


def counted_beside(session: Session, exam_id: UUID) -> list[UUID]:
    """Return the other exams of the site that count an event of this one."""
    return list(session.scalars(_COUNTED_BESIDE, {"exam_id": exam_id}))


def decide(
    session: Session,
    exam_id: UUID,
    *,
    kind: str,
    patient_id: UUID | None,
    from_patient_id: UUID,
    decided_by: str,
    decided_at: datetime,
    comment: str,
) -> None:
    """Record a decision about an exam; filing the study anew carries it out."""
    row = ExamDecisionRow(
        exam_id=exam_id,
        kind=kind,
        patient_id=patient_id,
        from_patient_id=from_patient_id,
        decided_by=decided_by,
        decided_at=decided_at,
        comment=comment,
    )
    session.add(row)
    session.flush()


def decisions_of(session: Session, exam_id: UUID) -> list[ExamDecisionRow]:
    """Return what was decided about an exam, newest first."""
    query = select(ExamDecisionRow).where(ExamDecisionRow.exam_id == exam_id)
    return list(session.scalars(query.order_by(ExamDecisionRow.id.desc())))
