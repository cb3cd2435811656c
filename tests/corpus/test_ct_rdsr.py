"""
CT dose reports of real devices read as an independent reading says.

Oracle: ``expected_sr.json``, read by code value straight from the bytes and cross-checked with another importer.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from dose_core.model import AcquisitionType, CtEvent, CtReport, DoseCheck, Kind
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.read_as import read_as

_EXPECTED_FILE = CORPUS / "expected_sr.json"
_EXPECTED: dict[str, Any] = json.loads(_EXPECTED_FILE.read_text()) if _EXPECTED_FILE.is_file() else {}
CT_REPORTS = sorted(name for name, expected in _EXPECTED.items() if "ct" in expected)

PHANTOMS_MM = {None: None, "113690": 160, "113691": 320}
TYPES = {
    "P5-08001": AcquisitionType.SPIRAL,
    "113804": AcquisitionType.SEQUENCED,
    "113805": AcquisitionType.CONSTANT_ANGLE,
    "113806": AcquisitionType.STATIONARY,
    "113807": AcquisitionType.FREE,
}


def code_value(stated: str | None) -> str | None:
    """The oracle writes codes as "value|meaning"."""
    return stated.split("|")[0] if stated else None


def as_the_oracle_has_it(event: CtEvent) -> dict[str, Any]:
    """The oracle lists the stated values of the sources, and leaves out what is not stated."""
    return {
        "uid": event.event_uid,
        "protocol": event.protocol,
        "ctdivol_mGy": event.ctdi_vol_mgy,
        "dlp_mGycm": event.dlp_mgy_cm,
        "pitch": event.pitch,
        "scan_len_mm": event.scanning_length_mm,
        "coll_total_mm": event.total_collimation_mm,
        "exposure_time_s": event.exposure_time_s,
        "target": event.target_region.value if event.target_region else None,
        "kvp": [source.kv for source in event.sources if source.kv is not None],
        "mA": [source.ma_mean for source in event.sources if source.ma_mean is not None],
        "mA_max": [source.ma_max for source in event.sources if source.ma_max is not None],
        "rot_time": [source.rotation_time_s for source in event.sources if source.rotation_time_s is not None],
    }


@needs_corpus
@pytest.mark.real_dicom
class TestCtReports:
    def test_are_all_there(self) -> None:
        assert len(CT_REPORTS) == 11
        assert {f"ct_rdsr/{path.name}" for path in (CORPUS / "ct_rdsr").iterdir()} <= set(CT_REPORTS)

    @pytest.mark.parametrize("name", CT_REPORTS)
    def test_give_the_expected_totals(self, name: str) -> None:
        report, expected = read_as(CtReport, (CORPUS / name).read_bytes()), _EXPECTED[name]

        assert report.sop_instance_uid == expected["sop_uid"]
        assert report.study_instance_uid == expected["study_uid"]
        assert report.totals.dlp_mgy_cm == expected["ct"]["total_dlp_mGycm"]
        assert report.totals.event_count == expected["ct"]["total_events"]
        assert sum(event.dlp_mgy_cm or 0 for event in report.events) == pytest.approx(expected["ct"]["sum_event_dlp"])

    @pytest.mark.parametrize("name", CT_REPORTS)
    def test_give_the_expected_events_in_order(self, name: str) -> None:
        events, expected = read_as(CtReport, (CORPUS / name).read_bytes()).events, _EXPECTED[name]["ct"]["events"]

        assert len(events) == len(expected)
        for event, oracle in zip(events, expected, strict=True):
            assert event.acquisition_type is TYPES[code_value(oracle["type"]) or ""]
            assert event.phantom_diameter_mm == PHANTOMS_MM[code_value(oracle["phantom"])]
            comparable = {key: value for key, value in oracle.items() if key not in ("type", "phantom")}
            comparable["target"] = code_value(comparable["target"])
            assert as_the_oracle_has_it(event) == comparable

    def test_of_ge_optima_is_told_by_its_title(self) -> None:
        """It arrives as Enhanced SR, a class of many other documents."""
        report = read_as(CtReport, (CORPUS / "legacy_dose_sr" / "openREM__CT-ESR-GE_Optima.dcm").read_bytes())

        assert report.sop_class_uid == "1.2.840.10008.5.1.4.1.1.88.22"
        assert report.kind is Kind.CT_RDSR

    def test_of_toshiba_keep_the_dose_check_of_each_event(self) -> None:
        """Oracle: the content items as dsrdump prints them."""
        report = read_as(CtReport, (CORPUS / "ct_rdsr/openREM__CT-RDSR-Toshiba_DoseCheck.dcm").read_bytes())

        notification = DoseCheck(level="notification", is_configured=False)
        limits = DoseCheck(
            level="alert", is_configured=True, dlp_limit_mgy_cm=100.0, ctdi_vol_limit_mgy=10.0, authorized_by="Luuk"
        )
        assert [event.dose_checks for event in report.events] == [
            (replace(limits, dlp_forward_mgy_cm=251.2), notification),
            (replace(limits, dlp_forward_mgy_cm=502.4, ctdi_vol_forward_mgy=10.6), notification),
        ]

    def test_of_siemens_keep_the_modulation_of_the_comment(self) -> None:
        """Oracle: the comments in the bytes."""
        report = read_as(CtReport, (CORPUS / "ct_rdsr/openREM__CT-RDSR-Siemens_Flash-TAP-SS.dcm").read_bytes())

        assert [event.modulation for event in report.events] == ["OFF", "OFF", "OFF", "XYZ_EC"]

    def test_of_ge_have_scouts_without_dose_and_no_problem(self) -> None:
        report = read_as(CtReport, (CORPUS / "legacy_dose_sr/openREM__CT-ESR-GE_Optima.dcm").read_bytes())

        scouts = [event for event in report.events if event.acquisition_type is AcquisitionType.CONSTANT_ANGLE]
        assert len(scouts) == 4
        assert {(event.ctdi_vol_mgy, event.dlp_mgy_cm) for event in scouts} == {(None, None)}
        assert report.warnings == ()

    def test_name_the_one_impossible_exposure_time(self) -> None:
        """Philips BigBore 4DCT: 11912 s for a scan of 105 s; nothing else in these reports contradicts itself."""
        problems = {
            name: [warning.problem for warning in read_as(CtReport, (CORPUS / name).read_bytes()).warnings]
            for name in CT_REPORTS
        }

        philips = "ct_rdsr/openREM__CT-RDSR-Philips_BigBore4DCT.dcm"
        assert {name for name, noted in problems.items() if noted} == {philips}
        assert any(problem.startswith("11912 s are stated") for problem in problems[philips])
