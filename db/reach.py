"""Reaching a database that somebody named."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from db.session import make_engine
from dose_core.errors import DoseError

_OLDEST = (15,)


class DatabaseUnreachableError(DoseError):
    """No database answers there, or it refuses us."""

    def __init__(self, host: str | None, port: int | None, name: str | None) -> None:
        super().__init__(
            f"no database {name} for us on {host}:{port or 5432}: see that it runs, "
            "and that DOSELEDGER_DATABASE_URL has its address and password"
        )


class OldServerError(DoseError):
    """The server is older than the oldest PostgreSQL that DoseLedger is tested on."""


@contextmanager
def reached(database_url: str) -> Iterator[Engine]:
    """
    Yield an engine for one piece of work; its connections are closed at the end.

    Raises:
        DatabaseUnreachableError: no database answers there, or it refuses us.
        OldServerError: it is older than PostgreSQL 15.
    """
    engine = make_engine(database_url, pool_size=2)
    try:
        try:
            engine.connect().close()
        except OperationalError:
            # The driver's text is of many lines; its own address and name are what one can act on.
            raise DatabaseUnreachableError(engine.url.host, engine.url.port, engine.url.database) from None
        version = engine.dialect.server_version_info or ()
        if version < _OLDEST:
            msg = f"the server is PostgreSQL {'.'.join(map(str, version))}; DoseLedger needs {_OLDEST[0]} or newer"
            raise OldServerError(msg)
        yield engine
    finally:
        engine.dispose()
