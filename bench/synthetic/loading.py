"""
Take in what the writing processes write: one COPY for each table, its keys and indexes dropped before and made after.

Each table is emptied in the transaction of its COPY, so that the rows are frozen from the start (COPY, FREEZE) and no
vacuum has to come back to them.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from typing import BinaryIO

from bench.house import Database
from bench.synthetic.fields import END, SIGNATURE
from bench.synthetic.writing import DONE, HEAD

_WAITING = 8  # pieces of a table that may wait for its COPY


class _Stream:
    """What COPY reads of one table, as a file."""

    def __init__(self) -> None:
        self.pieces: Queue[bytes | None] = Queue(_WAITING)
        self._rest = memoryview(SIGNATURE)
        self._is_over = False

    def read(self, size: int) -> bytes:
        """Return at most so many bytes; none at the end."""
        while not self._rest and not self._is_over:
            piece = self.pieces.get()
            self._is_over = piece is None
            self._rest = memoryview(END if piece is None else piece)
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


def take_in(
    database: Database, tables: Sequence[str], sources: Sequence[BinaryIO], done: Callable[[int], None]
) -> None:
    """
    Copy what the sources hold into the tables; ``done`` is told how many exams came, as they come.

    Raises:
        RuntimeError: a COPY failed, or a source ended within a piece.
    """
    streams = [_Stream() for _ in tables]
    failed: list[str] = []
    copying = [
        threading.Thread(target=_copy, args=(database, table, stream, failed))
        for table, stream in zip(tables, streams, strict=True)
    ]
    sorting = [threading.Thread(target=_sort, args=(source, streams, done)) for source in sources]
    for thread in (*copying, *sorting):
        thread.start()
    for thread in sorting:
        thread.join()
    for stream in streams:
        stream.pieces.put(None)
    for thread in copying:
        thread.join()
    if failed:
        raise RuntimeError("; ".join(failed))


def _sort(source: BinaryIO, streams: Sequence[_Stream], done: Callable[[int], None]) -> None:
    while head := source.read(HEAD.size):
        table, size = HEAD.unpack(head)
        if table == DONE:
            done(size)
        else:
            streams[table].pieces.put(source.read(size))


def _copy(database: Database, table: str, stream: _Stream, failed: list[str]) -> None:
    connection = database.connect()
    connection.autocommit = False
    try:
        with connection.cursor() as cursor:
            # What is append-only refuses it; FREEZE needs a table that this transaction has emptied.
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary, FREEZE)", stream, 256 * 1024)
        connection.commit()
    except Exception as error:  # noqa: BLE001 - a thread; whatever it is ends the build
        failed.append(f"{table}: {error}")
        while stream.pieces.get() is not None:  # those who write must not wait for ever
            pass
    finally:
        connection.close()


@contextmanager
def without_keys(database: Database, tables: Sequence[str], tell: Callable[[str], None]) -> Iterator[None]:
    """Drop the keys and indexes of tables, and make them again at the end as they were."""
    names = {"tables": list(tables)}
    foreign = database.ask(
        _CONSTRAINTS + "AND contype = 'f' AND (t.relname = ANY(%(tables)s) OR f.relname = ANY(%(tables)s))", names
    )
    own = database.ask(_CONSTRAINTS + "AND contype IN ('p', 'u') AND t.relname = ANY(%(tables)s)", names)
    indexes = database.ask(_INDEXES, names)
    for table, name, _ in (*foreign, *own):
        database.ask(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        database.ask(f"DROP INDEX {name}")
    yield
    for table, name, definition in own:
        tell(f"key {name}")
        database.ask(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, definition in indexes:
        tell(f"index {name}")
        database.ask(definition)
    for table, name, definition in foreign:
        tell(f"reference {name}")
        database.ask(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


_CONSTRAINTS = """
    SELECT t.relname, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
    JOIN pg_class t ON t.oid = conrelid LEFT JOIN pg_class f ON f.oid = confrelid
    WHERE c.connamespace = 'public'::regnamespace
"""
_INDEXES = """
    SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE t.relname = ANY(%(tables)s) AND t.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u'))
"""
