"""What our reader reads of a written CT report is the exam that was written, from whatever source it was known."""

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.totals import Quantity
from dose_core.model import AcquisitionType, CtEvent, CtReport, Kind, XRaySource
from dose_core.writers.concepts import UNKNOWN
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import broken_rows
from tests.builders.statements import STARTED, STUDY
from tests.builders.written import header, issue
from tests.builders.written_ct import CHEST, alert, device_report, exam, full_ct, notification, said, scan, typed
from tests.support.read_as import read_as
from tests.support.round_trips import few_times, many_times

# What no row holds that was read; z is not written without its frame of reference, which the exam does not keep.
_LEFT_OUT = {"body_part", "dw_mm", "z_start_mm", "z_end_mm", "mas"}
_SIZES = ("exposure_time_s", "scanning_length_mm", "single_collimation_mm", "total_collimation_mm", "ssde_mgy")
_MOVING = {AcquisitionType.SPIRAL, AcquisitionType.SEQUENCED}

_dose = st.integers(0, 8000).map(lambda quarters: quarters / 4)
_size = st.integers(1, 40_000).map(lambda tenths: tenths / 10)
_text = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
_tube = st.builds(
    XRaySource, kv=st.none() | _size, ma_mean=st.none() | _size, ma_max=st.none() | _size, rotation_time_s=_size
)
_checks = st.sampled_from([(), (alert(),), (notification(authorized_by="Beispiel^Berta"),)])


@st.composite
def _events(draw: st.DrawFn, number: int) -> CtEvent:
    kind = draw(st.sampled_from([*AcquisitionType, None]))
    tubes = draw(st.lists(_tube, min_size=1, max_size=2))
    if kind is AcquisitionType.CONSTANT_ANGLE:  # it does not rotate
        tubes = [replace(tube, rotation_time_s=None) for tube in tubes]
    stated: dict[str, Any] = {name: draw(st.none() | _size) for name in _SIZES}
    return CtEvent(
        event_uid=f"{STUDY}.7.{number}",
        started_at=STARTED + timedelta(minutes=number),
        acquisition_type=kind,
        protocol=draw(st.none() | _text),
        target_region=draw(st.sampled_from([CHEST, None])),
        ctdi_vol_mgy=draw(st.none() | _dose),
        dlp_mgy_cm=draw(_dose),
        phantom_diameter_mm=draw(st.sampled_from([160, 320])),
        pitch=draw(st.none() | _size) if kind in _MOVING else None,
        sources=tuple(tubes),
        modulation=draw(st.sampled_from(["XYZ_EC", None])),
        comment=draw(st.none() | _text),
        dose_checks=draw(_checks),
        **stated,
    )


@st.composite
def _exams(draw: st.DrawFn) -> Exam:
    events = [draw(_events(number)) for number in range(draw(st.integers(1, 4)))]
    kind = draw(st.sampled_from([Kind.CT_RDSR, Kind.MPPS, Kind.DOSE_SCREEN]))
    return exam(device_report(*events) if kind is Kind.CT_RDSR else said(kind, *events))


def _read(written: Exam) -> CtReport:
    return _read_of(_written(written))


def _written(exam: Exam) -> bytes:
    document = write_ct_rdsr(exam, header(), issue(KIND))

    assert broken_rows(document) == ()
    return to_part10(document)


def _read_of(dicom: bytes) -> CtReport:
    read = read_as(CtReport, dicom)
    assert read.our_own
    return read


def _dlps(of_exam: Exam) -> dict[str | None, float | None]:
    return {total.of: total.value for total in of_exam.totals if total.quantity is Quantity.DLP}


def _again(read: CtReport) -> Exam:
    """Return the exam of what was read, as if a device had sent it."""
    return exam_of(STUDY, [Statement(key="again", report=replace(read, our_own=False))])


def _trip(written: Exam) -> bytes:
    dicom = _written(written)
    read = _read_of(dicom)

    assert written.ct is not None
    for before, after in zip(written.ct.events, read.events, strict=True):
        assert after == replace(before.event, target_region=before.event.target_region or UNKNOWN)
    stated = _dlps(written)
    again = _dlps(_again(read))
    assert {of: again[of] for of in stated} == pytest.approx(stated, rel=1e-9)
    return dicom


def test_an_exam_comes_back(tmp_path: Path) -> None:
    few_times(_exams(), _trip, tmp_path)


@pytest.mark.slow
def test_five_hundred_exams_come_back(tmp_path: Path) -> None:
    many_times(_exams(), _trip, tmp_path)


def test_an_exam_that_states_all_comes_back_event_for_event() -> None:
    written = full_ct()
    read = _read(written)

    assert written.ct is not None
    nobody = replace(notification(), authorized_by="not stated")  # row 18 wants a name
    expected = [one.event for one in written.ct.events]
    expected[1] = replace(expected[1], dose_checks=(alert(), nobody))
    assert list(read.events) == expected
    assert (read.intent, read.started_at, read.ended_at) == ("Diagnostic Intent", STARTED, written.ended_at)
    assert _dlps(_again(read)) == _dlps(written) == {None: 252.0, "160": 50.0, "320": 202.0}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(exam(typed(300.0)), id="a total"),
        pytest.param(exam(typed(None, mm160=100.0, mm320=200.0)), id="a total for each phantom"),
    ],
)
def test_what_was_typed_comes_back(written: Exam) -> None:
    assert _dlps(_again(_read(written))) == _dlps(written)


def test_what_we_wrote_is_no_source_of_an_exam() -> None:
    report = _read(exam(device_report(scan())))
    both = exam(device_report(scan()), Statement(key="ours", report=report))

    assert _dlps(both) == _dlps(exam(device_report(scan())))


def test_every_other_field_of_an_event_comes_back() -> None:
    (read,) = _read(full_ct()).events[1:2]

    assert {field.name for field in fields(CtEvent) if getattr(read, field.name) in {None, ()}} == _LEFT_OUT
