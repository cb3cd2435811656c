"""OpenREM reads what we write, whatever the exam is known from, and counts the same dose and events."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Quantity
from dose_core.model import Kind, Plane, XRaySource
from dose_core.writers import ct_rdsr, mammography_rdsr, projection_rdsr
from dose_core.writers.part10 import to_part10
from tests.builders import statements_study as of
from tests.builders.ct_exam import EVENT_UID, image_event, image_exam, whole
from tests.builders.statements_projection import ACQUISITION, exam, manual, report, run
from tests.builders.written import full_mammography, full_projection, header, issue
from tests.builders.written_ct import full_ct, said, scan, typed
from tests.support.openrem import is_openrem_installed, openrem_reads

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_openrem_installed(), reason="scripts/openrem_peer.sh has not brought it"),
]

_KNOWN_ONLY = "-known-only"
_HEAD: dict[str, Any] = {"uid": f"{EVENT_UID}.2", "dlp_mgy_cm": 33.0, "ctdi_vol_mgy": 3.3, "phantom_diameter_mm": 160}
_TUBE: dict[str, Any] = {"sources": (XRaySource(kv=120.0, ma_mean=180.0, ma_max=300.0, rotation_time_s=0.5),)}
_CODES = {"113620": Plane.A, "113621": Plane.B, "113622": Plane.SINGLE}


def _from(source: Source, one: Exam) -> Exam:
    """Return an exam of the same events and totals, known from another source."""
    return replace(
        one,
        projection=tuple(replace(counted, source=source) for counted in one.projection),
        mammography=tuple(replace(counted, source=source) for counted in one.mammography),
        totals=tuple(replace(total, source=source) for total in one.totals),
    )


_SIZES: dict[str, Any] = {
    "exposure_time_s": 2.0,
    "scanning_length_mm": 100.0,
    "single_collimation_mm": 0.6,
    "total_collimation_mm": 38.4,
}
CT: dict[str, Exam] = {"ct-of-a-device-report": full_ct()}
# Only a report of a device tells how many X-ray sources there are, and a template requires that number.
CT_OF_OTHERS: dict[str, Exam] = {
    "ct-of-image-headers": whole(image_exam(image_event(**_SIZES, **_TUBE), image_event(**_HEAD, **_SIZES, **_TUBE))),
    "ct-of-a-performed-step": exam(said(Kind.MPPS, scan(1), scan(2, dlp_mgy_cm=50.5, **_SIZES), dlp_mgy_cm=150.5)),
    "ct-of-a-dose-screen": exam(said(Kind.DOSE_SCREEN, scan(1, **_SIZES), dlp_mgy_cm=100.0)),
    "ct-typed": exam(typed(300.0)),
    "ct-typed-of-two-phantoms": exam(typed(None, mm160=100.0, mm320=200.0)),
}
_SINGLE = exam(report(1, run(1, duration_s=3.0), run(2, 3.0, 4.0, event_type=ACQUISITION, duration_s=1.0)))
PROJECTION: dict[str, Exam] = {
    "projection-biplane": full_projection(),
    "projection-single": _SINGLE,
    "projection-of-image-headers": _from(Source.IMAGE_HEADER, _SINGLE),
    "projection-of-a-performed-step": exam(*of.projection_step([run(1), run(2, 3.0, 4.0, event_type=ACQUISITION)])),
    "projection-typed": replace(_from(Source.MANUAL, exam(report(1, run(1)))), totals=exam(manual(2.0)).totals),
}
MAMMOGRAPHY: dict[str, Exam] = {
    "mammography-of-a-device-report": full_mammography(),
    "mammography-of-image-headers": exam(
        of.mammogram(1, of.view(1, laterality="L", agd_mgy=1.5)),
        of.mammogram(2, of.view(2, laterality="R", agd_mgy=1.25)),
    ),
    "mammography-typed": _from(Source.MANUAL, full_mammography()),
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what OpenREM keeps of each report."""
    kinds = (
        (CT | CT_OF_OTHERS, ct_rdsr.write_ct_rdsr, ct_rdsr.KIND),
        (PROJECTION, projection_rdsr.write_projection_rdsr, projection_rdsr.KIND),
        (MAMMOGRAPHY, mammography_rdsr.write_mammography_rdsr, mammography_rdsr.KIND),
    )
    written = {
        name: to_part10(write(one, header(study_instance_uid=one.study_instance_uid), issue(kind)))
        for exams, write, kind in kinds
        for name, one in exams.items()
    }
    unknown = {f"{name}{_KNOWN_ONLY}": _without_unknown(written[name]) for name in CT_OF_OTHERS}
    folder = tmp_path_factory.mktemp("openrem")
    return openrem_reads(written | unknown, folder)


def _without_unknown(dicom: bytes) -> bytes:
    document = dcmread(BytesIO(dicom))
    _strip(document)
    return to_part10(document)


def _strip(item: Dataset) -> None:
    if "ContentSequence" not in item:
        return
    kept = [one for one in item.ContentSequence if one.ValueType != "NUM" or one.MeasuredValueSequence]
    item.ContentSequence = kept
    for one in kept:
        _strip(one)


