"""Tests of the routes on skin dose: maps, where patients lay, calibrations of devices, reactions, follow-up."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from dose_core.contract import Envelope
from dose_services import estimates, following, skin_maps
from dose_services.roles import Role, Scope
from tests.builders.ct_rdsr import HEADER
from tests.builders.projection_rdsr import fluoroscopy_report_bytes, observer, projection_rdsr_bytes, totals
from tests.builders.projection_rdsr import whole_fluoroscopy as fluoroscopy
from tests.integration.api.conftest import SITE, House
from tests.support.estimate_rules import faults

HERE: dict[str, Any] = {"IssuerOfPatientID": SITE.default_authority}
ARTIS: dict[str, Any] = {"Manufacturer": "Siemens", "ManufacturerModelName": "AXIOM-Artis", **HERE}
NOBODY = "00000000-0000-4000-8000-000000000001"
LOOK = {"grade": 1, "seen_on": "2026-04-02", "place": "left back", "photo_reference": "folder 7", "comment": "faint"}


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


def work(house: House) -> None:
    """Do what the worker does."""
    while following.work_off(partial(unit_of_work, house.engine), now=house.now, site=SITE, limit=100):
        pass
    while estimates.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100):
        pass
    skin_maps.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100)


def handed_in(house: House, dicom: bytes | None = None) -> UUID:
    """Hand a report in and return its exam."""
    dicom = dicom or fluoroscopy_report_bytes(**ARTIS)
    house.hand_in(Envelope(sop_instance_uid=str(HEADER["SOPInstanceUID"]), dicom=dicom))
    with unit_of_work(house.engine) as session:
        return session.scalars(select(ExamRow.id)).one()


def high_dose() -> bytes:
    """Return a report of 6 Gy air kerma, above the levels that ask for a look at the skin."""
    return projection_rdsr_bytes(*observer(), totals("0.03", "6"), fluoroscopy(), **ARTIS)


class TestSkinMap:
    def test_is_pending_until_the_worker_has_come(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        told = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()
        assert (told["state"], told["skin_dose"]) == ("pending", None)

    def test_tells_the_peak_with_its_interval_and_that_it_is_indicative(
        self, house: House, phil: dict[str, str]
    ) -> None:
        exam = handed_in(house)
        work(house)
        told = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()
        dose = told["skin_dose"]
        assert told["state"] == "computed"
        assert list(faults(told)) == []
        assert dose["status"] == "indicative"
        assert dose["peak"]["interval"]["low"] < dose["peak"]["value"] < dose["peak"]["interval"]["high"]
        assert dose["peak"]["method_id"] == "skin-dose-map"
        assert dose["dap_fraction"] > 0.5
        assert [one["peak_ratio"] for one in dose["shifts"]] == pytest.approx([1.0] * 4, rel=0.3)
        assert [one["dose_mgy"] for one in dose["areas"]] == [3000, 5000, 10_000, 15_000]

    def test_the_peak_explains_itself(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        work(house)
        dose = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()["skin_dose"]
        told = house.client.get(f"/api/v1/values/{dose['value_id']}/provenance", headers=phil).json()
        assert told["value"] == dose["peak"]["value"]
        assert told["estimate"]["interval"]["source"]
        (kerma,) = told["made_of"]
        assert kerma["value"] == 10.0
        assert house.client.get(f"/api/v1/values/{kerma['value_id']}/provenance", headers=phil).status_code == 200

    def test_names_what_is_missing_in_place_of_a_number(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house, fluoroscopy_report_bytes())
        work(house)
        dose = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()["skin_dose"]
        assert dose["peak"] is None
        assert dose["not_computable"]["missing"] == ["a calibration of this device"]
        assert dose["value_id"] is None

    def test_is_drawn(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        address = f"/api/v1/exams/{exam}/skin-map.png"
        before = house.client.get(address, headers=phil)
        work(house)
        drawn = house.client.get(address, headers=phil)
        assert (before.status_code, before.json()["type"].rpartition(":")[2]) == (404, "no-skin-map")
        assert drawn.headers["content-type"] == "image/png"
        assert drawn.content.startswith(b"\x89PNG")

    def test_each_look_is_on_record(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil)
        with unit_of_work(house.engine) as session:
            actions = list(session.scalars(select(AccessLogRow.action).where(AccessLogRow.exam_id == exam)))
        assert "read_skin_dose" in actions

    def test_is_unknown_to_who_may_not_read(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        house.add_user("admin", Role.ADMINISTRATOR)
        admin = house.headers(Scope.READ, login="admin")
        assert house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=admin).status_code == 403
        assert house.client.get(f"/api/v1/exams/{NOBODY}/skin-map", headers=phil).status_code == 404


class TestPlace:
    def test_of_a_patient_moves_the_peak_once_the_worker_has_come(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        work(house)
        address = f"/api/v1/exams/{exam}/skin-map"
        before = house.client.get(address, headers=phil).json()
        body = {"head_mm": 200, "reason": "the head lay on a rest of 20 cm"}
        asked = house.client.post(address, json=body, headers=phil).json()
        work(house)
        after = house.client.get(address, headers=phil).json()
        assert asked["state"] == "pending"
        assert after["skin_dose"]["place"]["head_mm"] == 200
        moved = after["skin_dose"]["position_mm"][2] - before["skin_dose"]["position_mm"][2]
        assert moved == pytest.approx(-200, abs=40)

    def test_tells_that_the_arms_lay_beside_the_trunk_and_the_map_has_them(
        self, house: House, phil: dict[str, str]
    ) -> None:
        exam = handed_in(house)
        address = f"/api/v1/exams/{exam}/skin-map"
        body = {"arms_beside": True, "reason": "as seen in the images"}
        assert house.client.post(address, json=body, headers=phil).status_code == 200
        work(house)
        found = house.client.get(address, headers=phil).json()["skin_dose"]
        assert found["place"]["arms_beside"] is True
        assert found["body"].endswith("arms beside")
        assert house.client.get(f"{address}.png", headers=phil).status_code == 200

    @pytest.mark.parametrize("wrong", [{"head_mm": 1e9}, {"position": "up"}, {"reason": ""}])
    def test_that_makes_no_sense_is_refused(self, house: House, phil: dict[str, str], wrong: dict[str, Any]) -> None:
        exam = handed_in(house)
        body = {"head_mm": 1.0, "reason": "as seen on a photo"} | wrong
        assert house.client.post(f"/api/v1/exams/{exam}/skin-map", json=body, headers=phil).status_code == 422


class TestCalibration:
    def test_makes_a_device_computable_and_its_maps_validated(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house, fluoroscopy_report_bytes())
        work(house)
        (device,) = house.client.get("/api/v1/devices", headers=phil).json()["devices"]
        address = f"/api/v1/devices/{device['id']}/skin-calibration"
        empty = house.client.get(address, headers=phil).json()
        body = {"conventions": {"head_gap_mm": 50}, "is_validated": True, "reason": "film on the table, three angles"}
        kept = house.client.put(address, json=body, headers=phil).json()
        work(house)
        dose = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()["skin_dose"]
        assert (empty["of_maker"], empty["calibrations"]) == (None, [])
        assert [one["version"] for one in kept["calibrations"]] == [1]
        assert (dose["status"], dose["calibration_version"]) == ("validated", 1)
        assert dose["peak"]["value"] > 0

    def test_tells_what_is_known_of_the_maker(self, house: House, phil: dict[str, str]) -> None:
        handed_in(house)
        (device,) = house.client.get("/api/v1/devices", headers=phil).json()["devices"]
        told = house.client.get(f"/api/v1/devices/{device['id']}/skin-calibration", headers=phil).json()
        assert told["of_maker"]["head_foot"] == "lateral"
        assert told["of_maker"]["gaps"]

    def test_is_for_physicists(self, house: House) -> None:
        handed_in(house)
        house.add_user("admin", Role.ADMINISTRATOR)
        admin = house.headers(Scope.READ, login="admin")
        (device,) = house.client.get("/api/v1/devices", headers=admin).json()["devices"]
        body = {"conventions": {}, "is_validated": True, "reason": "because I say so"}
        answer = house.client.put(f"/api/v1/devices/{device['id']}/skin-calibration", json=body, headers=admin)
        assert answer.status_code == 403


class TestReactions:
    def test_are_due_once_a_level_is_reached_and_close_when_somebody_has_looked(
        self, house: House, phil: dict[str, str]
    ) -> None:
        exam = handed_in(house, high_dose())
        work(house)
        due = self.due(house, phil)
        told = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()["follow_up"]
        house.client.post(f"/api/v1/exams/{exam}/skin-reactions", json=LOOK | {"grade": 0}, headers=phil)
        assert len(due) == 1
        assert "air kerma at the reference point 6 Gy" in due[0]["text"]
        assert told["due_on"] == "2026-03-31"
        assert {one["indicator"] for one in told["reached"]} == {"ka_r_mgy"}
        assert self.due(house, phil) == []

    def test_are_not_due_below_all_levels(self, house: House, phil: dict[str, str]) -> None:
        handed_in(house)
        work(house)
        assert self.due(house, phil) == []

    def test_are_listed_and_taken_back_and_then_a_look_is_due_again(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house, high_dose())
        work(house)
        address = f"/api/v1/exams/{exam}/skin-reactions"
        kept = house.client.post(address, json=LOOK, headers=phil)
        back = {"reason": "of another patient"}
        house.client.post(f"/api/v1/skin-reactions/{kept.json()['id']}/withdrawal", json=back, headers=phil)
        listed = house.client.get(address, headers=phil).json()
        (one,) = listed["reactions"]
        assert kept.status_code == 201
        assert "CTCAE" in listed["scale"]
        assert (one["grade"], one["grade_words"]) == (1, "faint erythema or dry desquamation")
        assert (one["withdrawn_by"], one["withdrawn_why"]) == ("user:phil", "of another patient")
        assert len(self.due(house, phil)) == 1

    @pytest.mark.parametrize("wrong", [{"grade": 6}, {"seen_on": "2020-01-01"}, {"seen_on": "2999-01-01"}])
    def test_that_cannot_be_are_refused(self, house: House, phil: dict[str, str], wrong: dict[str, Any]) -> None:
        exam = handed_in(house)
        answer = house.client.post(f"/api/v1/exams/{exam}/skin-reactions", json=LOOK | wrong, headers=phil)
        assert answer.status_code == 422

    def test_nobody_knows_are_not_taken_back(self, house: House, phil: dict[str, str]) -> None:
        back = {"reason": "of another patient"}
        answer = house.client.post(f"/api/v1/skin-reactions/{NOBODY}/withdrawal", json=back, headers=phil)
        assert answer.status_code == 404

    @staticmethod
    def due(house: House, phil: dict[str, str]) -> list[dict[str, Any]]:
        """Return the open findings that somebody's skin is to be looked at."""
        wanted = {"kind": "skin_follow_up_due"}
        found: list[dict[str, Any]] = house.client.get("/api/v1/findings", params=wanted, headers=phil).json()[
            "findings"
        ]
        return found


