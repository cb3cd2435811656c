"""Tests of dose_services.retention: what is due when, what the dry run tells, and what a hold keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.repositories import patients
from db.session import unit_of_work
from dose_services import legal_holds, restriction, retention, viewing
from dose_services.launch import UnknownPatientError
from dose_services.legal_holds import UnknownHoldError
from dose_services.retention import Tally
from dose_services.viewing import UnknownExamError
from tests.builders.nuclear import administration, agent_item, rrdsr_bytes
from tests.support.kept_patient import IN_TEN_YEARS, LOOKER, NAME, WORDS, KeptPatient, patient_message
from tests.support.traces import traces
from tests.support.until import until

EVERYTHING = """
    SELECT to_jsonb(x) FROM evidence x UNION ALL SELECT to_jsonb(x) FROM statement x
    UNION ALL SELECT to_jsonb(x) FROM exam x UNION ALL SELECT to_jsonb(x) FROM patient x
    UNION ALL SELECT to_jsonb(x) FROM patient_identifier x UNION ALL SELECT to_jsonb(x) FROM identity_event x
    UNION ALL SELECT to_jsonb(x) FROM hl7_message x UNION ALL SELECT to_jsonb(x) FROM retention_event x
"""
IODINE = ("1368003", "SCT", "^131^Iodine")


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.fixture
def kept(engine: Engine) -> KeptPatient:
    """A house that knows nobody yet."""
    return KeptPatient(engine=engine)


@pytest.fixture
def told(kept: KeptPatient) -> KeptPatient:
    """A house that was told of one patient in every way."""
    kept.be_told_everything()
    return kept


class TestAnExam:
    def test_stays_with_all_that_names_its_patient_until_it_is_due(self, told: KeptPatient) -> None:
        before = traces(told.engine, WORDS)

        done = told.expire(noon(2026, 3, 2))

        assert (done.exams, done.patients) == (0, 0)
        assert traces(told.engine, WORDS) == before

    def test_expires_alone_while_another_of_the_patient_is_kept(self, kept: KeptPatient) -> None:
        kept.receive(1, on="20160301")
        kept.receive(2)

        kept.expire(noon(2026, 3, 2))

        old, new = kept.exams()
        assert (old.expired_at is not None, old.accession_number) == (True, None)
        assert (new.expired_at, new.accession_number) == (None, "ACC-PLANTED-2")
        assert kept.patient().name == NAME
        assert kept.rows("SELECT count(*) FROM evidence WHERE key IS NULL") == [(1,)]
        with unit_of_work(kept.engine) as session:
            history = viewing.look_at_history(session, new.patient_id, looker=LOOKER, now=noon(2026, 3, 2))
        assert len(history.lines) == 2

    def test_of_a_minor_is_kept_until_they_are_28_years_old(self, kept: KeptPatient) -> None:
        kept.receive(PatientBirthDate="20100506")

        assert kept.survey(noon(2038, 5, 6)).exams == 0
        assert kept.survey(noon(2038, 5, 7)).exams == 1

    def test_is_kept_as_for_a_newborn_if_nobody_knows_the_birth_date(self, kept: KeptPatient) -> None:
        kept.receive(PatientBirthDate=None)

        assert kept.survey(noon(2054, 3, 1)).exams == 0
        assert kept.survey(noon(2054, 3, 2)).exams == 1

    def test_is_kept_from_the_day_of_its_arrival_if_the_clock_was_wrong(self, kept: KeptPatient) -> None:
        kept.receive(on="19250101")  # before the birth

        assert kept.survey(noon(2036, 3, 1)).exams == 0
        assert kept.survey(noon(2036, 3, 2)).first_on == date(2026, 3, 1)

    def test_is_kept_from_the_day_of_its_arrival_while_its_clock_is_in_doubt(self, kept: KeptPatient) -> None:
        kept.receive(on="20160301")
        kept.change(
            "INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at)"
            " SELECT gen_random_uuid(), 'clock_skew', CAST(id AS text), 'odd', '{}', id, now() FROM exam"
        )

        assert kept.survey(noon(2036, 3, 1)).exams == 0
        kept.change("UPDATE finding SET resolved_at = now()")
        assert kept.survey(noon(2036, 3, 1)).exams == 1

    @pytest.mark.parametrize(("agent", "year"), [(agent_item(), 2036), (agent_item("MIBG", IODINE), 2056)])
    def test_that_may_have_been_a_treatment_is_kept_for_thirty_years(
        self, kept: KeptPatient, agent: dict[str, object], year: int
    ) -> None:
        kept.house.receive([rrdsr_bytes(administration(agent=agent), intent=None)])
        kept.change("UPDATE patient SET birth_date = '1950-01-01'")

        assert kept.survey(noon(year, 3, 1)).exams == 0
        assert kept.survey(noon(year, 3, 2)).exams == 1

    def test_that_waits_at_the_desk_keeps_the_identity_of_those_whom_it_names(self, kept: KeptPatient) -> None:
        kept.receive(1)
        kept.receive(2)
        kept.receive(2, SOPInstanceUID="2.25.924", PatientID="ANOTHER", PatientName="Other^Otto")

        done = kept.expire()

        assert [one.state for one in kept.exams()] == ["counted", "held"]
        assert (done.exams, done.patients) == (1, 0)


class TestAPatient:
    def test_of_whom_messages_alone_told_goes_after_the_years_of_the_rule(self, kept: KeptPatient) -> None:
        kept.hear(patient_message())

        assert kept.survey(noon(2036, 3, 1)).patients == 0
        assert kept.expire(noon(2036, 3, 2)).patients == 1
        assert traces(kept.engine, WORDS) == []

    def test_who_is_being_changed_is_left_for_the_next_time(
        self, told: KeptPatient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A delivery between the first look at a patient and the moment in which everything about them waits."""
        monkeypatch.setattr(patients, "lock_merges", lambda _: told.receive(3, on="20360301"))

        done = told.expire()

        assert (done.exams, done.patients, done.changed_meanwhile) == (0, 0, 1)
        assert told.patient().name == NAME


