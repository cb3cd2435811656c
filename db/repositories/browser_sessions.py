"""Queries on passwords and on the sessions that people have open in browsers."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from db.prepared import Prepared
from db.session import Session
from db.tables.sign_in import BrowserSessionRow, UserPasswordRow
from db.tables.user import AppUserRow


class Known(NamedTuple):
    """A session that is open, and whose it is."""

    id: UUID
    user_id: UUID
    login: str
    method: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


_OPEN = Prepared(
    "browser_session_open",
    """
    SELECT s.id, s.user_id, u.login, s.method, s.opened_at, s.seen_at, s.expires_at
    FROM browser_session s JOIN app_user u ON u.id = s.user_id
    WHERE s.digest = :digest AND s.ended_at IS NULL AND u.disabled_at IS NULL
        AND (u.valid_until IS NULL OR u.valid_until > CAST(:now AS timestamptz))
        AND s.expires_at > CAST(:now AS timestamptz) AND s.seen_at > CAST(:idle_since AS timestamptz)
    """,
)


def open_by_digest(session: Session, digest: str, *, idle_for: timedelta, now: datetime) -> Known | None:
    """Return the session of this secret, if it is open and was used within ``idle_for``; one statement."""
    row = _OPEN.run(session, {"digest": digest, "now": now, "idle_since": now - idle_for}).one_or_none()
    return Known._make(row) if row else None


def touch(session: Session, session_id: UUID, *, now: datetime) -> None:
    """Keep that a session is used now."""
    row = BrowserSessionRow
    session.execute(update(row).where(row.id == session_id, row.seen_at < now).values(seen_at=now))


def add(
    session: Session, *, digest: str, user_id: UUID, method: str, opened_at: datetime, expires_at: datetime
) -> BrowserSessionRow:
    """Open a session and return the row."""
    row = BrowserSessionRow(
        digest=digest,
        user_id=user_id,
        method=method,
        opened_at=opened_at,
        seen_at=opened_at,
        expires_at=expires_at,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    return row


def end(session: Session, session_id: UUID, *, now: datetime) -> None:
    """End one session, or leave it ended."""
    row = BrowserSessionRow
    session.execute(update(row).where(row.id == session_id, row.ended_at.is_(None)).values(ended_at=now))


def end_all(session: Session, user_id: UUID, *, now: datetime, but: UUID | None = None) -> int:
    """End all open sessions of a person, but for one, and return how many there were."""
    row = BrowserSessionRow
    query = update(row).where(row.user_id == user_id, row.ended_at.is_(None), row.expires_at > now)
    if but is not None:
        query = query.where(row.id != but)
    return len(session.scalars(query.values(ended_at=now).returning(row.id)).all())


class Credentials(NamedTuple):
    """Who has a login, and the hash of their password, if they have one here."""

    user_id: UUID
    disabled_at: datetime | None
    hash: str | None


def credentials(session: Session, login: str) -> Credentials | None:
    """Return who has a login."""
    query = (
        select(AppUserRow.id, AppUserRow.disabled_at, UserPasswordRow.hash)
        .outerjoin(UserPasswordRow, UserPasswordRow.user_id == AppUserRow.id)
        .where(AppUserRow.login == login)
    )
    row = session.execute(query).one_or_none()
    return Credentials._make(row) if row else None


def password_hash(session: Session, user_id: UUID) -> str | None:
    """Return the hash of a person's password, if they have one here."""
    return session.scalar(select(UserPasswordRow.hash).where(UserPasswordRow.user_id == user_id))


def keep_password(session: Session, user_id: UUID, hash_: str, *, now: datetime) -> None:
    """Keep the hash of a person's password in place of any before."""
    values = {"hash": hash_, "changed_at": now}
    statement = insert(UserPasswordRow).values(user_id=user_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
