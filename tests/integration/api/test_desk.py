"""Tests of the routes of the desk."""

from typing import Any

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House
from tests.support.failing_table import refuse_rows

DESK = "/api/v1/desk/exams"
OTHER = "OTHER-1"
DEADLOCK = "40P01"  # PostgreSQL documentation, appendix A


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


@pytest.fixture
def held(house: House) -> House:
    """A house with a study whose two reports name different patients."""
    house.hand_in(whole(dose_report(ANNA_CHEST)))
    other = dose_report(ANNA_CHEST)
    other.SOPInstanceUID += ".1"
    other.PatientID = OTHER
    house.hand_in(whole(other))
    return house


def decide(house: House, headers: dict[str, str], exam: dict[str, Any], what: str, **body: str) -> Any:  # noqa: ANN401 - a foreign response
    address = f"/api/v1/exams/{exam['id']}/{what}"
    return house.client.post(address, json={"comment": "seen", **body}, headers=headers)


def at_desk(house: House, headers: dict[str, str], state: str = "held") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.client.get(DESK, params={"state": state}, headers=headers).json()["exams"]
    return found


class TestTheDesk:
    def test_lists_what_is_held_with_whom_it_names(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)

        assert exam["state_reason"] == "its objects name different patients"
        assert {one["value"] for person in exam["named"] for one in person["identifiers"]} == {
            ANNA_CHEST.person.identifier,
            OTHER,
        }

    def test_gives_an_exam_to_a_patient_and_takes_it_back(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)
        other = held.patient_id(OTHER)

        released = decide(held, phil, exam, "release", patient_id=other)
        in_history = held.exam_ids(OTHER)
        withdrawn = decide(held, phil, exam, "withdraw")

        assert (released.status_code, released.json()["state"], in_history) == (200, "counted", [exam["id"]])
        assert [one["kind"] for one in withdrawn.json()["decisions"]] == ["withdrawn", "released"]
        assert withdrawn.json()["decisions"][1]["decided_by"] == "user:phil"
        assert held.exam_ids(OTHER) == []

    def test_decides_once_also_if_the_decision_met_other_work(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)
        refuse_rows(held.engine, "exam", DEADLOCK, times=2)

        released = decide(held, phil, exam, "release", patient_id=held.patient_id(OTHER))

        assert (released.status_code, len(released.json()["decisions"])) == (200, 1)
        assert held.exam_ids(OTHER) == [exam["id"]]

    def test_marks_a_phantom_and_takes_it_back(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (exam_id,) = house.exam_ids(ANNA_CHEST.person.identifier)

        decide(house, phil, {"id": exam_id}, "not-patient")
        (marked,) = at_desk(house, phil, "not_patient")
        gone = house.exam_ids(ANNA_CHEST.person.identifier)
        decide(house, phil, marked, "patient")

        assert gone == []
        assert house.exam_ids(ANNA_CHEST.person.identifier) == [exam_id]

    def test_keeps_the_sums_free_of_what_does_not_count(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        patient = house.patient_id(ANNA_CHEST.person.identifier)
        (exam_id,) = house.exam_ids(ANNA_CHEST.person.identifier)
        address = f"/api/v1/patients/{patient}/cumulative-dose"

        before = house.client.get(address, headers=phil).json()
        decide(house, phil, {"id": exam_id}, "not-patient")
        after = house.client.get(address, headers=phil).json()

        assert (before["exams"], after["exams"]) == (1, 0)

    def test_lists_what_physicists_may_read_and_nobody_else(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)
        held.add_user("ruth", Role.RADIOLOGIST)
        ruth = held.headers(Scope.READ, login="ruth")

        answers = [held.client.get(f"/api/v1/exams/{exam['id']}", headers=headers) for headers in (phil, ruth)]

        assert [answer.status_code for answer in answers] == [200, 404]

    @pytest.mark.parametrize("role", [Role.RADIOLOGIST, Role.ADMINISTRATOR, Role.REFERRER])
    def test_is_for_physicists_alone(self, held: House, phil: dict[str, str], role: Role) -> None:
        (exam,) = at_desk(held, phil)
        held.add_user("else", role)
        headers = held.headers(Scope.READ, login="else")

        answers = [
            held.client.get(DESK, headers=headers),
            *(decide(held, headers, exam, what) for what in ("withdraw", "not-patient", "patient")),
            decide(held, headers, exam, "release", patient_id=exam["named"][0]["id"]),
        ]

        assert [answer.status_code for answer in answers] == [403] * 5

    def test_is_on_record(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)
        decide(held, phil, exam, "release", patient_id=held.patient_id(OTHER))

        actions = {row[0] for row in held.rows("SELECT action FROM access_log WHERE subject = 'user:phil'")}
        assert {"read_desk", "release_exam"} <= actions

    def test_says_what_does_not_fit(self, held: House, phil: dict[str, str]) -> None:
        (exam,) = at_desk(held, phil)

        told = [
            decide(held, phil, exam, "withdraw"),
            decide(held, phil, exam, "release", patient_id=exam["id"]),
            decide(held, phil, {"id": exam["named"][0]["id"]}, "not-patient"),
            decide(held, phil, exam, "not-patient", comment=""),
        ]

        assert [answer.status_code for answer in told] == [409, 404, 404, 422]
        assert told[0].json()["type"] == "urn:doseledger:problem:decision-refused"
