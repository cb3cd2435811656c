"""
What is still to be delivered, kept in one SQLite file: ids and headers without pixels, never a whole object.

The file is 0600 in a 0700 folder, and what was delivered is overwritten (``secure_delete``), because headers name
patients. Losing the file loses nothing: Orthanc keeps the instances, and the catch-up finds them again.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dose_core.classify import ObjectKind
from dose_core.contract import CopyOf, Envelope, Origin
from orthanc_plugin.ownership import check_ownership

FILE_NAME = "spool.sqlite3"

# NORMAL: a power cut may undo the last commits, the watermark with them, so that the catch-up finds the rest.
_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA foreign_keys = ON;
"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    orthanc_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('unseen', 'queued', 'parked')),
    kind TEXT,
    sop_instance_uid TEXT,
    series_instance_uid TEXT,
    calling_aet TEXT,
    origin TEXT,
    copy_of TEXT,
    header_bytes INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL DEFAULT 0,
    added_at REAL NOT NULL
);
-- apart, so that looking for work reads no headers
CREATE TABLE IF NOT EXISTS header (
    orthanc_id TEXT PRIMARY KEY REFERENCES item ON DELETE CASCADE,
    dicom BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS item_by_work ON item (state, kind, due_at);
CREATE INDEX IF NOT EXISTS item_by_series ON item (series_instance_uid);
-- what Orthanc deleted and the service was not told of yet
CREATE TABLE IF NOT EXISTS deletion (orthanc_id TEXT PRIMARY KEY, due_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS deletion_by_due ON deletion (due_at);
CREATE TABLE IF NOT EXISTS watermark (id INTEGER PRIMARY KEY CHECK (id = 1), change_seq INTEGER NOT NULL);
"""
# An instance that is stored again replaces what waits of it, so that the newest header is sent.
_ADD = """
INSERT INTO item (orthanc_id, state, kind, sop_instance_uid, series_instance_uid, calling_aet, origin, copy_of,
                  header_bytes, added_at)
VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (orthanc_id) DO UPDATE SET
    state = 'queued', kind = excluded.kind, sop_instance_uid = excluded.sop_instance_uid,
    series_instance_uid = excluded.series_instance_uid, calling_aet = excluded.calling_aet, origin = excluded.origin,
    copy_of = excluded.copy_of, header_bytes = excluded.header_bytes, reason = NULL,
    attempts = 0, due_at = 0, added_at = excluded.added_at
"""
_ADD_UNSEEN = """
INSERT INTO item (orthanc_id, state, added_at) VALUES (?, 'unseen', ?) ON CONFLICT (orthanc_id) DO NOTHING
"""
# One that was to be told of already waits anew: it may have been stored and deleted once more.
_ADD_DELETED = """
INSERT INTO deletion VALUES (?, ?) ON CONFLICT (orthanc_id) DO UPDATE SET due_at = excluded.due_at
"""
# What is still to be delivered comes first: nobody could be told what is missing otherwise.
_DELETED = """
SELECT orthanc_id FROM deletion
WHERE due_at <= ? AND orthanc_id NOT IN (SELECT orthanc_id FROM item WHERE state <> 'parked')
ORDER BY due_at LIMIT ?
"""
_ADD_HEADER = "INSERT OR REPLACE INTO header VALUES (?, ?)"
_ITEMS = """
SELECT orthanc_id, kind, sop_instance_uid, series_instance_uid, calling_aet, origin, copy_of, dicom, attempts,
       added_at
FROM item LEFT JOIN header USING (orthanc_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolItem:
    """One instance to deliver: a whole object, to be read from Orthanc, or the header of an image."""

    orthanc_id: str
    kind: ObjectKind
    sop_instance_uid: str
    series_instance_uid: str | None = None
    calling_aet: str | None = None
    origin: Origin | None = None
    copy_of: CopyOf | None = None
    header: bytes | None = None
    attempts: int = 0
    added_at: float = 0.0  # set by the spool; tells an entry from a later one of the same instance

    def envelope(self, dicom: bytes) -> Envelope:
        """Return the message that carries these bytes of the instance."""
        return Envelope(
            sop_instance_uid=self.sop_instance_uid,
            dicom=dicom,
            is_header=self.kind is ObjectKind.HEADER,
            calling_aet=self.calling_aet,
            origin=self.origin,
            orthanc_id=self.orthanc_id,
            copy_of=self.copy_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An instance that was refused for good, and why."""

    orthanc_id: str
    sop_instance_uid: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolCounts:
    """What waits in the spool."""

    unseen: int
    whole: int
    header: int
    parked: int
    deleted: int
    oldest_added_at: float | None


