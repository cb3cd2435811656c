"""Tests of dose_services.launch_windows by HTTP: a launch opens exactly its window, and nothing else."""

from typing import Any

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO, BRUNO_HEAD
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House

HANDLES = "/api/v1/launch/handles"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def launching(house: House) -> House:
    """Doses of Anna and Bruno, and Ada, whom Orthanc knows by her name."""
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD):
        house.hand_in(whole(dose_report(study)))
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    return house


def ask(house: House, path: str = HANDLES, scope: Scope = Scope.LAUNCH, **wanted: Any) -> Any:  # noqa: ANN401 - JSON in, a foreign response out
    body = {"person": "ada", "patient_id": ANNA.identifier, **wanted}
    return house.client.post(path, json=body, headers=house.headers(scope))


def opened(house: House, **wanted: Any) -> str:  # noqa: ANN401 - JSON in
    """Launch, and return the address to which that leads."""
    url = ask(house, **wanted).json()["url"]
    answer = house.client.get(url, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def status(house: House, *paths: str) -> list[int]:
    return [house.client.get(path).status_code for path in paths]


class TestAWindowOnOneExam:
    @pytest.mark.parametrize(
        "wanted",
        [
            {"study_instance_uid": ANNA_CHEST.study_instance_uid},
            {"accession_number": ANNA_CHEST.accession_number},
            {"study_instance_uid": ANNA_CHEST.study_instance_uid, "accession_number": ANNA_CHEST.accession_number},
        ],
        ids=["by study", "by accession number", "by both"],
    )
    def test_leads_to_that_exam(self, launching: House, wanted: dict[str, str]) -> None:
        path = opened(launching, window="exams", **wanted)

        assert path.endswith(f"/exams/{launching.exam_ids(ANNA.identifier)[1]}")
        assert ANNA_CHEST.accession_number in launching.client.get(path).text

    def test_shows_nothing_else_of_the_patient(self, launching: House) -> None:
        newer, older = launching.exam_ids(ANNA.identifier)
        path = opened(launching, window="exams", exam_id=older)
        view = path.partition("/exams/")[0]
        read = launching.headers(Scope.READ)
        value_ids = [
            launching.client.get(f"/api/v1/exams/{exam}", headers=read).json()["totals"][0]["value_id"]
            for exam in (older, newer)
        ]

        page = launching.client.get(path)

        assert page.status_code == 200
        assert "examinations</a>" not in page.text
        assert status(launching, f"{path}/events/1", f"{view}/values/{value_ids[0]}") == [200, 200]
        elsewhere = [
            view,
            f"{view}/cumulative-dose",
            f"{view}/exams/{newer}",
            f"{view}/exams/{newer}/events/1",
            f"{view}/exams/{newer}/skin-map",
            f"{view}/exams/{newer}/skin-map.png",
            f"{view}/values/{value_ids[1]}",
        ]
        assert status(launching, *elsewhere) == [404] * len(elsewhere)

    def test_says_the_same_of_an_exam_that_is_not_its_own_and_of_one_that_there_is_not(self, launching: House) -> None:
        newer, older = launching.exam_ids(ANNA.identifier)
        view = opened(launching, window="exams", exam_id=older).partition("/exams/")[0]

        pages = [launching.client.get(f"{view}/exams/{exam}") for exam in (newer, NOBODY)]

        assert pages[0].text == pages[1].text
        assert "Not part of this view" in pages[0].text

    @pytest.mark.parametrize(
        "wanted",
        [
            {},
            {"study_instance_uid": BRUNO_HEAD.study_instance_uid},
            {"accession_number": BRUNO_HEAD.accession_number},
            {"exam_id": NOBODY},
            {"study_instance_uid": ANNA_CHEST.study_instance_uid, "accession_number": ANNA_FOLLOW_UP.accession_number},
            {"study_instance_uid": ANNA_CHEST.study_instance_uid, "patient_id": "nobody"},
        ],
        ids=["no exam", "another patient's study", "another's accession", "no such exam", "two exams", "nobody's"],
    )
    def test_is_not_opened_for_what_is_no_exam_of_the_patient_and_nobody_hears_which(
        self, launching: House, wanted: dict[str, Any]
    ) -> None:
        answer = ask(launching, window="exams", **wanted)
        of_nobody = ask(launching, window="exams", patient_id="nobody", exam_id=NOBODY)

        assert answer.status_code == 404
        assert answer.json() == of_nobody.json()


class TestAWindowOnSkinDose:
    def test_shows_the_map_and_not_the_exam(self, launching: House) -> None:
        (exam, _) = launching.exam_ids(ANNA.identifier)
        path = opened(launching, window="skin_map", exam_id=exam)
        view = path.partition("/exams/")[0]

        assert path.endswith(f"/exams/{exam}/skin-map")
        assert launching.client.get(path).status_code == 200
        elsewhere = [view, f"{view}/exams/{exam}", f"{view}/exams/{exam}/events/1", f"{view}/cumulative-dose"]
        assert status(launching, *elsewhere) == [404] * 4


class TestAWindowOnTheHistory:
    def test_may_show_one_exam_first(self, launching: House) -> None:
        (newer, older) = launching.exam_ids(ANNA.identifier)

        path = opened(launching, window="history", exam_id=older)

        view = path.partition("/exams/")[0]
        assert path == f"{view}/exams/{older}"
        assert status(launching, view, f"{view}/exams/{newer}", f"{view}/cumulative-dose") == [200, 200, 200]

    def test_opens_all_the_same_if_the_exam_to_be_shown_first_is_not_theirs(self, launching: House) -> None:
        path = opened(launching, window="history", accession_number=BRUNO_HEAD.accession_number)

        assert "/exams/" not in path
        assert BRUNO_HEAD.accession_number not in launching.client.get(path).text

    def test_is_what_a_handle_of_an_earlier_release_opens(self, launching: House) -> None:
        url = ask(launching).json()["url"]
        launching.rows("SELECT 1")
        with launching.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE launch_handle SET opening = '{}'")

        path = launching.client.get(url, follow_redirects=False).headers["location"]

        assert status(launching, path, f"{path}/cumulative-dose") == [200, 200]


class TestAHandle:
    def test_is_asked_for_at_the_shorter_address_too(self, launching: House) -> None:
        assert ask(launching, "/launch/handles").status_code == 201
        wrong = ask(launching, "/launch/handles", Scope.READ)
        assert (wrong.status_code, wrong.headers["content-type"]) == (403, "application/problem+json")

    def test_keeps_the_purpose_and_who_asked(self, launching: House) -> None:
        ask(launching, purpose="TREAT")

        assert launching.rows("SELECT issued_to, opening ->> 'purpose' FROM launch_handle") == [
            ("system:test", "TREAT")
        ]

    def test_of_one_patient_shows_no_exam_of_another(self, launching: House) -> None:
        (of_bruno,) = launching.exam_ids(BRUNO.identifier)
        view = opened(launching)

        assert status(launching, f"{view}/exams/{of_bruno}") == [404]
