"""Backups: all rows of one moment in one file, and back into an empty database."""

import os
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from psycopg2.extensions import cursor as Cursor  # noqa: N812  a class that its library spells small
from sqlalchemy import Engine

from db.backup_errors import BackupTargetError, DatabaseNotMigratedError
from db.backup_format import MANIFEST, DigestingSink, Manifest, SequenceState, TableContent, entry_name
from db.catalog import sequences, tables, transaction
from db.migrate import migration_lock, status
from db.reach import reached

# Hexadecimal bytes shrink to half at any level, and what they hold is compressed already.
_LEVEL = 1


def backup(database_url: str, target: Path) -> Manifest:
    """
    Write all rows of one moment to the file, and return what it holds. Work goes on meanwhile.

    The job queue is left out; settings and secrets are not in the database. The file has mode 0600 and
    appears complete or not at all.

    Raises:
        BackupTargetError: the file exists, or cannot be written.
        DatabaseNotMigratedError: the database has no tables of ours.
        DatabaseUnreachableError: no database answers there.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    with reached(database_url) as engine:
        try:
            if target.exists():
                raise BackupTargetError(target, "the file exists")
            manifest = _write_file(engine, unfinished)
            unfinished.rename(target)
        except OSError as error:
            raise BackupTargetError(target, error.strerror or type(error).__name__) from error
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    return manifest


def speak_plainly(cursor: Cursor) -> None:
    """Set, for this transaction, what decides how values are spelt, whatever the server's settings say."""
    for setting in (
        "client_encoding = 'UTF8'",
        "timezone = 'UTC'",
        "datestyle = 'ISO, YMD'",
        "intervalstyle = 'postgres'",
        "bytea_output = 'hex'",
        "extra_float_digits = 1",
        "search_path = public",
    ):
        cursor.execute(f"SET LOCAL {setting}")


def _write_file(engine: Engine, path: Path) -> Manifest:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with migration_lock(engine), ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            manifest = _write(engine, archive)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _write(engine: Engine, archive: ZipFile) -> Manifest:
    revision = status(engine).current
    if revision is None:
        raise DatabaseNotMigratedError
    with transaction(engine) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        speak_plainly(cursor)
        cursor.execute('SELECT to_char(now(), \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')')
        (made_at,) = cursor.fetchone() or ("",)
        contents = []
        for table in tables(cursor):
            with archive.open(entry_name(table.table), "w", force_zip64=True) as entry:
                sink = DigestingSink(entry)
                cursor.copy_expert(f"COPY {table.table} ({table.columns}) TO STDOUT", sink)
            contents.append(
                TableContent(table=table.table, columns=table.columns, rows=cursor.rowcount, sha256=sink.sha256())
            )
        # Sequences stand outside the snapshot; read last, none is behind a row of it.
        states = tuple(_state(cursor, name) for name in sequences(cursor))
        return Manifest(
            doseledger_backup=1, made_at=made_at, revision=revision, tables=tuple(contents), sequences=states
        )


def _state(cursor: Cursor, sequence: str) -> SequenceState:
    cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608  quoted by the database
    last_value, is_called = cursor.fetchone() or (1, False)
    return SequenceState(sequence=sequence, last_value=last_value, is_called=is_called)
