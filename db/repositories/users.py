"""Queries on users and their names in other systems."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from db.session import Session, lock_key
from db.tables.user import AppUserRow, ExternalIdentityRow


def lock_login(session: Session, login: str) -> None:
    """Wait until this transaction alone may add or change the user of this login."""
    lock_key(session, f"app_user {login}")


def lock_name(session: Session, system: str, name: str) -> None:
    """Wait until this transaction alone may give out this name of another system."""
    lock_key(session, f"external_identity {system} {name}")


def add(session: Session, *, login: str, until: datetime | None, now: datetime) -> AppUserRow:
    """Add a user and return the row."""
    row = AppUserRow(login=login, created_at=now, disabled_at=None, valid_until=until)
    session.add(row)
    session.flush()
    return row


def add_identity(session: Session, *, user_id: UUID, system: str, name: str) -> None:
    """Add the name under which another system knows a user."""
    session.add(ExternalIdentityRow(user_id=user_id, system=system, name=name))
    session.flush()


def by_id(session: Session, user_id: UUID) -> AppUserRow | None:
    """Return one user."""
    return session.get(AppUserRow, user_id)


def by_login(session: Session, login: str) -> AppUserRow | None:
    """Return the user of a login."""
    return session.scalar(select(AppUserRow).where(AppUserRow.login == login))


def by_identity(session: Session, system: str, name: str) -> AppUserRow | None:
    """Return the user whom another system knows by this name."""
    query = (
        select(AppUserRow)
        .join(ExternalIdentityRow, ExternalIdentityRow.user_id == AppUserRow.id)
        .where(ExternalIdentityRow.system == system, ExternalIdentityRow.name == name)
    )
    return session.scalar(query)


def everyone(session: Session) -> list[AppUserRow]:
    """Return all users by login."""
    return list(session.scalars(select(AppUserRow).order_by(AppUserRow.login)))


def identities(session: Session) -> list[ExternalIdentityRow]:
    """Return all names in other systems."""
    return list(
        session.scalars(select(ExternalIdentityRow).order_by(ExternalIdentityRow.system, ExternalIdentityRow.name))
    )
