"""Who sees what by FHIR, what is on record, and what a look costs. All people are invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from db.reaching import Reach
from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_services import fhir_people
from dose_services.roles import Role, Scope
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.long_history import NAME, PATIENT
from tests.integration.api.conftest import House
from tests.integration.api.fhir.conftest import LOOKER, OLD, Get, resources
from tests.support.estimate_rules import SIEVERT

WHY = "agreed with the patient, invented"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that are asked of the database meanwhile."""
    asked: list[str] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - of SQLAlchemy
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def old_id(house: House) -> str:
    return str(house.rows(f"SELECT patient_id FROM patient_identifier WHERE value = '{OLD}'")[0][0])  # noqa: S608 - ours


class TestAPatientWhoWasMerged:
    def test_is_inactive_and_tells_only_who_they_are_now(self, hers: House, get: Get, patient_id: str) -> None:
        body = get(f"Patient/{old_id(hers)}")

        assert (body["active"], body["id"]) == (False, old_id(hers))
        assert body["link"] == [
            {"other": {"reference": f"Patient/{patient_id}", "type": "Patient"}, "type": "replaced-by"}
        ]
        assert not {"name", "identifier", "birthDate"} & body.keys()

    def test_leads_to_all_that_is_known_of_the_survivor(self, hers: House, get: Get, patient_id: str) -> None:
        for kind in ("Observation", "ImagingStudy", "Composition"):
            of_old = resources(get(f"{kind}?patient={old_id(hers)}&_count=100"))
            assert of_old == resources(get(f"{kind}?patient={patient_id}&_count=100")) != []
        assert {one["subject"]["reference"] for one in of_old} == {f"Patient/{patient_id}"}
        sums = get(f"Patient/{old_id(hers)}/$cumulative-dose")
        assert sums == get(f"Patient/{patient_id}/$cumulative-dose")

    def test_is_named_by_the_survivor(self, hers: House, get: Get, patient_id: str) -> None:
        links = get(f"Patient/{patient_id}")["link"]
        assert [(one["type"], one["other"]["reference"]) for one in links] == [("replaces", f"Patient/{old_id(hers)}")]


class TestARestrictedPatient:
    def test_is_unknown_at_every_address(self, house: House) -> None:
        uid = "2.25.4711"
        report = chest_ct_report_bytes(dlp_mgy_cm="100", SOPInstanceUID=uid, PatientID=PATIENT, PatientName=NAME)
        house.hand_in(Envelope(sop_instance_uid=uid, dicom=report))
        patient_id = house.patient_id(PATIENT)
        page = house.client.get(f"/fhir/Observation?patient={patient_id}", headers=house.reading).json()
        (summary,) = resources(page)
        study = summary["partOf"][0]["reference"]
        house.add_user("phil", Role.MPE)
        answer = house.client.post(
            f"/api/v1/patients/{patient_id}/restriction",
            json={"reason": WHY},
            headers=house.headers(Scope.READ, login="phil"),
        )
        assert answer.status_code in {200, 201}, answer.text

        for path in (
            f"Patient/{patient_id}",
            f"Observation/{summary['id']}",
            study,
            f"Patient/{patient_id}/$cumulative-dose",
        ):
            known, nobody = (
                house.client.get(f"/fhir/{asked}", headers=house.reading)
                for asked in (path, path.replace(patient_id, str(uuid4())).replace(study[-36:], str(uuid4())))
            )
            assert (known.status_code, known.json()) == (404, nobody.json()), path
        for asked in (
            f"Observation?patient={patient_id}",
            f"Observation?code=73569-6&part-of={study}",
            "Observation?code=73569-6",
            f"Patient?_id={patient_id}",
            f"Composition?patient={patient_id}",
        ):
            answer = house.client.get(f"/fhir/{asked}", headers=house.reading)
            assert (answer.status_code, resources(answer.json())) == (200, []), asked

        house.add_user("rita", Role.RADIOLOGIST)
        breaking = house.headers(Scope.READ, login="rita") | {"X-Break-Glass": "an emergency, for a test"}
        broken = house.client.get(f"/fhir/Observation?code=73569-6&part-of={study}", headers=breaking).json()
        assert [one["id"] for one in resources(broken)] == [summary["id"]]

        other = chest_ct_report_bytes(
            event_uid="2.25.4713",
            SOPInstanceUID="2.25.4712",
            StudyInstanceUID="2.25.4714",
            PatientID="OTHER-1",
            PatientName="Other^Olaf",
        )
        house.hand_in(Envelope(sop_instance_uid="2.25.4712", dicom=other))
        page = house.client.get("/fhir/Observation?code=73569-6&_count=1", headers=house.reading).json()
        assert len(resources(page)) == 1
        assert [link["relation"] for link in page["link"]] == ["self"], "a page more would tell of the hidden one"


