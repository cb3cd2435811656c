"""
A connection of the driver that asks the server less often.

Each message to the server and back costs both sides about as much as a short statement. So a transaction begins with
its first statement and is committed with its last, in one message each, and statements whose answer nobody waits for
go with the next one. Their order stays as it was asked for and each sees what those before it did; what one of them
raises is raised by the statement with which it goes, or by the commit. A rollback forgets those that were not sent.

The driver itself holds the connection for one that commits each statement, so that it adds nothing of its own.
Source: PostgreSQL documentation, 55.2.2.1 (Multiple Statements in a Simple Query).
"""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from psycopg2 import extensions as psycopg2
from psycopg2.sql import Composable

_BEGIN = {
    psycopg2.ISOLATION_LEVEL_READ_COMMITTED: b"BEGIN",
    psycopg2.ISOLATION_LEVEL_REPEATABLE_READ: b"BEGIN ISOLATION LEVEL REPEATABLE READ",
    psycopg2.ISOLATION_LEVEL_SERIALIZABLE: b"BEGIN ISOLATION LEVEL SERIALIZABLE",
}
_NOTHING_BEGUN = psycopg2.TRANSACTION_STATUS_IDLE


class Cursor(psycopg2.cursor):
    """A cursor that takes along what waits on its connection."""

    connection: "Connection"

    def execute(self, query: str | bytes | Composable, vars: Any = None) -> None:  # noqa: A002, ANN401  as the driver names them
        """Execute a statement behind those that wait for it; the answer is its own."""
        if self.name is not None:  # one on the server is declared, in a message of its own
            self._send_before()
            super().execute(query, vars)
            return
        waiting = self.connection.taken()
        if waiting:
            super().execute(b"; ".join((*waiting, self.mogrify(query, vars))))
        else:
            super().execute(query, vars)

    # What the driver does in a message of its own form: what waits goes before it.

    def executemany(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        """Execute a statement for each of several values."""
        self._send_before()
        super().executemany(*told, **named)

    def copy_expert(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        """Copy rows to or from a file."""
        self._send_before()
        super().copy_expert(*told, **named)

    def copy_from(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        """Copy rows from a file."""
        self._send_before()
        super().copy_from(*told, **named)

    def copy_to(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        """Copy rows to a file."""
        self._send_before()
        super().copy_to(*told, **named)

    def callproc(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        """Call a procedure."""
        self._send_before()
        super().callproc(*told, **named)

    def _send_before(self) -> None:
        waiting = self.connection.taken()
        if waiting:
            with closing(psycopg2.cursor(self.connection)) as before:
                before.execute(b"; ".join(waiting))


class Connection(psycopg2.connection):
    """To a server; in a transaction from its first statement until ``commit`` or ``rollback``."""

    def __init__(self, *told: Any, **named: Any) -> None:  # noqa: ANN401  the driver's
        super().__init__(*told, **named)
        self.autocommit = True
        self._begin: bytes | None = _BEGIN[psycopg2.ISOLATION_LEVEL_READ_COMMITTED]
        self._later: list[bytes] = []
        self._has_named = False

    def cursor(self, name: str | bytes | None = None, *told: Any, **named: Any) -> Any:  # noqa: ANN401  the driver's
        """Return a cursor that takes along what waits; with a name it is one on the server."""
        # The driver has one on the server only where it began the transaction itself, or where it outlives that.
        is_held = {} if name is None else {"withhold": True}
        self._has_named = self._has_named or name is not None
        return super().cursor(name, *told, **({} if told else {"cursor_factory": Cursor}) | is_held | named)

    def add_later(self, statement: bytes) -> None:
        """Let a statement, with its values in it, wait for the next one."""
        self._later.append(statement)

    @property
    def has_waiting(self) -> bool:
        """Whether statements wait for the next one."""
        return bool(self._later)

    def taken(self) -> Sequence[bytes]:
        """Return what must go in front of the next statement, and wait with it no more: the caller sends it."""
        waiting, self._later = self._later, []
        is_outside = self._begin is not None and self.get_transaction_status() == _NOTHING_BEGUN
        return [self._begin, *waiting] if is_outside and self._begin else waiting

    def commit(self) -> None:
        """Commit what was done, and what waits."""
        if self._later or self.get_transaction_status() != _NOTHING_BEGUN:
            # A cursor that nobody closed would else be read to its end and kept for as long as the connection lives.
            ends = ["CLOSE ALL"] if self._has_named else []
            ends += ["COMMIT"] if self._begin else []
            with closing(self.cursor()) as cursor:
                cursor.execute("; ".join(ends))
        self._has_named = False

    def rollback(self) -> None:
        """Undo what was done, and forget what waits."""
        self._later = []
        if not self.closed and self.get_transaction_status() != _NOTHING_BEGUN:
            with closing(self.cursor()) as cursor:
                cursor.execute("ROLLBACK")

    def set_isolation_level(self, level: int | None) -> None:
        """Have the next transactions isolated so; 0 for none, each statement then stands alone."""
        self._begin = _BEGIN[level or psycopg2.ISOLATION_LEVEL_READ_COMMITTED] if level != 0 else None
