"""Tests of api.routes.audit: auditors read who looked, and refusals are on record."""

import csv
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from dose_services.access import ROOT
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House

ENVELOPE = whole(dose_report(ANNA_CHEST))
AWAY = "00000000-0000-4000-8000-00000000aaaa"
LOOKS = "/api/v1/audit/looks"


@pytest.fixture
def looked(house: House) -> House:
    """A house with one exam, at which a radiologist has looked, and with an auditor."""
    house.hand_in(ENVELOPE)
    house.add_user("rita", Role.RADIOLOGIST)
    house.add_user("aud", Role.AUDITOR)
    patient_id = house.patient_id(ANNA_CHEST.person.identifier)
    assert asked(house, "rita", f"/api/v1/patients/{patient_id}/exams").status_code == 200
    return house


def asked(house: House, login: str, path: str) -> Any:  # noqa: ANN401 - a foreign response
    return house.client.get(path, headers=house.headers(Scope.READ, login=login))


class TestAnAuditor:
    def test_sees_who_looked_at_whom_from_where(self, looked: House) -> None:
        (look,) = asked(looked, "aud", f"{LOOKS}?action=read_exams").json()["looks"]

        assert (look["subject"], look["action"], look["outcome"]) == ("user:rita", "read_exams", None)
        assert look["patient_id"] == str(looked.patient_id(ANNA_CHEST.person.identifier))
        assert look["asked_from"] == "testclient"
        assert look["position"] >= 1
        assert ANNA_CHEST.person.name not in str(look)

    def test_sees_who_asked_behind_a_proxy_of_the_site(self, looked: House) -> None:
        settings = looked.app.state.settings
        looked.app.state.settings = replace(settings, trusted_proxies=(ip_network("127.0.0.0/8"),))
        with TestClient(looked.app, base_url="http://127.0.0.1", client=("127.0.0.1", 40_000)) as proxy:
            headers = {**looked.headers(Scope.READ, login="aud"), "X-Forwarded-For": "203.0.113.9"}
            assert proxy.get(LOOKS, headers=headers).status_code == 200

            newest = proxy.get(LOOKS, headers=headers).json()["looks"][0]

        assert newest["asked_from"] == "203.0.113.9"

    def test_is_on_record_too(self, looked: House) -> None:
        asked(looked, "aud", LOOKS)

        newest = asked(looked, "aud", LOOKS).json()["looks"][0]

        assert (newest["subject"], newest["action"]) == ("user:aud", "read_audit")

    def test_asks_by_person_patient_and_time(self, looked: House) -> None:
        for query in ("subject=user:nobody", "until=2001-01-01T00:00:00Z", "action=break_glass"):
            assert asked(looked, "aud", f"{LOOKS}?{query}").json()["looks"] == []
        assert len(asked(looked, "aud", f"{LOOKS}?subject=user:rita").json()["looks"]) == 1

    def test_turns_pages_without_losing_or_repeating_one(self, looked: House) -> None:
        for _ in range(4):
            asked(looked, "aud", LOOKS)
        whole = [one["id"] for one in asked(looked, "aud", f"{LOOKS}?subject=user:aud&limit=4").json()["looks"]]
        first = asked(looked, "aud", f"{LOOKS}?subject=user:aud&limit=3").json()
        second = asked(looked, "aud", f"{LOOKS}?subject=user:aud&limit=2&after={first['next']}").json()

        assert [one["id"] for one in (*first["looks"], *second["looks"])][1:] == whole

    def test_takes_a_table_along_that_no_spreadsheet_computes(self, looked: House) -> None:
        looked.add_user("=cmd", Role.REFERRER)
        asked(looked, "=cmd", LOOKS)

        answer = asked(looked, "aud", f"{LOOKS}.csv?action=refused")

        assert answer.headers["content-disposition"].startswith("attachment")
        (row,) = csv.DictReader(answer.text.splitlines())
        assert row["subject"] == "user:=cmd"
        assert row["outcome"].startswith("no role of the caller allows 'read_audit'")

    def test_of_one_hospital_sees_no_looks_at_another_one(self, looked: House) -> None:
        with looked.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, kind, parent_id, created_at) "
                    "VALUES (:id, 'Away', 'hospital', :root, now())"
                ),
                {"id": AWAY, "root": ROOT},
            )
            connection.execute(
                text(
                    "UPDATE role_grant SET organisation_id = '00000000-0000-4000-8000-00000000aaaa' WHERE subject = :s"
                ),
                {"s": "user:aud"},
            )

        assert {one["subject"] for one in asked(looked, "aud", LOOKS).json()["looks"]} <= {"user:aud"}


class TestARefusal:
    def test_is_on_record_with_its_reason(self, looked: House) -> None:
        assert asked(looked, "rita", LOOKS).status_code == 403

        (look,) = asked(looked, "aud", f"{LOOKS}?action=refused").json()["looks"]

        assert look["subject"] == "user:rita"
        assert "read_audit" in look["outcome"]
        assert look["route"] == LOOKS
