"""No estimate leaves without interval and method, and no effective dose before a physicist switched it on."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import text
from typer.testing import CliRunner

from db.mapping import exam_from_packed
from db.repositories import exams
from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.hl7.observations import DapUnit, observations_of
from dose_core.writers.patient_dose_sr import write_patient_dose_sr
from dose_services import estimates, following, skin_maps
from dose_services.patient_dose_document import write_all
from dose_services.patient_dose_gathering import gather
from dose_services.roles import Role, Scope
from doseledger.main import app
from tests.builders.long_history import PATIENT, long_history
from tests.builders.patient_doses import EXAM, FIRST, ssde, used_report
from tests.builders.written import header, issue
from tests.integration.api.conftest import SITE, House
from tests.support.content import items
from tests.support.estimate_rules import SIEVERT, faults, faults_of_document, faults_of_page
from tests.support.installed_method import installed

# What effective dose is to a stranger's package: it names units of its own.
THEIRS = """
from dose_core.dosimetry.estimate import Estimate, Interval
from dose_core.estimating.case import Outcome

class Effective:
    id = "acme-effective-dose"
    version = "1"
    is_effective_dose = True
    def outcomes(self, case):
        if case.exam.ct is None:
            return ()
        def of(value, unit):
            return Estimate(value=value, unit=unit,
                interval=Interval(low=4000.0, high=5000.0, coverage=0.95, source="a paper, invented"),
                method_id=self.id, method_version=self.version, inputs=(), source="a paper, invented")
        return (Outcome(quantity="effective_dose_usv", result=of(4321.5, "uSv")),
            Outcome(quantity="days_of_natural_background", result=of(4567.25, "d")))
"""
WHY = "agreed in the radiation protection committee"


@pytest.fixture
def filled(house: House, tmp_path: Path) -> Iterator[House]:
    """A patient with an examination of every kind, whose methods were asked; a PET/CT states an effective dose."""
    for study in long_history():
        for uid, dicom in study.objects.items():
            assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).json()["read_status"] == "read"
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    house.add_user("phil", Role.MPE)
    place = partial(unit_of_work, house.engine)
    with installed(tmp_path / "acme", "acme_effective", THEIRS, acme_effective_dose="Effective"):
        while following.work_off(place, now=house.now, site=SITE, limit=100):
            pass
        estimates.work_off(place, now=house.now, limit=100)
        yield house


def get(house: House, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.get(path, headers=house.reading)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def switch(house: House, *, is_on: bool, login: str = "phil", reason: str = WHY) -> Any:  # noqa: ANN401 - a response
    headers = house.headers(Scope.READ, login=login)
    return house.client.put("/api/v1/effective-dose", json={"is_on": is_on, "reason": reason}, headers=headers)


def value_ids(body: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(body, dict):
        for key, value in body.items():
            if key == "value_id" and value:
                yield value
            elif key == "value_ids" and isinstance(value, dict):
                yield from value.values()
            else:
                yield from value_ids(value)
    elif isinstance(body, list):
        for one in body:
            yield from value_ids(one)


def answers(house: House) -> dict[str, Any]:
    """Return every answer about the patient, with the provenance of each number that has an id in them."""
    patient_id = house.patient_id(PATIENT)
    paths = [f"/api/v1/patients/{patient_id}/exams", f"/api/v1/patients/{patient_id}/cumulative-dose"]
    for exam in get(house, paths[0])["exams"]:
        paths += [f"/api/v1/exams/{exam['id']}", f"/api/v1/exams/{exam['id']}/estimates"]
        paths.append(f"/api/v1/exams?study_instance_uid={exam['study_instance_uid']}")
    paths += [f"/fhir/{kind}?patient={patient_id}&_count=100" for kind in ("Observation", "Composition")]
    paths += [f"/fhir/Patient/{patient_id}/$cumulative-dose", "/fhir/Observation?code=73569-6&_count=100"]
    found = {path: get(house, path) for path in paths}
    ids = {one for body in found.values() for one in value_ids(body)}
    return found | {path: get(house, path) for path in (f"/api/v1/values/{one}/provenance" for one in sorted(ids))}


def pages(house: House) -> dict[str, str]:
    """Return every page of the patient's view, but those of single numbers."""
    view = house.open_view(PATIENT, person="ada")
    paths = [view, f"{view}/cumulative-dose"]
    for exam_id in house.exam_ids(PATIENT):
        paths.append(f"{view}/exams/{exam_id}")
        events = house.client.get(paths[-1]).text.count("/events/")
        paths += [f"{view}/exams/{exam_id}/events/{number}" for number in range(1, events + 1)]
    return {path: house.client.get(path).text for path in paths}


