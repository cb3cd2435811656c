"""The access log: rows are added and read, never changed."""

from typing import Any

from sqlalchemy import select

from db.prepared import Prepared
from db.session import Session
from db.tables.access_log import AccessLogRow

# Written with every look: the statement alone costs a third of what an object of the mapper does.
_ADD = Prepared(
    "record_look",
    """
    INSERT INTO access_log (id, at, subject, user_id, action, patient_id, exam_id, route, via, reference, reason)
    VALUES (gen_random_uuid(), :at, :subject, :user_id, :action, :patient_id, :exam_id, :route, :via, :reference,
        :reason)
    """,
)


def add(session: Session, look: dict[str, Any]) -> None:
    """Record one look: ``look`` holds the columns of ``access_log`` beside ``id``."""
    _ADD.run(session, look)


def newest_first(session: Session, *, limit: int = 500) -> list[AccessLogRow]:
    """Return the latest looks."""
    return list(session.scalars(select(AccessLogRow).order_by(AccessLogRow.at.desc(), AccessLogRow.id).limit(limit)))
