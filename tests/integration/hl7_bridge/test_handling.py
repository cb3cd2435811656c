"""Tests of hl7_bridge.handling on a real PostgreSQL: what is kept, applied and answered."""

import logging
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from db.repositories import patients
from db.repositories.hl7_messages import ack_of, raw_of
from db.session import make_engine
from db.tables.hl7_message import Hl7MessageRow
from db.tables.patient import PatientRow
from dose_core.model import PatientStated
from dose_services.identity import resolve_stated
from hl7_bridge.handling import DatabaseAwayError
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt, merge, message, msh, pid
from tests.support.hl7_bridge import RECEIVED_AT, SITE, handler
from tests.support.hl7apy_oracle import complaint_about_ack


def msa(ack: bytes) -> str:
    return ack.split(b"\r")[1].decode()


def err(ack: bytes) -> str:
    return ack.split(b"\r")[2].decode()


def answer(engine: Engine, raw: bytes, settings: Hl7Settings | None = None) -> bytes:
    return handler(engine, settings).handle(raw, peer="127.0.0.1")


def only_message(session: Session) -> Hl7MessageRow:
    return session.scalars(select(Hl7MessageRow)).one()


class TestKeeping:
    def test_keeps_the_message_as_it_came_and_how_it_was_answered(self, engine: Engine, session: Session) -> None:
        raw = adt()

        ack = answer(engine, raw)

        row = only_message(session)
        assert (raw_of(row), ack_of(row), row.status, row.reason) == (raw, ack, "applied", None)
        assert raw not in row.raw
        assert (row.sending_application, row.sending_facility, row.message_type, row.control_id) == (
            "HIS", "HOSP", "ADT^A08", "MSG00001",
        )  # fmt: skip
        assert (row.received_at, row.peer) == (RECEIVED_AT, "127.0.0.1")

    def test_a_repeated_message_gets_the_stored_answer_and_changes_nothing(
        self, engine: Engine, session: Session
    ) -> None:
        first = answer(engine, adt())
        answer(engine, adt(name="Ek^Berta", control_id="MSG00002"))

        assert answer(engine, adt()) == first
        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Berta"]
        assert len(session.scalars(select(Hl7MessageRow)).all()) == 2

    def test_other_content_under_the_same_control_id_is_applied(self, engine: Engine, session: Session) -> None:
        answer(engine, adt())
        answer(engine, adt(name="Ek^Berta"))

        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Berta"]

    def test_what_a_hard_stop_left_unanswered_is_answered_in_order(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="Ek^Alma"))
        answer(engine, adt(name="Ek^Berta", control_id="MSG00002"))
        for row in session.scalars(select(Hl7MessageRow)):
            row.status, row.ack = "pending", None
        for patient in session.scalars(select(PatientRow)):
            patient.name = None
        session.commit()

        assert handler(engine).handle_unanswered() == 2
        session.expire_all()
        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Berta"]
        assert handler(engine).handle_unanswered() == 0


