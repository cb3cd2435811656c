"""Tests of dose_core.readers: a number that no device measures is no value, and never the end of the report."""

import json
from collections.abc import Callable

import pytest
from pydicom.sr.codedict import codes

from dose_core.ledger.exam import Statement
from dose_core.ledger.reconcile import reconcile_ct
from dose_core.model import CtReport
from dose_core.readers.registry import read_dose
from dose_core.readers.report_line import report_line
from tests.builders.ct_rdsr import accumulated, acquisition, ct_rdsr_bytes, dlp_total, dose, irradiated, parameters
from tests.builders.ct_rdsr import source as x_ray_source
from tests.builders.ct_study import STUDY_UID, ct_slices
from tests.builders.mammography import mammography_image_bytes
from tests.builders.nuclear import pet_image_bytes, radiopharmaceutical
from tests.builders.projection_image import dx_bytes
from tests.builders.sr import num
from tests.support.read_as import read_as

# Finite, and beyond what can be reckoned with: sums and conversions of the large ones are infinite, products
# of the small ones are zero.
EXTREME = ["1e308", "-1e308", "1e200", "1e-200", "4.9e-324"]


def ct_report(number: str) -> bytes:
    """Return a CT dose report in which one number stands for everything."""
    scan = parameters(
        num(codes.DCM.ExposureTime, number, "s"),
        num(codes.DCM.ScanningLength, number, "m"),
        num(codes.DCM.NominalTotalCollimationWidth, number, "mm"),
        num(codes.DCM.PitchFactor, number, "{ratio}"),
        x_ray_source(number, number, number, number),
    )
    return ct_rdsr_bytes(
        *irradiated(), accumulated(dlp_total(number)), acquisition(scan, dose(number, number)), PatientWeight="62.5"
    )


OBJECTS: dict[str, Callable[[str], bytes]] = {
    "CT dose report": ct_report,
    "CT image": lambda number: ct_slices(1, KVP=number, ExposureTime=number, SliceThickness=number)[0],
    "radiograph": lambda number: dx_bytes(ImageAndFluoroscopyAreaDoseProduct=number, KVP=number, Exposure=number),
    "mammogram": lambda number: mammography_image_bytes(OrganDose=number, KVP=number, CompressionForce=number),
    "PET image": lambda number: pet_image_bytes(radiopharmaceutical(RadionuclideTotalDose=number)),
}


@pytest.mark.parametrize("number", EXTREME)
@pytest.mark.parametrize("made", OBJECTS.values(), ids=OBJECTS.keys())
def test_is_named_and_left_out_while_the_rest_is_read(made: Callable[[str], bytes], number: str) -> None:
    report = read_dose(made(number))

    line = json.dumps(report_line(report), allow_nan=False)
    assert number not in line.replace("+", "")
    assert report.patient.id
    assert any("not a finite number" in warning.problem for warning in report.warnings)


@pytest.mark.parametrize("ctdi_vol_mgy", [1e308, -0.0, 5e-324])
def test_leaves_the_exam_of_such_slices_computable(ctdi_vol_mgy: float) -> None:
    slices = ct_slices(4, CTDIvol=ctdi_vol_mgy, XRayTubeCurrent="1e308", IrradiationEventUID="2.25.4001")

    reports = [read_as(CtReport, dicom) for dicom in slices]
    exam = reconcile_ct(STUDY_UID, [Statement(key=str(n), report=report) for n, report in enumerate(reports)])

    (event,) = exam.events
    assert event.event.ctdi_vol_mgy in (None, 0.0)


def test_reads_minus_zero_as_zero() -> None:
    report = read_as(CtReport, ct_report("-0"))

    assert str(report.totals.dlp_mgy_cm) == "0.0"
