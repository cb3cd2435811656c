"""
A backup file: a ZIP archive with one entry per table, and a manifest.

``tables/NAME`` holds the rows in PostgreSQL's COPY text format, which every release since 7.x reads;
``manifest.json`` holds, per table, its columns, the number of rows, and the SHA-256 of the entry.
"""

import hashlib
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, ValidationError

from db.backup_errors import BackupUnreadableError

MANIFEST = "manifest.json"


class TableContent(BaseModel):
    """One table of a backup. Names are quoted for SQL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    columns: str
    rows: int
    sha256: str


class SequenceState(BaseModel):
    """One sequence of a backup. The name is quoted for SQL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequence: str
    last_value: int
    is_called: bool


class Manifest(BaseModel):
    """What a backup holds; ``made_at`` is the time of its snapshot, ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doseledger_backup: Literal[1]  # the format; another number is a format that this release does not know
    made_at: str
    revision: str
    tables: tuple[TableContent, ...]
    sequences: tuple[SequenceState, ...]


class DigestingSink:
    """Takes what COPY TO tells, digests it, and passes it on if there is somewhere to pass it."""

    def __init__(self, stream: IO[bytes] | None = None) -> None:
        """Pass everything on to the stream, if there is one."""
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        self._digest.update(content)
        return self._stream.write(content) if self._stream else len(content)

    def sha256(self) -> str:
        """Return the digest of all that passed, hexadecimal."""
        return self._digest.hexdigest()


class RowDigest:
    """
    Takes rows in COPY's text format and digests them whatever their order: their number, and the sum of their SHA-256.

    A server puts a row where there is room, so that rows may be told in another order than they were written in.
    """

    def __init__(self) -> None:
        """Begin without a row."""
        self.value = (0, 0)
        self._row = hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Take some bytes; a row ends with its line, since COPY spells a line feed in a value as an escape."""
        *ended, begun = content.split(b"\n")
        for part in ended:
            self._row.update(part)
            rows, total = self.value
            self.value = rows + 1, (total + int.from_bytes(self._row.digest())) % 2**256
            self._row = hashlib.sha256()
        self._row.update(begun)
        return len(content)


class RowSource:
    """Gives COPY FROM what a stream holds, and passes it on to a digest."""

    def __init__(self, stream: IO[bytes], digest: RowDigest) -> None:
        """Read from the stream."""
        self._stream = stream
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        """Return some bytes."""
        content = self._stream.read(size)
        self._digest.write(content)
        return content

    def readline(self, size: int = -1) -> bytes:
        """Return a line, or its beginning."""
        content = self._stream.readline(size)
        self._digest.write(content)
        return content


def entry_name(table: str) -> str:
    """Return the name of a table's entry in the archive."""
    return f"tables/{table}"


@contextmanager
def verified(source: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """
    Yield the archive and its manifest, after every entry was read and found to be what was written.

    Raises:
        BackupUnreadableError: it is missing, no backup of ours, or damaged.
    """
    try:
        archive = ZipFile(source)
    except OSError as error:
        raise BackupUnreadableError(source, error.strerror or "it cannot be read") from error
    except BadZipFile as error:
        raise BackupUnreadableError(source, "it is no DoseLedger backup, or it was damaged") from error
    with archive:
        yield archive, _verified_manifest(archive, source)


def _verified_manifest(archive: ZipFile, source: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
        for table in manifest.tables:
            sink = DigestingSink()
            with archive.open(entry_name(table.table)) as entry:
                shutil.copyfileobj(entry, sink)
            if sink.sha256() != table.sha256:
                raise BackupUnreadableError(source, f"the rows of {table.table} are not those that were written")
    except (BadZipFile, zlib.error, KeyError, EOFError, OSError, NotImplementedError, ValidationError) as error:
        raise BackupUnreadableError(source, "it is no DoseLedger backup, or it was damaged") from error
    return manifest
