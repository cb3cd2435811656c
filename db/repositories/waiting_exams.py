"""Queries on tables of exams that wait for something, once for each cause."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, true, update

from db.session import Session
from db.tables.estimate import EstimateDueRow
from db.tables.publication import PatientDoseDueRow
from db.tables.skin import SkinMapDueRow

DueTable: TypeAlias = type[EstimateDueRow] | type[SkinMapDueRow] | type[PatientDoseDueRow]


def due(session: Session, table: DueTable, *, limit: int, among: ColumnElement[bool] | None = None) -> list[UUID]:
    """Return the exams that have waited longest, each once, ``among`` those that wait; nothing is taken yet."""
    waiting = select(table.id, table.exam_id).where(true() if among is None else among)
    rows = waiting.order_by(table.id).limit(limit).subquery()
    query = select(rows.c.exam_id).group_by(rows.c.exam_id).order_by(func.min(rows.c.id))
    return list(session.scalars(query))


def take(session: Session, table: DueTable, exam_id: UUID) -> bool:
    """Delete what waits about an exam and tell if anything did; it waits again if the transaction fails."""
    taken = delete(table).where(table.exam_id == exam_id).returning(table.id)
    return bool(session.scalars(taken).all())


def put_back(session: Session, table: DueTable, exam_id: UUID, *, now: datetime) -> None:
    """Have an exam wait behind all others, since what was to be done about it went wrong."""
    behind = update(table).where(table.exam_id == exam_id)
    session.execute(behind.values(id=text("DEFAULT"), at=now))
