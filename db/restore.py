"""Backups back into an empty database, checked row for row."""

from pathlib import Path
from zipfile import ZipFile

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812  a class that its library spells small
from sqlalchemy import Engine

from db.backup import speak_plainly
from db.backup_errors import (
    BackupFromNewerReleaseError,
    BackupUnreadableError,
    DatabaseNotEmptyError,
    RestoreFailedError,
)
from db.backup_format import Manifest, RowDigest, RowSource, TableContent, entry_name, verified
from db.catalog import foreign_keys, tables, transaction
from db.migrate import downgrade, knows, status, upgrade
from db.reach import reached

# What migrations put into a new database themselves: the root of all organisations, as long as nobody has named it.
_BROUGHT = {"organisation": "parent_id IS NULL AND name = 'all'"}


def restore(database_url: str, source: Path) -> Manifest:
    """
    Bring a backup's rows into an empty database, then its tables to this release; return what was restored.

    All rows are written in one transaction, which is committed only if each table, read back, has the rows
    that were written, and as many as the manifest states.

    Raises:
        BackupUnreadableError: the file is missing, no backup of ours, or damaged.
        BackupFromNewerReleaseError: this release does not know its tables.
        DatabaseNotEmptyError: the database holds rows.
        RestoreFailedError: the database did not take the rows as they are.
        DatabaseUnreachableError: no database answers there.
        UnknownRevisionError: a newer release has used the database.
    """
    with verified(source) as (archive, manifest), reached(database_url) as engine:
        if not knows(manifest.revision):
            raise BackupFromNewerReleaseError(source, manifest.revision)
        _bring_to(engine, manifest.revision)
        _fill(engine, archive, manifest, source)
        upgrade(engine)
    return manifest


def _bring_to(engine: Engine, revision: str) -> None:
    """Bring an empty database to the revision that its rows are of."""
    with transaction(engine) as cursor:
        _check_empty(cursor)
    current = status(engine).current
    if current != revision:
        if current is not None:
            downgrade(engine, "base")
        upgrade(engine, revision)


def _check_empty(cursor: Cursor) -> None:
    for table in tables(cursor):
        brought = _BROUGHT.get(table.table, "false")
        cursor.execute(f"SELECT 1 FROM {table.table} WHERE NOT ({brought}) LIMIT 1")  # noqa: S608  quoted by the database
        if cursor.fetchone():
            raise DatabaseNotEmptyError(table.table)


def _fill(engine: Engine, archive: ZipFile, manifest: Manifest, source: Path) -> None:
    with transaction(engine) as cursor:
        speak_plainly(cursor)
        names = {table.table for table in tables(cursor)}
        if names != {table.table for table in manifest.tables}:
            raise BackupUnreadableError(source, "its tables are not those of its revision")
        # Foreign keys are put back, and checked, when all rows are there: tables may refer to each other in a circle.
        keys = foreign_keys(cursor)
        for name in sorted(names):
            cursor.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")  # the rows are history, not events
        _check_empty(cursor)
        for key in keys:
            cursor.execute(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}")
        for name in names & _BROUGHT.keys():
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608  ours; the backup has its own
        for table in manifest.tables:
            _fill_table(cursor, archive, table)
        for state in manifest.sequences:
            cursor.execute("SELECT setval(%s, %s, %s)", (state.sequence, state.last_value, state.is_called))
        for key in keys:
            _put_back(cursor, f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}", key.table)
        for name in sorted(names):
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def _fill_table(cursor: Cursor, archive: ZipFile, table: TableContent) -> None:
    written, found = RowDigest(), RowDigest()
    with archive.open(entry_name(table.table)) as entry:
        try:
            cursor.copy_expert(f"COPY {table.table} ({table.columns}) FROM STDIN", RowSource(entry, written))
        except psycopg2.Error as error:
            # Its text may quote a row, and rows hold patients' names.
            raise RestoreFailedError(table.table, f"SQLSTATE {error.pgcode}") from None
    cursor.copy_expert(f"COPY {table.table} ({table.columns}) TO STDOUT", found)
    if found.value != written.value or cursor.rowcount != table.rows:
        raise RestoreFailedError(table.table, "what was read back differs from the backup")


def _put_back(cursor: Cursor, statement: str, table: str) -> None:
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        raise RestoreFailedError(table, f"a row refers to one that is missing, SQLSTATE {error.pgcode}") from None
