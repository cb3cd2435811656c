"""The access log: looks are added at the end of their unit of work and read, never changed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, text, tuple_

from db import look_chain
from db.reaching import Reach, conditions, look_within
from db.session import Session
from db.tables.access_log import AccessAnchorHeadRow, AccessAnchorRow, AccessLogRow
from dose_core.auditing.anchors import Anchor, Head

# What a digest is taken of: all columns but the digest itself.
_STATED = [column for column in AccessLogRow.__table__.c if column.name != "digest"]
_CHUNK = 2_000
# The looks of a day are few enough to be gone through each minute; a unit of work does not last a day.
_GROWN = text(
    """
    SELECT chain.chain_id, head.position, head.digest
    FROM (SELECT DISTINCT chain_id FROM access_log WHERE at >= :since AND chain_id IS NOT NULL) chain
    CROSS JOIN LATERAL (
        SELECT l.position, l.digest FROM access_log l WHERE l.chain_id = chain.chain_id ORDER BY l.position DESC LIMIT 1
    ) head
    WHERE NOT EXISTS (
        SELECT 1 FROM access_anchor_head h WHERE h.chain_id = chain.chain_id AND h.position >= head.position
    )
    """
)


def add(session: Session, look: dict[str, Any]) -> None:
    """Record one look: ``look`` holds the columns of ``access_log`` beside its id and its place in the chain."""
    look_chain.wait(session, look)


def newest_first(session: Session, *, limit: int = 500) -> list[AccessLogRow]:
    """Return the latest looks."""
    return list(session.scalars(select(AccessLogRow).order_by(AccessLogRow.at.desc(), AccessLogRow.id).limit(limit)))


def grown(session: Session, *, since: datetime | None) -> dict[UUID, Head]:
    """Return the last link of each chain that came further than any anchor saw it, if there was a look since then."""
    found = session.execute(_GROWN, {"since": since or datetime.min.replace(tzinfo=UTC)})
    return {row.chain_id: Head(position=row.position, digest=bytes(row.digest)) for row in found}


def linked(session: Session) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield all looks by chain and position, each with its digest; they are read as they are asked for."""
    row = AccessLogRow
    query = select(*_STATED, row.digest).where(row.chain_id.is_not(None)).order_by(row.chain_id, row.position)
    for found in session.execute(query, execution_options={"yield_per": _CHUNK}).mappings():
        look = dict(found)
        yield look, look.pop("digest")


def unchained(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the looks from before there were chains, by time."""
    row = AccessLogRow
    query = select(*_STATED).where(row.chain_id.is_(None)).order_by(row.at, row.id)
    for found in session.execute(query, execution_options={"yield_per": _CHUNK}).mappings():
        yield dict(found)


def anchors(session: Session) -> list[Anchor]:
    """Return all anchors by number."""
    # In this order: an anchor that is set between the two is not among the first, and its heads fall away.
    rows = session.scalars(select(AccessAnchorRow).order_by(AccessAnchorRow.number)).all()
    heads: dict[int, dict[UUID, Head]] = {}
    for row in session.scalars(select(AccessAnchorHeadRow)):
        heads.setdefault(row.number, {})[row.chain_id] = Head(position=row.position, digest=row.digest)
    return [Anchor(number=row.number, at=row.at, heads=heads.get(row.number, {}), digest=row.digest) for row in rows]


def last_anchor(session: Session) -> AccessAnchorRow | None:
    """Return the newest anchor, without what it saw."""
    return session.scalar(select(AccessAnchorRow).order_by(AccessAnchorRow.number.desc()).limit(1))


def add_anchor(session: Session, anchor: Anchor) -> None:
    """Keep an anchor and what it saw."""
    session.execute(insert(AccessAnchorRow).values(number=anchor.number, at=anchor.at, digest=anchor.digest))
    heads = [
        {"number": anchor.number, "chain_id": chain, "position": head.position, "digest": head.digest}
        for chain, head in anchor.heads.items()
    ]
    session.execute(insert(AccessAnchorHeadRow), heads)


def has_digest(session: Session, digest: bytes) -> bool:
    """Tell whether an anchor has this digest."""
    return session.scalar(select(AccessAnchorRow.number).where(AccessAnchorRow.digest == digest)) is not None


def page(
    session: Session,
    filters: Mapping[str, Any],
    *,
    since: datetime | None,
    until: datetime | None,
    after: UUID | None,
    limit: int,
    reach: Reach | None,
) -> list[dict[str, Any]]:
    """Return looks within reach, newest first; ``filters`` are values of columns, ``None`` for any."""
    row = AccessLogRow
    query = _within(select(*_STATED), since, until).where(*conditions(look_within(), reach))
    for name, value in filters.items():
        if value is not None:
            query = query.where(getattr(row, name) == value)
    if after is not None:
        last = session.execute(select(row.at, row.id).where(row.id == after)).one_or_none()
        if last is not None:
            query = query.where(tuple_(row.at, row.id) < tuple_(last.at, last.id))
    found = session.execute(query.order_by(row.at.desc(), row.id.desc()).limit(limit))
    return [dict(one) for one in found.mappings()]


def between(session: Session, *, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    """Yield looks by time; they are read as they are asked for."""
    query = _within(select(*_STATED), since, until).order_by(AccessLogRow.at, AccessLogRow.id)
    for found in session.execute(query, execution_options={"yield_per": _CHUNK}).mappings():
        yield dict(found)


def _within(query: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        query = query.where(AccessLogRow.at >= since)
    return query if until is None else query.where(AccessLogRow.at < until)
