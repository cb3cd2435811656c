"""The access log: rows are added and read, never changed."""

from sqlalchemy import select

from db.session import Session
from db.tables.access_log import AccessLogRow


def add(session: Session, look: AccessLogRow) -> None:
    """Record one look."""
    session.add(look)
    session.flush()


def newest_first(session: Session, *, limit: int = 500) -> list[AccessLogRow]:
    """Return the latest looks."""
    return list(session.scalars(select(AccessLogRow).order_by(AccessLogRow.at.desc(), AccessLogRow.id).limit(limit)))
