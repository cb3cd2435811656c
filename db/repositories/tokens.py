"""Queries on issued tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from db.prepared import Prepared
from db.repositories import grants
from db.session import Session
from db.tables.user import IssuedTokenRow


def add(
    session: Session,
    *,
    subject: str,
    site: str,
    user_id: UUID | None,
    scopes: Sequence[str],
    issued_at: datetime,
    expires_at: datetime,
) -> IssuedTokenRow:
    """Record a token that is about to be issued and return the row."""
    row = IssuedTokenRow(
        subject=subject,
        site=site,
        user_id=user_id,
        scopes=list(scopes),
        issued_at=issued_at,
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    session.add(row)
    session.flush()
    return row


def by_id(session: Session, jti: UUID) -> IssuedTokenRow | None:
    """Return one token's record."""
    return session.get(IssuedTokenRow, jti)


class Spoken(NamedTuple):
    """A token's record, the user it speaks for if it is a person's, and what the subject was granted (``grants``)."""

    subject: str
    site: str
    user_id: UUID | None
    scopes: list[str]
    expires_at: datetime
    revoked_at: datetime | None
    disabled_at: datetime | None
    valid_until: datetime | None
    last_used_at: datetime | None
    held: list[list[Any]] | None
    changed: list[list[Any]] | None

    @property
    def granted(self) -> grants.Held:
        """What the subject was granted."""
        return grants.Held(held=self.held, changed=self.changed)


_SPOKEN = Prepared(
    "token_spoken",
    f"""
    SELECT t.subject, t.site, t.user_id, t.scopes, t.expires_at, t.revoked_at, u.disabled_at, u.valid_until,
    t.last_used_at,
    {grants.HELD.format(subject="t.subject")}
    FROM issued_token t LEFT JOIN app_user u ON u.id = t.user_id WHERE t.id = :jti
    """,  # noqa: S608 - ours
)


def spoken(session: Session, jti: UUID, *, now: datetime) -> Spoken | None:
    """Return whom a token speaks for and what they may do, by one statement, since every call asks it."""
    row = _SPOKEN.run(session, {"jti": jti, "now": now}).one_or_none()
    return Spoken._make(row) if row else None


def touch(session: Session, jti: UUID, *, now: datetime) -> None:
    """Keep that a token is used now."""
    session.execute(update(IssuedTokenRow).where(IssuedTokenRow.id == jti).values(last_used_at=now))


def newest_first(session: Session) -> list[IssuedTokenRow]:
    """Return the records of all tokens."""
    return list(session.scalars(select(IssuedTokenRow).order_by(IssuedTokenRow.issued_at.desc(), IssuedTokenRow.id)))
