"""Tests of revision 0010: what is kept of identities and HL7 messages is sealed, and no word of it is lost."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from db.migrate import downgrade, upgrade
from db.repositories import hl7_messages, patients
from db.session import make_engine, unit_of_work
from db.tables.hl7_message import Hl7MessageRow

PATIENT, EVENT, MESSAGE = (f"00000000-0000-0000-0000-00000000000{number}" for number in range(3))
BEFORE: dict[str, str] = {}
AFTER = {"name": "Quuxington^Zelda", "birth_date": "1931-08-23"}
RAW, ACK = b"MSH|^~\\&|HIS\rPID|1||P1||Quuxington^Zelda\r", b"MSH|^~\\&|DOSE\rMSA|AA|1\r"
_FILL = (
    "INSERT INTO patient (id, created_at) VALUES (:patient, now())",
    """
    INSERT INTO identity_event (id, kind, patient_id, recorded_at, before, after)
    VALUES (:event, 'created', :patient, now(), CAST(:before AS jsonb), CAST(:after AS jsonb))
    """,
    """
    INSERT INTO hl7_message (id, raw, digest, sending_application, sending_facility, message_type, control_id,
        received_at, peer, status, warnings, ack)
    VALUES (:message, :raw, 'a digest', '', '', '', '', now(), '', 'applied', '[]', :ack)
    """,
)


@pytest.fixture
def filled(empty_database_url: str) -> Iterator[Engine]:
    """A database of the release before, with one line of the journal and one message, sealed by the upgrade."""
    engine = make_engine(empty_database_url)
    upgrade(engine, "0009")
    values = {
        "patient": PATIENT,
        "event": EVENT,
        "message": MESSAGE,
        "before": json.dumps(BEFORE),
        "after": json.dumps(AFTER),
        "raw": RAW,
        "ack": ACK,
    }
    with engine.begin() as connection:
        for statement in _FILL:
            connection.execute(text(statement), values)
    upgrade(engine, "0010")
    yield engine
    engine.dispose()


def rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    with engine.begin() as connection:
        found = connection.execute(text(sql))
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]


def test_what_was_plain_is_sealed_and_read_as_before(filled: Engine) -> None:
    sealed = [*rows(filled, "SELECT content FROM identity_event"), *rows(filled, "SELECT raw FROM hl7_message")]
    assert [b"Quuxington" in content for (content,) in sealed] == [False, False]

    upgrade(filled)
    with unit_of_work(filled) as session:
        (change,) = patients.journal_of(session, [UUID(PATIENT)])
        message = session.get_one(Hl7MessageRow, MESSAGE)
        assert (change.before, change.after) == (BEFORE, AFTER)
        assert (hl7_messages.raw_of(message), hl7_messages.ack_of(message)) == (RAW, ACK)


def test_going_back_makes_it_plain_again(filled: Engine) -> None:
    downgrade(filled, "0009")

    assert rows(filled, "SELECT before, after FROM identity_event") == [(BEFORE, AFTER)]
    assert rows(filled, "SELECT raw, ack, digest FROM hl7_message") == [(RAW, ACK, "a digest")]


def test_going_back_brings_nothing_back_that_was_destroyed(filled: Engine) -> None:
    rows(filled, "UPDATE identity_event SET key = NULL RETURNING 1")
    rows(filled, "UPDATE hl7_message SET key = NULL, digest = NULL RETURNING 1")

    downgrade(filled, "0009")

    assert rows(filled, "SELECT before, after FROM identity_event") == [({}, {})]
    assert rows(filled, "SELECT raw, ack, digest FROM hl7_message") == [(b"", None, f"erased {MESSAGE}")]
