"""Queries on organisations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from db.session import Session, lock_key
from db.tables.organisation import OrganisationRow


def lock(session: Session) -> None:
    """Let one transaction at a time change the tree, so that no two changes close a loop."""
    lock_key(session, "organisation")


def every(session: Session) -> list[OrganisationRow]:
    """Return all organisations by name."""
    query = select(OrganisationRow).order_by(OrganisationRow.name)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def get(session: Session, organisation_id: UUID) -> OrganisationRow | None:
    """Return one organisation."""
    return session.get(OrganisationRow, organisation_id, populate_existing=True)


def named(session: Session, name: str) -> OrganisationRow | None:
    """Return the organisation of a name."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.name == name))


def names(session: Session) -> dict[UUID, str]:
    """Return the names of all organisations by id."""
    row = OrganisationRow
    return {one.id: one.name for one in session.execute(select(row.id, row.name))}


def of_site(session: Session, site: str) -> OrganisationRow | None:
    """Return the organisation that stands for a site."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.site == site))


def add(session: Session, *, name: str, kind: str, parent_id: UUID, site: str | None, now: datetime) -> OrganisationRow:
    """Add an organisation and return the row."""
    row = OrganisationRow(id=uuid4(), name=name, kind=kind, parent_id=parent_id, site=site, created_at=now)
    session.add(row)
    session.flush()
    return row


def change(session: Session, organisation_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns of an organisation."""
    session.execute(update(OrganisationRow).where(OrganisationRow.id == organisation_id).values(**values))