class TestSum:
    def test_is_over_the_exams_of_the_period(self, house: House, phil: dict[str, str]) -> None:
        exam = handed_in(house)
        work(house)
        with unit_of_work(house.engine) as session:
            patient = session.scalars(select(ExamRow.patient_id)).one()
        address = f"/api/v1/patients/{patient}/skin-map"
        whole = house.client.get(address, headers=phil).json()
        none = house.client.get(address, params={"to": "2020-01-01"}, headers=phil).json()
        own = house.client.get(f"/api/v1/exams/{exam}/skin-map", headers=phil).json()["skin_dose"]["peak"]["value"]
        assert whole["peak"]["value"] == pytest.approx(own)
        assert list(faults(whole)) == []
        assert [one["exam_id"] for one in whole["exams"]] == [str(exam)]
        assert whole["exams"][0]["share_of_peak"] == pytest.approx(1.0)
        assert (none["peak"], none["exams"]) == (None, [])
        assert house.client.get(f"/api/v1/patients/{NOBODY}/skin-map", headers=phil).status_code == 404


class TestPage:
    @pytest.fixture
    def viewed(self, house: House) -> House:
        """A house with a person who may open views."""
        house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
        return house

    def test_shows_the_peak_its_interval_and_the_map(self, viewed: House) -> None:
        exam = handed_in(viewed, high_dose())
        work(viewed)
        view = viewed.open_view("P-1", person="ada")
        its_page = viewed.client.get(f"{view}/exams/{exam}").text
        page = viewed.client.get(f"{view}/exams/{exam}/skin-map").text
        drawn = viewed.client.get(f"{view}/exams/{exam}/skin-map.png")
        assert f'{view}/exams/{exam}/skin-map"' in its_page
        assert "Peak skin dose" in page
        assert "95% coverage" in page
        assert "Indicative." in page
        assert "Look at the skin." in page
        assert "as its maker states its geometry" in page
        assert f'{view}/exams/{exam}/skin-map.png"' in page
        assert drawn.content.startswith(b"\x89PNG")

    def test_says_why_there_is_no_dose(self, viewed: House) -> None:
        exam = handed_in(viewed, fluoroscopy_report_bytes(**HERE))
        work(viewed)
        view = viewed.open_view("P-1", person="ada")
        page = viewed.client.get(f"{view}/exams/{exam}/skin-map").text
        assert "Not computable." in page
        assert "a calibration of this device" in page
        assert viewed.client.get(f"{view}/exams/{exam}/skin-map.png").status_code == 404

    def test_of_another_patient_is_unknown_in_a_view(self, viewed: House) -> None:
        handed_in(viewed)
        view = viewed.open_view("P-1", person="ada")
        assert viewed.client.get(f"{view}/exams/{NOBODY}/skin-map").status_code == 404

    def test_of_a_restricted_patient_is_unknown(self, viewed: House, phil: dict[str, str]) -> None:
        exam = handed_in(viewed)
        patient = viewed.patient_id("P-1")
        viewed.client.post(f"/api/v1/patients/{patient}/restriction", json={"reason": "contested"}, headers=phil)
        for address in (f"exams/{exam}/skin-map", f"exams/{exam}/skin-map.png", f"exams/{exam}/skin-reactions"):
            assert viewed.client.get(f"/api/v1/{address}", headers=phil).status_code == 404
        assert viewed.client.get(f"/api/v1/patients/{patient}/skin-map", headers=phil).status_code == 404
