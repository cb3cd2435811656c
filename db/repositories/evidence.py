"""Queries on evidence."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from db.session import Session
from db.tables.evidence import EvidenceRow


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], tuple[UUID, bool]]:
    """
    Keep objects, each content once, and return id and newness by ``(sop_instance_uid, digest)``.

    ``rows`` hold the columns of ``EvidenceRow`` with ``content`` as received; it is compressed here.
    """
    # In one order, or two deliveries of the same objects could each wait for the other.
    ordered = sorted(rows, key=lambda row: (row["sop_instance_uid"], row["digest"]))
    values = [{**row, "id": uuid4(), "content": zlib.compress(row["content"])} for row in ordered]
    key = (EvidenceRow.sop_instance_uid, EvidenceRow.digest)
    made = session.execute(insert(EvidenceRow).values(values).on_conflict_do_nothing().returning(EvidenceRow.id, *key))
    new = {row.id for row in made}
    wanted = [(row["sop_instance_uid"], row["digest"]) for row in rows]
    found = session.execute(select(EvidenceRow.id, *key).where(tuple_(*key).in_(wanted)))
    return {(row.sop_instance_uid, row.digest): (row.id, row.id in new) for row in found}


def load(session: Session, evidence_ids: Sequence[UUID]) -> list[EvidenceRow]:
    """Return evidence with its compressed content, in no order."""
    query = select(EvidenceRow).where(EvidenceRow.id.in_(evidence_ids)).options(undefer(EvidenceRow.content))
    return list(session.scalars(query))


def content_of(row: EvidenceRow) -> bytes:
    """Return the bytes as they were received."""
    return zlib.decompress(row.content)


def pending(session: Session, *, received_before: datetime, limit: int) -> list[UUID]:
    """Return evidence that was kept and, since a process died, never read; oldest first."""
    query = (
        select(EvidenceRow.id)
        .where(EvidenceRow.read_status == "pending", EvidenceRow.received_at < received_before)
        .order_by(EvidenceRow.received_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def mark(session: Session, evidence_ids: Sequence[UUID], *, status: str, reason: str | None, read_at: datetime) -> None:
    """Set the outcome of reading on evidence that is not read yet; what was read stays read."""
    session.execute(
        update(EvidenceRow)
        .where(EvidenceRow.id.in_(evidence_ids), EvidenceRow.read_status != "read")
        .values(read_status=status, read_reason=reason, read_at=read_at)
    )


def count_by_status(session: Session) -> dict[str, int]:
    """Return how many objects are in each state of reading."""
    query = select(EvidenceRow.read_status, func.count()).group_by(EvidenceRow.read_status)
    return dict(session.execute(query).all())
