"""
Projection dose reports of real devices read as an independent reading says.

Oracle: ``expected_sr.json``, read by code value straight from the bytes; the key values of ``INDEX.csv`` for the
reports that it leaves out.
"""

import csv
import json
import re
from typing import Any

import pytest

from dose_core.model import Code, EventType, Kind, Plane, PlaneTotals, ProjectionEvent, ProjectionReport
from dose_core.units import convert
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

FOLDERS = ("dx_rdsr", "xa_rf_rdsr")
ARCADIS = "legacy_dose_sr/openREM__RF-ESR-Siemens-Varic.dcm"
_EXPECTED_FILE, _INDEX_FILE = CORPUS / "expected_sr.json", CORPUS / "INDEX.csv"
_EXPECTED: dict[str, Any] = json.loads(_EXPECTED_FILE.read_text()) if _EXPECTED_FILE.is_file() else {}
_INDEX = list(csv.DictReader(_INDEX_FILE.read_text().splitlines())) if _INDEX_FILE.is_file() else []
REPORTS = sorted(name for name in _EXPECTED if name.split("/")[0] in FOLDERS)
INDEXED = sorted(row["file"] for row in _INDEX if row["kind"] in FOLDERS)
KEY_VALUES = {row["file"]: row["key_values"] for row in _INDEX}

PLANES = {"113622": Plane.SINGLE, "113620": Plane.A, "113621": Plane.B}
TYPES = {
    "P5-06000": EventType.FLUOROSCOPY,
    "113611": EventType.STATIONARY_ACQUISITION,
    "113613": EventType.ROTATIONAL_ACQUISITION,
}
# The names of INDEX.csv, which states the first plane's totals first.
INDEX_TOTALS = {
    "DAP total": ("dap_gy_cm2", "Gy.cm2"),
    "RP total": ("ka_r_mgy", "mGy"),
    "Fluoro DAP total": ("fluoro_dap_gy_cm2", "Gy.cm2"),
    "Fluoro RP total": ("fluoro_ka_r_mgy", "mGy"),
    "Fluoro time": ("fluoro_time_s", "s"),
    "Acq DAP total": ("acquisition_dap_gy_cm2", "Gy.cm2"),
    "Acq RP total": ("acquisition_ka_r_mgy", "mGy"),
    "Total acq time": ("acquisition_time_s", "s"),
    "Total frames": ("frame_count", "1"),
}


def scaled(value: float | None, factor: float) -> object:
    """Return what an expected value is equal to in our unit."""
    return None if value is None else pytest.approx(value * factor)


def point(stated: Code | str | None) -> str | None:
    """Return a reference point as the oracle writes it: "value|meaning" or the text."""
    return f"{stated.value}|{stated.meaning}" if isinstance(stated, Code) else stated


def totals_as_the_oracle_has_them(totals: PlaneTotals) -> dict[str, Any]:
    return {
        "plane": totals.plane,
        "dap_total_Gym2": totals.dap_gy_cm2,
        "rp_total_Gy": totals.ka_r_mgy,
        "fluoro_dap_Gym2": totals.fluoro_dap_gy_cm2,
        "fluoro_rp_Gy": totals.fluoro_ka_r_mgy,
        "fluoro_time_s": totals.fluoro_time_s,
        "acq_dap_Gym2": totals.acquisition_dap_gy_cm2,
        "acq_rp_Gy": totals.acquisition_ka_r_mgy,
        "acq_time_s": totals.acquisition_time_s,
        "frames": totals.frame_count,
        "ref_point": point(totals.reference_point),
    }


def in_our_units(oracle: dict[str, Any]) -> dict[str, Any]:
    """Return the oracle's totals in our units, without what is for mammography only."""
    factors = {"Gym2": 1e4, "Gy": 1e3}
    converted = {
        key: scaled(value, factors.get(key.rsplit("_", 1)[-1], 1.0))
        for key, value in oracle.items()
        if key not in ("plane", "ref_point", "agd")
    }
    return {**converted, "plane": PLANES[oracle["plane"].split("|")[0]], "ref_point": oracle["ref_point"]}


def event_as_the_oracle_has_it(event: ProjectionEvent) -> dict[str, Any]:
    return {
        "uid": event.event_uid,
        "plane": event.plane,
        "type": event.event_type,
        "protocol": event.protocol,
        "dap_Gym2": event.dap_gy_cm2,
        "rp_Gy": event.ka_r_mgy,
        "duration_s": event.duration_s,
        "pulses": event.pulse_count,
        "kvp": list(event.kv_per_pulse or ([] if event.kv is None else [event.kv])),
        "esak_mGy": event.entrance_dose_mgy,
        "hvl": event.hvl_mm_al,
        "laterality": event.laterality,
        "thickness_mm": None,
    }


