"""Queries on maps of skin dose, on what waits for one, and on where patients lay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, literal, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from db.repositories import waiting_exams
from db.session import Session
from db.tables.exam import ExamRow, exam_event
from db.tables.skin import SkinMapDueRow, SkinMapRow, SkinPlaceRow
from dose_core.ledger.standing import Standing


def newest(session: Session, exam_ids: Sequence[UUID]) -> dict[UUID, SkinMapRow]:
    """Return what was computed last of each of these exams, those without left out."""
    query = (
        select(SkinMapRow)
        .where(SkinMapRow.exam_id.in_(exam_ids))
        .ext(distinct_on(SkinMapRow.exam_id))
        .order_by(SkinMapRow.exam_id, SkinMapRow.made_at.desc(), SkinMapRow.id)
    )
    return {row.exam_id: row for row in session.scalars(query)}


def get(session: Session, map_id: UUID) -> SkinMapRow | None:
    """Return what was computed at one time."""
    return session.get(SkinMapRow, map_id)


def add(session: Session, values: dict[str, Any]) -> None:
    """Keep what was computed."""
    session.execute(insert(SkinMapRow).values(**values))


def wake(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have the skin dose of an exam computed anew, if it has projection events."""
    has_projection = exists().where(exam_event.c.exam_id == exam_id, exam_event.c.part == "projection")
    row = select(literal(exam_id), literal(now)).where(has_projection)
    session.execute(insert(SkinMapDueRow).from_select(["exam_id", "at"], row))


def wake_device(session: Session, device_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have the skin doses of all counted exams of a device computed anew."""
    theirs = select(ExamRow.id, text("CAST(:now AS timestamptz)").bindparams(now=now)).where(
        ExamRow.device_id.in_(device_ids), ExamRow.state == Standing.COUNTED, ExamRow.expired_at.is_(None)
    )
    session.execute(insert(SkinMapDueRow).from_select(["exam_id", "at"], theirs))


def due(session: Session, *, limit: int) -> list[UUID]:
    """Return the exams that have waited longest, each once; nothing is taken yet."""
    return waiting_exams.due(session, SkinMapDueRow, limit=limit)


def take(session: Session, exam_id: UUID) -> bool:
    """Delete what waits about an exam and tell if anything did; it waits again if the transaction fails."""
    return waiting_exams.take(session, SkinMapDueRow, exam_id)


def put_back(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have an exam wait behind all others, since what was to be done about it went wrong."""
    waiting_exams.put_back(session, SkinMapDueRow, exam_id, now=now)


def is_due(session: Session, exam_id: UUID) -> bool:
    """Tell if the skin dose of an exam is still to be computed anew."""
    return bool(session.scalar(select(exists().where(SkinMapDueRow.exam_id == exam_id))))


def place_of(session: Session, exam_id: UUID) -> SkinPlaceRow | None:
    """Return where the patient lay as a person said last."""
    query = select(SkinPlaceRow).where(SkinPlaceRow.exam_id == exam_id).order_by(SkinPlaceRow.id.desc()).limit(1)
    return session.scalars(query).first()


def add_place(session: Session, values: dict[str, Any]) -> None:
    """Keep where a patient lay."""
    session.execute(insert(SkinPlaceRow).values(**values))
