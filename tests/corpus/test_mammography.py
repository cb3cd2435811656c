"""
Mammography objects of real devices read as independent readings say.

Oracles: ``expected_sr.json``, read by code value straight from the bytes; the key values of ``INDEX.csv``, read by
pydicom and written by keyword.
"""

import csv
import json
from typing import Any

import pytest

from dose_core.ledger.exam import Statement
from dose_core.ledger.exposures import one_per_exposure
from dose_core.model import MammographyEvent, MammographyReport
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

_EXPECTED_FILE, _INDEX_FILE = CORPUS / "expected_sr.json", CORPUS / "INDEX.csv"
_EXPECTED: dict[str, Any] = json.loads(_EXPECTED_FILE.read_text()) if _EXPECTED_FILE.is_file() else {}
REPORTS = sorted(name for name in _EXPECTED if name.startswith("mg_rdsr/"))
_INDEX = list(csv.DictReader(_INDEX_FILE.read_text(encoding="utf-8").splitlines())) if _INDEX_FILE.is_file() else []
IMAGES = {row["file"]: row["key_values"] for row in _INDEX if row["file"].startswith("mg_image/")}

SIDES = {"G-A100": "R", "G-A101": "L"}
VIEWS = {"R-10242": "CC"}
TOMOSYNTHESIS = {"113611": False, "113613": True}


def as_the_oracle_has_it(event: MammographyEvent) -> dict[str, Any]:
    """The oracle lists the voltage of each pulse, and writes the time without punctuation."""
    return {
        "uid": event.event_uid,
        "start": event.started_at.strftime("%Y%m%d%H%M%S") if event.started_at else None,
        "protocol": event.protocol,
        "agd_mGy": event.agd_mgy,
        "esak_mGy": event.entrance_dose_mgy,
        "hvl": event.hvl_mm_al,
        "kvp": list(event.kv_per_pulse) or [event.kv],
        "pulses": event.pulse_count,
        "duration_s": event.duration_s,
        "thickness_mm": event.thickness_mm,
    }


def key_values(name: str) -> dict[str, str]:
    """Return the values of an image that the index states."""
    return dict(pair.split("=", 1) for pair in IMAGES[name].split("; "))


def statement(name: str) -> Statement[MammographyReport]:
    return Statement(key=name, report=read_as(MammographyReport, (CORPUS / name).read_bytes()))


@needs_corpus
@pytest.mark.real_dicom
class TestReports:
    def test_are_all_there(self) -> None:
        assert {f"mg_rdsr/{path.name}" for path in (CORPUS / "mg_rdsr").iterdir()} == set(REPORTS)

    @pytest.mark.parametrize("name", REPORTS)
    def test_give_the_expected_totals(self, name: str) -> None:
        report, expected = read_as(MammographyReport, (CORPUS / name).read_bytes()), _EXPECTED[name]

        assert report.sop_instance_uid == expected["sop_uid"]
        assert report.study_instance_uid == expected["study_uid"]
        (accumulated,) = expected["xray"]["accumulated"]
        assert [report.totals.agd_left_mgy, report.totals.agd_right_mgy] == accumulated["agd"]
        assert sum(event.agd_mgy or 0 for event in report.events) == pytest.approx(expected["xray"]["sum_event_agd"])

    @pytest.mark.parametrize("name", REPORTS)
    def test_give_the_expected_events_in_order(self, name: str) -> None:
        events = read_as(MammographyReport, (CORPUS / name).read_bytes()).events
        expected = _EXPECTED[name]["xray"]["events"]

        assert len(events) == _EXPECTED[name]["xray"]["n_events"]
        for event, oracle in zip(events, expected, strict=True):
            ours = as_the_oracle_has_it(event)
            assert ours == {key: oracle[key] for key in ours}
            assert event.laterality == SIDES[oracle["laterality"].split("|")[0]]
            assert event.view == VIEWS[oracle["view"].split("|")[0]]
            assert event.is_tomosynthesis is TOMOSYNTHESIS[oracle["type"].split("|")[0]]

    @pytest.mark.parametrize("name", REPORTS)
    def test_contradict_themselves_nowhere(self, name: str) -> None:
        report = read_as(MammographyReport, (CORPUS / name).read_bytes())

        assert [warning.problem for warning in report.warnings if "pulses" not in warning.problem] == []


@needs_corpus
@pytest.mark.real_dicom
class TestImages:
    def test_are_all_there(self) -> None:
        assert {f"mg_image/{path.name}" for path in (CORPUS / "mg_image").iterdir()} == set(IMAGES)

    @pytest.mark.parametrize("name", IMAGES)
    def test_give_the_values_of_the_index(self, name: str) -> None:
        report, expected = read_as(MammographyReport, (CORPUS / name).read_bytes()), key_values(name)

        (event,) = report.events
        assert event.kv == float(expected["KVP"])
        assert event.mas == float(expected["ExposureInuAs"]) / 1000
        assert event.agd_mgy == pytest.approx(float(expected["OrganDose"]) * 100)  # dGy
        assert event.entrance_dose_mgy == float(expected["EntranceDoseInmGy"])
        assert event.exposure_time_s == pytest.approx(float(expected["ExposureTime"]) / 1000)
        assert event.ma == pytest.approx(float(expected["XRayTubeCurrent"]), abs=0.5)  # the index has the whole mA
        assert event.thickness_mm == float(expected["BodyPartThickness"])
        assert event.force_n == float(expected["CompressionForce"])
        assert event.source_to_detector_mm == float(expected["DistanceSourceToDetector"])
        assert (event.anode, event.filter) == (
            expected["AnodeTargetMaterial"].lower(),
            expected["FilterMaterial"].lower(),
        )
        assert event.hvl_mm_al == (float(expected["HalfValueLayer"]) if "HalfValueLayer" in expected else None)
        assert report.warnings == ()

    def test_ge_senographe_pair_for_processing_and_presentation_is_one_exposure(self) -> None:
        result = one_per_exposure([statement(name) for name in IMAGES if "GE_Seno_1" in name])

        (exposure,) = result.counted
        leader = exposure[0].report.image
        assert leader is not None
        assert leader.presentation_intent == "FOR PROCESSING"
        assert len(result.left_out) == 1

    def test_all_of_them_are_four_exposures(self) -> None:
        assert len(one_per_exposure([statement(name) for name in IMAGES]).counted) == 4
