"""Tests of dose_services.retention: what expires becomes unreadable for good, and the dose stays."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from db.backup import backup
from db.repositories.erasures import sweep
from db.restore import restore
from db.session import make_engine, unit_of_work
from dose_core.ledger.standing import Decided
from dose_services import desk, reading, viewing
from dose_services.desk import DecisionRefusedError
from tests.support.kept_patient import IN_TEN_YEARS, LOOKER, NUMBER, WORDS, KeptPatient, patient_message
from tests.support.traces import traces

DOSES = """
    SELECT e.id, e.state, e.modality, e.device_id, e.started_at, e.started_local, e.revision, e.summary, v.dlp_mgy_cm,
        v.ctdi_vol_mgy, v.event_uid, r.content, r.digest
    FROM exam e JOIN exam_event v ON v.exam_id = e.id JOIN exam_revision r ON r.id = e.revision_id ORDER BY e.id
"""
PER_DEVICE = """
    SELECT device_id, sex, age_years, count(*), sum(dlp_mgy_cm), min(started_at)
    FROM doseledger_sql.exams JOIN doseledger_sql.events USING (exam_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
ENTRIES = "SELECT kind, by, rule, at, detail FROM retention_event ORDER BY id"


@pytest.fixture
def told(engine: Engine) -> KeptPatient:
    """A house that was told of one patient in every way."""
    kept = KeptPatient(engine=engine)
    kept.be_told_everything()
    return kept


class TestExpiry:
    def test_leaves_no_trace_of_who_it_was_in_any_column_of_any_table(self, told: KeptPatient) -> None:
        before = traces(told.engine, WORDS)

        done = told.expire()

        assert {
            "evidence.content",
            "exam.accession_number",
            "exam.admission_id",
            "exam_decision.comment",
            "finding.comment",
            "hl7_message.raw",
            "identity_event.content",
            "patient.birth_date",
            "patient.name",
            "patient_identifier.value",
            "skin_place.reason",
            "skin_reaction.comment",
            "skin_reaction.photo_reference",
            "statement.identity",
        } <= set(before)
        assert traces(told.engine, WORDS) == []
        assert told.rows("SELECT DISTINCT orthanc_id FROM evidence") == [(None,)]
        assert (done.exams, done.patients, done.changed_meanwhile) == (2, 1, 0)

    def test_keeps_the_dose_the_device_the_time_and_the_statistics(self, told: KeptPatient) -> None:
        doses, devices = told.rows(DOSES), told.rows(PER_DEVICE)

        told.expire()

        assert told.rows(DOSES) == doses
        assert told.rows(PER_DEVICE) == devices
        assert [row[1:5] for row in devices] == [("F", 90, 2, 200.0)]
        assert len(doses) == 2

    def test_writes_an_audit_entry_for_each_exam_and_each_patient(self, told: KeptPatient) -> None:
        told.expire()

        of_both, of_exam = (
            ("exam", "command:ada", "DE 2018-12-31", IN_TEN_YEARS, {"objects": number, "statements": number})
            for number in (2, 1)  # a report and what a person typed; a report
        )
        of_patient = ("patient", "command:ada", "DE 2018-12-31", IN_TEN_YEARS, {"messages": 3, "patients": 2})
        *of_exams, last = told.rows(ENTRIES)
        assert sorted(of_exams, key=str) == sorted([of_both, of_exam], key=str)
        assert last == of_patient

    @pytest.mark.parametrize("statement", ["UPDATE retention_event SET by = 'x'", "DELETE FROM retention_event"])
    def test_leaves_entries_that_the_database_lets_nobody_change(self, told: KeptPatient, statement: str) -> None:
        told.expire()

        with pytest.raises(DatabaseError, match="append-only"):
            told.change(statement)

    def test_does_nothing_the_second_time(self, told: KeptPatient) -> None:
        told.expire()
        entries = told.rows(ENTRIES)

        done = told.expire()

        assert (done.exams, done.patients, done.objects, done.messages) == (0, 0, 0, 0)
        assert told.rows(ENTRIES) == entries


class TestAnExamThatHasExpired:
    def test_stays_as_it_is_when_it_is_filed_and_read_again(self, told: KeptPatient) -> None:
        told.expire()
        doses, exams = told.rows(DOSES), [(one.patient_id, one.state) for one in told.exams()]
        told.change(
            "INSERT INTO outbox (kind, site, study_instance_uid, at)"
            " SELECT 'refile', site, study_instance_uid, now() FROM exam"
        )
        ids = [row[0] for row in told.rows("SELECT id FROM evidence")]

        told.house.follow()
        reading.read_now(partial(unit_of_work, told.engine), ids, now=IN_TEN_YEARS, site=told.house.site)

        assert told.rows(DOSES) == doses
        assert [(one.patient_id, one.state) for one in told.exams()] == exams
        assert told.rows("SELECT count(*) FROM patient") == [(2,)]
        assert told.rows("SELECT count(*) FROM outbox") == [(0,)]
        assert told.rows("SELECT kind FROM finding WHERE resolved_at IS NULL") == []

    def test_takes_in_what_comes_late_and_makes_it_unreadable_at_once(self, told: KeptPatient) -> None:
        told.expire()

        told.receive(1, on="20250301", SOPInstanceUID="2.25.914", ContentTime="235900")

        assert traces(told.engine, WORDS) == []
        assert told.rows("SELECT count(*) FROM patient") == [(2,)]
        assert told.rows("SELECT count(*), sum(dlp_mgy_cm) FROM exam_event") == [(2, 200.0)]
        assert told.rows(ENTRIES)[-1][2:] == (
            "came after the exam had expired",
            told.house.now,
            {"objects": 1, "statements": 1},
        )

    def test_is_no_exam_to_decide_about(self, told: KeptPatient) -> None:
        told.expire()

        with unit_of_work(told.engine) as session, pytest.raises(DecisionRefusedError, match="over"):
            desk.decide(
                session,
                told.exams()[0].id,
                Decided.NOT_PATIENT,
                comment="a phantom",
                looker=LOOKER,
                site=told.house.site,
                now=IN_TEN_YEARS,
            )


class TestWhoHasExpired:
    def test_has_a_new_history_when_they_come_back(self, told: KeptPatient) -> None:
        told.expire()

        told.receive(3, on="20360304")

        old, _, new = told.exams()
        assert (new.patient_id != old.patient_id, new.state) == (True, "counted")
        with unit_of_work(told.engine) as session:
            history = viewing.look_at_history(session, new.patient_id, looker=LOOKER, now=IN_TEN_YEARS)
        assert [one.value for one in history.patient.identifiers] == [NUMBER]
        assert len(history.lines) == 1

    def test_may_be_told_of_by_the_same_message_again(self, told: KeptPatient) -> None:
        told.expire()

        ack = told.hear(patient_message(), now=IN_TEN_YEARS)

        assert ack.split(b"\r")[1].startswith(b"MSA|AA")
        assert told.rows("SELECT count(*) FROM patient WHERE name IS NOT NULL") == [(1,)]

    def test_gives_back_an_exam_that_was_filed_under_them_in_that_moment(self, told: KeptPatient) -> None:
        told.receive(3, on="20360301", PatientID="ANOTHER")
        told.expire()
        gone = told.exams()[0].patient_id
        told.change("UPDATE exam SET patient_id = :gone WHERE expired_at IS NULL", gone=gone)

        told.expire()
        told.house.follow()

        assert told.exams()[2].patient_id != gone


def test_what_had_expired_expires_again_after_an_older_backup_was_restored(
    told: KeptPatient, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    backup(database_url, tmp_path / "before.zip")
    told.expire()

    restore(empty_database_url, tmp_path / "before.zip")
    engine = make_engine(empty_database_url)
    restored = KeptPatient(engine=engine)
    before = traces(engine, WORDS)
    done = restored.expire()
    after = traces(engine, WORDS)
    engine.dispose()

    assert (before != [], after) == (True, [])
    assert (done.exams, done.patients) == (2, 1)


def test_the_database_forgets_earlier_versions_of_the_rows(told: KeptPatient) -> None:
    told.expire()
    sweep(told.engine)

    with told.engine.connect() as connection:
        left = connection.execute(
            text("SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE relname IN ('evidence', 'patient')")
        ).scalar_one()
    assert left == 0
