"""Tests of ``doseledger retention`` and ``doseledger restriction``. All people are invented."""

import pytest
from sqlalchemy import Engine

from dose_core.retention.wording import NoReasonError
from dose_services.launch import UnknownPatientError
from dose_services.restriction import NotRestrictedError
from doseledger import restriction_command, retention_command
from doseledger.retention_command import NoJurisdictionError, OneThingError
from doseledger.who import WhichPatientError
from tests.support.commands import Run, run
from tests.support.kept_patient import IN_TEN_YEARS, NUMBER, WORDS, KeptPatient
from tests.support.traces import traces

__all__ = ["run"]


@pytest.fixture
def told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> KeptPatient:
    """A German site ten years after it was told of one patient."""
    monkeypatch.setenv("DOSELEDGER_RETENTION_JURISDICTION", "DE")
    monkeypatch.setattr(retention_command, "now", lambda: IN_TEN_YEARS)
    kept = KeptPatient(engine=engine)
    kept.be_told_everything()
    return kept


class TestRetention:
    def test_keeps_everything_while_no_jurisdiction_is_named(self, run: Run) -> None:
        assert isinstance(run("retention").exception, NoJurisdictionError)
        assert isinstance(run("retention", "--apply").exception, NoJurisdictionError)

    def test_tells_what_is_due_and_changes_nothing(self, run: Run, told: KeptPatient) -> None:
        before = traces(told.engine, WORDS)

        dry, plain = run("retention", "--dry-run"), run("retention")

        assert dry.output == plain.output
        rule, *lines = dry.output.splitlines()
        assert rule.startswith("rule DE 2018-12-31: StrlSchG 85(2): 10 years after an examination")
        assert lines == [
            "exams: 2, of 2025-03-01 to 2026-03-01",
            "patients: 1",
            "objects that belong to no exam: 0",
            "HL7 messages: 3",
            "exams that a hold or a restriction keeps: 0",
            "nothing was changed; --apply makes what is due unreadable for good",
        ]
        assert traces(told.engine, WORDS) == before

    def test_makes_it_unreadable_when_asked_to(self, run: Run, told: KeptPatient) -> None:
        done = run("retention", "--apply")

        assert (done.exit_code, done.output.splitlines()[1:3]) == (
            0,
            ["exams: 2, of 2025-03-01 to 2026-03-01", "patients: 1"],
        )
        assert traces(told.engine, WORDS) == []
        (by,) = told.rows("SELECT DISTINCT by FROM retention_event")[0]
        assert by.startswith("command:")
        assert run("retention", "--apply").output.splitlines()[1:3] == ["exams: 0", "patients: 0"]

    def test_does_one_thing_at_a_time(self, run: Run, told: KeptPatient) -> None:
        assert isinstance(run("retention", "--apply", "--dry-run").exception, OneThingError)
        assert told.patient().name is not None


class TestAHold:
    def test_is_added_listed_and_removed(self, run: Run, told: KeptPatient) -> None:
        exam_id = told.exams()[0].id
        added = run("retention", "hold", "add", "--identifier", NUMBER, "--reason", f"claim of {NUMBER}")
        number = added.output.split()[1]
        run("retention", "hold", "add", "--exam", str(exam_id), "--reason", "for a study")

        first, second = run("retention", "hold", "list").output.splitlines()

        assert first.startswith(f"{number}\tpatient {told.patient().id}\t2036-03-03\tcommand:")
        assert first.endswith("\tclaim of [patient]")
        assert f"exam {exam_id}" in second
        assert "patients: 0" in run("retention", "--apply").output
        assert run("retention", "hold", "remove", number, "--reason", "settled").exit_code == 0
        assert len(run("retention", "hold", "list").output.splitlines()) == 1

    def test_needs_one_to_hold_and_a_reason(self, run: Run, told: KeptPatient) -> None:
        patient_id, exam_id = str(told.patient().id), str(told.exams()[0].id)
        add = ("retention", "hold", "add", "--reason", "a claim")

        assert isinstance(run(*add).exception, WhichPatientError)
        assert isinstance(run(*add, "--patient", patient_id, "--exam", exam_id).exception, OneThingError)
        assert isinstance(run(*add, "--identifier", "NOBODY").exception, UnknownPatientError)
        nothing = run("retention", "hold", "add", "--patient", patient_id, "--reason", " ")
        assert isinstance(nothing.exception, NoReasonError)


class TestARestriction:
    def test_is_set_listed_and_lifted(self, run: Run, told: KeptPatient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(restriction_command, "now", lambda: IN_TEN_YEARS)
        patient_id = told.patient().id

        assert run("restriction", "set", "--identifier", NUMBER, "--reason", "Zelda contests it").exit_code == 0
        (line,) = run("restriction", "list").output.splitlines()
        assert run("restriction", "lift", "--patient", str(patient_id), "--reason", "settled").exit_code == 0

        assert line.split("\t")[:2] == [str(patient_id), "2036-03-03"]
        assert line.endswith("[patient] contests it")
        assert run("restriction", "list").output == ""
        again = run("restriction", "lift", "--patient", str(patient_id), "--reason", "settled")
        assert isinstance(again.exception, NotRestrictedError)
        assert told.rows(
            "SELECT action, via, route FROM access_log WHERE subject <> 'command:ada' ORDER BY action DESC"
        ) == [
            ("restrict_patient", "command", "doseledger restriction set"),
            ("lift_restriction", "command", "doseledger restriction lift"),
        ]
