"""
Statements that are asked with almost every request: each connection has the server parse and plan them once.

For a short statement the server spends about as long on planning as on doing it, and SQLAlchemy several times as long
on describing its result as the driver on fetching it. So the driver is asked directly, and rows come as SQLAlchemy
gives them. Between the service and PostgreSQL there must be no pooler that hands a connection on between transactions;
the job queue cannot work through one either.
Source: PostgreSQL documentation, PREPARE (after five executions one plan serves any values, where it is as good).
"""

import re
import time
import zlib
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Any

from sqlalchemy import Connection, Result
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_NAMED = re.compile(r"(?<!:):([a-z_]+)")
_IN_USE = "connection"  # in what SQLAlchemy keeps beside a session
_KNOWN_HERE = "prepared"  # in what SQLAlchemy keeps beside a connection for as long as it lives
# Ours: a plan that was made for an empty table walks over all of a large one, until the server has looked at how many
# rows there are, which it does once a minute (autovacuum_naptime). In a minute the tables cannot grow too far.
_PLAN_LIVES_S = 60.0


class Prepared:
    """
    One statement with named values (``:value``), under a name by which the server's log tells it.

    A value whose type the statement does not tell by its place stands in a CAST.
    """

    def __init__(self, name: str, sql: str) -> None:
        if "%" in sql:
            raise ValueError("the driver would take a percent sign for the place of a value")
        names = list(dict.fromkeys(_NAMED.findall(sql)))
        numbered = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        self._name = f"{name}_{zlib.crc32(numbered.encode()):08x}"  # no other statement can be taken for it
        self._prepare = f"PREPARE {self._name} AS {numbered}"
        values = ", ".join(f"%({name})s" for name in names)
        self._execute = f"EXECUTE {self._name} ({values})" if names else f"EXECUTE {self._name}"

    def run(self, session: Session, values: Mapping[str, Any]) -> Result[Any]:
        """
        Return what the statement answers; ``values`` may hold more than it names. Bytes come as ``memoryview``.

        Raises:
            DBAPIError: what the driver raised, as SQLAlchemy raises it; a connection that is lost is given up.
        """
        connection = self._known_to(session)
        dialect, driver = connection.dialect, connection.connection
        with closing(driver.cursor()) as cursor:
            self._tell(connection, cursor, values)
            try:
                cursor.execute(self._execute, values)
                names = tuple(column[0] for column in cursor.description or ())
                rows = cursor.fetchall() if names else []
            except dialect.loaded_dbapi.Error as error:
                is_lost = dialect.is_disconnect(error, driver, cursor)
                if is_lost:
                    connection.invalidate(error)
                raise DBAPIError.instance(
                    self._execute,
                    None,
                    error,
                    dialect.loaded_dbapi.Error,
                    hide_parameters=True,  # an error text must not quote a patient
                    connection_invalidated=is_lost,
                    dialect=dialect,
                ) from error
        return IteratorResult(_described(names), iter(rows))

    def make_ready(self, session: Session) -> None:
        """Have the connection there, the statement known to its server, and done what waits on it."""
        connection = self._known_to(session)
        if connection.connection.has_waiting:
            connection.exec_driver_sql("SELECT 1")

    def run_later(self, session: Session, values: Mapping[str, Any]) -> None:
        """Have the statement done before the next one of the session or its commit, and not wait for its answer."""
        connection = self._known_to(session)
        driver = connection.connection
        with closing(driver.cursor()) as cursor:
            self._tell(connection, cursor, values)
            driver.add_later(cursor.mogrify(self._execute, values))

    def _known_to(self, session: Session) -> Connection:
        """Return the connection of a session, to whose server the statement is known."""
        # A session asks itself at length for the connection that it has; it lets it go with commit and rollback.
        connection: Connection | None = session.info.get(_IN_USE)
        if connection is None or connection.closed or session.in_nested_transaction():
            connection = session.info[_IN_USE] = session.connection()
        known: dict[str, float] = connection.info.setdefault(_KNOWN_HERE, {})
        since, now = known.get(self._name), time.monotonic()
        if since is None or now - since > _PLAN_LIVES_S:
            prepare = self._prepare if since is None else f"DEALLOCATE {self._name}; {self._prepare}"
            try:
                connection.exec_driver_sql(prepare)
            except DBAPIError:
                connection.invalidate()  # what the server still knows of it, nobody can tell
                raise
            known[self._name] = now  # it outlives a rollback, as what the server prepared does
        return connection

    def _tell(self, connection: Connection, cursor: Any, values: Mapping[str, Any]) -> None:  # noqa: ANN401  the driver's
        """Tell those who listen to the engine of the statement as of any other."""
        for hear in connection.engine.dispatch.before_cursor_execute:
            hear(connection, cursor, self._execute, values, None, False)


@cache
def _described(names: tuple[str, ...]) -> SimpleResultMetaData:
    """Return what tells SQLAlchemy's rows their names; there are as many as there are statements."""
    return SimpleResultMetaData(names)
