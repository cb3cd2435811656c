"""Tests of both acknowledgement modes and of messages that come twice, on a real PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from db.repositories.hl7_messages import CONTROL_ID_USED_BEFORE, ack_of
from db.tables.hl7_message import Hl7MessageRow
from db.tables.patient import PatientRow
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt, message, msh, pid
from tests.support.hl7_bridge import RECEIVED_AT, handler
from tests.support.hl7apy_oracle import complaint_about_ack


def asking(accept: str, application: str, **header: str) -> bytes:
    """Return an A08 that asks for these acknowledgements."""
    return message(msh("ADT^A08^ADT_A01", asks=f"{accept}|{application}", **header), "EVN|A08|20240306", pid())


def answers(engine: Engine, raw: bytes, settings: Hl7Settings | None = None) -> list[bytes]:
    """Return what the sender of a message hears, oldest first."""
    heard: list[bytes] = []
    last = handler(engine, settings).handle(raw, peer="127.0.0.1", on_accept=heard.append)
    return [*heard, last] if last else heard


def codes(told: list[bytes]) -> list[str]:
    return [ack.split(b"\r")[1].split(b"|")[1].decode() for ack in told]


def kept(session: Session) -> list[Hl7MessageRow]:
    return list(session.scalars(select(Hl7MessageRow).order_by(Hl7MessageRow.arrival)))


class TestEnhancedMode:
    @pytest.mark.parametrize(
        ("accept", "application", "expected"),
        [
            ("AL", "AL", ["CA", "AA"]),
            ("AL", "NE", ["CA"]),
            ("NE", "AL", ["AA"]),
            ("SU", "SU", ["CA", "AA"]),
            ("ER", "ER", []),
            ("NE", "NE", []),
            ("AL", "", ["CA"]),
            ("", "AL", ["AA"]),
        ],
    )
    def test_tells_of_what_goes_well_as_msh_15_and_16_ask(
        self, engine: Engine, session: Session, accept: str, application: str, expected: list[str]
    ) -> None:
        told = answers(engine, asking(accept, application))

        assert codes(told) == expected
        assert [complaint_about_ack(ack) for ack in told] == [None] * len(told)
        assert [row.status for row in kept(session)] == ["applied"]
        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Alma"]

    @pytest.mark.parametrize(
        ("accept", "application", "expected"),
        [
            ("AL", "AL", ["CR"]),
            ("ER", "NE", ["CR"]),
            ("NE", "AL", ["AR"]),
            ("SU", "ER", ["AR"]),
            ("NE", "NE", []),
            ("SU", "SU", []),
        ],
    )
    def test_a_message_that_is_not_taken_is_refused_once(
        self, engine: Engine, session: Session, accept: str, application: str, expected: list[str]
    ) -> None:
        told = answers(engine, asking(accept, application, processing_id="T"))

        assert codes(told) == expected
        assert [row.status for row in kept(session)] == ["refused"]
        assert session.scalars(select(PatientRow)).all() == []

    def test_a_header_without_a_type_is_a_commit_error(self, engine: Engine) -> None:
        raw = asking("AL", "AL").replace(b"ADT^A08^ADT_A01", b"")

        (told,) = answers(engine, raw)

        assert codes([told]) == ["CE"]
        assert b"ERR||MSH^1^9|101^" in told

    @pytest.mark.parametrize(
        ("accept", "application", "expected"),
        [("AL", "AL", ["CA", "AE"]), ("AL", "ER", ["CA", "AE"]), ("ER", "ER", ["AE"]), ("AL", "SU", ["CA"])],
    )
    def test_a_message_that_is_taken_and_against_the_rules_is_refused_by_the_application(
        self, engine: Engine, accept: str, application: str, expected: list[str]
    ) -> None:
        raw = asking(accept, application).replace(b"P100^^^HOSP^MR", b"")

        assert codes(answers(engine, raw)) == expected

    def test_says_that_a_message_is_safe_when_it_is_and_before_it_is_applied(
        self, engine: Engine, session: Session
    ) -> None:
        seen: list[tuple[str, int]] = []

        def look(ack: bytes) -> None:
            session.rollback()
            assert codes([ack]) == ["CA"]
            seen.extend((row.status, len(session.scalars(select(PatientRow)).all())) for row in kept(session))

        handler(engine).handle(asking("AL", "NE"), peer="127.0.0.1", on_accept=look)

        assert seen == [("pending", 0)]

    def test_the_same_message_again_hears_the_same(self, engine: Engine, session: Session) -> None:
        raw = asking("AL", "AL")
        first = answers(engine, raw)

        later = handler(engine, now=RECEIVED_AT + timedelta(hours=1))
        heard: list[bytes] = []
        heard.append(later.handle(raw, peer="127.0.0.2", on_accept=heard.append))

        assert heard == first
        assert len(kept(session)) == 1

    def test_a_refused_message_again_hears_the_same(self, engine: Engine) -> None:
        raw = asking("AL", "AL", processing_id="T")

        assert answers(engine, raw) == answers(engine, raw)

    def test_a_message_that_is_too_long_is_refused_at_the_accept_level(self, engine: Engine) -> None:
        answering = handler(engine)

        assert codes([answering.reject_too_long(asking("AL", "NE"))]) == ["CR"]
        assert codes([answering.reject_too_long(asking("NE", "AL"))]) == ["AR"]
        assert answering.reject_too_long(asking("NE", "NE")) == b""
        assert b"MSA|CR|MSG00001\r" in answering.reject_too_long(asking("AL", "NE")[:-20])

    def test_an_accept_acknowledgement_that_comes_back_is_kept_and_begins_no_loop(
        self, engine: Engine, session: Session
    ) -> None:
        raw = message(msh("ACK^A08^ACK", asks="AL|AL"), "MSA|CA|4711")

        assert answers(engine, raw) == []
        assert answers(engine, raw) == []
        assert [row.status for row in kept(session)] == ["kept"]

    def test_what_was_promised_and_could_not_be_applied_is_applied_later(
        self, engine: Engine, session: Session
    ) -> None:
        answers(engine, asking("AL", "NE"))
        session.execute(text("UPDATE hl7_message SET status = 'pending', ack = NULL"))
        session.execute(text("UPDATE patient SET name = NULL"))
        session.commit()

        soon, later = (handler(engine, now=RECEIVED_AT + timedelta(seconds=after)) for after in (30, 90))
        assert soon.handle_unanswered(kept_for=timedelta(minutes=1)) == 0
        assert later.handle_unanswered(kept_for=timedelta(minutes=1)) == 1

        session.expire_all()
        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Alma"]


class TestComingTwice:
    """The same is the same bytes in the frame; nothing is guessed about what a sender may have meant."""

    @pytest.mark.parametrize(
        "again",
        [
            pytest.param(adt(at="20240306101501"), id="another MSH-7"),
            pytest.param(adt() + b"\n", id="an LF at the end"),
            pytest.param(adt().replace(b"\r", b"\n"), id="other ends of segments"),
            pytest.param(adt(name="Ek^Berta"), id="another name"),
        ],
    )
    def test_other_bytes_under_a_known_control_id_are_another_message_and_noted(
        self, engine: Engine, session: Session, again: bytes
    ) -> None:
        first, second = answers(engine, adt()), answers(engine, again)

        assert codes([*first, *second]) == ["AA", "AA"]
        assert first != second
        assert [row.warnings for row in kept(session)] == [[], [CONTROL_ID_USED_BEFORE]]
        assert [ack_of(row) for row in kept(session)] == [*first, *second]

    def test_neither_another_sender_nor_another_control_id_is_noted(self, engine: Engine, session: Session) -> None:
        for sender in ("HIS|HOSP", "RIS|HOSP", "HIS|OTHER"):
            answers(engine, message(msh(sender=sender), pid()))
        answers(engine, message(msh(control_id="MSG00002"), pid()))

        assert [row.warnings for row in kept(session)] == [[], [], [], []]

    def test_messages_without_a_control_id_are_not_compared(self, engine: Engine, session: Session) -> None:
        answers(engine, message(msh(control_id=""), pid()))
        answers(engine, message(msh(control_id=""), pid("P2")))

        assert [row.warnings for row in kept(session)] == [[], []]

    def test_the_note_stays_beside_the_other_warnings_when_a_failed_message_is_tried_again(
        self, engine: Engine, session: Session
    ) -> None:
        answers(engine, adt())
        again = adt(identifiers="P200", birth_date="19600132")
        session.execute(text("ALTER TABLE identity_event RENAME TO away"))
        session.commit()
        assert codes(answers(engine, again)) == ["AE"]
        session.execute(text("ALTER TABLE away RENAME TO identity_event"))
        session.commit()

        assert codes(answers(engine, again)) == ["AA"]

        expected = [CONTROL_ID_USED_BEFORE, "PID-7 is not a date and was left out"]
        assert [row.warnings for row in kept(session)] == [[], expected]

    def test_a_control_id_of_any_length_is_kept(self, engine: Engine, session: Session) -> None:
        long = "".join(f"{number:x}" for number in range(5000))
        answers(engine, message(msh(control_id=long), pid()))
        (told,) = answers(engine, message(msh(control_id=long), pid(name="Ek^Berta")))

        assert f"MSA|AA|{long}\r".encode() in told
        assert [len(row.warnings) for row in kept(session)] == [0, 1]
