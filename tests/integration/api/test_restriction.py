"""Tests of restrictions: nobody sees who is restricted, by no door, but by break-glass. All people are invented."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House

NAME, NUMBER, MERGED = "Quuxington^Zelda", "PLANTED-7788", "PLANTED-9900"
WHY = "unconscious in the emergency room"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """A house in which one patient is restricted, and what was known of them before."""

    house: House
    patient_id: str
    exam_id: str
    value_id: str

    def get(self, path: str, login: str | None = None, **headers: str) -> Any:  # noqa: ANN401 - a foreign response
        """Read, as a program or as a person."""
        return self.house.client.get(path, headers={**self.house.headers(Scope.READ, login=login), **headers})

    def post(self, path: str, body: object, login: str, **headers: str) -> Any:  # noqa: ANN401 - likewise
        """Send JSON, as a person."""
        return self.house.client.post(
            path, json=body, headers={**self.house.headers(Scope.READ, login=login), **headers}
        )

    def search(self, **headers: str) -> list[str]:
        """Return our ids of whom a physicist finds."""
        wanted = {"identifiers": [{"value": NUMBER}]}
        answer = self.post("/api/v1/patients/search", wanted, "phil", **headers)
        return [patient["id"] for patient in answer.json()["patients"]]

    def paths(self) -> list[str]:
        """Return the address of each door to the patient."""
        return [
            f"/api/v1/patients/{self.patient_id}/exams",
            f"/api/v1/patients/{self.patient_id}/cumulative-dose",
            f"/api/v1/exams/{self.exam_id}",
            f"/api/v1/values/{self.value_id}/provenance",
        ]


@pytest.fixture
def hidden(house: House) -> Hidden:
    report = dose_report(ANNA_CHEST)
    report.PatientName, report.PatientID = NAME, NUMBER
    assert house.hand_in(whole(report)).json()["read_status"] == "read"
    for login, role in {"ada": Role.RADIOLOGIST, "rea": Role.REFERRER}.items():
        house.add_user(login, role, orthanc_user=login)
    house.add_user("adam", Role.ADMINISTRATOR)
    house.add_user("phil", Role.MPE)
    (exam_id,) = house.exam_ids(NUMBER)
    exam = house.client.get(f"/api/v1/exams/{exam_id}", headers=house.headers(Scope.READ)).json()
    made = Hidden(
        house=house,
        patient_id=house.patient_id(NUMBER),
        exam_id=exam_id,
        value_id=quote(exam["totals"][0]["value_id"], safe=""),
    )
    body = {"reason": f"accuracy contested by {NAME}"}
    answer = made.post(f"/api/v1/patients/{made.patient_id}/restriction", body, "adam")
    assert answer.status_code == 200, answer.text
    assert answer.json()["reason"] == "accuracy contested by [patient]^[patient]"
    return made


def actions(house: House) -> list[tuple[Any, ...]]:
    return house.rows("SELECT subject, action, reason FROM access_log WHERE action NOT LIKE 'read%' ORDER BY at, id")


class TestARestrictedPatient:
    def test_is_unknown_at_every_door_in_the_words_for_who_never_was(self, hidden: Hidden) -> None:
        for path in hidden.paths():
            for login in (None, "ada", "phil"):
                answer = hidden.get(path, login)
                assert answer.status_code == 404, path

        known, never = (
            hidden.get(f"/api/v1/patients/{one}/exams", "phil") for one in (hidden.patient_id, str(uuid4()))
        )
        assert known.json() == never.json()
        assert hidden.search() == []

    def test_is_not_found_by_the_study_either(self, hidden: Hidden) -> None:
        (study,) = hidden.house.rows("SELECT study_instance_uid FROM exam")[0]

        found = hidden.get(f"/api/v1/exams?study_instance_uid={study}", "phil").json()
        broken = hidden.get(f"/api/v1/exams?study_instance_uid={study}", "phil", **{"X-Break-Glass": WHY}).json()

        assert (len(found["exams"]), len(broken["exams"])) == (0, 1)

    def test_is_seen_by_break_glass_at_every_door(self, hidden: Hidden) -> None:
        for path in hidden.paths():
            for login in ("ada", "phil"):
                answer = hidden.get(path, login, **{"X-Break-Glass": WHY})
                assert answer.status_code == 200, answer.text

        assert hidden.search(**{"X-Break-Glass": WHY}) == [hidden.patient_id]

    def test_is_seen_by_no_program_whatever_it_states(self, hidden: Hidden) -> None:
        answer = hidden.get(hidden.paths()[0], **{"X-Break-Glass": WHY})

        assert answer.status_code == 403
        assert answer.json()["type"].endswith("not-permitted")

    def test_is_seen_by_nobody_who_states_no_reason(self, hidden: Hidden) -> None:
        answer = hidden.get(hidden.paths()[0], "ada", **{"X-Break-Glass": " ok "})

        assert answer.status_code == 422
        assert answer.json()["type"].endswith("no-reason")

    def test_is_hidden_under_every_identifier_when_merged(self, hidden: Hidden) -> None:
        report = dose_report(ANNA_CHEST)
        report.PatientName, report.PatientID = NAME, MERGED
        report.StudyInstanceUID, report.SOPInstanceUID = "2.25.4711", "2.25.4712"
        hidden.house.hand_in(whole(report))
        survivor = hidden.house.patient_id(MERGED)
        with hidden.house.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE patient SET merged_into_id = %s, family_id = %s WHERE id = %s",
                (survivor, survivor, hidden.patient_id),
            )

        assert hidden.get(f"/api/v1/patients/{survivor}/exams", "phil").status_code == 404
        assert hidden.search() == []

    def test_is_seen_again_when_the_restriction_is_lifted(self, hidden: Hidden) -> None:
        address = f"/api/v1/patients/{hidden.patient_id}/restriction/lift"
        lifted = hidden.post(address, {"reason": "accuracy settled"}, "adam")
        again = hidden.post(address, {"reason": "accuracy settled"}, "adam")

        assert (lifted.status_code, again.status_code) == (204, 409)
        assert [hidden.get(path).status_code for path in hidden.paths()] == [200] * 4
        assert hidden.house.rows("SELECT lifted_by, lift_reason FROM patient_restriction") == [
            ("user:adam", "accuracy settled")
        ]


class TestBreakingTheGlass:
    def test_is_an_action_of_its_own_on_record_with_its_reason(self, hidden: Hidden) -> None:
        hidden.get(hidden.paths()[2], "ada", **{"X-Break-Glass": quote(f"Zelda, {NUMBER}: Blutung, bewußtlos")})

        assert actions(hidden.house)[-1] == ("user:ada", "break_glass", "[patient], [patient]: Blutung, bewußtlos")
        assert hidden.house.rows("SELECT exam_id::text FROM access_log WHERE action = 'break_glass'") == [
            (hidden.exam_id,)
        ]

    def test_is_told_to_a_supervisor_without_the_patient(self, hidden: Hidden) -> None:
        hidden.get(hidden.paths()[0], "ada", **{"X-Break-Glass": WHY})
        hidden.get(hidden.paths()[1], "ada", **{"X-Break-Glass": WHY})

        (finding,) = hidden.get("/api/v1/findings?kind=break_glass", "phil").json()["findings"]
        assert finding["text"].startswith("user:ada saw a restricted patient by break-glass at ")

    def test_is_told_again_after_a_person_has_closed_the_finding(self, hidden: Hidden) -> None:
        hidden.get(hidden.paths()[0], "ada", **{"X-Break-Glass": WHY})
        (finding,) = hidden.get("/api/v1/findings?kind=break_glass", "phil").json()["findings"]
        hidden.post(f"/api/v1/findings/{finding['id']}/close", {"comment": "asked, and it was so"}, "phil")
        with hidden.house.engine.begin() as connection:  # it was some minutes ago
            connection.exec_driver_sql("UPDATE finding SET text = replace(text, ' at 2', ' at 1')")

        hidden.get(hidden.paths()[0], "ada", **{"X-Break-Glass": WHY})

        assert len(hidden.get("/api/v1/findings?kind=break_glass", "phil").json()["findings"]) == 1

    def test_is_no_matter_of_patients_who_are_not_restricted(self, hidden: Hidden) -> None:
        hidden.post(f"/api/v1/patients/{hidden.patient_id}/restriction/lift", {"reason": "settled"}, "adam")

        hidden.get(hidden.paths()[0], "ada", **{"X-Break-Glass": WHY})

        assert "break_glass" not in [action for _, action, _ in actions(hidden.house)]


class TestAView:
    def test_asks_who_may_why_and_then_opens_with_every_look_on_record(self, hidden: Hidden) -> None:
        client = hidden.house.client
        path = hidden.house.open_view(NUMBER, person="ada")

        pages = [client.get(f"{path}{below}") for below in ("", f"/exams/{hidden.exam_id}", "/cumulative-dose")]
        refused = client.post(f"{path}/break-glass", content="reason=ok", headers=FORM)
        sent = client.post(f"{path}/break-glass", content="reason=no+answer+from+Zelda", headers=FORM)

        assert [page.status_code for page in pages] == [403] * 3
        assert all("This patient is restricted" in page.text and "Quuxington" not in page.text for page in pages)
        assert "form-action 'self'" in pages[0].headers["content-security-policy"]
        assert f'action="{path}/break-glass"' in pages[0].text
        assert (refused.status_code, "Write a reason" in refused.text) == (422, True)
        assert "Quuxington" in sent.text  # the client follows to the view
        assert client.get(f"{path}/exams/{hidden.exam_id}").status_code == 200
        broken = [one for one in actions(hidden.house) if one[1] == "break_glass"]
        assert set(broken) == {("user:ada", "break_glass", "no answer from [patient]")}
        assert len(broken) >= 2

    def test_cannot_be_opened_from_another_site(self, hidden: Hidden) -> None:
        path = hidden.house.open_view(NUMBER, person="ada")

        sent = hidden.house.client.post(
            f"{path}/break-glass", content=f"reason={quote(WHY)}", headers={**FORM, "Sec-Fetch-Site": "cross-site"}
        )

        assert sent.status_code == 403
        assert hidden.house.client.get(path).status_code == 403

    def test_is_not_launched_for_who_may_not_break_the_glass(self, hidden: Hidden) -> None:
        wanted = {"person": "rea", "level": "patient", "patient_id": NUMBER}

        answer = hidden.house.client.post(
            "/api/v1/launch/handles", json=wanted, headers=hidden.house.headers(Scope.LAUNCH)
        )

        assert answer.status_code == 404

    def test_that_was_open_before_shows_nothing_more(self, hidden: Hidden) -> None:
        hidden.post(f"/api/v1/patients/{hidden.patient_id}/restriction/lift", {"reason": "settled"}, "adam")
        path = hidden.house.open_view(NUMBER, person="rea")
        assert hidden.house.client.get(path).status_code == 200

        hidden.post(f"/api/v1/patients/{hidden.patient_id}/restriction", {"reason": "contested"}, "adam")
        page = hidden.house.client.get(path)
        sent = hidden.house.client.post(f"{path}/break-glass", content=f"reason={quote(WHY)}", headers=FORM)

        assert (page.status_code, sent.status_code) == (404, 404)
        assert "restricted" not in page.text


class TestWhoRestricts:
    def test_is_neither_who_reads_nor_a_program(self, hidden: Hidden) -> None:
        address = f"/api/v1/patients/{hidden.patient_id}/restriction"
        for login in ("ada", "rea"):
            assert hidden.post(address, {"reason": "contested"}, login).status_code == 403

    def test_may_repeat_it_and_the_first_reason_stays(self, hidden: Hidden) -> None:
        answer = hidden.post(f"/api/v1/patients/{hidden.patient_id}/restriction", {"reason": "once more"}, "phil")

        assert answer.json()["set_by"] == "user:adam"
        assert hidden.house.rows("SELECT count(*) FROM patient_restriction") == [(1,)]

    def test_is_told_of_who_is_not_there(self, hidden: Hidden) -> None:
        assert (
            hidden.post(f"/api/v1/patients/{uuid4()}/restriction", {"reason": "contested"}, "adam").status_code == 404
        )

    def test_is_on_record(self, hidden: Hidden) -> None:
        assert ("user:adam", "restrict_patient", "accuracy contested by [patient]^[patient]") in actions(hidden.house)
