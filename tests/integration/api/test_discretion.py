"""Tests of api.errors, api.middleware and api.logging: what must not be told is told nowhere."""

import json
import logging
from datetime import date

import pytest
from sqlalchemy import text

from api.logging import JsonLines
from dose_core.contract import Envelope
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse

NAME, IDENTIFIER, BORN = "Quuxington^Zelda", "PLANTED-7788", date(1931, 8, 23)


@pytest.fixture
def planted(house: House) -> House:
    """A patient whose name and identifier occur nowhere else."""
    report = dose_report(ANNA_CHEST)
    report.PatientName, report.PatientID, report.PatientBirthDate = NAME, IDENTIFIER, BORN.strftime("%Y%m%d")
    assert house.hand_in(whole(report)).json()["read_status"] == "read"
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    return house


def tells(line: str) -> bool:
    return any(word in line for word in ("Quuxington", "Zelda", IDENTIFIER, BORN.isoformat(), "19310823"))


class TestAPatient:
    def test_is_told_in_no_log_metric_or_error(self, planted: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        client, read = planted.client, planted.headers(Scope.READ)
        patient_id = planted.patient_id(IDENTIFIER)
        dicom = whole(dose_report(ANNA_CHEST)).dicom
        half = Envelope(sop_instance_uid="1.2.3", dicom=dicom[:400] + f"{NAME}{IDENTIFIER}".encode())
        errors = [
            client.get(f"/api/v1/patients/{IDENTIFIER}/exams", headers=read),
            client.get(f"/api/v1/exams/{IDENTIFIER}?name={NAME}", headers=read),
            client.get(f"/{IDENTIFIER}/{NAME}"),
            client.get(f"/view/{IDENTIFIER}"),
            client.get(f"/launch?t={IDENTIFIER}&name={NAME}"),
            client.post("/api/v1/patients/search", json={IDENTIFIER: NAME}, headers=read),
            client.post("/api/v1/patients/search", json={"identifiers": [{NAME: 1, "value": 7}]}, headers=read),
            client.post("/api/v1/patients/search", content=f'{{"{NAME}'.encode(), headers=read),
            client.post(
                "/api/v1/launch/handles",
                json={"person": NAME, "level": IDENTIFIER, "patient_id": IDENTIFIER},
                headers=planted.headers(Scope.LAUNCH),
            ),
            client.post(
                "/api/v1/launch/handles",
                json={"person": NAME, "patient_id": IDENTIFIER},
                headers=planted.headers(Scope.LAUNCH),
            ),
            client.put(f"/api/v1/instances/{IDENTIFIER}", headers={"Authorization": f"Bearer {IDENTIFIER}"}),
            planted.hand_in(half, **{"DoseLedger-Origin": NAME}),
        ]
        receipt = planted.hand_in(half)
        client.get(planted.open_view(IDENTIFIER, person="ada"))
        with planted.engine.begin() as connection:
            # The database's own error quotes the row that it refuses.
            connection.execute(text("ALTER TABLE access_log ADD CHECK (route NOT LIKE '%patient%') NOT VALID"))
            connection.execute(text("ALTER TABLE access_log RENAME COLUMN reference TO gone"))
        failures = [
            client.post("/api/v1/patients/search", json={"identifiers": [{"value": IDENTIFIER}]}, headers=read),
            client.get(f"/api/v1/patients/{patient_id}/exams", headers=read),
        ]

        assert all(400 <= answer.status_code < 500 for answer in errors)
        assert [answer.status_code for answer in failures] == [503, 503]
        formatter = JsonLines()
        # The tests' own client logs the addresses it calls; the service does not.
        logged = [formatter.format(record) for record in caplog.records if not record.name.startswith("httpx")]
        assert len([line for line in logged if '"doseledger.access"' in line]) > len(errors)
        assert [line for line in logged if tells(line)] == []
        assert [answer.text for answer in (*errors, *failures, receipt) if tells(answer.text)] == []
        assert not tells(client.get("/metrics").text)
        assert not any(tells(str(row)) for row in planted.rows("SELECT finding::text FROM finding"))
        assert not any(tells(str(row)) for row in planted.rows("SELECT route, subject FROM access_log"))


class TestALookThatCannotBeRecorded:
    def test_is_answered_without_details_and_logged_by_place(
        self, planted: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        headers = planted.headers(Scope.READ)
        with planted.engine.begin() as connection:
            connection.execute(text("DROP TABLE access_log CASCADE"))

        answer = planted.client.post(
            "/api/v1/patients/search", json={"identifiers": [{"value": IDENTIFIER}]}, headers=headers
        )

        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:doseledger:problem:not-recorded"
        assert "access_log" not in answer.text
        (failure,) = [record for record in caplog.records if record.name == "doseledger.failure"]
        line = json.loads(JsonLines().format(failure))
        assert line["route"] == "/api/v1/patients/search"
        assert line["error"].startswith("ProgrammingError")
        assert any("session.py" in place for place in line["places"])

    def test_is_a_page_where_people_look(self, planted: House) -> None:
        path = planted.open_view(IDENTIFIER, person="ada")
        with planted.engine.begin() as connection:
            connection.execute(text("DROP TABLE access_log CASCADE"))

        page = planted.client.get(path)

        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "Not available now" in page.text


class TestTheAccessLog:
    def test_names_routes_not_addresses(self, planted: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "doseledger.access")
        planted.client.get("/api/v1/exams/0?x=1", headers=planted.headers(Scope.READ))

        (record,) = [record for record in caplog.records if record.name == "doseledger.access"]
        line = json.loads(JsonLines().format(record))
        assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/exams/{exam_id}", 422)
        assert line["ms"] > 0


class TestAProblem:
    def test_names_the_place_of_a_mistake_but_not_its_value(self, house: House) -> None:
        answer = house.client.post(
            "/api/v1/patients/search", json={"identifiers": [{"value": 7}]}, headers=house.headers(Scope.READ)
        )

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["mistakes"] == [{"at": "body/identifiers/0/value", "problem": "string_type"}]

    def test_names_no_field_that_the_sender_made_up(self, house: House) -> None:
        answer = house.client.post(
            "/api/v1/patients/search",
            json={"identifiers": [{"value": "1", "quuxington": 1}]},
            headers=house.headers(Scope.READ),
        )

        assert answer.json()["mistakes"] == [{"at": "body/identifiers/0", "problem": "extra_forbidden"}]

    def test_is_answered_where_there_is_nothing(self, house: House) -> None:
        missing, method = house.client.get("/nowhere"), house.client.delete("/api/v1/patients/search")

        assert (missing.status_code, method.status_code) == (404, 405)
        assert missing.json()["status"] == 404
        assert method.headers["allow"] == "POST"


class TestHeaders:
    @pytest.mark.parametrize("path", ["/about", "/api/v1/findings", "/nowhere", "/openapi.json", "/health/live"])
    def test_let_nothing_be_framed_guessed_or_loaded_from_elsewhere(self, house: House, path: str) -> None:
        headers = house.client.get(path).headers

        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert policy.endswith("frame-ancestors 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"

    @pytest.mark.parametrize("path", ["/view/x", "/launch?t=x"])
    def test_let_the_viewer_frame_a_view_and_what_leads_to_it(self, house: House, path: str) -> None:
        headers = house.client.get(path).headers

        assert headers["content-security-policy"].endswith("frame-ancestors http://127.0.0.1:8042")
        assert headers["cache-control"] == "no-store"

    def test_let_nobody_frame_a_view_unless_the_settings_name_them(self, make_house: MakeHouse) -> None:
        headers = make_house().client.get("/view/x").headers

        assert headers["content-security-policy"].endswith("frame-ancestors 'none'")

    def test_ask_for_https_where_it_is_used(self, make_house: MakeHouse) -> None:
        headers = make_house(public_url="https://dose.example").client.get("/about").headers

        assert headers["strict-transport-security"] == "max-age=31536000"

    def test_keep_answers_about_patients_out_of_caches(self, planted: House) -> None:
        answer = planted.client.get(
            f"/api/v1/patients/{planted.patient_id(IDENTIFIER)}/exams", headers=planted.headers(Scope.READ)
        )

        assert answer.headers["cache-control"] == "no-store"
