"""Engines and units of work. Nothing here decides when to commit but ``unit_of_work``."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from db.driver import Connection
from db.look_chain import ASKED_FROM, Sealing

# Ours: a firewall that forgets a connection without a word does so after many minutes.
_TRUSTED_FOR_S = 30.0

__all__ = ["Engine", "Session", "lock_key", "make_engine", "unit_of_work"]


def make_engine(database_url: str, *, pool_size: int = 10) -> Engine:
    """
    Return an engine for PostgreSQL 15 or newer; its connections are looked at before use.

    Args:
        database_url: ``postgresql://user:password@host:port/name``.
        pool_size: how many connections are kept open.
    """
    url = database_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(
        url,
        pool_size=pool_size,
        hide_parameters=True,  # an error text must not quote a patient
        max_overflow=10,
        connect_args={"connection_factory": Connection, "options": "-c timezone=UTC", "application_name": "doseledger"},
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _check_life)
    return engine


def _note_rest(_: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's record of a connection
    record.info["rests_since"] = time.monotonic()


def _check_life(connection: Any, record: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver, its record
    """
    Refuse a connection that the server has ended; the pool then makes a new one.

    A server that ends says so on each connection, so that one with nothing to read lives: asking it for its life
    before each use would cost a statement. Only after a long rest is it asked.

    Raises:
        DisconnectionError: it has ended.
    """
    rested_s = time.monotonic() - record.info.get("rests_since", time.monotonic())
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError("the server has ended the connection")
    if rested_s > _TRUSTED_FOR_S and not _answers(connection):
        raise DisconnectionError("the server does not answer on the connection")


def _answers(connection: Any) -> bool:  # noqa: ANN401 - likewise
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError:
        return False
    return True


@contextmanager
def unit_of_work(engine: Engine, *, asked_from: str | None = None) -> Iterator[Session]:
    """
    Yield a session whose work is committed at the end, or rolled back if an error leaves the block.

    Args:
        engine: of the database.
        asked_from: the address of who asked for it, for the record of its looks.

    Raises:
        LookNotRecordedError: the looks of this work could not be put on record, so that nothing was committed.
    """
    with Session(engine, expire_on_commit=False) as session, Sealing(session) as looks, session.begin():
        session.info[ASKED_FROM] = asked_from
        yield session
        looks.seal()


def lock_key(session: Session, key: str) -> None:
    """Wait until this transaction alone holds ``key``; it is let go by commit or rollback."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
