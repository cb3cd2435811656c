"""Tests of dose_services.audit and the table behind it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DatabaseError

from db import look_chain
from db.look_chain import LookNotRecordedError
from db.repositories import access_log
from db.session import unit_of_work
from dose_core.auditing.anchors import Anchor
from dose_core.auditing.verify import Fault, Verdict
from dose_services import audit_anchors
from dose_services.audit import Action, Looker, Via, record_look

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
LOOKER = Looker(subject="system:ris", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/api/v1/patients/search")


class TestTheAccessLog:
    def test_keeps_what_is_recorded(self, engine: Engine) -> None:
        with unit_of_work(engine) as session:
            record_look(session, LOOKER, Action.SEARCH_PATIENT, now=NOW)

        with unit_of_work(engine) as session:
            (row,) = access_log.newest_first(session)
        assert (row.at, row.subject, row.action, row.via) == (NOW, "system:ris", "search_patient", "token")

    @pytest.mark.parametrize("statement", ["UPDATE access_log SET subject = 'x'", "DELETE FROM access_log"])
    def test_cannot_be_changed_afterwards(self, engine: Engine, statement: str) -> None:
        with unit_of_work(engine) as session:
            record_look(session, LOOKER, Action.SEARCH_PATIENT, now=NOW)

        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def recorded(engine: Engine, *actions: Action, at: datetime = NOW) -> None:
    with unit_of_work(engine) as session:
        for action in actions:
            record_look(session, LOOKER, action, now=at)


def broken_off(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        record_look(session, LOOKER, Action.READ_EXAM, now=NOW)
        _ = 1 / 0


def verdict_of(engine: Engine) -> Verdict:
    with unit_of_work(engine) as session:
        return audit_anchors.verify_looks(session)


def anchor(engine: Engine, *, minutes: int = 1) -> Anchor | None:
    with unit_of_work(engine) as session:
        return audit_anchors.set_anchor(session, now=NOW + timedelta(minutes=minutes))


def tamper(engine: Engine, *statements: str) -> None:
    """Do what nobody may: as who owns the database can."""
    with engine.begin() as connection:
        for table in ("access_log", "access_anchor", "access_anchor_head"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


class TestTheChain:
    def test_holds_over_many_transactions_and_threads(self, engine: Engine) -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: recorded(engine, Action.READ_EXAM, Action.READ_EXAMS), range(40)))

        anchor(engine)

        verdict = verdict_of(engine)
        assert (verdict.findings, verdict.looks, verdict.chains, verdict.anchors) == ([], 80, 1, 1)

    def test_has_no_gap_where_a_look_was_rolled_back(self, engine: Engine) -> None:
        recorded(engine, Action.READ_EXAM)
        with pytest.raises(ZeroDivisionError):
            broken_off(engine)
        recorded(engine, Action.READ_EXAM)

        assert (verdict_of(engine).findings, verdict_of(engine).looks) == ([], 2)

    def test_waits_for_no_connection_while_others_wait_for_it(self, engine: Engine) -> None:
        recorded(engine, Action.READ_EXAM)
        chain = look_chain._chains[engine]
        held: list[bool] = []
        event.listen(engine, "checkout", lambda *_: held.append(chain.lock.locked()))

        recorded(engine, Action.READ_EXAM)

        assert held == [False]
        assert (verdict_of(engine).findings, verdict_of(engine).looks) == ([], 2)

    def test_has_no_gap_where_a_commit_failed(self, engine: Engine) -> None:
        recorded(engine, Action.READ_EXAM)
        tamper(engine, "ALTER TABLE access_log ADD CONSTRAINT no_desk CHECK (action <> 'read_desk')")
        with pytest.raises(LookNotRecordedError):
            recorded(engine, Action.READ_DESK)
        recorded(engine, Action.READ_EXAM)

        assert (verdict_of(engine).findings, verdict_of(engine).looks) == ([], 2)

    @pytest.mark.parametrize(
        ("statement", "fault"),
        [
            ("UPDATE access_log SET subject = 'user:eve' WHERE action = 'read_exam'", Fault.CHANGED),
            ("DELETE FROM access_log WHERE action = 'read_exam'", Fault.MISSING),
            ("DELETE FROM access_log WHERE action = 'read_desk'", Fault.CUT_OFF),
            ("UPDATE access_anchor SET at = at - interval '1 second'", Fault.ANCHOR_CHANGED),
            ("UPDATE access_anchor_head SET position = position - 1", Fault.ANCHOR_CHANGED),
        ],
    )
    def test_tells_of_one_altered_row(self, engine: Engine, statement: str, fault: Fault) -> None:
        recorded(engine, Action.READ_EXAMS, Action.READ_EXAM, Action.READ_DESK)
        anchor(engine)

        tamper(engine, statement)

        assert fault in {one.fault for one in verdict_of(engine).findings}

    def test_covers_what_was_looked_at_before_there_was_one(self, engine: Engine) -> None:
        recorded(engine, Action.READ_EXAMS, Action.READ_EXAM)
        tamper(engine, "UPDATE access_log SET chain_id = NULL, position = NULL, digest = NULL")
        anchor(engine)
        assert verdict_of(engine).findings == []

        tamper(engine, "UPDATE access_log SET subject = 'user:eve' WHERE action = 'read_exam'")

        assert [one.fault for one in verdict_of(engine).findings] == [Fault.CUT_OFF]


class TestAnAnchor:
    def test_is_set_on_what_has_grown_alone(self, engine: Engine) -> None:
        recorded(engine, Action.READ_EXAM)
        first = anchor(engine)
        assert first is not None
        assert anchor(engine, minutes=2) is None

        recorded(engine, Action.READ_EXAM)
        second = anchor(engine, minutes=3)

        assert second is not None
        assert [one.number for one in (first, second)] == [1, 2]
        assert verdict_of(engine).last_anchor == second.digest
