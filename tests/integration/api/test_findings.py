"""Tests of the routes on findings, and of the trust grade."""

import pytest

from dose_core.contract import Envelope
from dose_services.finding_kinds import FindingKind
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House

FINDINGS = "/api/v1/findings"
BROKEN = Envelope(sop_instance_uid="1.2.3", dicom=b"no DICOM")


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


class TestFindings:
    def test_are_listed_until_a_person_closes_them(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(BROKEN)
        (finding,) = house.client.get(FINDINGS, headers=phil).json()["findings"]

        closed = house.client.post(f"{FINDINGS}/{finding['id']}/close", json={"comment": "a test"}, headers=phil).json()

        assert (finding["kind"], finding["title"]) == ("unreadable", "an object could not be read")
        assert finding["evidence_id"] == finding["subject"]
        assert (closed["closed_by"], closed["comment"]) == ("user:phil", "a test")
        assert house.client.get(FINDINGS, headers=phil).json()["findings"] == []
        assert house.client.get(FINDINGS, params={"state": "closed"}, headers=phil).json()["findings"] == [closed]

    def test_are_filtered(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(BROKEN)

        of_kinds = house.client.get(FINDINGS, params={"kind": ["held", "implausible"]}, headers=phil).json()
        later = house.client.get(FINDINGS, params={"since": "2999-01-01T00:00:00Z"}, headers=phil).json()

        assert (of_kinds, later) == ({"findings": []}, {"findings": []})

    def test_refuse_kinds_and_devices_that_nobody_knows(self, house: House, phil: dict[str, str]) -> None:
        wrong = house.client.get(FINDINGS, params={"kind": "invented"}, headers=phil)
        nowhere = house.client.get(FINDINGS, params={"device": "00000000-0000-4000-8000-000000000001"}, headers=phil)

        assert (wrong.status_code, nowhere.status_code) == (422, 404)

    def test_are_counted_by_day_and_kind(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(BROKEN)

        (counted,) = house.client.get(f"{FINDINGS}/counts", headers=phil).json()["counts"]

        assert (counted["kind"], counted["raised"], counted["open"]) == ("unreadable", 1, 1)

    def test_tell_what_to_do_about_each_kind(self, house: House, phil: dict[str, str]) -> None:
        told = house.client.get(f"{FINDINGS}/kinds", headers=phil).json()["kinds"]

        assert {one["kind"] for one in told} == set(FindingKind)
        assert all(one["what_to_do"] for one in told)

    @pytest.mark.parametrize(
        ("role", "status"), [(Role.ADMINISTRATOR, 404), (Role.RADIOLOGIST, 403), (Role.REFERRER, 403)]
    )
    def test_are_closed_by_physicists_and_administrators(self, house: House, role: Role, status: int) -> None:
        house.add_user("else", role)
        address = f"{FINDINGS}/00000000-0000-4000-8000-000000000001/close"

        answer = house.client.post(address, json={"comment": "no"}, headers=house.headers(Scope.READ, login="else"))

        assert answer.status_code == status


class TestTrust:
    def test_is_told_with_its_shares_and_reasons(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = house.client.get("/api/v1/devices", headers=phil).json()["devices"]

        told = house.client.get(f"/api/v1/devices/{device['id']}/trust", params={"days": 3660}, headers=phil).json()

        assert (told["device_id"], told["exams"], told["grade"]) == (device["id"], 1, None)
        assert {one["aspect"]: one["exams"] for one in told["shares"]}["plausible"] == 1
        assert [one["aspect"] for one in told["reasons"]] == ["on_time"]
