"""How far looks were handed on to audit repositories."""

from typing import Any

from sqlalchemy import insert, select, text, update

from db.session import Session
from db.tables.access_log import AccessAnchorRow, AccessLogRow, AuditFeedRow

_COLUMNS = ", ".join(f"l.{column.name}" for column in AccessLogRow.__table__.c if column.name != "digest")
# What an anchor saw of each chain that no anchor before it had seen.
_LOOKS = text(
    f"""
    SELECT {_COLUMNS} FROM access_anchor_head h
    CROSS JOIN LATERAL (
        SELECT coalesce(max(b.position), 0) AS position FROM access_anchor_head b
        WHERE b.chain_id = h.chain_id AND b.number < h.number
    ) before
    JOIN access_log l ON l.chain_id = h.chain_id AND l.position > before.position AND l.position <= h.position
    WHERE h.number = :anchor
    ORDER BY l.chain_id, l.position
    OFFSET :sent LIMIT :limit
    """  # noqa: S608 - names of our own columns
)


def begin(session: Session, name: str, *, anchor: int) -> None:
    """Begin a feed with what comes after an anchor."""
    session.execute(insert(AuditFeedRow).values(name=name, anchor=anchor, sent=0))


def place(session: Session, name: str) -> AuditFeedRow | None:
    """Return how far a feed came."""
    return session.get(AuditFeedRow, name)


def move(session: Session, name: str, *, anchor: int, sent: int) -> None:
    """Set how far a feed came."""
    session.execute(update(AuditFeedRow).where(AuditFeedRow.name == name).values(anchor=anchor, sent=sent))


def has_anchor(session: Session, number: int) -> bool:
    """Tell whether there is such an anchor."""
    return session.scalar(select(AccessAnchorRow.number).where(AccessAnchorRow.number == number)) is not None


def looks(session: Session, *, anchor: int, sent: int, limit: int) -> list[dict[str, Any]]:
    """Return the looks that an anchor was the first to see, from one of them on, in an order that never changes."""
    found = session.execute(_LOOKS, {"anchor": anchor, "sent": sent, "limit": limit})
    return [dict(row) for row in found.mappings()]
