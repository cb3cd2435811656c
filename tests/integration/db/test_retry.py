"""Tests of db.retry and db.outage: real deadlocks and serialisation failures between two connections."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from db.outage import Outage, outage_of
from db.retry import in_unit_of_work
from db.session import make_engine, unit_of_work
from tests.support.postgres import free_port

_ADD_ONE = text("UPDATE account SET amount = amount + 1 WHERE name = :name")
_TOGETHER_S = 20


@pytest.fixture
def engine(engine: Engine) -> Iterator[Engine]:
    """A database with two accounts, where a deadlock is looked for at once."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE account (name text PRIMARY KEY, amount int NOT NULL)"))
        connection.execute(text("INSERT INTO account VALUES ('a', 0), ('b', 0)"))
        connection.execute(text("ALTER ROLE CURRENT_USER SET deadlock_timeout = '50ms'"))
    engine.dispose()
    yield engine
    with engine.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER RESET deadlock_timeout"))


class Meeting:
    """Work in which two meet at the first attempt of each, and which counts all attempts."""

    def __init__(self) -> None:
        self.attempts = 0
        self._barrier = threading.Barrier(2, timeout=_TOGETHER_S)
        self._met: set[int] = set()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Count this attempt; at the first one of a thread, wait for the other."""
        with self._lock:
            self.attempts += 1
            is_first = threading.get_ident() not in self._met
            self._met.add(threading.get_ident())
        if is_first:
            self._barrier.wait()


def amounts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row.name: row.amount for row in connection.execute(text("SELECT name, amount FROM account"))}


def both(*works: Callable[[], str]) -> list[str]:
    """Do two pieces of work at once and return what they return."""
    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(_TOGETHER_S) for future in [threads.submit(work) for work in works]]


def test_two_that_wait_for_each_other_are_both_done_once(engine: Engine) -> None:
    meeting = Meeting()

    def transfer(first: str, second: str, session: Session) -> str:
        session.execute(_ADD_ONE, {"name": first})
        meeting.wait()
        session.execute(_ADD_ONE, {"name": second})
        return first

    begin = partial(unit_of_work, engine)
    done = both(
        lambda: in_unit_of_work(begin, partial(transfer, "a", "b")),
        lambda: in_unit_of_work(begin, partial(transfer, "b", "a")),
    )

    assert done == ["a", "b"]
    assert amounts(engine) == {"a": 2, "b": 2}
    assert meeting.attempts == 3  # one of the two was rolled back, and done again


def test_two_that_cannot_be_put_in_an_order_are_both_done_once(engine: Engine) -> None:
    """Each reads what the other writes; the failure comes with the commit of the second."""
    meeting = Meeting()
    serializable = engine.execution_options(isolation_level="SERIALIZABLE")

    def copy(source: str, target: str, session: Session) -> str:
        amount = session.execute(text("SELECT amount FROM account WHERE name = :name"), {"name": source}).scalar_one()
        meeting.wait()
        update = text("UPDATE account SET amount = :amount WHERE name = :name")
        session.execute(update, {"amount": amount + 1, "name": target})
        return target

    begin = partial(unit_of_work, serializable)
    done = both(
        lambda: in_unit_of_work(begin, partial(copy, "a", "b")),
        lambda: in_unit_of_work(begin, partial(copy, "b", "a")),
    )

    assert done == ["b", "a"]
    assert sorted(amounts(engine).values()) == [1, 2]  # one after the other; at once both would be 1
    assert meeting.attempts == 3


def test_a_lock_that_is_let_go_in_the_meantime_is_had(engine: Engine) -> None:
    attempts = []
    with engine.connect() as holder:
        holder.execute(_ADD_ONE, {"name": "a"})

        def work(session: Session) -> None:
            attempts.append(1)
            session.execute(text("SET LOCAL lock_timeout = '20ms'"))
            try:
                session.execute(_ADD_ONE, {"name": "a"})
            finally:
                if len(attempts) == 2:
                    holder.commit()

        in_unit_of_work(partial(unit_of_work, engine), work)

    assert len(attempts) == 3
    assert amounts(engine)["a"] == 2


def test_what_is_rolled_back_again_and_again_is_given_up_and_leaves_nothing(engine: Engine) -> None:
    attempts = []
    with engine.connect() as holder:
        holder.execute(_ADD_ONE, {"name": "a"})

        def work(session: Session) -> None:
            attempts.append(1)
            session.execute(_ADD_ONE, {"name": "b"})
            session.execute(text("SET LOCAL lock_timeout = '5ms'"))
            session.execute(_ADD_ONE, {"name": "a"})

        with pytest.raises(OperationalError) as caught:
            in_unit_of_work(partial(unit_of_work, engine), work)

    assert outage_of(caught.value) is Outage.BUSY
    assert len(attempts) == 5
    assert amounts(engine) == {"a": 0, "b": 0}


def test_a_refused_statement_is_not_tried_again(engine: Engine) -> None:
    attempts = []

    def work(session: Session) -> None:
        attempts.append(1)
        session.execute(text("INSERT INTO account VALUES ('a', 0)"))

    with pytest.raises(IntegrityError) as caught:
        in_unit_of_work(partial(unit_of_work, engine), work)

    assert outage_of(caught.value) is None
    assert len(attempts) == 1


def test_a_database_that_is_away_is_not_tried_again_at_once() -> None:
    """It needs seconds to come back; whoever asked has a slower way to ask again."""
    attempts = []
    nowhere = make_engine(f"postgresql://nobody:none@127.0.0.1:{free_port()}/none")

    def work(session: Session) -> None:
        attempts.append(1)
        session.execute(text("SELECT 1"))

    with pytest.raises(OperationalError) as caught:
        in_unit_of_work(partial(unit_of_work, nowhere), work)

    assert outage_of(caught.value) is Outage.AWAY
    assert len(attempts) == 1
