"""
Dose screens of real devices read as their bytes say, and screens that are only pictures as such.

Oracle: the elements as pydicom gives them; of GH179A, which pydicom cannot read to its end, those of its sound twin.
"""

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from dose_core.model import CtEvent, CtReport, Kind
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, corpus_files, needs_corpus
from tests.support.read_as import read_as

GE = CORPUS / "ct_dose_sc" / "fo-dicom__GH178.dcm"
GE_MALFORMED = CORPUS / "ct_dose_sc" / "fo-dicom__GH179A.dcm"
PHILIPS = CORPUS / "ct_dose_sc" / "openREM__CT-SC-Philips_Brilliance16P.dcm"
DRAWN = [path for path in corpus_files("synthetic_dose_screen") if path.suffix == ".dcm"]


def as_pydicom_has_it(event: CtEvent) -> dict[str, Any]:
    """Return the values of an event in the units of the elements."""
    (source,) = event.sources
    return {
        "AcquisitionType": event.acquisition_type.name if event.acquisition_type else None,
        "CTDIvol": event.ctdi_vol_mgy,
        "ExposureTime": None if event.exposure_time_s is None else round(event.exposure_time_s * 1000, 6),
        "ScanLength": event.scanning_length_mm,
        "SingleCollimationWidth": event.single_collimation_mm,
        "TotalCollimationWidth": event.total_collimation_mm,
        "SpiralPitchFactor": event.pitch,
        "KVP": source.kv,
        "XRayTubeCurrentInuA": None if source.ma_mean is None else round(source.ma_mean * 1000, 6),
    }


def assert_events_are(report: CtReport, items: list[Dataset]) -> None:
    assert len(report.events) == len(items)
    for event, item in zip(report.events, items, strict=True):
        stated = as_pydicom_has_it(event)
        assert stated == {keyword: item.get(keyword) for keyword in stated}


@needs_corpus
@pytest.mark.real_dicom
class TestDoseScreens:
    @pytest.mark.parametrize("path", [GE, GE_MALFORMED], ids=["GH178", "GH179A"])
    def test_ge_lightspeed_vct(self, path: Path) -> None:
        """GH179A has a VR of two spaces before its exposures."""
        report = read_as(CtReport, path.read_bytes())

        assert report.kind is Kind.DOSE_SCREEN
        assert_events_are(report, list(pydicom.dcmread(GE).ExposureDoseSequence))
        assert (report.totals.dlp_mgy_cm, report.totals.event_count) == (1748.68, 4)
        assert [event.dlp_mgy_cm for event in report.events] == [None, None, 769.67, 979.01]
        assert {event.phantom_diameter_mm for event in report.events} == {320}

    def test_philips_brilliance(self) -> None:
        report, oracle = read_as(CtReport, PHILIPS.read_bytes()), pydicom.dcmread(PHILIPS)

        assert_events_are(report, list(oracle.ExposureDoseSequence))
        assert report.totals.dlp_mgy_cm == oracle[0x00E11021].value == 1102.44609
        assert [event.dlp_mgy_cm for event in report.events] == [
            item[0x00E11021].value for item in oracle.ExposureDoseSequence
        ]
        assert [warning.problem for warning in report.warnings] == ["3 events state a CTDIvol and no phantom"]

    @pytest.mark.parametrize("path", DRAWN, ids=[path.stem for path in DRAWN])
    def test_a_drawn_screen_has_its_numbers_in_the_picture(self, path: Path) -> None:
        with pytest.raises(NotDoseError, match="in the picture only"):
            read_dose(path.read_bytes())
