"""Queries on exams and their revisions."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from db.session import Session
from db.tables.device import DeviceRow
from db.tables.exam import ExamRevisionRow, ExamRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExam:
    """An exam with its current revision and its device."""

    exam: ExamRow
    content: dict[str, Any]
    device: DeviceRow | None


def by_study(session: Session, study_instance_uid: str) -> ExamRow | None:
    """Return the exam of a study."""
    return session.scalars(select(ExamRow).where(ExamRow.study_instance_uid == study_instance_uid)).one_or_none()


def revise(session: Session, exam: ExamRow, content: dict[str, Any], *, made_at: datetime) -> bool:
    """Add a revision if the content differs from the one that counts now, and tell if it did."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    current = session.scalars(
        select(ExamRevisionRow.digest).where(ExamRevisionRow.exam_id == exam.id).order_by(ExamRevisionRow.number.desc())
    ).first()
    if current == digest:
        return False
    exam.revision += 1
    session.add(ExamRevisionRow(exam_id=exam.id, number=exam.revision, content=content, digest=digest, made_at=made_at))
    session.flush()
    return True


def get(session: Session, exam_id: UUID) -> KnownExam | None:
    """Return one exam as it counts now."""
    return next(iter(_known(session, ExamRow.id == exam_id)), None)


def of_patients(session: Session, patient_ids: Sequence[UUID]) -> list[KnownExam]:
    """Return the exams of these patients, newest first."""
    return _known(session, ExamRow.patient_id.in_(patient_ids))


def count(session: Session) -> int:
    """Return how many exams there are."""
    return session.scalar(select(func.count()).select_from(ExamRow)) or 0


def _known(session: Session, condition: Any) -> list[KnownExam]:  # noqa: ANN401  a SQL condition has no narrower type
    query = (
        select(ExamRow, ExamRevisionRow.content, DeviceRow)
        .join(ExamRevisionRow, (ExamRevisionRow.exam_id == ExamRow.id) & (ExamRevisionRow.number == ExamRow.revision))
        .outerjoin(DeviceRow, DeviceRow.id == ExamRow.device_id)
        .where(condition)
        .order_by(ExamRow.started_at.desc().nulls_last(), ExamRow.id)
    )
    return [KnownExam(exam=exam, content=content, device=device) for exam, content, device in session.execute(query)]
