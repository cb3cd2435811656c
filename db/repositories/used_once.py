"""Queries on what may be used once."""

from datetime import datetime

from sqlalchemy import text

from db.session import Session

# Of two who come at once, the second waits for the first, and then finds the row.
_ADD = text(
    """
    INSERT INTO used_once (digest, until) VALUES (:digest, :until)
    ON CONFLICT (digest) DO UPDATE SET until = excluded.until WHERE used_once.until < :now
    RETURNING digest
    """
)
_FORGET = text("DELETE FROM used_once WHERE until < :now")


def add(session: Session, digest: str, *, until: datetime, now: datetime) -> bool:
    """Keep a digest until then, and tell whether it was not kept; what is over is forgotten."""
    session.execute(_FORGET, {"now": now})
    return session.execute(_ADD, {"digest": digest, "until": until, "now": now}).one_or_none() is not None
