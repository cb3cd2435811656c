"""What follows from changes: rows are written with the change, and taken by the worker in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update

from db.session import Session
from db.tables.outbox import OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A study about which something is to be done."""

    site: str
    study_instance_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is to be done about a study: its exam made anew, or what follows from ``exam_id`` that changed, or both."""

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
    key = (rows.c.site, rows.c.study_instance_uid)
    query = select(*key).group_by(*key).order_by(func.min(rows.c.id))
    return [Due(site=row.site, study_instance_uid=row.study_instance_uid) for row in session.execute(query)]


def take(session: Session, due: Due) -> Taken | None:
    """
    Delete what waits about a study and return it; ``None`` if somebody else took it. It waits again if that fails.

    What came since the study was found due is taken as well, so that only this tells what there is to do.
    """
    rows = session.execute(delete(OutboxRow).where(*_about(due)).returning(OutboxRow.kind, OutboxRow.exam_id)).all()
    if not rows:
        return None
    exam_id = next((row.exam_id for row in rows if row.exam_id), None)
    return Taken(is_refile=any(row.kind == "refile" for row in rows), exam_id=exam_id)


def put_back(session: Session, due: Due, *, now: datetime) -> None:
    """Have a study wait behind all others, since what was to be done about it went wrong."""
    session.execute(update(OutboxRow).where(*_about(due)).values(id=text("DEFAULT"), at=now))


def _about(due: Due) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OutboxRow.site == due.site, OutboxRow.study_instance_uid == due.study_instance_uid


def count(session: Session) -> int:
    """Return how many things wait."""
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0
