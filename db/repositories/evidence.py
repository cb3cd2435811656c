"""Queries on evidence."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from db.prepared import Prepared
from db.sealed import new_key, seal, unseal
from db.session import Session
from db.tables.evidence import EvidenceRow, EvidenceWayRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """
    One object as it is kept: its state of reading, and whether it came just now.

    ``has_earlier`` tells that another content is kept under its UID since before.
    """

    id: UUID
    is_new: bool
    has_earlier: bool
    read_status: str
    read_reason: str | None

    @property
    def is_again(self) -> bool:
        """Its UID was known, its content was not."""
        return self.is_new and self.has_earlier


# One statement for all objects of a request, the same for any number of them, so that it is compiled once. What came
# before is seen by the subquery: a statement does not see its own rows.
_KEEP = Prepared(
    "keep_evidence",
    """
    INSERT INTO evidence (id, site, sop_instance_uid, digest, content, key, size_bytes, is_header, received_at,
        sender, calling_aet, origin, orthanc_id, copy_of, read_status)
    SELECT o.*, 'pending' FROM unnest(CAST(:id AS uuid[]), CAST(:site AS text[]), CAST(:sop_instance_uid AS text[]),
        CAST(:digest AS text[]), CAST(:content AS bytea[]), CAST(:key AS bytea[]), CAST(:size_bytes AS integer[]),
        CAST(:is_header AS boolean[]), CAST(:received_at AS timestamptz[]), CAST(:sender AS text[]),
        CAST(:calling_aet AS text[]), CAST(:origin AS text[]), CAST(:orthanc_id AS text[]), CAST(:copy_of AS text[])
        ) AS o
    ON CONFLICT DO NOTHING
    RETURNING id, sop_instance_uid, digest,
        EXISTS (SELECT FROM evidence earlier WHERE earlier.sop_instance_uid = evidence.sop_instance_uid
            AND earlier.site = evidence.site) AS has_earlier
    """,
)
_KEPT_COLUMNS = (
    *("id", "site", "sop_instance_uid", "digest", "content", "key", "size_bytes", "is_header"),
    *("received_at", "sender", "calling_aet", "origin", "orthanc_id", "copy_of"),
)


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], KeptRow]:
    """
    Keep objects of one site, each content once, and return what is kept by ``(sop_instance_uid, digest)``.

    ``rows`` hold the columns of ``EvidenceRow`` with ``content`` as received; it is compressed and sealed here. The
    way on which known content came once more is kept too, if it is another one.
    """
    # In one order, or two deliveries of the same objects could each wait for the other.
    ordered = sorted(rows, key=lambda row: (row["sop_instance_uid"], row["digest"]))
    values = [{**row, "id": uuid4(), **_sealed(row["content"])} for row in ordered]
    made = _KEEP.run(session, {name: [row[name] for row in values] for name in _KEPT_COLUMNS})
    kept = {
        (row.sop_instance_uid, row.digest): KeptRow(
            id=row.id, is_new=True, has_earlier=row.has_earlier, read_status="pending", read_reason=None
        )
        for row in made
    }
    known = [row for row in rows if (row["sop_instance_uid"], row["digest"]) not in kept]
    if known:
        kept |= _known(session, known)
    return kept


def _known(session: Session, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], KeptRow]:
    key = (EvidenceRow.sop_instance_uid, EvidenceRow.digest)
    wanted = [(row["sop_instance_uid"], row["digest"]) for row in rows]
    query = select(
        EvidenceRow.id,
        *key,
        EvidenceRow.read_status,
        EvidenceRow.read_reason,
        EvidenceRow.sender,
        EvidenceRow.calling_aet,
    ).where(tuple_(*key).in_(wanted), EvidenceRow.site == rows[0]["site"])
    found = {(row.sop_instance_uid, row.digest): row for row in session.execute(query)}
    ways = [
        {"evidence_id": known.id, "sender": row["sender"], "calling_aet": aet, "received_at": row["received_at"]}
        for row, name in zip(rows, wanted, strict=True)
        for known, aet in [(found[name], row["calling_aet"] or "")]
        if (known.sender, known.calling_aet or "") != (row["sender"], aet)
    ]
    if ways:
        session.execute(insert(EvidenceWayRow).on_conflict_do_nothing(), ways)
    return {
        name: KeptRow(
            id=row.id, is_new=False, has_earlier=True, read_status=row.read_status, read_reason=row.read_reason
        )
        for name, row in found.items()
    }


def load(session: Session, evidence_ids: Sequence[UUID]) -> list[EvidenceRow]:
    """Return evidence with its compressed content, in no order."""
    query = select(EvidenceRow).where(EvidenceRow.id.in_(evidence_ids)).options(undefer(EvidenceRow.content))
    return list(session.scalars(query))


def load_of_uids(session: Session, site: str, sop_instance_uids: Collection[str]) -> list[EvidenceRow]:
    """Return a site's evidence of these SOP Instance UIDs with its compressed content, in no order."""
    query = select(EvidenceRow).where(EvidenceRow.sop_instance_uid.in_(sop_instance_uids), EvidenceRow.site == site)
    return list(session.scalars(query.options(undefer(EvidenceRow.content))))


def get(session: Session, evidence_id: UUID) -> EvidenceRow | None:
    """Return one object as it is kept, with its compressed content."""
    return next(iter(load(session, [evidence_id])), None)


def content_of(row: EvidenceRow) -> bytes:
    """
    Return the bytes as they were received.

    Raises:
        ErasedError: the time to keep them is over.
    """
    return zlib.decompress(unseal(row.key, row.content))


def _sealed(content: bytes) -> dict[str, bytes]:
    key = new_key()
    return {"key": key, "content": seal(key, zlib.compress(content))}


def pending(session: Session, *, received_before: datetime, limit: int, max_bytes: int) -> list[UUID]:
    """
    Return evidence that was kept and, since a process died, never read; oldest first.

    No more than ``max_bytes`` in all, as received, but always one.
    """
    query = (
        select(EvidenceRow.id, EvidenceRow.size_bytes)
        .where(EvidenceRow.read_status == "pending", EvidenceRow.received_at < received_before)
        .order_by(EvidenceRow.received_at, EvidenceRow.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    sums = accumulate(row.size_bytes for row in rows)
    return [
        row.id for number, (row, total) in enumerate(zip(rows, sums, strict=True)) if not number or total <= max_bytes
    ]


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
