"""Tests of dose_services.audit and the table behind it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from db.repositories import access_log
from db.session import unit_of_work
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
