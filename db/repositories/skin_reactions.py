"""Queries on what was seen of patients' skin."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from db.session import Session
from db.tables.skin_reaction import SkinReactionRow


def of_exam(session: Session, exam_id: UUID) -> list[tuple[SkinReactionRow, SkinReactionRow | None]]:
    """Return what was seen after an exam, the oldest look first, each with what took it back."""
    back = aliased(SkinReactionRow)
    query = (
        select(SkinReactionRow, back)
        .outerjoin(back, back.withdraws == SkinReactionRow.id)
        .where(SkinReactionRow.exam_id == exam_id, SkinReactionRow.withdraws.is_(None))
        .order_by(SkinReactionRow.seen_on, SkinReactionRow.recorded_at, SkinReactionRow.id)
    )
    return [(row, withdrawal) for row, withdrawal in session.execute(query)]


def get(session: Session, reaction_id: UUID) -> SkinReactionRow | None:
    """Return one row."""
    return session.get(SkinReactionRow, reaction_id)


def add(session: Session, values: dict[str, Any]) -> None:
    """Keep what was seen, or that it is taken back."""
    session.execute(insert(SkinReactionRow).values(**values))
