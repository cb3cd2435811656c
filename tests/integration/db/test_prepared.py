"""Tests of db.prepared."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from db import prepared
from db.outage import is_outage
from db.prepared import Prepared
from db.session import Session, make_engine, unit_of_work
from tests.support.backends import backend_of, end_backend

SUM = Prepared("sum", "SELECT CAST(:one AS integer) + CAST(:other AS integer) + CAST(:one AS integer) AS total")


def test_a_value_may_stand_at_several_places_and_others_may_be_given(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        assert SUM.run(session, {"one": 1, "other": 5, "never named": None}).scalar_one() == 7


def test_a_cast_is_no_name_and_ids_come_as_ids(engine: Engine) -> None:
    same = Prepared("same", "SELECT :id::uuid AS id")

    with unit_of_work(engine) as session:
        assert same.run(session, {"id": UUID(int=7)}).scalar_one() == UUID(int=7)


def test_a_connection_has_a_statement_prepared_once(engine: Engine) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2].partition(" ")[0]))

    for number in range(3):
        with unit_of_work(engine) as session:
            SUM.run(session, {"one": number, "other": 1})

    assert asked == ["PREPARE", "EXECUTE", "EXECUTE", "EXECUTE"]


def test_a_statement_stays_prepared_when_its_transaction_is_rolled_back(engine: Engine) -> None:
    with pytest.raises(DBAPIError), unit_of_work(engine) as session:
        SUM.run(session, {"one": 1, "other": "no number"})

    with unit_of_work(engine) as session:
        assert SUM.run(session, {"one": 1, "other": 2}).scalar_one() == 4


def test_a_new_connection_has_it_prepared_anew(database_url: str, engine: Engine) -> None:
    with unit_of_work(engine) as session:
        SUM.run(session, {"one": 1, "other": 1})
    other = make_engine(database_url, pool_size=1)
    end_backend(other, backend_of(engine))
    other.dispose()

    with unit_of_work(engine) as session:
        assert SUM.run(session, {"one": 1, "other": 1}).scalar_one() == 3


def test_a_plan_is_made_anew_after_a_while_since_tables_grow(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work(engine) as session:
        SUM.run(session, {"one": 1, "other": 1})
    monkeypatch.setattr(prepared, "_PLAN_LIVES_S", -1.0)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2].partition(" ")[0]))

    with unit_of_work(engine) as session:
        assert SUM.run(session, {"one": 1, "other": 2}).scalar_one() == 4

    assert asked == ["DEALLOCATE", "EXECUTE"]


def test_a_percent_sign_is_refused_since_the_driver_would_misread_it() -> None:
    with pytest.raises(ValueError, match="percent"):
        Prepared("like", "SELECT 'a' LIKE 'a%'")


def test_a_lost_connection_is_told_from_a_refused_statement(database_url: str, engine: Engine) -> None:
    other = make_engine(database_url, pool_size=1)

    def lose(session: Session) -> None:
        end_backend(other, session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        SUM.run(session, {"one": 1, "other": 1})

    with pytest.raises(DBAPIError) as caught, unit_of_work(engine) as session:
        lose(session)
    other.dispose()

    assert caught.value.connection_invalidated
    assert is_outage(caught.value)
    with unit_of_work(engine) as session:
        assert SUM.run(session, {"one": 1, "other": 1}).scalar_one() == 3


def test_an_error_quotes_no_value(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as caught, unit_of_work(engine) as session:
        Prepared("failing", "SELECT 1 / CAST(:divisor AS integer) WHERE CAST(:name AS text) <> ''").run(
            session, {"divisor": 0, "name": "Plainly^Invented"}
        )

    assert not is_outage(caught.value)
    assert "Invented" not in str(caught.value)


def test_one_that_could_not_be_prepared_anew_is_prepared_again_on_another_connection(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Prepared("of_table", "SELECT count(*) AS lines FROM listed")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE listed (number integer)")
    with unit_of_work(engine) as session:
        known.run(session, {})
        session.execute(text("ALTER TABLE listed RENAME TO away"))
    monkeypatch.setattr(prepared, "_PLAN_LIVES_S", -1.0)
    with pytest.raises(DBAPIError, match="listed"), unit_of_work(engine) as session:
        known.run(session, {})
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO listed")

    with unit_of_work(engine) as session:
        assert known.run(session, {}).scalar_one() == 0
