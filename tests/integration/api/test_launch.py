"""Tests of api.routes.launch and api.routes.views: one person, one patient, one use, half an hour."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.testclient import TestClient

from db.session import unit_of_work
from dose_services import users
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse

HANDLES = "/api/v1/launch/handles"


@pytest.fixture
def launching(house: House) -> House:
    """Doses of Anna and Bruno, and Ada, whom Orthanc knows as a.example."""
    return fill(house)


def fill(house: House) -> House:
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD):
        house.hand_in(whole(dose_report(study)))
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="a.example")
    return house


def ask(house: House, **wanted: Any) -> Any:  # noqa: ANN401 - JSON in, a foreign response out
    body = {"person": "a.example", "level": "patient", "patient_id": ANNA.identifier, **wanted}
    return house.client.post(HANDLES, json=body, headers=house.headers(Scope.LAUNCH))


class TestAHandle:
    def test_opens_the_view_of_the_patient_it_names(self, launching: House) -> None:
        page = launching.client.get(launching.open_view(ANNA.identifier, person="a.example"))

        assert page.status_code == 200
        assert "Example, Anna" in page.text
        assert ANNA_CHEST.accession_number in page.text
        assert BRUNO_HEAD.accession_number not in page.text

    def test_is_asked_for_with_the_plugins_message(self, launching: House) -> None:
        answer = ask(
            launching,
            level="study",
            issuer_of_patient_id="DEMO",
            study_instance_uid=ANNA_CHEST.study_instance_uid,
        )

        assert answer.status_code == 201
        assert answer.json().keys() == {"handle_id", "url", "expires_at"}

    def test_works_once(self, launching: House) -> None:
        url = launching.launch_url(ANNA.identifier, person="a.example")

        first = launching.client.get(url, follow_redirects=False)
        second = launching.client.get(url, follow_redirects=False)

        assert (first.status_code, second.status_code) == (303, 403)
        assert "This link no longer works" in second.text
        assert "set-cookie" not in second.headers

    def test_works_once_even_for_two_at_the_same_time(self, launching: House) -> None:
        url = launching.launch_url(ANNA.identifier, person="a.example")

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: launching.client.get(url, follow_redirects=False), range(4)))

        assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]

    def test_works_for_two_minutes(self, launching: House) -> None:
        url = launching.launch_url(ANNA.identifier, person="a.example")
        launching.late_by = timedelta(seconds=121)

        assert launching.client.get(url, follow_redirects=False).status_code == 403

    def test_is_kept_as_a_digest_only(self, launching: House) -> None:
        handle = launching.launch_url(ANNA.identifier, person="a.example").partition("t=")[2]

        ((kept,),) = launching.rows("SELECT launch_handle::text FROM launch_handle")

        assert handle not in kept

    def test_leads_to_an_address_without_the_handle_and_without_the_patient(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")

        assert path.startswith("/view/")
        assert ANNA.identifier not in path
        assert "?" not in path

    @pytest.mark.parametrize("person", ["stranger", "ada", "A.EXAMPLE"])
    def test_is_not_given_for_a_person_without_a_user(self, launching: House, person: str) -> None:
        answer = ask(launching, person=person)

        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:doseledger:problem:user-not-allowed"

    def test_is_not_given_for_a_user_who_may_not_read_patients(self, launching: House) -> None:
        launching.add_user("adam", Role.ADMINISTRATOR, orthanc_user="admin")

        assert ask(launching, person="admin").status_code == 403

    def test_is_given_for_a_referrer(self, launching: House) -> None:
        launching.add_user("rita", Role.REFERRER, orthanc_user="rita")

        assert ask(launching, person="rita").status_code == 201

    def test_is_not_given_for_a_disabled_user(self, launching: House) -> None:
        disable(launching, "ada")

        assert ask(launching).status_code == 403

    def test_given_before_the_user_was_disabled_opens_nothing(self, launching: House) -> None:
        url = launching.launch_url(ANNA.identifier, person="a.example")
        disable(launching, "ada")

        assert launching.client.get(url, follow_redirects=False).status_code == 403

    @pytest.mark.parametrize(
        "wanted", [{"patient_id": "nobody"}, {"patient_id": ""}, {"issuer_of_patient_id": "ELSEWHERE"}]
    )
    def test_is_not_given_for_a_patient_nobody_knows(self, launching: House, wanted: dict[str, str]) -> None:
        answer = ask(launching, **wanted)

        assert answer.status_code == 404

    def test_opens_the_study_of_a_patient_whom_no_object_names(self, launching: House) -> None:
        report = dose_report(BRUNO_HEAD)
        report.StudyInstanceUID, report.SOPInstanceUID, report.PatientID = "1.2.3", "1.2.3.1", ""
        assert launching.hand_in(whole(report)).json()["read_status"] == "read"

        assert ask(launching, level="study", patient_id="", study_instance_uid="1.2.3").status_code == 201

    def test_is_recorded_when_asked_for_and_when_used(self, launching: House) -> None:
        launching.client.get(launching.open_view(ANNA.identifier, person="a.example"))

        looks = "SELECT action, subject, via, route FROM access_log WHERE via <> 'service' ORDER BY at, action DESC"
        assert launching.rows(looks) == [
            ("request_launch", "system:test", "token", HANDLES),
            ("open_view", "user:ada", "launch", "/launch"),
            ("read_exams", "user:ada", "view", "/view/{view_id}"),
            ("read_cumulative_dose", "user:ada", "view", "/view/{view_id}"),
        ]


class TestAView:
    def test_shows_an_exam_with_where_its_values_stand(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")

        exam = f"{path}/exams/{launching.exam_ids(ANNA.identifier)[0]}"
        pages = [launching.client.get(address) for address in (exam, f"{exam}/events/2")]

        assert [page.status_code for page in pages] == [200, 200]
        assert all("Abdomen portal venous" in page.text for page in pages)
        assert dose_report(ANNA_FOLLOW_UP).SOPInstanceUID in pages[1].text
        assert launching.client.get(f"{exam}/events/3").status_code == 404

    def test_shows_no_value_of_another_patient(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")
        read = launching.headers(Scope.READ)
        own, of_bruno = (
            launching.client.get(f"/api/v1/exams/{launching.exam_ids(who.identifier)[0]}", headers=read)
            for who in (ANNA, BRUNO)
        )

        pages = [
            launching.client.get(f"{path}/values/{value_id}")
            for exam in (own.json(), of_bruno.json())
            for value_id in (exam["totals"][0]["value_id"], exam["events"][0]["value_ids"]["dlp_mgy_cm"])
        ]

        assert [page.status_code for page in pages] == [200, 200, 404, 404]
        assert "No such number" in pages[2].text

    def test_shows_no_exam_of_another_patient(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")
        (of_bruno,) = launching.exam_ids(BRUNO.identifier)

        page = launching.client.get(f"{path}/exams/{of_bruno}")

        assert page.status_code == 404
        assert BRUNO_HEAD.accession_number not in page.text

    def test_opens_for_the_browser_that_launched_it_only(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")

        with TestClient(launching.app, base_url="http://127.0.0.1") as other:
            page = other.get(path)
            forged = other.get(path, headers={"Cookie": "doseledger_view=guess"})

        assert (page.status_code, forged.status_code) == (403, 403)
        assert "This view has ended" in page.text

    def test_cannot_be_entered_with_the_cookie_of_another_view(self, launching: House) -> None:
        of_anna = launching.client.get(
            launching.launch_url(ANNA.identifier, person="a.example"), follow_redirects=False
        )
        secret = SimpleCookie(of_anna.headers["set-cookie"])["doseledger_view"].value
        of_bruno = launching.open_view(BRUNO.identifier, person="a.example")

        with TestClient(launching.app, base_url="http://127.0.0.1") as other:
            assert other.get(of_bruno, headers={"Cookie": f"doseledger_view={secret}"}).status_code == 403

    def test_stands_beside_one_of_another_patient(self, launching: House) -> None:
        of_anna = launching.open_view(ANNA.identifier, person="a.example")
        of_bruno = launching.open_view(BRUNO.identifier, person="a.example")

        assert "Example, Anna" in launching.client.get(of_anna).text
        assert "Sample, Bruno" in launching.client.get(of_bruno).text

    def test_ends_after_half_an_hour(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")
        launching.late_by = timedelta(minutes=31)

        assert launching.client.get(path).status_code == 403

    def test_ends_when_the_user_is_disabled(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")
        disable(launching, "ada")

        assert launching.client.get(path).status_code == 403

    def test_opens_with_no_token(self, launching: House) -> None:
        path = launching.open_view(ANNA.identifier, person="a.example")

        with TestClient(launching.app, base_url="http://127.0.0.1") as other:
            assert other.get(path, headers=launching.headers(Scope.READ)).status_code == 403

    def test_shows_markup_in_data_as_text(self, launching: House) -> None:
        report = dose_report(replace(ANNA_CHEST, key="marked up"))
        report.StudyDescription = "<script>alert(1)</script>"
        launching.hand_in(whole(report))

        page = launching.client.get(launching.open_view(ANNA.identifier, person="a.example")).text

        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page


class TestTheCookie:
    def test_is_for_one_view_and_no_script(self, launching: House) -> None:
        answer = launching.client.get(launching.launch_url(ANNA.identifier, person="a.example"), follow_redirects=False)

        morsel = SimpleCookie(answer.headers["set-cookie"])["doseledger_view"]
        assert morsel["path"] == answer.headers["location"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert morsel["max-age"] == "1800"

    def test_works_in_a_foreign_frame_over_https_only(self, make_house: MakeHouse) -> None:
        house = fill(make_house(public_url="https://dose.example/dl"))

        url = house.launch_url(ANNA.identifier, person="a.example")
        answer = house.client.get(url.removeprefix("https://dose.example/dl"), follow_redirects=False)

        assert url.startswith("https://dose.example/dl/launch?t=")
        assert answer.headers["location"].startswith("/dl/view/")
        assert answer.headers["set-cookie"].endswith("HttpOnly; Secure; SameSite=None; Partitioned")
        assert f"Path={answer.headers['location']};" in answer.headers["set-cookie"]


def disable(house: House, login: str) -> None:
    with unit_of_work(house.engine) as session:
        users.disable_user(session, login=login, now=house.now)
