"""What follows from changes: rows are written with the change, and taken by the worker in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, insert, select

from db.session import Session
from db.tables.outbox import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A study about which something is to be done; ``exam_id`` is None where its exam is to be made anew."""

    site: str
    study_instance_uid: str
    is_refile: bool
    exam_id: UUID | None


def add(session: Session, studies: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Have the exams of these studies (site, Study Instance UID) made anew."""
    rows = [{"kind": "refile", "site": site, "study_instance_uid": study, "at": now} for site, study in studies]
    if rows:
        session.execute(insert(OutboxRow), rows)


def oldest(session: Session, *, limit: int) -> list[Due]:
    """Return what has waited longest, a study once; nothing is taken yet."""
    rows = select(OutboxRow).order_by(OutboxRow.id).limit(limit).subquery()
    query = (
        select(
            rows.c.site,
            rows.c.study_instance_uid,
            func.bool_or(rows.c.kind == "refile").label("is_refile"),
            func.max(cast(rows.c.exam_id, Text)).label("exam_id"),
        )
        .group_by(rows.c.site, rows.c.study_instance_uid)
        .order_by(func.min(rows.c.id))
    )
    return [
        Due(
            site=row.site,
            study_instance_uid=row.study_instance_uid,
            is_refile=row.is_refile,
            exam_id=UUID(row.exam_id) if row.exam_id else None,
        )
        for row in session.execute(query)
    ]


def take(session: Session, due: Due) -> bool:
    """Delete what waits about a study, and tell if there was anything; it waits again if the transaction fails."""
    about = (OutboxRow.site == due.site, OutboxRow.study_instance_uid == due.study_instance_uid)
    return bool(session.scalars(delete(OutboxRow).where(*about).returning(OutboxRow.id)).all())


def count(session: Session) -> int:
    """Return how many things wait."""
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0
