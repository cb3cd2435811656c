"""Tests of the routes on sizes in CT images, and on the calibration of CT localisers."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.exam import ExamRow
from dose_core.contract import Envelope
from dose_core.estimating.ct_slices import LocaliserLines, MeasuredSlices
from dose_services import ct_sizes
from dose_services.roles import Role, Scope
from tests.builders.ct_rdsr import HEADER, ct_rdsr_bytes
from tests.integration.api.conftest import SITE, House

BODY: dict[str, Any] = {
    "calibrations": [
        {"kv": 120, "view": "frontal", "width_mm": 512, "slope_mm": 0.21, "intercept_mm": 12.5, "kernel": "T20f"},
        {"kv": 120, "view": "lateral", "width_mm": 512, "slope_mm": 0.21, "intercept_mm": 10.1},
    ],
    "reason": "water cylinders of 16, 24 and 32 cm, 2026-03-02, protocol 12",
}
NOBODY = "00000000-0000-4000-8000-000000000001"


def exam_ids(house: House) -> list[UUID]:
    """Return the exams of the house."""
    with unit_of_work(house.engine) as session:
        return list(session.scalars(select(ExamRow.id)))


@pytest.fixture
def phil(house: House) -> dict[str, str]:
    """The headers of a physicist."""
    house.add_user("phil", Role.MPE)
    return house.headers(Scope.READ, login="phil")


@pytest.fixture
def address(house: House, phil: dict[str, str]) -> str:
    """Where the calibration of the only device is."""
    dicom = ct_rdsr_bytes(IssuerOfPatientID=SITE.default_authority)
    house.hand_in(Envelope(sop_instance_uid=str(HEADER["SOPInstanceUID"]), dicom=dicom))
    (device,) = house.client.get("/api/v1/devices", headers=phil).json()["devices"]
    return f"/api/v1/devices/{device['id']}/localiser-calibration"


SLICES = MeasuredSlices(
    event_uid="2.25.61",
    series_instance_uid="2.25.62",
    sop_instance_uid="2.25.63",
    z_mm=(0.0, 5.0),
    dw_mm=(300.0, 310.0),
    ctdi_vol_mgy=(8.0, None),
    cut_share=(0.0, 0.0),
    effective_mm=(320.0, 330.0),
)
LINES = LocaliserLines(
    event_uid="2.25.71",
    series_instance_uid="2.25.72",
    sop_instance_uid="2.25.73",
    z_mm=(0.0, 5.0, 10.0),
    dw_mm=(250.0, 260.0, 270.0),
    calibration_version=2,
)


class TestSizes:
    @pytest.mark.usefixtures("address")
    def test_are_not_there_before_the_images_were_looked_at(self, house: House, phil: dict[str, str]) -> None:
        (exam_id,) = exam_ids(house)
        told = house.client.get(f"/api/v1/exams/{exam_id}/ct-sizes", headers=phil).json()

        assert told == {"exam_id": str(exam_id), "state": "not_looked", "sizes": [], "refusals": []}

    @pytest.mark.usefixtures("address")
    def test_are_told_with_what_shows_them_and_why_there_are_no_others(
        self, house: House, phil: dict[str, str]
    ) -> None:
        (exam_id,) = exam_ids(house)
        with unit_of_work(house.engine) as session:
            reason = "the archive has no images of the scan"
            ct_sizes.keep(session, exam_id, [SLICES], [LINES], reason=reason, evidence_at=house.now, now=house.now)
        told = house.client.get(f"/api/v1/exams/{exam_id}/ct-sizes", headers=phil).json()

        first, second = told["sizes"]
        assert (first["event_uid"], first["method"], first["places"]) == ("2.25.61", "slices", 2)
        assert (first["mean_mm"], first["lowest_mm"], first["highest_mm"]) == (305, 300, 310)
        assert (second["method"], second["quantity"], second["mean_mm"]) == (
            "localiser",
            "water_equivalent_diameter",
            260,
        )
        assert (second["series_instance_uid"], second["sop_instance_uid"]) == ("2.25.72", "2.25.73")
        assert "calibration 2" in second["caveats"][0]
        assert {one["uncertainty"] for one in told["sizes"]} == {"no published uncertainty"}
        assert [one["reason"] for one in told["refusals"]] == ["the archive has no images of the scan"]

    @pytest.mark.usefixtures("address")
    def test_are_not_shown_of_an_exam_that_does_not_count(self, house: House, phil: dict[str, str]) -> None:
        (exam_id,) = exam_ids(house)
        with unit_of_work(house.engine) as session:
            session.execute(update(ExamRow).values(state="held"))

        assert house.client.get(f"/api/v1/exams/{exam_id}/ct-sizes", headers=phil).json()["state"] == "not_counted"


class TestACalibration:
    def test_is_none_at_first(self, house: House, phil: dict[str, str], address: str) -> None:
        assert house.client.get(address, headers=phil).json()["versions"] == []

    def test_is_kept_with_who_when_and_from_what(self, house: House, phil: dict[str, str], address: str) -> None:
        kept = house.client.put(address, json=BODY, headers=phil)

        assert kept.status_code == 200
        (version,) = kept.json()["versions"]
        assert (version["version"], version["reason"]) == (1, BODY["reason"])
        assert version["decided_by"].endswith("phil")
        assert version["decided_at"]
        assert version["calibrations"] == [BODY["calibrations"][0], BODY["calibrations"][1] | {"kernel": None}]
        assert house.client.get(address, headers=phil).json() == kept.json()

    def test_is_followed_by_another_and_stays_on_record(self, house: House, phil: dict[str, str], address: str) -> None:
        house.client.put(address, json=BODY, headers=phil)
        taken_back = {"calibrations": [], "reason": "the tube was replaced"}
        told = house.client.put(address, json=taken_back, headers=phil).json()

        assert [(one["version"], len(one["calibrations"])) for one in told["versions"]] == [(2, 0), (1, 2)]

    def test_is_on_record(self, house: House, phil: dict[str, str], address: str) -> None:
        house.client.put(address, json=BODY, headers=phil)

        with unit_of_work(house.engine) as session:
            wanted = select(AccessLogRow).where(AccessLogRow.action == "calibrate_localisers")
            (row,) = session.scalars(wanted)
            assert row.reason == BODY["reason"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"reason": ""},
            {"calibrations": [BODY["calibrations"][0] | {"view": "oblique"}]},
            {"calibrations": [BODY["calibrations"][0] | {"kv": 0}]},
            {"calibrations": [BODY["calibrations"][0] | {"slope_mm": "NaN"}]},
            {"calibrations": [{"kv": 120, "view": "frontal"}]},
        ],
    )
    def test_that_makes_no_sense_is_refused(
        self, house: House, phil: dict[str, str], address: str, wrong: dict[str, Any]
    ) -> None:
        assert house.client.put(address, json=BODY | wrong, headers=phil).status_code == 422

    def test_is_for_physicists(self, house: House, address: str) -> None:
        house.add_user("admin", Role.ADMINISTRATOR)
        admin = house.headers(Scope.READ, login="admin")

        assert house.client.put(address, json=BODY, headers=admin).status_code == 403
        assert house.client.get(address, headers=admin).status_code == 200

    def test_of_a_device_that_nobody_knows_is_not_found(self, house: House, phil: dict[str, str]) -> None:
        unknown = f"/api/v1/devices/{NOBODY}/localiser-calibration"

        assert house.client.get(unknown, headers=phil).status_code == 404
        assert house.client.put(unknown, json=BODY, headers=phil).status_code == 404