class TestAnswering:
    @pytest.mark.parametrize(
        ("raw", "status"),
        [
            pytest.param(message(msh("ADT^A15"), "EVN|A15", pid()), "kept", id="an event we do not use"),
            pytest.param(message(msh("SIU^S12"), pid()), "kept", id="a type we do not use"),
            pytest.param(message(msh("XYZ^Q99")), "kept", id="an unknown type"),
            pytest.param(message(msh("ADT"), "EVN|A08|20240306", pid()), "applied", id="the event in EVN-1 alone"),
            pytest.param(adt().replace(b"\r", b"\n"), "applied", id="segments ended by LF"),
        ],
    )
    def test_accepts(self, engine: Engine, session: Session, raw: bytes, status: str) -> None:
        ack = answer(engine, raw)

        assert msa(ack) == "MSA|AA|MSG00001"
        assert only_message(session).status == status
        assert complaint_about_ack(ack) is None

    @pytest.mark.parametrize(
        ("raw", "code", "fault"),
        [
            pytest.param(message(msh(""), pid()), "AE", "MSH^1^9|101", id="no type"),
            pytest.param(message(msh(), "EVN|A08"), "AE", "PID^1|100", id="no PID"),
            pytest.param(adt(identifiers='""'), "AE", "PID^1^3|101", id="no identifier"),
            pytest.param(adt(identifiers="9" * 300), "AE", "PID^1^3|102", id="an endless identifier"),
            pytest.param(
                adt(identifiers="~".join(map(str, range(101)))), "AE", "PID^1^3|102", id="endless identifiers"
            ),
            pytest.param(merge(survivor="P1", subsumed="P1"), "AE", "MRG^1^1|205", id="into oneself"),
            pytest.param(merge(survivor="P1", subsumed=""), "AE", "MRG^1^1|101", id="an empty MRG"),
            pytest.param(message(msh("ADT^A40"), pid()), "AE", "MRG^1|100", id="no MRG"),
            pytest.param(
                message(msh("ADT^A40"), pid(), pid("P2"), "MRG|P3"), "AE", "PID^1|100", id="a PID without MRG"
            ),
            pytest.param(message(msh("ADT^A40"), "MRG|P3", pid()), "AE", "MRG^1|100", id="MRG before PID"),
            pytest.param(message(msh(), pid(), msh(), pid()), "AR", "MSH^1|100", id="two in one block"),
            pytest.param(message(msh(processing_id="T"), pid()), "AR", "MSH^1^11|202", id="a test message"),
        ],
    )
    def test_refuses_with_code_and_place(
        self, engine: Engine, session: Session, raw: bytes, code: str, fault: str
    ) -> None:
        ack = answer(engine, raw)

        assert msa(ack) == f"MSA|{code}|MSG00001"
        assert err(ack).startswith(f"ERR||{fault}^")
        assert only_message(session).status == "refused"
        assert session.scalars(select(PatientRow)).all() == []
        assert complaint_about_ack(ack) is None

    @pytest.mark.parametrize(
        "raw", [b"", b"\x00\xff\x17 garbage", b"PID|1||P1\r", "\ufeffMSH|^~\\&".encode("utf-16-le")]
    )
    def test_keeps_and_rejects_what_has_no_header(self, engine: Engine, session: Session, raw: bytes) -> None:
        assert msa(answer(engine, raw)) == "MSA|AR|"
        assert (raw_of(only_message(session)), only_message(session).status) == (raw, "refused")

    def test_rejects_a_message_without_control_id(self, engine: Engine) -> None:
        ack = answer(engine, message(msh(control_id=""), pid()))

        assert msa(ack) == "MSA|AE|"
        assert err(ack).startswith("ERR||MSH^1^10|101^")

    def test_accepts_named_senders_only_where_they_are_named(self, engine: Engine) -> None:
        settings = Hl7Settings(allowed_senders=frozenset({("RIS", "XRAY")}))

        assert msa(answer(engine, adt(), settings)) == "MSA|AR|MSG00001"
        assert msa(answer(engine, message(msh(sender="RIS|XRAY"), pid()), settings)) == "MSA|AA|MSG00001"

    def test_what_is_turned_away_is_kept_and_whose_sender_it_is_may_send_the_same_bytes(
        self, engine: Engine, session: Session
    ) -> None:
        refused = handler(engine).turn_away(adt(), peer="192.0.2.66")

        assert msa(refused) == "MSA|AR|MSG00001"
        assert err(refused).startswith("ERR||MSH^1^3|207^")
        assert complaint_about_ack(refused) is None
        row = only_message(session)
        assert (raw_of(row), row.status, row.peer) == (adt(), "unreadable", "192.0.2.66")
        assert session.scalars(select(PatientRow)).all() == []
        session.rollback()
        assert msa(answer(engine, adt())) == "MSA|AA|MSG00001"

    def test_what_is_turned_away_changes_nothing_of_the_same_bytes_of_their_own_sender(
        self, engine: Engine, session: Session
    ) -> None:
        told = answer(engine, adt())

        assert msa(handler(engine).turn_away(adt(), peer="192.0.2.66")) == "MSA|AR|MSG00001"
        assert (only_message(session).status, ack_of(only_message(session))) == ("applied", told)
        assert answer(engine, adt()) == told

    def test_an_unforeseen_failure_leaves_the_message_kept_and_answered(self, engine: Engine, session: Session) -> None:
        session.execute(text("ALTER TABLE identity_event RENAME TO away"))
        session.commit()

        ack = answer(engine, adt())

        assert msa(ack) == "MSA|AE|MSG00001"
        assert err(ack).startswith("ERR|||207^")
        assert only_message(session).status == "unreadable"
        assert str(only_message(session).reason).startswith("ProgrammingError at db.repositories.")
        session.execute(text("ALTER TABLE away RENAME TO identity_event"))
        session.commit()
        assert msa(answer(engine, adt())) == "MSA|AA|MSG00001", "sent again, it is tried again"

    def test_promises_nothing_while_the_database_is_away(self) -> None:
        away = make_engine("postgresql://nobody:secret@127.0.0.1:9/none")

        with pytest.raises(DatabaseAwayError):
            answer(away, adt())