def flat(kvp: list[Any]) -> list[float]:
    """Return the oracle's kVp values, which nest what one item holds."""
    return [value for one in kvp for value in (one if isinstance(one, list) else [one])]


@needs_corpus
@pytest.mark.real_dicom
class TestProjectionReports:
    def test_are_all_there(self) -> None:
        assert len(REPORTS) == 10
        assert len(INDEXED) == 14

    @pytest.mark.parametrize("name", REPORTS)
    def test_give_the_expected_totals_of_each_plane(self, name: str) -> None:
        report, expected = read_as(ProjectionReport, (CORPUS / name).read_bytes()), _EXPECTED[name]

        assert report.sop_instance_uid == expected["sop_uid"]
        assert report.study_instance_uid == expected["study_uid"]
        assert [totals_as_the_oracle_has_them(plane) for plane in report.totals.planes] == [
            in_our_units(plane) for plane in expected["xray"]["accumulated"]
        ]

    @pytest.mark.parametrize("name", REPORTS)
    def test_give_the_expected_events_in_order(self, name: str) -> None:
        events, expected = read_as(ProjectionReport, (CORPUS / name).read_bytes()).events, _EXPECTED[name]["xray"]

        assert len(events) == expected["n_events"]
        for event, oracle in zip(events, expected["events"], strict=True):
            side = oracle["laterality"]
            assert event_as_the_oracle_has_it(event) == {
                "uid": oracle["uid"],
                "plane": PLANES[oracle["plane"].split("|")[0]],
                "type": TYPES[oracle["type"].split("|")[0]],
                "protocol": oracle["protocol"],
                "dap_Gym2": scaled(oracle["dap_Gym2"], 1e4),
                "rp_Gy": scaled(oracle["rp_Gy"], 1e3),
                "duration_s": oracle["duration_s"],
                "pulses": oracle["pulses"],
                "kvp": flat(oracle["kvp"]),
                "esak_mGy": oracle["esak_mGy"],
                "hvl": oracle["hvl"],
                "laterality": side and side.split("|")[1][0],
                "thickness_mm": oracle["thickness_mm"],
            }
            assert event.started_at is not None
            assert f"{event.started_at:%Y%m%d%H%M%S}" == oracle["start"].split(".")[0]

    @pytest.mark.parametrize("name", INDEXED)
    def test_give_the_key_values_of_the_index(self, name: str) -> None:
        first = read_as(ProjectionReport, (CORPUS / name).read_bytes()).totals.planes[0]

        seen = set()
        for label, text, unit in re.findall(r"([A-Za-z ]+)=([-0-9.eE+]+) ([^;]+)", KEY_VALUES[name]):
            field, our_unit = INDEX_TOTALS[label.strip()]
            if field not in seen:  # the index goes on with the second plane
                assert getattr(first, field) == pytest.approx(convert(float(text), from_=unit, to=our_unit))
            seen.add(field)
        assert seen

    def test_of_a_biplane_device_add_up_to_the_dose_area_product_of_both_planes(self) -> None:
        """PySkinDose, Philips Allura Clarity: all of plane A, none of plane B."""
        file = CORPUS / "xa_rf_rdsr/PySkinDose__philips_allura_clarity_u104.dcm"
        totals = read_as(ProjectionReport, file.read_bytes()).totals

        assert [plane.plane for plane in totals.planes] == [Plane.A, Plane.B]
        assert totals.dap_gy_cm2 == pytest.approx(7.8391324289e-6 * 1e4)

    def test_of_siemens_axiom_artis_state_the_patient_position_in_the_comment(self) -> None:
        file = CORPUS / "xa_rf_rdsr/PySkinDose__siemens_axiom_example_procedure.dcm"
        report = read_as(ProjectionReport, file.read_bytes())

        assert {event.patient_position for event in report.events} == {"HFS"}
        fluoroscopy = [event.scene_time_s or 0 for event in report.events if event.event_type is EventType.FLUOROSCOPY]
        assert sum(fluoroscopy) == report.totals.planes[0].fluoro_time_s == 74

    def test_of_siemens_arcadis_are_read_though_they_are_an_enhanced_sr_of_their_own(self) -> None:
        report = read_as(ProjectionReport, (CORPUS / ARCADIS).read_bytes())

        assert report.kind is Kind.LEGACY_DOSE_SR
        assert report.totals.planes == (PlaneTotals(dap_gy_cm2=0.2359, fluoro_time_s=34.427, frame_count=0.0),)
        assert (report.started_at, report.ended_at) != (None, None)
