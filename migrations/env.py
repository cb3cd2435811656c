"""Alembic's entry: runs on the connection that ``db.migrate`` hands over, or on DOSELEDGER_DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

import db.tables  # noqa: F401  registers all tables
from db.base import TableBase
from db.session import make_engine


def _include(_item: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Tell what is ours: the job queue's own objects are made by its own schema."""
    return not (kind in {"table", "index"} and (name or "").startswith("procrastinate"))


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=TableBase.metadata,
        compare_type=True,
        include_object=_include,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    _run(handed_over)
else:
    with make_engine(os.environ["DOSELEDGER_DATABASE_URL"]).connect() as fresh:
        _run(fresh)
        fresh.commit()
