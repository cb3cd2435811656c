"""Tests of ``doseledger subject-report``. All people are invented."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_services import restriction, viewing
from dose_services.launch import UnknownPatientError
from doseledger.subject_report_command import ReportFileError
from doseledger.who import WhichPatientError
from tests.builders.hl7 import message, msh, pid
from tests.builders.orders import order
from tests.support.commands import Run, run
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.forward_house import ForwardHouse
from tests.support.kept_patient import LOOKER, NAME, NUMBER, KeptPatient

__all__ = ["run"]


@pytest.fixture
def told(engine: Engine) -> KeptPatient:
    """A house that was told of one patient in every way."""
    kept = KeptPatient(engine=engine)
    kept.be_told_everything()
    return kept


def report_of(run: Run, *which: str) -> Any:  # noqa: ANN401 - JSON
    answer = run("subject-report", *which)
    assert answer.exit_code == 0, answer.exception
    return json.loads(answer.output)


class TestTheReport:
    def test_holds_who_the_person_is_under_every_identifier(self, run: Run, told: KeptPatient) -> None:
        report = report_of(run, "--identifier", f"{NUMBER}-OLD", "--authority", "HOSP")

        one, merged = report["people"]
        assert (one["name"], one["birth_date"], one["sex"]) == (NAME, "1931-08-23", "F")
        assert merged["merged_into_id"] == one["id"] == str(told.patient().id)
        assert [each["identifiers"][0]["value"] for each in (one, merged)] == [NUMBER, f"{NUMBER}-OLD"]
        kinds = [entry["kind"] for entry in report["journal"]]
        assert kinds.count("created") == 2
        assert kinds.count("merged") == 1
        assert [entry["after"]["name"] for entry in report["journal"] if entry["kind"] == "created"] == [NAME, NAME]
        assert [message["message_type"] for message in report["messages"]] == ["ADT^A08", "ADT^A08", "ADT^A40"]

    def test_holds_who_got_dose_reports_of_them(self, run: Run, told: KeptPatient, tmp_path: Path) -> None:
        folder = tmp_path / "outgoing"
        folder.mkdir()
        registry = ForwardHouse(DoseHouse(engine=told.engine, archive=FakeArchive()), folder=folder)
        registry.add()
        assert registry.work() == 2

        report = report_of(run, "--patient", str(told.patient().id))

        assert [(one["destination"], one["is_identified"]) for one in report["forwarded"]] == [("registry", False)] * 2
        assert {one["exam_id"] for one in report["forwarded"]} == {one["id"] for one in report["exams"]}
        run("subject-report", "--patient", str(told.patient().id), "--out", str(tmp_path / "report"))
        assert "<td>registry</td><td>de-identified</td>" in (tmp_path / "report.html").read_text(encoding="utf-8")

    def test_holds_every_exam_with_its_doses_and_their_sources(self, run: Run, told: KeptPatient) -> None:
        exams = report_of(run, "--patient", str(told.patient().id))["exams"]

        assert [exam["accession_number"] for exam in exams] == ["ACC-PLANTED-2", "ACC-PLANTED-1"]
        assert [exam["admission_id"] for exam in exams] == ["ADM-PLANTED-2", "ADM-PLANTED-1"]
        for exam in exams:
            totals = {total["quantity"]: total["value"] for total in exam["totals"] if total["of"] is None}
            assert totals["dlp_mgy_cm"] == 100.0
            assert [(event["dlp_mgy_cm"], event["ctdi_vol_mgy"]) for event in exam["events"]] == [(100.0, 10.0)]
        objects = [{(o["kind"], o["sender"], o["is_readable"]) for o in exam["objects"]} for exam in exams]
        report, typed = ("ct_rdsr", "test", True), ("manual", "command:ada", True)
        assert objects == [{report}, {report, typed}]

    def test_holds_who_looked_when_at_what_by_which_door_and_why(self, run: Run, told: KeptPatient) -> None:
        patient_id, exam_id = told.patient().id, told.exams()[0].id
        breaking = replace(LOOKER, break_glass=f"emergency of {NAME}", may_break_glass=True)
        with unit_of_work(told.engine) as session:
            restriction.restrict(session, patient_id, reason="contested", looker=LOOKER, now=told.house.now)
            viewing.look_at_exam(session, exam_id, looker=breaking, now=told.house.now)

        accesses = report_of(run, "--patient", str(patient_id))["accesses"]

        told_of = [(one["subject"], one["action"], one["via"], one["reason"]) for one in accesses]
        assert ("command:ada", "read_exams", "command", None) in told_of
        assert ("command:ada", "break_glass", "command", "emergency of [patient]^[patient]") in told_of
        assert [one["exam_id"] for one in accesses if one["action"] == "break_glass"] == [str(exam_id)]

    def test_is_an_access_itself_and_tells_so(self, run: Run, told: KeptPatient) -> None:
        last = report_of(run, "--patient", str(told.patient().id))["accesses"][-1]

        assert (last["action"], last["via"], last["route"]) == (
            "subject_report",
            "command",
            "doseledger subject-report",
        )
        assert told.rows("SELECT count(*) FROM access_log WHERE action = 'subject_report'") == [(1,)]

    def test_tells_of_holds_restrictions_and_expiries(self, run: Run, told: KeptPatient) -> None:
        patient_id = str(told.patient().id)
        told.expire()

        report = report_of(run, "--patient", patient_id)

        assert [hold["lift_reason"] for hold in report["holds"]] == ["[patient] settled"]
        assert [one["reason"] for one in report["restrictions"]] == ["contested by [patient]"]
        assert [one["kind"] for one in report["expiries"]] == ["exam", "exam", "patient"]
        assert {person["name"] for person in report["people"]} == {None}
        assert {entry["after"] for entry in report["journal"]} == {None}
        assert {one["is_readable"] for exam in report["exams"] for one in exam["objects"]} == {False}

    def test_tells_what_was_ever_stated_and_observed_until_it_expires(self, run: Run, told: KeptPatient) -> None:
        weight = "OBX|1|NM|29463-7^Body weight^LN||72|kg|||||F|||20251231"
        told.hear(message(msh("ORU^R01^ORU_R01", control_id="W"), pid(f"{NUMBER}^^^HOSP", NAME), weight))
        patient_id = str(told.patient().id)

        before = report_of(run, "--patient", patient_id)
        told.expire()
        after = report_of(run, "--patient", patient_id)

        assert NAME in [one["value"] for one in before["stated"] if one["kind"] == "name"]
        assert [(one["observed"], one["value"]) for one in before["observations"]] == [("body_weight", 72.0)]
        assert (after["stated"], after["observations"]) == ([], [])
        assert "ORU^R01" in [one["message_type"] for one in before["messages"]]

    def test_tells_what_was_asked_for_and_of_orders_that_have_expired_no_word(
        self, run: Run, told: KeptPatient
    ) -> None:
        told.hear(order(identifiers=f"{NUMBER}^^^HOSP", accession="ACC-PLANTED-9"))
        patient_id = str(told.patient().id)

        (before,) = report_of(run, "--patient", patient_id)["orders"]
        told.expire()
        after = report_of(run, "--patient", patient_id)

        assert (before["placer_number"], before["indication"]) == ("PL1", "fall from a ladder")
        assert before["accession_numbers"] == ["ACC-PLANTED-9"]
        assert "ladder" not in json.dumps(after)
        assert "PLANTED-9" not in json.dumps(after)
        assert [one["is_readable"] for one in after["messages"] if one["message_type"] == "ORM^O01"] == [False]

    def test_leaves_out_what_may_be_of_somebody_else(self, run: Run, told: KeptPatient) -> None:
        patient_id = str(told.patient().id)
        told.receive(3)
        told.receive(3, SOPInstanceUID="2.25.934", PatientID="ANOTHER", PatientName="Other^Otto")

        report = report_of(run, "--patient", patient_id)

        assert (len(report["exams"]), report["named_elsewhere"]) == (2, 1)
        assert "Otto" not in json.dumps(report)


class TestTheFiles:
    def test_are_two_that_only_their_owner_can_read(self, run: Run, told: KeptPatient, tmp_path: Path) -> None:
        answer = run("subject-report", "--patient", str(told.patient().id), "--out", str(tmp_path / "report.html"))

        page, data = tmp_path / "report.html", tmp_path / "report.json"
        assert answer.output.split() == [str(data), str(page)]
        assert [path.stat().st_mode & 0o777 for path in (page, data)] == [0o600] * 2
        assert json.loads(data.read_bytes())["people"][0]["name"] == NAME
        text = page.read_text(encoding="utf-8")
        for told_of in (
            NAME,
            NUMBER,
            "1931-08-23",
            "DLP 100.0 mGy·cm",
            "subject_report",
            "claim of [patient]",
            "merged",
        ):
            assert told_of in text
        assert "not for diagnosis or therapy decisions" in text

    def test_escape_what_devices_and_people_wrote(self, run: Run, told: KeptPatient, tmp_path: Path) -> None:
        told.change("UPDATE patient SET name = '<script>alert(1)</script>'")

        run("subject-report", "--patient", str(told.patient().id), "--out", str(tmp_path / "report"))

        assert "<script>" not in (tmp_path / "report.html").read_text(encoding="utf-8")

    def test_replace_no_other(self, run: Run, told: KeptPatient, tmp_path: Path) -> None:
        (tmp_path / "report.json").write_text("mine")

        answer = run("subject-report", "--patient", str(told.patient().id), "--out", str(tmp_path / "report"))

        assert isinstance(answer.exception, ReportFileError)
        assert (tmp_path / "report.json").read_text() == "mine"


class TestWho:
    def test_is_one_person(self, run: Run, told: KeptPatient) -> None:
        assert isinstance(run("subject-report").exception, WhichPatientError)
        both = run("subject-report", "--patient", str(told.patient().id), "--identifier", NUMBER)
        assert isinstance(both.exception, WhichPatientError)

    def test_is_somebody(self, run: Run, told: KeptPatient) -> None:
        assert told.patient().name == NAME
        assert isinstance(run("subject-report", "--identifier", "NOBODY").exception, UnknownPatientError)
