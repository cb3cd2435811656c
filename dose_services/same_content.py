"""
Which objects of one SOP Instance UID state the same, whatever else differs.

What an object states is summed up only once another comes under its UID: most never meet one, and walking through a
report costs as much as a statement to the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from db.repositories import evidence
from db.sealed import ErasedError
from db.session import Session
from db.tables.evidence import EvidenceRow
from dose_core.ledger.versions import Version, is_compared
from dose_core.readers.content_digest import content_digest


def repeats(session: Session, site: str, fresh: Mapping[UUID, str]) -> frozenset[UUID]:
    """Return those objects that state what an earlier one of their SOP Instance UID states; asked by id and UID."""
    if not fresh:
        return frozenset()
    rows = evidence.load_of_uids(session, site, set(fresh.values()))
    _take(rows)
    earlier = {(row.sop_instance_uid, row.content_digest) for row in rows if row.content_digest and row.id not in fresh}
    return frozenset(
        row.id for row in rows if row.id in fresh and (row.sop_instance_uid, row.content_digest) in earlier
    )


def told_apart(session: Session, versions: Sequence[Version]) -> Sequence[Version]:
    """Return the versions of a study, those that share a SOP Instance UID with the digests of what they state."""
    count = Counter(one.statement.report.sop_instance_uid for one in versions)
    untaken = {
        UUID(one.evidence)
        for one in versions
        if one.content_digest is None and count[one.statement.report.sop_instance_uid] > 1 and is_compared(one)
    }
    if not untaken:
        return versions
    rows = evidence.load(session, list(untaken))
    _take(rows)
    taken = {str(row.id): row.content_digest or row.digest.encode() for row in rows}
    return [replace(one, content_digest=taken.get(one.evidence, one.content_digest)) for one in versions]


def _take(rows: Iterable[EvidenceRow]) -> None:
    for row in rows:
        if row.content_digest is None:
            row.content_digest = _digest_of(row)


def _digest_of(row: EvidenceRow) -> bytes:
    try:
        return content_digest(evidence.content_of(row)) or b""
    except ErasedError:
        return b""
