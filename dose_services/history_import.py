"""
Take in what a former system exported: each row is kept as evidence, as if a person had typed it, with where it stood.

A record depends on the row and the moment of the export alone, so that the same file taken in again adds nothing. What
somebody types later supersedes it; what devices state stands before it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from db.mapping import storable
from db.repositories import evidence, statements
from db.repositories.evidence import KeptRow
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from dose_core.readers.errors import UnreadableError
from dose_core.readers.typed import read_typed, values_of
from dose_core.readers.typed_record import ORIGIN, compose, uid_of_values
from dose_core.readers.typed_table import Entry
from dose_services import reading
from dose_services.site import Site

_ROWS = 200  # kept in one transaction; each study is filed in one of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """
    What became of one row: ``problem`` says why it was not taken; else ``is_new`` tells if it was not known before.

    ``stated`` are its values by field as the row has them, ``kept`` as the statement has them that was kept.
    """

    line: int
    problem: str | None = None
    is_new: bool = False
    stated: tuple[tuple[str, float], ...] = ()
    kept: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Who takes in what: the moment of the export is that of each record."""

    imported_by: str
    exported_at: datetime
    site_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    line: int
    sop_instance_uid: str
    record: bytes
    stated: tuple[tuple[str, float], ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.record).hexdigest()


def import_entries(
    unit_of_work: UnitOfWork,
    entries: Iterable[tuple[int, Entry | str]],
    what: Import,
    *,
    now: datetime,
    site: Site,
    is_applied: bool,
) -> Iterator[Imported]:
    """
    Take in rows by their line, and yield what became of each, in their order; a text is why a row is none.

    Safe to repeat and to stop. Unless it ``is_applied`` the rows are looked at, and nothing is written.
    """
    seen: dict[bytes, int] = {}
    rest = iter(entries)
    while batch := list(islice(rest, _ROWS)):
        checked = [_checked(line, entry, what, seen) for line, entry in batch]
        rows = [one for one in checked if isinstance(one, _Row)]
        done = _take(unit_of_work, rows, what, now=now, site=site) if is_applied else {}
        for one in checked:
            if isinstance(one, Imported):
                yield one
            else:
                yield done.get(one.line, Imported(line=one.line, stated=one.stated))


def _checked(line: int, entry: Entry | str, what: Import, seen: dict[bytes, int]) -> _Row | Imported:
    if isinstance(entry, str):
        return Imported(line=line, problem=entry)
    study = storable(entry.study_instance_uid)
    uid = uid_of_values(what.site_label, study, entry.modality)
    # Sixteen bytes in the place of a UID: a file may have a million rows.
    first = seen.setdefault(hashlib.blake2b(uid.encode(), digest_size=16).digest(), line)
    if first != line:
        return Imported(
            line=line, problem=f"it is of the same study and modality as line {first}; make one row of both"
        )
    record = compose(
        entry.body,
        sop_instance_uid=uid,
        study_instance_uid=study,
        modality=entry.modality,
        typed_by=what.imported_by,
        typed_at=what.exported_at,
    )
    try:
        stated = tuple(values_of(read_typed(record)))
    except UnreadableError as error:
        return Imported(line=line, problem=str(error))
    return _Row(line=line, sop_instance_uid=uid, record=record, stated=stated)


def _take(
    unit_of_work: UnitOfWork, rows: Sequence[_Row], what: Import, *, now: datetime, site: Site
) -> dict[int, Imported]:
    if not rows:
        return {}
    kept = in_unit_of_work(unit_of_work, partial(_keep, rows=rows, what=what, now=now))
    ids = {row.line: kept[row.sop_instance_uid, row.digest] for row in rows}
    states = reading.read_now(unit_of_work, [one.id for one in ids.values()], now=now, site=site)
    reasons = {state.evidence_id: state.reason for state in states if state.status != "read"}
    with unit_of_work() as session:
        reports = statements.of_evidence(session, [one.id for one in ids.values()])
    return {
        row.line: Imported(
            line=row.line,
            problem=reasons.get(ids[row.line].id),
            is_new=ids[row.line].is_new,
            stated=row.stated,
            kept=tuple(values_of(reports[ids[row.line].id])) if ids[row.line].id in reports else (),
        )
        for row in rows
    }


def _keep(session: Session, *, rows: Sequence[_Row], what: Import, now: datetime) -> dict[tuple[str, str], KeptRow]:
    values = [
        {
            "site": what.site_label,
            "sop_instance_uid": row.sop_instance_uid,
            "digest": row.digest,
            "content_digest": None,
            "content": row.record,
            "size_bytes": len(row.record),
            "is_header": False,
            "received_at": now,
            "sender": what.imported_by,
            "calling_aet": None,
            "origin": ORIGIN,
            "orthanc_id": None,
            "copy_of": None,
        }
        for row in rows
    ]
    return evidence.keep(session, values)
