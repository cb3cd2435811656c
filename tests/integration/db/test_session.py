"""Tests of db.session: connections that ended are replaced unseen, and living ones are not asked each time."""

import pytest
from sqlalchemy import Engine, event

from db import session as db_session
from db.session import make_engine
from tests.support.backends import OWN_PID, backend_of, end_backend


def test_work_goes_on_unseen_after_the_server_ended_a_resting_connection(database_url: str, engine: Engine) -> None:
    before = backend_of(engine)
    other = make_engine(database_url, pool_size=1)
    end_backend(other, before)
    other.dispose()

    assert backend_of(engine) != before


def test_a_living_connection_is_used_again_without_a_question(engine: Engine) -> None:
    before = backend_of(engine)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    assert backend_of(engine) == before
    assert asked == [OWN_PID]


def test_a_connection_that_answers_after_a_long_rest_is_used_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backend_of(engine)
    monkeypatch.setattr(db_session, "_TRUSTED_FOR_S", -1.0)

    assert backend_of(engine) == before


def test_a_connection_that_answers_no_more_after_a_long_rest_is_replaced(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backend_of(engine)
    monkeypatch.setattr(db_session, "_TRUSTED_FOR_S", -1.0)
    answers = iter((False, True))
    monkeypatch.setattr(db_session, "_answers", lambda _: next(answers))

    assert backend_of(engine) != before