@pytest.fixture
def told(filled: House, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return the lines of ``doseledger explain`` about all exams."""
    for name, value in {
        "DATABASE_URL": database_url,
        "SITE_TIMEZONE": "Europe/Berlin",
        "DEFAULT_AUTHORITY": "DEMO",
        "TOKEN_SECRET": "a secret that is long enough for a test",
        "PUBLIC_URL": "http://127.0.0.1:8700",
    }.items():
        monkeypatch.setenv(f"DOSELEDGER_{name}", value)

    def lines() -> list[str]:
        ids = filled.exam_ids(PATIENT)
        return [line for one in ids for line in CliRunner().invoke(app, ["explain", "--exam", one]).output.splitlines()]

    return lines


def documents(house: House) -> dict[str, Dataset]:
    """Return every patient dose report and skin map that is written of any exam, by exam and kind."""
    place = partial(unit_of_work, house.engine)
    while skin_maps.work_off(place, now=house.now, limit=100):
        pass
    found = {}
    for exam_id in house.exam_ids(PATIENT):
        with place() as session:
            gathered = gather(session, UUID(exam_id))
        kinds = gathered.kinds if gathered else ()
        issues = {kind: issue(kind) for kind in kinds}
        for kind, one in (write_all(gathered, issues) if gathered else {}).items():
            assert isinstance(one, Dataset), (kind, one)
            found[f"{exam_id} {kind}"] = one
    return found


def reports_of(found: dict[str, Dataset]) -> dict[str, Dataset]:
    """Return the reports among them."""
    return {name: one for name, one in found.items() if "ContentSequence" in one}


class TestTheRules:
    @pytest.mark.parametrize(
        "body",
        [
            {"value": 1.0, "class": "estimate", "unit": "mGy"},
            {"value": 1.0, "basis": "estimate", "estimated": None},
            {"value": 1.0, "method_id": "m", "method_version": "1", "interval": {"low": 0.5, "high": 2.0}},
            {"value": 1.0, "unit": "mSv", "class": "stated_estimate", "quantity": "effective_dose"},
            {"events": [{"value": 1.0, "unit": "mSv", "rule": "it counts"}]},
        ],
    )
    def test_find_what_breaks_them(self, body: dict[str, Any]) -> None:
        assert list(faults(body))

    @pytest.mark.parametrize("html", ["<p>E <b>7.0</b> mSv</p>", "<tr><td>7 mSv</td><td>by ICRP 128</td></tr>"])
    def test_find_a_bare_dose_on_a_page(self, html: str) -> None:
        assert list(faults_of_page(html))

    def test_find_a_bare_dose_in_a_document(self) -> None:
        """One that is whole breaks none; without what stands below its dose it breaks one, without its name another."""
        whole = write_patient_dose_sr(EXAM, [ssde(9.5)], header(), issue("x"), reports=(used_report(FIRST),))
        assert list(faults_of_document(whole)) == []
        del items(whole, "113930")[0].ContentSequence
        items(whole, "128403")[0].TextValue = "a method"

        assert list(faults_of_document(whole)) == ["113930: an estimate without interval", "no method is named"]

    @pytest.mark.parametrize("text_", ["7.0 mSv", "0.3 Sv", "effective_dose_msv", "12 uSv", "µSv"])
    def test_know_a_dose_in_sievert(self, text_: str) -> None:
        assert SIEVERT.search(text_)


class TestWhileEffectiveDoseIsOff:
    def test_no_answer_holds_one(self, filled: House) -> None:
        found = answers(filled)

        assert {path: hit[0] for path, body in found.items() if (hit := SIEVERT.search(str(body)))} == {}
        assert not any("4321.5" in str(body) or "4567.25" in str(body) for body in found.values())
        assert len(found) > 100

    def test_no_page_holds_one(self, filled: House) -> None:
        assert {path: hit[0] for path, html in pages(filled).items() if (hit := SIEVERT.search(html))} == {}

    def test_no_line_of_the_command_line_holds_one(self, told: Callable[[], list[str]]) -> None:
        assert [line for line in told() if SIEVERT.search(line)] == []

    def test_no_message_for_other_systems_holds_one(self, filled: House) -> None:
        with unit_of_work(filled.engine) as session:
            ids = [row[0] for row in filled.rows("SELECT id FROM exam")]
            known = [one for exam_id in ids if (one := exams.get(session, exam_id))]
        observed = [one for each in known for one in observations_of(exam_from_packed(each.content), DapUnit.GY_M2)]
        assert len(observed) > 10
        assert [one for one in observed if SIEVERT.search(one.unit) or SIEVERT.search(one.note)] == []

    def test_no_view_for_sql_holds_one(self, filled: House) -> None:
        views = filled.rows("SELECT viewname FROM pg_views WHERE schemaname = 'doseledger_sql'")
        assert len(views) > 5
        for (view,) in views:
            with filled.engine.connect() as connection:
                rows = connection.execute(text(f"SELECT * FROM doseledger_sql.{view}"))  # noqa: S608 - a name of ours
                told = str(list(rows.keys())) + str(list(rows))
            assert not SIEVERT.search(told), view

    def test_no_document_for_the_pacs_holds_one(self, filled: House) -> None:
        found = documents(filled)

        assert {name: hit[0] for name, one in found.items() if (hit := SIEVERT.search(str(one)))} == {}
        assert not any("4321.5" in str(one) or "4567.25" in str(one) for one in found.values())
        assert len(reports_of(found)) > 1

    def test_its_value_id_is_unknown(self, filled: House) -> None:
        assert switch(filled, is_on=True).status_code == 200
        ids = [one for path, body in answers(filled).items() if "estimates" in path for one in value_ids(body)]
        behind = [one for one in ids if get(filled, f"/api/v1/values/{one}/provenance")["statement"]]
        assert {get(filled, f"/api/v1/values/{one}/provenance")["unit"] for one in behind} >= {"mSv", "uSv", "d"}
        switch(filled, is_on=False)

        for one in behind:
            answer = filled.client.get(f"/api/v1/values/{one}/provenance", headers=filled.reading)
            assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (404, "unknown-value")


class TestOnceItIsOn:
    @pytest.fixture(autouse=True)
    def on(self, filled: House) -> None:
        assert switch(filled, is_on=True).json()["is_on"] is True

    def test_each_has_its_class_method_interval_and_the_statement(self, filled: House) -> None:
        found = answers(filled)

        its = [body for path, body in found.items() if path.endswith("/estimates")]
        ours = [one for body in its for one in body["estimates"] if one["unit"].endswith("Sv")]
        theirs = [one for body in its for one in body["stated_estimates"] if one["unit"] == "mSv"]
        assert {one["class"] for one in ours} == {"estimate"}
        assert [(one["value"], one["class"], one["interval"]) for one in theirs] == [
            (7.0, "stated_estimate", "not stated")
        ]
        assert theirs[0]["method"] == "ICRP Publication 128"
        assert all("must not be used to estimate individual risk" in one["statement"] for one in (*ours, *theirs))
        assert [fault for path, body in found.items() for fault in faults(body, path)] == []

    def test_each_page_shows_it_with_interval_and_statement(self, filled: House) -> None:
        shown = pages(filled)

        assert any(SIEVERT.search(html) for html in shown.values())
        assert [fault for html in shown.values() for fault in faults_of_page(html)] == []

    def test_each_document_for_the_pacs_tells_it_with_interval_and_statement(self, filled: House) -> None:
        found = reports_of(documents(filled))

        assert any(items(one, "113839") for one in found.values())
        assert [(name, fault) for name, one in found.items() for fault in faults_of_document(one)] == []

    def test_each_line_of_the_command_line_has_an_interval(self, told: Callable[[], list[str]]) -> None:
        lines = [line for line in told() if SIEVERT.search(line)]

        assert len(lines) >= 2
        assert [line for line in lines if "interval not stated" not in line and not re.search(r"\d to \d", line)] == []

    def test_each_sum_is_of_one_method_and_made_of_values_that_explain_themselves(self, filled: House) -> None:
        """The stranger's package says 4321.5 uSv, from 4000 to 5000, of each of the exams with CT; intervals add."""
        dose = get(filled, f"/api/v1/patients/{filled.patient_id(PATIENT)}/cumulative-dose")

        for one in dose["effective_dose"]["sums"]:
            ids = [value_id for part in one["made_of"] for value_id in part["value_ids"]]
            why = [get(filled, f"/api/v1/values/{value_id}/provenance") for value_id in ids]
            assert sum(each["value"] for each in why) == pytest.approx(one["value"])
            assert {each["estimate"]["method_id"] for each in why} == {one["method_id"]}
        (theirs,) = [one for one in dose["effective_dose"]["sums"] if one["method_id"] == "acme-effective-dose"]
        count = len(theirs["made_of"])
        assert count >= 3
        assert (theirs["interval"]["low"], theirs["interval"]["high"]) == (4000.0 * count, 5000.0 * count)
        assert not [one for one in dose["sums"] if SIEVERT.search(one["quantity"])]

    def test_no_message_and_no_view_tells_it(self, filled: House) -> None:
        TestWhileEffectiveDoseIsOff().test_no_message_for_other_systems_holds_one(filled)
        TestWhileEffectiveDoseIsOff().test_no_view_for_sql_holds_one(filled)


class TestEveryEstimate:
    def test_of_every_answer_has_interval_and_method(self, filled: House) -> None:
        found = answers(filled)

        assert [fault for path, body in found.items() for fault in faults(body, path)] == []
        assert '"basis": "estimate"' in str(found).replace("'", '"')

    def test_in_a_document_for_the_pacs_has_interval_and_method(self, filled: House) -> None:
        found = reports_of(documents(filled))

        assert len(found) > 1
        assert [(name, fault) for name, one in found.items() for fault in faults_of_document(one)] == []

    def test_in_a_view_for_sql_has_interval_and_method(self, filled: House) -> None:
        query = "SELECT value, interval_low, interval_high, methods, interval_source FROM doseledger_sql.totals"
        rows = filled.rows(f"{query} WHERE basis = 'estimate'")

        assert rows
        assert all(None not in row for row in rows)

    def test_says_for_which_event_and_part_it_is_and_explains_itself(self, filled: House) -> None:
        its = [body for path, body in answers(filled).items() if path.endswith("/estimates")]
        ours = [one for body in its for one in body["estimates"]]

        assert {body["state"] for body in its} == {"computed"}
        assert ours or any(body["not_computable"] for body in its)
        for one in ours:
            why = get(filled, f"/api/v1/values/{one['value_id']}/provenance")
            assert (why["value"], why["class"]) == (one["value"], "estimate")
            assert why["estimate"]["interval"] == one["interval"]

    def test_is_pending_until_the_methods_were_asked(self, filled: House) -> None:
        (exam_id, *_) = filled.exam_ids(PATIENT)
        with unit_of_work(filled.engine) as session:
            estimates.wake(session, exam_id, now=filled.now)  # type: ignore[arg-type]  # a UUID as text

        assert get(filled, f"/api/v1/exams/{exam_id}/estimates")["state"] == "pending"


class TestTheSwitch:
    def test_is_off_until_somebody_decides(self, filled: House) -> None:
        told = get(filled, "/api/v1/effective-dose")

        assert (told["is_on"], told["decided_by"], told["reason"]) == (False, None, None)

    def test_is_for_physicists(self, filled: House) -> None:
        assert switch(filled, is_on=True, login="ada").status_code == 403
        assert get(filled, "/api/v1/effective-dose")["is_on"] is False

    def test_wants_a_reason(self, filled: House) -> None:
        assert switch(filled, is_on=True, reason="ok").status_code == 422

    def test_is_on_record_with_who_and_why_each_time(self, filled: House) -> None:
        switch(filled, is_on=True)
        switch(filled, is_on=False, reason="the committee thought again")

        assert filled.rows("SELECT is_on, reason, decided_by FROM effective_dose_switch ORDER BY id") == [
            (True, WHY, "user:phil"),
            (False, "the committee thought again", "user:phil"),
        ]
        looks = filled.rows("SELECT subject, reason FROM access_log WHERE action = 'switch_effective_dose' ORDER BY at")
        assert [subject for subject, _ in looks] == ["user:phil", "user:phil"]

    def test_of_one_site_says_nothing_of_another(self, filled: House) -> None:
        switch(filled, is_on=True)

        assert get(filled, "/api/v1/effective-dose?site=NORTH")["is_on"] is False
