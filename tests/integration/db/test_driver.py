"""Tests of db.driver: fewer messages to the server, and the same transactions."""

import gc
from collections.abc import Iterator
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.sql import Composable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from db import driver
from db.prepared import Prepared
from db.session import Session, unit_of_work
from tests.support.until import until

ADD = Prepared("add_line", "INSERT INTO line (words, bytes) VALUES (CAST(:words AS text), CAST(:bytes AS bytea))")
LINES = Prepared("lines", "SELECT words, bytes FROM line ORDER BY number")
FAIL = Prepared("fail", "SELECT 1 / CAST(:divisor AS integer)")
STATUS = "SELECT current_setting('transaction_isolation')"


@pytest.fixture(autouse=True)
def _table(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE line (number serial, words text, bytes bytea)"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE line"))


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the server, each message as the first word of each of its statements."""
    sent: list[str] = []

    class Listening(driver.Cursor):
        def execute(self, query: str | bytes | Composable, vars: Any = None) -> None:  # noqa: A002, ANN401  as the driver names them
            super().execute(query, vars)
            sent.append(" ".join(part.split()[0].decode() for part in (self.query or b"").split(b"; ")))

    monkeypatch.setattr(driver, "Cursor", Listening)
    return sent


def lines(engine: Engine) -> list[str]:
    with unit_of_work(engine) as session:
        return [row.words for row in LINES.run(session, {})]


def add(session: Session, words: str, raw: bytes = b"") -> None:
    ADD.run_later(session, {"words": words, "bytes": raw})


def test_a_transaction_begins_and_ends_with_its_statements_in_a_message_each(
    engine: Engine, messages: list[str]
) -> None:
    add_all(engine, "prepared before")
    messages.clear()

    with unit_of_work(engine) as session:
        session.execute(text(STATUS))
        add(session, "one")
        add(session, "two")

    assert messages == ["BEGIN SELECT", "EXECUTE EXECUTE COMMIT"]


def test_a_unit_of_work_that_asks_nothing_sends_nothing(engine: Engine, messages: list[str]) -> None:
    with unit_of_work(engine) as session:
        session.connection()

    assert messages == []


def test_the_next_statement_sees_what_was_to_be_done_before_it(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        add(session, "first")
        assert [row.words for row in LINES.run(session, {})] == ["first"]
        add(session, "second")
        assert session.execute(text("SELECT count(*) FROM line")).scalar_one() == 2


def test_what_is_done_later_is_committed_and_keeps_its_order_and_its_values(engine: Engine) -> None:
    odd = "100 %s; -- 'quoted' \\ %(words)s"
    with unit_of_work(engine) as session:
        add(session, "first")
        add(session, odd, bytes(range(256)))

    with unit_of_work(engine) as session:
        rows = [(row.words, bytes(row.bytes)) for row in LINES.run(session, {})]
    assert rows == [("first", b""), (odd, bytes(range(256)))]


def test_a_rollback_undoes_what_was_sent_and_forgets_what_was_not(engine: Engine) -> None:
    def fail_after(session: Session) -> None:
        add(session, "sent")
        LINES.run(session, {})
        add(session, "not sent")
        raise KeyError

    with pytest.raises(KeyError), unit_of_work(engine) as session:
        fail_after(session)

    assert lines(engine) == []


def test_what_fails_later_fails_with_the_next_statement_and_nothing_of_the_work_stays(engine: Engine) -> None:
    def work(session: Session) -> None:
        add(session, "before")
        FAIL.run_later(session, {"divisor": 0})
        LINES.run(session, {})

    with pytest.raises(DBAPIError, match="division by zero"), unit_of_work(engine) as session:
        work(session)

    assert lines(engine) == []


def test_what_fails_with_the_commit_leaves_nothing(engine: Engine) -> None:
    def work(session: Session) -> None:
        add(session, "before")
        FAIL.run_later(session, {"divisor": 0})
        add(session, "after")

    with pytest.raises(DBAPIError, match="division by zero"), unit_of_work(engine) as session:
        work(session)

    assert lines(engine) == []


def test_a_list_of_values_is_part_of_the_work_and_stands_behind_what_was_to_be_done_before(engine: Engine) -> None:
    several = text("UPDATE line SET words = words || :more WHERE words = :words")
    values = [{"words": "first", "more": "!"}, {"words": "second", "more": "?"}]
    insert = text("INSERT INTO line (words) VALUES (:words)")

    def fail_after(session: Session) -> None:
        session.execute(insert, values)
        raise KeyError

    with pytest.raises(KeyError), unit_of_work(engine) as session:
        fail_after(session)
    assert lines(engine) == []

    with unit_of_work(engine) as session:
        add(session, "first")
        add(session, "second")
        session.execute(several, values)
    assert lines(engine) == ["first!", "second?"]


@pytest.mark.parametrize("copy", ["copy_expert", "copy_from"])
def test_a_copy_is_part_of_the_work(engine: Engine, copy: str) -> None:
    told = {"copy_expert": ("COPY line (words) FROM STDIN",), "copy_from": ()}[copy]
    behind = {"copy_expert": {}, "copy_from": {"table": "line", "columns": ("words",)}}[copy]

    def fail_after(session: Session) -> None:
        add(session, "before")
        cursor = driven(session.connection()).cursor()
        getattr(cursor, copy)(*told, file=StringIO("copied\n"), **behind)
        assert [row.words for row in LINES.run(session, {})] == ["before", "copied"]
        raise KeyError

    with pytest.raises(KeyError), unit_of_work(engine) as session:
        fail_after(session)
    assert lines(engine) == []


def test_a_long_result_that_is_left_early_leaves_nothing_open(engine: Engine) -> None:
    query = text("SELECT generate_series(1, 1000)").execution_options(yield_per=10)
    kept_open = text("SELECT count(*) FROM pg_cursors WHERE name NOT LIKE '<%'")
    for _ in range(3):
        with unit_of_work(engine) as session:
            next(session.execute(query).partitions())

    with unit_of_work(engine) as session:
        assert session.execute(kept_open).scalar_one() == 0


def test_a_savepoint_holds_what_was_asked_for_in_it_and_no_more(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        add(session, "outside")
        with session.begin_nested() as nested:
            add(session, "inside")
            nested.rollback()
        add(session, "behind")

    assert lines(engine) == ["outside", "behind"]


def test_a_connection_that_was_let_go_in_the_middle_of_its_work_is_used_again_clean(engine: Engine) -> None:
    connection = engine.connect()
    connection.execute(text("INSERT INTO line (words) VALUES ('never committed')"))
    pid = driven(connection).info.backend_pid
    del connection
    gc.collect()

    with unit_of_work(engine) as session:
        again = driven(session.connection())
        assert again.info.backend_pid == pid
        assert again.get_transaction_status() == TRANSACTION_STATUS_IDLE
    assert lines(engine) == []


def test_a_transaction_is_isolated_as_its_engine_says_and_the_next_one_as_usual(engine: Engine) -> None:
    with unit_of_work(engine.execution_options(isolation_level="SERIALIZABLE")) as session:
        assert session.execute(text(STATUS)).scalar_one() == "serializable"
    with unit_of_work(engine) as session:
        assert session.execute(text(STATUS)).scalar_one() == "read committed"


def test_a_long_result_comes_in_portions_and_sees_what_was_to_be_done_before_it(
    engine: Engine, messages: list[str]
) -> None:
    query = text("SELECT words FROM line ORDER BY number").execution_options(yield_per=10)
    with unit_of_work(engine) as session:
        for number in range(35):
            add(session, str(number))
        assert [row.words for row in session.execute(query)] == [str(number) for number in range(35)]
        first, *_ = next(session.execute(query).partitions())
        assert first.words == "0"
    assert lines(engine)[-1] == "34"
    assert "DECLARE" in " ".join(messages)


def test_outside_of_transactions_each_statement_stands_alone(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("INSERT INTO line (words) VALUES ('kept at once')"))
        connection.execute(text("VACUUM line"))  # is refused inside of a transaction
        assert lines(engine) == ["kept at once"]


def test_a_lock_that_is_taken_later_is_held_by_the_statement_behind_it(engine: Engine) -> None:
    lock = Prepared("lock_one", "SELECT pg_advisory_xact_lock(CAST(:key AS bigint))")
    free = text("SELECT pg_try_advisory_xact_lock(4711)")

    with unit_of_work(engine) as session:
        lock.run_later(session, {"key": 4711})
        LINES.run(session, {})
        with unit_of_work(engine) as other:
            assert not other.execute(free).scalar_one()
    with unit_of_work(engine) as session:
        assert session.execute(free).scalar_one()


def test_what_stands_behind_a_lock_that_is_taken_later_sees_what_its_holder_did(engine: Engine) -> None:
    lock = Prepared("lock_one", "SELECT pg_advisory_xact_lock(CAST(:key AS bigint))")
    seen: list[str] = []

    def look() -> None:
        with unit_of_work(engine) as session:
            LINES.run(session, {})  # what is seen is not that of the beginning
            lock.run_later(session, {"key": 4711})
            seen.extend(row.words for row in LINES.run(session, {}))

    other = Thread(target=look)
    with unit_of_work(engine) as session:
        lock.run(session, {"key": 4711})
        other.start()
        until(lambda: waiting(engine) == 1, within_s=10, what="the other to wait for the lock")
        add(session, "by the holder")
    other.join(10)

    assert seen == ["by the holder"]


def waiting(engine: Engine) -> int:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def driven(connection: Connection) -> Any:  # noqa: ANN401  the driver's
    return connection.connection.driver_connection


def add_all(engine: Engine, *all_words: str) -> None:
    with unit_of_work(engine) as session:
        for words in all_words:
            add(session, words)
