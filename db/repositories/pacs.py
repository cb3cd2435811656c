"""Queries on the archives that get dose SRs of ours."""

from datetime import datetime

from sqlalchemy import func, select

from db.session import Session
from db.tables.pacs import PacsDestinationRow


def destinations(session: Session) -> list[PacsDestinationRow]:
    """Return all that were made known, by name."""
    return list(session.scalars(select(PacsDestinationRow).order_by(PacsDestinationRow.name)))


def named(session: Session, name: str) -> PacsDestinationRow | None:
    """Return the one of a name."""
    return session.scalars(select(PacsDestinationRow).where(PacsDestinationRow.name == name)).one_or_none()


def lock(session: Session, name: str) -> PacsDestinationRow | None:
    """Return the one of a name, and hold it until the transaction ends."""
    query = select(PacsDestinationRow).where(PacsDestinationRow.name == name)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def last_change(session: Session) -> datetime | None:
    """Return when one of them was changed last."""
    return session.scalar(select(func.max(PacsDestinationRow.changed_at)))
