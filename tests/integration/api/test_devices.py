"""Tests of the routes on devices."""

from typing import Any

import pytest

from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST, ANNA_FOLLOW_UP, CT_ONE
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House
from tests.support.failing_table import refuse_rows

DEVICES = "/api/v1/devices"
DEADLOCK = "40P01"  # PostgreSQL documentation, appendix A


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


def all_devices(house: House, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.client.get(DEVICES, headers=headers).json()["devices"]
    return found


def hand_in_two_machines(house: House) -> None:
    house.hand_in(whole(dose_report(ANNA_CHEST)))
    other = dose_report(ANNA_FOLLOW_UP)
    other.DeviceSerialNumber, other.StationName = "INVENTED-77", "CT77"
    house.hand_in(whole(other))


class TestDevices:
    def test_are_listed_and_marked(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = all_devices(house, phil)

        changed = house.client.patch(f"{DEVICES}/{device['id']}", json={"sends_no_rdsr": True}, headers=phil)

        assert (device["model"], device["sends_no_rdsr"], device["classed_as"]) == (CT_ONE.model, False, "by_dose")
        assert changed.json() == {**device, "sends_no_rdsr": True}
        assert house.rows("SELECT sends_no_rdsr FROM device") == [(True,)]

    def test_are_marked_also_if_that_met_other_work(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = all_devices(house, phil)
        refuse_rows(house.engine, "device", DEADLOCK, times=2)

        changed = house.client.patch(f"{DEVICES}/{device['id']}", json={"sends_no_rdsr": True}, headers=phil)

        assert changed.json() == {**device, "sends_no_rdsr": True}

    def test_tell_how_objects_state_them_and_their_software(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = all_devices(house, phil)

        detail = house.client.get(f"{DEVICES}/{device['id']}", headers=phil).json()

        assert detail["device"] == device
        assert [one["model"] for one in detail["appearances"]] == [CT_ONE.model]
        assert detail["software"][0]["since"] == ANNA_CHEST.started_at.date().isoformat()

    def test_are_merged_and_parted_again_on_record(self, house: House, phil: dict[str, str]) -> None:
        hand_in_two_machines(house)
        one, other = all_devices(house, phil)

        body = {"other_id": other["id"], "comment": "one room"}
        merged = house.client.post(f"{DEVICES}/{one['id']}/merge", json=body, headers=phil).json()
        together = len(all_devices(house, phil))
        back = f"{DEVICES}/decisions/{merged['decisions'][0]['number']}/withdraw"
        house.client.post(back, json={"comment": "two rooms"}, headers=phil)

        assert (merged["device"]["appearances"], together) == (2, 1)
        assert merged["decisions"][0]["decided_by"] == "user:phil"
        assert sorted(device["id"] for device in all_devices(house, phil)) == sorted([one["id"], other["id"]])

    def test_are_split_into_machines(self, house: House, phil: dict[str, str]) -> None:
        hand_in_two_machines(house)
        one, other = all_devices(house, phil)
        merged = {"other_id": other["id"], "comment": "one room"}
        house.client.post(f"{DEVICES}/{one['id']}/merge", json=merged, headers=phil)

        body = {"appearance_ids": [other["id"]], "comment": "another room"}
        parted = house.client.post(f"{DEVICES}/{one['id']}/split", json=body, headers=phil)

        assert parted.json()["device"]["id"] == other["id"]
        assert len(all_devices(house, phil)) == 2

    def test_refuse_what_does_not_fit(self, house: House, phil: dict[str, str]) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = all_devices(house, phil)
        address = f"{DEVICES}/{device['id']}/split"

        refused = house.client.post(address, json={"appearance_ids": [device["id"]], "comment": "no"}, headers=phil)
        silent = house.client.post(address, json={"appearance_ids": [device["id"]], "comment": ""}, headers=phil)

        assert (refused.status_code, refused.json()["type"]) == (409, "urn:doseledger:problem:device-decision-refused")
        assert silent.status_code == 422

    def test_are_read_by_a_radiologist_who_may_set_nothing(self, house: House) -> None:
        house.add_user("ruth", Role.RADIOLOGIST)
        ruth = house.headers(Scope.READ, login="ruth")
        house.hand_in(whole(dose_report(ANNA_CHEST)))
        (device,) = all_devices(house, ruth)

        body = {"other_id": device["id"], "comment": "no"}
        refused = house.client.post(f"{DEVICES}/{device['id']}/merge", json=body, headers=ruth)

        assert refused.status_code == 403
