"""Engines and units of work. Nothing here decides when to commit but ``unit_of_work``."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

__all__ = ["Engine", "Session", "lock_key", "make_engine", "unit_of_work"]


def make_engine(database_url: str, *, pool_size: int = 10) -> Engine:
    """
    Return an engine for PostgreSQL 15 or newer; its connections are checked before use.

    Args:
        database_url: ``postgresql://user:password@host:port/name``.
        pool_size: how many connections are kept open.
    """
    url = database_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg2://", 1)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool_size,
        hide_parameters=True,  # an error text must not quote a patient
        max_overflow=10,
        connect_args={"options": "-c timezone=UTC", "application_name": "doseledger"},
    )


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is committed at the end, or rolled back if an error leaves the block."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def lock_key(session: Session, key: str) -> None:
    """Wait until this transaction alone holds ``key``; it is let go by commit or rollback."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