class TestTheDryRun:
    def test_tells_what_is_due_and_names_nobody(self, told: KeptPatient) -> None:
        assert told.survey() == Tally(
            exams=2, patients=1, messages=3, first_on=date(2025, 3, 1), last_on=date(2026, 3, 1)
        )

    def test_writes_nothing(self, told: KeptPatient) -> None:
        before = told.rows(EVERYTHING)

        told.survey()

        assert told.rows(EVERYTHING) == before

    def test_could_write_nothing_if_it_tried(self, told: KeptPatient) -> None:
        with told.engine.connect() as connection, Session(connection) as session:
            retention.survey(session, told.policy, now=IN_TEN_YEARS)
            with pytest.raises(DatabaseError, match="read-only"):
                session.execute(text("UPDATE patient SET name = 'x'"))


class TestAHold:
    def test_on_a_patient_keeps_everything_until_it_is_lifted(self, told: KeptPatient) -> None:
        before = traces(told.engine, WORDS)
        with unit_of_work(told.engine) as session:
            hold = legal_holds.hold_patient(session, told.patient().id, reason="a claim", by="ada", now=IN_TEN_YEARS)

        done = told.expire(told.house.now + timedelta(days=3655))

        assert (done.exams, done.patients, done.held) == (0, 0, 2)
        assert set(before) - set(traces(told.engine, WORDS)) == {"hl7_message.raw"}  # these expire by their age
        with unit_of_work(told.engine) as session:
            legal_holds.lift(session, hold.number, reason="settled", by="ada", now=IN_TEN_YEARS)
        assert told.expire().patients == 1

    def test_that_is_just_being_set_is_waited_for(self, told: KeptPatient) -> None:
        waiting = """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()
        """
        with ThreadPoolExecutor(1) as other:
            with unit_of_work(told.engine) as session:
                legal_holds.hold_patient(session, told.patient().id, reason="a claim", by="ada", now=IN_TEN_YEARS)
                expiring = other.submit(told.expire)
                until(lambda: told.rows(waiting) == [(1,)] or expiring.done(), within_s=20, what="expiry")
            done = expiring.result()

        assert (done.exams, done.patients, told.patient().name) == (0, 0, NAME)

    def test_on_a_patient_who_was_merged_keeps_everything(self, told: KeptPatient) -> None:
        (merged,) = told.rows("SELECT id FROM patient WHERE merged_into_id IS NOT NULL")
        with unit_of_work(told.engine) as session:
            legal_holds.hold_patient(session, told.patient().id, reason="a claim", by="ada", now=IN_TEN_YEARS)
        told.change("UPDATE legal_hold SET patient_id = :merged WHERE lifted_at IS NULL", merged=merged[0])

        assert (told.expire().exams, told.patient().name) == (0, NAME)

    def test_on_an_exam_keeps_it_and_the_identity(self, told: KeptPatient) -> None:
        held = told.exams()[0]
        with unit_of_work(told.engine) as session:
            legal_holds.hold_exam(session, held.id, reason="a claim", by="ada", now=IN_TEN_YEARS)

        done = told.expire()

        assert (done.exams, done.patients, done.held) == (1, 0, 1)
        assert [one.expired_at is None for one in told.exams()] == [True, False]
        assert told.patient().name == NAME

    def test_is_kept_on_record_when_it_is_lifted(self, told: KeptPatient) -> None:
        assert told.rows("SELECT reason, lifted_by, lift_reason FROM legal_hold") == [
            ("claim of [patient]^[patient]", "ada", "[patient] settled")
        ]

    def test_needs_somebody_or_something_to_hold(self, kept: KeptPatient) -> None:
        with unit_of_work(kept.engine) as session:
            with pytest.raises(UnknownExamError):
                legal_holds.hold_exam(session, uuid4(), reason="a claim", by="ada", now=IN_TEN_YEARS)
            with pytest.raises(UnknownPatientError):
                legal_holds.hold_patient(session, uuid4(), reason="a claim", by="ada", now=IN_TEN_YEARS)
            with pytest.raises(UnknownHoldError):
                legal_holds.lift(session, 7, reason="a claim", by="ada", now=IN_TEN_YEARS)

    def test_is_what_a_restriction_is_as_well(self, told: KeptPatient) -> None:
        with unit_of_work(told.engine) as session:
            restriction.restrict(session, told.patient().id, reason="for a claim", looker=LOOKER, now=IN_TEN_YEARS)

        done = told.expire()

        assert (done.exams, done.held, told.patient().name) == (0, 2, NAME)


class TestAnObjectOfNoExam:
    def test_expires_after_the_longest_period(self, kept: KeptPatient) -> None:
        kept.receive_unreadable()

        assert kept.survey(noon(2056, 3, 1)).objects == 0
        assert kept.expire(noon(2056, 3, 2)).objects == 1
        assert traces(kept.engine, WORDS) == []

    def test_waits_to_be_read_first(self, kept: KeptPatient) -> None:
        kept.receive_unreadable()
        kept.change("UPDATE evidence SET read_status = 'pending'")

        assert kept.expire(noon(2090, 1, 1)).objects == 0


class TestAMessage:
    def test_expires_by_its_age(self, told: KeptPatient) -> None:
        done = told.expire(told.house.now + timedelta(days=366))

        assert (done.messages, told.patient().name) == (3, NAME)
        assert "hl7_message.raw" not in traces(told.engine, WORDS)

    def test_waits_to_be_answered_first(self, told: KeptPatient) -> None:
        told.change("UPDATE hl7_message SET status = 'pending'")

        assert told.expire(told.house.now + timedelta(days=366)).messages == 0
