"""What is append-only stays: the database refuses to empty a table, whoever asks."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

import db.tables  # noqa: F401 - registers them
from db.base import TableBase

# By what their descriptions say, so that a new table of the kind is not forgotten; and what came.
APPEND_ONLY = sorted(
    {"evidence", "hl7_message"}
    | {
        one.class_.__tablename__
        for one in TableBase.registry.mappers
        if "append-only" in str(one.class_.__doc__).lower()
    }
)


def test_its_tables_are_known() -> None:
    assert {"access_log", "exam_decision", "exam_revision", "identity_event", "statement"} < set(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_cannot_be_emptied(engine: Engine, table: str) -> None:
    with pytest.raises(DatabaseError, match=f"{table} is append-only"), engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_nor_by_way_of_a_table_that_it_refers_to(engine: Engine) -> None:
    with pytest.raises(DatabaseError, match="is append-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE patient CASCADE"))