class Spool:
    """The queue on disk; may be used from any thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_ownership(folder.stat(), "the spool folder")  # before it is closed: something may lie in it already
        folder.chmod(0o700)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self.was_broken = False  # the file was broken when it was opened, and begun anew
        try:
            self._connection = _open(self._path)
        except sqlite3.OperationalError:  # a full disk, a lock: the file may be sound
            raise
        except sqlite3.DatabaseError:  # not a database any more, but with patients in it: Orthanc has all of it
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._connection = _open(self._path)
            self.was_broken = True

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(self, items: Iterable[SpoolItem], unseen: Iterable[str] = (), *, now: float) -> None:
        """Queue items, and instances of which no more than the Orthanc id is known, in one transaction."""
        items = list(items)
        headers = [(item.orthanc_id, item.header) for item in items if item.header is not None]
        rows = [
            (
                item.orthanc_id,
                item.kind,
                item.sop_instance_uid,
                item.series_instance_uid,
                item.calling_aet,
                item.origin,
                item.copy_of,
                len(item.header or b""),
                now,
            )
            for item in items
        ]
        with self._lock, self._connection:
            self._connection.executemany(_ADD, rows)
            self._connection.executemany(_ADD_HEADER, headers)
            self._connection.executemany(_ADD_UNSEEN, [(orthanc_id, now) for orthanc_id in unseen])

    def add_found(self, orthanc_ids: Iterable[str], *, change_seq: int, now: float) -> None:
        """Queue what the catch-up found, and remember in the same transaction how far it has read."""
        with self._lock, self._connection:
            self._connection.executemany(_ADD_UNSEEN, [(orthanc_id, now) for orthanc_id in orthanc_ids])
            self._connection.execute(
                "INSERT INTO watermark VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET change_seq = excluded.change_seq",
                (change_seq,),
            )

    def watermark(self) -> int:
        """Return the last change of Orthanc that is accounted for, 0 at the beginning."""
        rows = self._rows("SELECT change_seq FROM watermark")
        return int(rows[0][0]) if rows else 0

    def unseen(self, *, now: float, limit: int) -> list[tuple[str, int]]:
        """Return instances of which only the id is known, with the attempts so far."""
        sql = "SELECT orthanc_id, attempts FROM item WHERE state = 'unseen' AND due_at <= ? ORDER BY due_at LIMIT ?"
        return [(str(row[0]), int(row[1])) for row in self._rows(sql, now, limit)]

    def wholes(self, *, now: float, limit: int) -> list[SpoolItem]:
        """Return whole objects that are due, oldest first."""
        sql = f"{_ITEMS} WHERE state = 'queued' AND kind = 'whole' AND due_at <= ? ORDER BY added_at LIMIT ?"
        return [_item(row) for row in self._rows(sql, now, limit)]

    def waiting_series(self, *, now: float) -> list[tuple[str, float]]:
        """Return the series with headers that are due, each with the time its last slice came."""
        sql = (
            "SELECT series_instance_uid, max(added_at) FROM item "
            "WHERE state = 'queued' AND kind = 'header' AND due_at <= ? GROUP BY series_instance_uid"
        )
        return [(str(row[0]), float(row[1])) for row in self._rows(sql, now)]

    def series_headers(self, series_instance_uid: str, *, now: float) -> list[tuple[str, int]]:
        """Return Orthanc id and size of the headers of a series that are due, oldest first."""
        sql = (
            "SELECT orthanc_id, header_bytes FROM item WHERE series_instance_uid = ? AND state = 'queued' "
            "AND kind = 'header' AND due_at <= ? ORDER BY added_at, sop_instance_uid"
        )
        return [(str(row[0]), int(row[1])) for row in self._rows(sql, series_instance_uid, now)]

    def items(self, orthanc_ids: Sequence[str]) -> list[SpoolItem]:
        """Return items by their Orthanc id, in this order; what is gone is left out."""
        found = []
        sql = f"{_ITEMS} WHERE orthanc_id = ?"
        for orthanc_id in orthanc_ids:
            found += [_item(row) for row in self._rows(sql, orthanc_id)]
        return found

    def forget(self, items: Iterable[SpoolItem]) -> None:
        """Delete what was delivered, unless the instance was stored again in the meantime."""
        rows = [(item.orthanc_id, item.added_at) for item in items]
        self._each("DELETE FROM item WHERE orthanc_id = ? AND added_at = ?", rows)

    def forget_unseen(self, orthanc_id: str) -> None:
        """Delete an instance that was looked at and is of no interest."""
        self._each("DELETE FROM item WHERE orthanc_id = ? AND state = 'unseen'", [(orthanc_id,)])

    def park(self, items: Iterable[SpoolItem], *, reason: str) -> None:
        """Set aside what was refused for good; the header goes, the id and the reason stay."""
        rows = [(reason, item.orthanc_id, item.added_at) for item in items]
        self._park("UPDATE item SET state = 'parked', reason = ? WHERE orthanc_id = ? AND added_at = ?", rows)

    def park_unseen(self, orthanc_id: str, *, reason: str) -> None:
        """Set aside an instance that cannot be looked at."""
        sql = "UPDATE item SET state = 'parked', reason = ? WHERE orthanc_id = ? AND state = 'unseen'"
        self._park(sql, [(reason, orthanc_id)])

    def postpone(self, orthanc_ids: Iterable[str], *, until: float) -> None:
        """Count a failed attempt and try again later."""
        self._each(
            "UPDATE item SET attempts = attempts + 1, due_at = ? WHERE orthanc_id = ?",
            [(until, orthanc_id) for orthanc_id in orthanc_ids],
        )

    def add_deleted(self, orthanc_ids: Iterable[str], *, now: float) -> None:
        """Remember instances that Orthanc deleted."""
        self._each(_ADD_DELETED, [(orthanc_id, now) for orthanc_id in orthanc_ids])

    def deleted(self, *, before: float, limit: int) -> list[str]:
        """Return instances that were deleted, or postponed to a time, before that moment; the oldest first."""
        return [str(row[0]) for row in self._rows(_DELETED, before, limit)]

    def forget_deleted(self, orthanc_ids: Iterable[str]) -> None:
        """Delete what was told, or is stored again."""
        self._each("DELETE FROM deletion WHERE orthanc_id = ?", [(orthanc_id,) for orthanc_id in orthanc_ids])

    def postpone_deleted(self, orthanc_ids: Iterable[str], *, until: float) -> None:
        """Tell of these later."""
        rows = [(until, orthanc_id) for orthanc_id in orthanc_ids]
        self._each("UPDATE deletion SET due_at = ? WHERE orthanc_id = ?", rows)

    def retry_parked(self) -> int:
        """Queue all that was parked once more and return how many that were."""
        with self._lock, self._connection:
            sql = "UPDATE item SET state = 'unseen', reason = NULL, attempts = 0, due_at = 0 WHERE state = 'parked'"
            return self._connection.execute(sql).rowcount

    def parked(self, *, limit: int) -> list[Parked]:
        """Return what was parked, newest first."""
        sql = (
            "SELECT orthanc_id, sop_instance_uid, reason FROM item WHERE state = 'parked' "
            "ORDER BY added_at DESC LIMIT ?"
        )
        return [Parked(orthanc_id=row[0], sop_instance_uid=row[1], reason=row[2]) for row in self._rows(sql, limit)]

    def counts(self) -> SpoolCounts:
        """Return how much waits and since when."""
        counts: dict[str, int] = {}
        oldest: float | None = None
        for state, kind, number, added_at in self._rows(
            "SELECT state, kind, count(*), min(added_at) FROM item GROUP BY state, kind"
        ):
            name = str(kind) if state == "queued" else str(state)
            counts[name] = counts.get(name, 0) + int(number)
            if state != "parked":
                oldest = float(added_at) if oldest is None else min(oldest, float(added_at))
        return SpoolCounts(
            unseen=counts.get("unseen", 0),
            whole=counts.get("whole", 0),
            header=counts.get("header", 0),
            parked=counts.get("parked", 0),
            deleted=int(self._rows("SELECT count(*) FROM deletion")[0][0]),
            oldest_added_at=oldest,
        )

    def wipe_log(self) -> None:
        """Empty the write-ahead log, which may still hold headers that were forgotten."""
        with self._lock, closing(self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")) as cursor:
            cursor.fetchall()

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._connection.execute(sql, values)) as cursor:
            return cursor.fetchall()

    def _park(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._lock, self._connection:
            self._connection.executemany(sql, rows)
            self._connection.execute(
                "DELETE FROM header WHERE orthanc_id IN (SELECT orthanc_id FROM item WHERE state = 'parked')"
            )

    def _each(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._lock, self._connection:
            self._connection.executemany(sql, rows)


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # before SQLite would create it by the umask
    path.chmod(0o600)
    # Threads of Orthanc have no lasting identity in Python (plugin 5.0 and later); the lock above guards instead.
    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    try:
        connection.executescript(_PRAGMAS + _SCHEMA)
    except sqlite3.Error:
        connection.close()  # else it would take the log of its successor with it when it goes
        raise
    return connection


def _item(row: Sequence[Any]) -> SpoolItem:
    orthanc_id, kind, sop_instance_uid, series_instance_uid, calling_aet, origin, copy_of, header, *counts = row
    return SpoolItem(
        orthanc_id=str(orthanc_id),
        kind=ObjectKind(str(kind)),
        sop_instance_uid=str(sop_instance_uid),
        series_instance_uid=_text(series_instance_uid),
        calling_aet=_text(calling_aet),
        origin=Origin(str(origin)) if origin else None,
        copy_of=CopyOf(str(copy_of)) if copy_of else None,
        header=header if isinstance(header, bytes) else None,
        attempts=counts[0],
        added_at=counts[1],
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
