"""How often something was done: counted by all processes, in one statement."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete

from db.prepared import Prepared
from db.session import Session
from db.tables.sign_in import RateCountRow


class Counted(NamedTuple):
    """How often something was done in the window that is open, and when that ends."""

    hits: int
    ends_at: datetime


# Whoever comes at once waits here for each other, so that nobody is counted by half. Some windows that ended are
# cleared away by the way, those that nobody holds.
_COUNT = Prepared(
    "rate_count",
    """
    WITH gone AS (
        DELETE FROM rate_count WHERE key IN (
            SELECT key FROM rate_count WHERE ends_at < CAST(:now AS timestamptz) AND key <> :key
            ORDER BY ends_at LIMIT 5 FOR UPDATE SKIP LOCKED
        )
    )
    INSERT INTO rate_count AS r (key, hits, ends_at) VALUES (:key, CAST(:hits AS integer), CAST(:end AS timestamptz))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.ends_at <= CAST(:now AS timestamptz) THEN 0 ELSE r.hits END + excluded.hits,
        ends_at = CASE WHEN r.ends_at <= CAST(:now AS timestamptz) THEN excluded.ends_at ELSE r.ends_at END
    RETURNING hits, ends_at
    """,
)


def count(session: Session, key: str, *, hits: int, window: timedelta, now: datetime) -> Counted:
    """Count this in the window that is open, or in a new one, and return what it has come to."""
    values = {"key": key, "hits": hits, "now": now, "end": now + window}
    return Counted._make(_COUNT.run(session, values).one())


def forget(session: Session, key: str) -> None:
    """Begin anew with this."""
    session.execute(delete(RateCountRow).where(RateCountRow.key == key))