class TestApplying:
    def test_reads_latin_1_without_a_stated_character_set(self, engine: Engine, session: Session) -> None:
        raw = message(msh(charset=""), "EVN|A08|20240306101500")[:-1] + "\rPID|1||P1||Björk^Åsa\r".encode("latin-1")

        assert msa(answer(engine, raw)) == "MSA|AA|MSG00001"
        assert session.scalars(select(PatientRow.name)).all() == ["Björk^Åsa"]
        assert only_message(session).warnings == [
            "character set: no character set is stated and the text is not UTF-8; read as iso8859_1"
        ]

    def test_japanese_name_representations_become_component_groups(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="山田^太郎^^^^^L^I~Yamada^Tarou^^^^^L^A~やまだ^たろう^^^^^L^P"))

        assert session.scalars(select(PatientRow.name)).all() == ["Yamada^Tarou=山田^太郎=やまだ^たろう"]

    def test_text_cannot_become_name_components(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name=r"O\S\Hara=x^Ann\X0D\PID"))

        assert session.scalars(select(PatientRow.name)).all() == ["O Hara x^Ann PID"]

    def test_empty_leaves_and_null_deletes(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="Ek^Alma", birth_date="19600101", sex="F"))
        answer(engine, adt(name="", birth_date='""', sex="", at="20240306111500"))

        row = session.scalars(select(PatientRow)).one()
        assert (row.name, row.birth_date, row.sex) == ("Ek^Alma", None, "F")

    @pytest.mark.parametrize(
        ("stated", "warning"),
        [
            ("21990101", "PID-7 is in the future and was left out"),
            ("1960-01-01", "PID-7 is not a date and was left out"),
            ("19601301", "PID-7 is not a date and was left out"),
        ],
    )
    def test_an_impossible_birth_date_is_left_out_and_told(
        self, engine: Engine, session: Session, stated: str, warning: str
    ) -> None:
        assert msa(answer(engine, adt(birth_date=stated))) == "MSA|AA|MSG00001"
        assert session.scalars(select(PatientRow.birth_date)).all() == [None]
        assert only_message(session).warnings == [warning]

    def test_an_update_that_comes_late_changes_nothing(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="Ek^Berta", at="20240306120000"))
        ack = answer(engine, adt(name="Ek^Alma", at="20240306110000"))

        assert msa(ack) == "MSA|AA|MSG00001"
        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Berta"]

    def test_offsets_count_when_messages_are_ordered(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="Ek^Berta", at="20240306120000+0100"))
        answer(engine, adt(name="Ek^Alma", at="20240306113000+0000"))

        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Alma"]

    def test_an_ambiguous_event_time_is_told_and_not_guessed(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(at="20231029023000"))

        assert only_message(session).warnings == [
            "EVN-2: the clock change in Europe/Stockholm makes this local time ambiguous"
        ]
        (event, *_) = patients.journal_of(session, [session.scalars(select(PatientRow.id)).one()])
        assert event.event_at is None

    def test_an_event_in_the_future_does_not_block_later_ones(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(name="Ek^Alma", at="20991231000000"))
        answer(engine, adt(name="Ek^Berta", at="20240601095959"))
        answer(engine, adt(name="Ek^Cilla", at="20240601100001"))

        assert session.scalars(select(PatientRow.name)).all() == ["Ek^Cilla"]

    def test_an_a40_may_merge_several_patients(self, engine: Engine, session: Session) -> None:
        raw = message(
            msh("ADT^A40"), "EVN|A40|20240306", pid("N1^^^X"), "MRG|O1~O2^^^Y", pid("N2^^^X"), "PD1|", "MRG|O3"
        )

        assert msa(answer(engine, raw)) == "MSA|AA|MSG00001"
        first = patients.find_by_identifier(session, "N1", "X")
        second = patients.find_by_identifier(session, "N2", "X")
        assert first is not None
        assert second is not None
        merged = {
            key: row.merged_into_id
            for key in [("O1", "X"), ("O2", "Y"), ("O3", "X")]
            if (row := patients.find_by_identifier(session, *key)) is not None
        }
        assert merged == {("O1", "X"): first.id, ("O2", "Y"): first.id, ("O3", "X"): second.id}

    def test_the_dose_of_a_merged_patient_is_found_under_the_survivor(self, engine: Engine, session: Session) -> None:
        answer(engine, adt(identifiers="OLD^^^HOSP^MR"))
        answer(engine, adt(identifiers="NEW^^^HOSP^MR", control_id="2"))
        answer(engine, merge(survivor="NEW^^^HOSP", subsumed="OLD^^^HOSP", control_id="3"))

        stated = PatientStated(id="OLD", birth_date=date(1960, 1, 1))
        named = resolve_stated(
            session, stated, study="1.2.3", evidence_id=uuid4(), now=RECEIVED_AT, authority=SITE.default_authority
        ).patient_id

        survivor = patients.find_by_identifier(session, "NEW", "HOSP")
        assert survivor is not None
        assert patients.survivor_of(session, named) == survivor.id
        assert patients.family_of(session, survivor.id) == [survivor.id, named]


class TestPrivacy:
    def test_no_log_no_reason_and_no_warning_names_the_patient(
        self, engine: Engine, session: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        name, number = "Plantedname^Zara", "PLANTED4711"
        answer(engine, adt(name=name, identifiers=number))
        answer(engine, adt(name=name, identifiers=f"{number}~P2", birth_date="Plantedname"))
        answer(engine, merge(survivor=number, subsumed=number, name=name))
        answer(engine, merge(survivor="P9", subsumed=number, name=name))
        answer(engine, adt(name=name, identifiers=number, at="20240501"))
        answer(engine, b"Plantedname PLANTED4711")

        # PostgreSQL's own error quotes the row, and so the name.
        session.execute(text("ALTER TABLE patient ADD CONSTRAINT no_more CHECK (name IS NULL) NOT VALID"))
        session.commit()
        answer(engine, adt(name=name, identifiers="P10"))

        rows = session.scalars(select(Hl7MessageRow)).all()
        kept = [(row.reason, row.warnings, ack_of(row)) for row in rows]
        told = [*(record.__dict__ for record in caplog.records), *kept]
        assert {row.status for row in rows} == {"applied", "refused", "unreadable"}
        assert "planted" not in caplog.text.lower()
        assert "planted" not in repr(told).lower()
