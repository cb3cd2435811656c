"""
What a backfill has yet to look at, in a file of its own: it may be killed at any time and goes on where it was.

The file names studies by the archive's own ids, which are digests, and what failed by its UID; nothing in it names a
patient.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dose_core.errors import DoseError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS study (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, is_done INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS waiting ON study (place) WHERE NOT is_done;
CREATE TABLE IF NOT EXISTS failed (id TEXT PRIMARY KEY, sop_instance_uid TEXT, reason TEXT NOT NULL);
"""
_PAGE = 500


class StudyListError(DoseError):
    """The file cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A study or an instance that could not be taken in, by the archive's id of it, and why."""

    id: str
    sop_instance_uid: str | None
    reason: str


class StudyList:
    """
    The file; one process at a time has it open.

    Raises:
        StudyListError: it cannot be written, another process has it, or it is about another archive or site.
    """

    def __init__(self, path: Path, *, archive: str, site: str) -> None:
        self._path = path
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            self._connection.execute("INSERT OR IGNORE INTO about VALUES ('archive', ?), ('site', ?)", (archive, site))
        except (OSError, sqlite3.Error) as error:
            msg = f"{path} cannot be used ({error}); does another backfill work with it?"
            raise StudyListError(msg) from error
        about = dict(self._connection.execute("SELECT name, value FROM about"))
        if (about["archive"], about["site"]) != (archive, site):
            msg = f"{path} is about another archive or site; name another file by --state"
            raise StudyListError(msg)

    def close(self) -> None:
        """Let another process have it."""
        self._connection.close()

    @property
    def is_complete(self) -> bool:
        """Whether all studies of the archive were listed."""
        return bool(self._number("SELECT count(*) FROM about WHERE name = 'is_complete'"))

    @property
    def length(self) -> int:
        """How many studies there are."""
        return self._number("SELECT count(*) FROM study")

    @property
    def waiting(self) -> int:
        """How many of them have not been looked at."""
        return self._number("SELECT count(*) FROM study WHERE NOT is_done")

    def clear(self) -> None:
        """Begin anew."""
        self._connection.executescript(
            "BEGIN; DELETE FROM study; DELETE FROM failed; DELETE FROM about WHERE name = 'is_complete'; COMMIT"
        )

    def add(self, study_ids: Sequence[str]) -> int:
        """Add studies, and return how many of them were new."""
        before = self._connection.total_changes
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO study (id) VALUES (?)", [(one,) for one in study_ids])
        self._connection.execute("COMMIT")
        return self._connection.total_changes - before

    def complete(self) -> None:
        """Note that all studies were listed."""
        self._connection.execute("INSERT OR IGNORE INTO about VALUES ('is_complete', 'yes')")

    def studies(self) -> Iterator[str]:
        """Yield the studies that have not been looked at, in order."""
        last = 0
        query = "SELECT place, id FROM study WHERE NOT is_done AND place > ? ORDER BY place LIMIT ?"
        while page := self._connection.execute(query, (last, _PAGE)).fetchall():
            for place, study_id in page:
                yield study_id
                last = place

    def done(self, study_id: str) -> None:
        """Note that a study was looked at."""
        self._connection.execute("UPDATE study SET is_done = 1 WHERE id = ?", (study_id,))

    def fail(self, failed: Failed) -> None:
        """Note what could not be taken in."""
        values = (failed.id, failed.sop_instance_uid, failed.reason)
        self._connection.execute("INSERT OR REPLACE INTO failed VALUES (?, ?, ?)", values)

    def failures(self) -> Iterator[Failed]:
        """Yield what could not be taken in."""
        for row in self._connection.execute("SELECT id, sop_instance_uid, reason FROM failed ORDER BY id"):
            yield Failed(*row)

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
