"""What the database itself tells about our tables; the job queue's are not ours."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812  a class that its library spells small
from sqlalchemy import Engine

# Ordinary tables of the schema, but for Alembic's mark and the job queue: its jobs are made anew from our rows.
_TABLES = """
SELECT quote_ident(c.relname),
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND c.relname <> 'alembic_version' AND c.relname NOT LIKE 'procrastinate\\_%'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND relname NOT LIKE 'procrastinate\\_%'
ORDER BY relname
"""
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND conparentid = 0
  AND conrelid::regclass::text NOT LIKE 'procrastinate\\_%'
ORDER BY conname
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumns:
    """A table and those of its columns that hold data, both quoted for SQL."""

    table: str
    columns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A foreign key, quoted for SQL."""

    table: str
    name: str
    definition: str


@contextmanager
def transaction(engine: Engine) -> Iterator[Cursor]:
    """Yield a cursor that speaks COPY; committed at the end, rolled back if an error leaves the block."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        yield cursor


def tables(cursor: Cursor) -> tuple[TableColumns, ...]:
    """Return our tables by name."""
    cursor.execute(_TABLES)
    return tuple(TableColumns(table=table, columns=columns) for table, columns in cursor.fetchall())


def sequences(cursor: Cursor) -> tuple[str, ...]:
    """Return the names of our sequences, quoted for SQL."""
    cursor.execute(_SEQUENCES)
    return tuple(name for (name,) in cursor.fetchall())


def foreign_keys(cursor: Cursor) -> tuple[ForeignKey, ...]:
    """Return the foreign keys of our tables."""
    cursor.execute(_FOREIGN_KEYS)
    return tuple(ForeignKey(table=row[0], name=row[1], definition=row[2]) for row in cursor.fetchall())