class TestASearchByName:
    def test_goes_as_if_there_were_none_who_are_hidden(self, house: House) -> None:
        for number in ("1", "2"):
            uid = f"2.25.471{number}"
            who = {"PatientID": f"SAME-{number}", "PatientName": "Doppel^Dora"}
            house.hand_in(
                Envelope(sop_instance_uid=uid, dicom=chest_ct_report_bytes(dlp_mgy_cm="9", SOPInstanceUID=uid, **who))
            )
        ask = {"family": "Doppel", "_count": "1"}
        answer = house.client.post("/fhir/Patient/_search", data=ask, headers=house.reading)
        assert answer.status_code == 400, answer.text  # both are seen, and are more than one
        assert house.rows("SELECT action FROM access_log ORDER BY at, position")[-1:] == [("refused",)]

        house.add_user("phil", Role.MPE)
        restricted = house.client.post(
            f"/api/v1/patients/{house.patient_id('SAME-1')}/restriction",
            json={"reason": WHY},
            headers=house.headers(Scope.READ, login="phil"),
        )
        assert restricted.is_success, restricted.text
        answer = house.client.post("/fhir/Patient/_search", data=ask, headers=house.reading)
        assert [one["id"] for one in resources(answer.json())] == [house.patient_id("SAME-2")]

        elsewhere = frozenset({uuid4()})
        away = replace(LOOKER, reach=Reach(organisations=elsewhere, uncounted=elsewhere))
        with unit_of_work(house.engine) as session:
            seen = fhir_people.search_by_name(session, family="Doppel", given="", limit=0, looker=away, now=house.now)
            assert seen == []


class TestALook:
    def test_is_on_record_with_the_patient_and_the_template_of_the_route(
        self, hers: House, get: Get, patient_id: str, bundle: dict[str, list[dict[str, Any]]]
    ) -> None:
        exam_id = bundle["ImagingStudy"][0]["id"]
        for path, action, route in (
            (f"Patient/{patient_id}", "search_patient", "/fhir/{kind}/{resource_id}"),
            (f"ImagingStudy/{exam_id}", "read_exam", "/fhir/{kind}/{resource_id}"),
            (f"Observation?patient={patient_id}", "read_exams", "/fhir/{kind}"),
            ("Observation?code=73569-6&_count=1", "find_exam", "/fhir/{kind}"),
            (
                f"Patient/{patient_id}/$cumulative-dose",
                "read_cumulative_dose",
                "/fhir/Patient/{patient_id}/$cumulative-dose",
            ),
        ):
            before = len(hers.rows("SELECT id FROM access_log"))
            get(path)
            rows = hers.rows("SELECT action, patient_id::text, route FROM access_log ORDER BY at, position")[before:]
            assert rows == [(action, patient_id, route)], path

    def test_at_many_exams_asks_no_more_of_the_database_than_at_one(
        self, hers: House, get: Get, patient_id: str
    ) -> None:
        numbers = []
        for count in (1, 100):
            with counted(hers.engine) as asked:
                get(f"Observation?patient={patient_id}&code=73569-6&_count={count}")
            numbers.append(len([one for one in asked if not one.startswith("PREPARE")]))
        assert numbers[0] == numbers[1] <= 14, asked


class TestEstimates:
    def test_of_ours_leave_with_interval_and_method_and_no_effective_dose_does(
        self, hers: House, bundle: dict[str, list[dict[str, Any]]]
    ) -> None:
        """REST says which totals were computed; each stands in a summary, with what REST says of its interval."""
        answer = hers.client.get(f"/api/v1/patients/{hers.patient_id(PATIENT)}/exams", headers=hers.reading).json()
        computed = {
            exam["id"]: total["estimated"]
            for exam in answer["exams"]
            for total in exam["totals"]
            if total["basis"] == "estimate" and total["of"] is None
        }
        told = {
            one["id"].partition(".")[0]: extension["extension"]
            for one in bundle["Observation"]
            for part in one.get("component", ())
            for extension in part.get("extension", ())
            if extension["url"].endswith(":estimate")
        }

        assert computed
        assert told.keys() == computed.keys()
        for exam_id, its in computed.items():
            parts = {part["url"]: part for part in told[exam_id]}
            interval = parts["interval"]["valueRange"]
            assert (interval["low"]["value"], interval["high"]["value"]) == pytest.approx((its["low"], its["high"]))
            assert parts["method"]["valueString"] in its["methods"]
        assert not SIEVERT.search(str(bundle))

    def test_in_sums_have_interval_and_method_and_effective_doses_their_statement(
        self, get: Get, patient_id: str
    ) -> None:
        body = get(f"Patient/{patient_id}/$cumulative-dose")["parameter"]
        sums = [{part["name"] for part in one["part"]} for one in body if one["name"] == "sum"]
        effective = [{part["name"] for part in one["part"]} for one in body if one["name"] == "effective-dose"]

        assert len(sums) >= 4
        assert any("interval" in one for one in sums)
        assert all({"interval", "source", "method"} <= one for one in sums if "interval" in one)
        assert effective
        assert all({"value", "interval", "method", "statement"} <= one for one in effective)
        assert "Past dose is no reason" in body[-1]["valueString"]