def _dlp(counted: ExamEvent) -> float | None:
    estimate = counted.dlp_estimate
    return estimate.value if isinstance(estimate, Estimate) else counted.event.dlp_mgy_cm


def _total(one: Exam, quantity: Quantity, part: str | None = None) -> float | None:
    return next((total.value for total in one.totals if (total.quantity, total.of) == (quantity, part)), None)


def _scaled(value: float | None, scale: float) -> Any:  # noqa: ANN401  what pytest.approx returns
    return None if value is None else pytest.approx(value * scale)


@pytest.mark.parametrize("name", CT)
def test_a_ct_report_says_the_same(name: str, stored: dict[str, dict[str, Any]]) -> None:
    one, read = CT[name], stored[name]
    assert one.ct is not None
    events = [counted.event for counted in one.ct.events]

    assert (read["problem"], read["modality"]) == (None, "CT")
    assert read["total_dlp"] == pytest.approx(_total(one, Quantity.DLP))
    assert read["number_of_events"] == len(events)
    doses = [(kept["ctdi_vol"], kept["dlp"]) for kept in read["ct_events"]]
    assert doses == [(_scaled(event.ctdi_vol_mgy, 1), _scaled(event.dlp_mgy_cm, 1)) for event in events]


@pytest.mark.parametrize("name", PROJECTION)
def test_a_projection_report_says_the_same(name: str, stored: dict[str, dict[str, Any]]) -> None:
    """OpenREM keeps Gy.m2 and Gy."""
    one, read = PROJECTION[name], stored[name]

    assert read["problem"] is None
    assert read["total_dap"] == _scaled(_total(one, Quantity.DAP), 1e-4)
    assert read["number_of_events"] == len(one.projection)
    assert [_dose(kept) for kept in read["events"]] == [
        (_scaled(counted.event.dap_gy_cm2, 1e-4), _scaled(counted.event.ka_r_mgy, 1e-3)) for counted in one.projection
    ]
    for plane in read["planes"]:
        part = _CODES.get(plane["plane"])
        assert plane["dose_rp"] == _scaled(_total(one, Quantity.KA_R, part), 1e-3)
        assert plane["fluoro_dose_rp"] == _scaled(_total(one, Quantity.FLUORO_KA_R, part), 1e-3)
        assert plane["acquisition_dose_rp"] == _scaled(_total(one, Quantity.ACQUISITION_KA_R, part), 1e-3)
    assert _added(read, "fluoro_dap") == _scaled(_total(one, Quantity.FLUORO_DAP), 1e-4)
    assert _added(read, "acquisition_dap") == _scaled(_total(one, Quantity.ACQUISITION_DAP), 1e-4)
    assert _added(read, "fluoro_time") == _scaled(_total(one, Quantity.FLUORO_TIME), 1)
    assert _added(read, "acquisition_time") == _scaled(_total(one, Quantity.ACQUISITION_TIME), 1)


def _dose(kept: dict[str, Any]) -> tuple[float | None, float | None]:
    return kept["dap"], kept["dose_rp"]


def _added(read: dict[str, Any], name: str) -> float | None:
    values = [plane[name] for plane in read["planes"]]
    return None if None in values else sum(values)


@pytest.mark.parametrize("name", MAMMOGRAPHY)
def test_a_mammography_report_says_the_same(name: str, stored: dict[str, dict[str, Any]]) -> None:
    one, read = MAMMOGRAPHY[name], stored[name]

    assert (read["problem"], read["modality"]) == (None, "MG")
    assert read["number_of_events"] == len(one.mammography)
    assert read["agd"] == {
        "left": _total(one, Quantity.AGD, "L"),
        "right": _total(one, Quantity.AGD, "R"),
        "both": None,
    }
    assert [kept["agd"] for kept in read["events"]] == [counted.event.agd_mgy for counted in one.mammography]


@pytest.mark.parametrize("name", CT_OF_OTHERS)
def test_a_number_that_is_unknown_stops_it(name: str, stored: dict[str, dict[str, Any]]) -> None:
    """It takes the first item of Measured Value Sequence (0040,A300), which is empty where a number is unknown."""
    assert stored[name] == {"problem": "IndexError"}


@pytest.mark.parametrize("name", CT_OF_OTHERS)
def test_without_unknown_numbers_it_reads_the_same(name: str, stored: dict[str, dict[str, Any]]) -> None:
    one, read = CT_OF_OTHERS[name], stored[name + _KNOWN_ONLY]
    assert one.ct is not None

    assert (read["problem"], read["modality"]) == (None, "CT")
    assert read["total_dlp"] == pytest.approx(_total(one, Quantity.DLP))
    doses = [(counted.event.ctdi_vol_mgy, _dlp(counted)) for counted in one.ct.events]
    kept = [(event["ctdi_vol"], event["dlp"]) for event in read["ct_events"]]
    assert kept == doses or (doses == [] and all(ctdi_vol is None for ctdi_vol, _ in kept))
