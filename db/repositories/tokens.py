"""Queries on issued tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

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
    )
    session.add(row)
    session.flush()
    return row


def by_id(session: Session, jti: UUID) -> IssuedTokenRow | None:
    """Return one token's record."""
    return session.get(IssuedTokenRow, jti)


def newest_first(session: Session) -> list[IssuedTokenRow]:
    """Return the records of all tokens."""
    return list(session.scalars(select(IssuedTokenRow).order_by(IssuedTokenRow.issued_at.desc(), IssuedTokenRow.id)))
