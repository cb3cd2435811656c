"""What our readers read of a written projection or mammography report is the exam that was written."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.totals import Quantity
from dose_core.model import (
    Code,
    EventType,
    Filter,
    MammographyEvent,
    MammographyReport,
    Plane,
    ProjectionEvent,
    ProjectionReport,
)
from dose_core.writers import mammography_rdsr, projection_rdsr
from dose_core.writers.part10 import to_part10
from dose_core.writers.templates.check import broken_rows
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam, report
from tests.builders.written import header, issue
from tests.support.read_as import read_as
from tests.support.round_trips import few_times, many_times

_STARTED = datetime(2026, 3, 4, 10, 15, 30)  # noqa: DTZ001  devices rarely state an offset
_DIGITS = 1e-9  # a report holds ten digits

# What an event may state and no row of the templates holds.
_PROJECTION_LEFT_OUT = {
    "ended_at", "source_id", "body_part", "view", "output_air_kerma_mgy", "scene_time_s", "frame_count", "application",
    "fluoro_flavour", "source_to_detector_end_mm", "source_to_entrance_mm", "beam_longitudinal_mm", "beam_lateral_mm",
    "beam_angle_deg", "shutters_mm", "field_of_view_mm", "detector_x_mm", "detector_y_mm", "sensitivity",
    "is_repeated", "is_rejected",
}  # fmt: skip
_MAMMOGRAPHY_LEFT_OUT = {"source_to_entrance_mm", "exposure_control", "exposure_control_detail"}

_PROJECTION_SIZES = (
    "kv", "ma", "exposure_time_s", "duration_s", "hvl_mm_al", "field_area_cm2", "source_to_detector_mm",
    "source_to_isocentre_mm", "patient_thickness_mm", "pulse_width_ms", "focal_spot_mm",
)  # fmt: skip
_PROJECTION_ANGLES = (
    "primary_angle_deg", "secondary_angle_deg", "table_rotation_deg", "cradle_deg", "table_height_mm",
    "table_lateral_mm", "table_tilt_end_deg",
)  # fmt: skip
_MAMMOGRAPHY_SIZES = (
    "kv", "mas", "exposure_time_s", "thickness_mm", "force_n", "pressure_kpa", "contact_area_cm2", "hvl_mm_al",
    "equivalent_thickness_mm", "source_to_detector_mm",
)  # fmt: skip

_dose = st.integers(0, 8000).map(lambda quarters: quarters / 4)
_size = st.integers(1, 40_000).map(lambda tenths: tenths / 10)
_angle = st.integers(-1800, 1800).map(lambda tenths: tenths / 10)
_text = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
_code = st.sampled_from([Code(value="51185008", scheme="SCT", meaning="Chest"), None])
_FILTER = st.builds(
    Filter, material=st.sampled_from(["copper", "aluminum", "tin"]), min_mm=st.none() | _size, max_mm=st.none() | _size
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _projection_fields(plane: Plane) -> dict[str, st.SearchStrategy[Any]]:
    numbers = {name: _maybe(_size) for name in _PROJECTION_SIZES}
    angles = {name: _maybe(_angle) for name in _PROJECTION_ANGLES}
    return {
        **numbers,
        **angles,
        "plane": st.just(plane),
        "event_type": st.sampled_from(EventType),
        "protocol": _maybe(_text),
        "comment": _maybe(_text),
        "dap_gy_cm2": _dose,
        "ka_r_mgy": _dose,
        "target_region": _code,
        "anatomy": _code,
        "laterality": st.sampled_from(["L", "R", "B", None]),
        "mas": _maybe(_size),
        "filters": st.lists(_FILTER, max_size=2).map(tuple),
        "grid": st.sampled_from(["Fixed grid", "No grid", None]),
        "patient_position": st.sampled_from(["HFS", "FFP", "HFDL", None]),
        "reference_point": st.sampled_from(
            [Code(value="113860", scheme="DCM", meaning="15cm from Isocenter toward Source"), None]
        ),
    }


@st.composite
def _projection_exams(draw: st.DrawFn) -> Exam:
    planes = draw(st.sampled_from([(Plane.SINGLE,), (Plane.A, Plane.B)]))
    events = []
    for number in range(draw(st.integers(len(planes), 3))):
        plane = planes[number % len(planes)]
        event = ProjectionEvent(event_uid=f"{STUDY}.22.{number}", started_at=_STARTED + timedelta(minutes=number))
        events.append(replace(event, **draw(st.fixed_dictionaries(_projection_fields(plane)))))
    return exam(report(1, *events))


@st.composite
def _mammography_exams(draw: st.DrawFn) -> Exam:
    events = []
    for number in range(draw(st.integers(1, 3))):
        event = of.view(number, laterality=draw(st.sampled_from("LR")), agd_mgy=draw(_dose))
        stated: dict[str, st.SearchStrategy[Any]] = {
            **{name: _maybe(_size) for name in _MAMMOGRAPHY_SIZES},
            "view": st.sampled_from(["CC", "MLO", "LM", "XCCL"]),
            "view_modifiers": st.sampled_from([(), ("Magnification",), ("Rolled Medial", "Tangential")]),
            "anode": st.sampled_from(["tungsten", "rhodium", "molybdenum", None]),
            "filter": st.sampled_from(["silver", "rhodium", None]),
            "is_tomosynthesis": st.booleans(),
            "primary_angle_deg": _maybe(_angle),
            "entrance_dose_mgy": _maybe(_dose),
            "protocol": _maybe(_text),
        }
        events.append(replace(event, **draw(st.fixed_dictionaries(stated))))
    return exam(of.mammography_report(1, events))


def _as_read(value: object) -> object:
    """Return a value as it comes back: what was not stated and had to be coded is Unknown."""
    return None if isinstance(value, Code) and value.value == "261665006" else value


def _compare(written: object, read: object, left_out: set[str]) -> None:
    for field in fields(written):  # type: ignore[arg-type]  # events are dataclasses
        if field.name in left_out:
            continue
        before, after = getattr(written, field.name), _as_read(getattr(read, field.name))
        if isinstance(before, float):
            assert after == pytest.approx(before, rel=_DIGITS, abs=1e-12), field.name
        elif field.name == "filters":
            for one, other in zip(before, after, strict=True):  # type: ignore[call-overload]  # tuples of filters
                _compare(one, other, set())
        else:
            assert after == before, field.name


def _totals(of_exam: Exam) -> dict[tuple[Quantity, str | None], float | None]:
    return {(total.quantity, total.of): total.value for total in of_exam.totals}


def _again(read: ProjectionReport | MammographyReport) -> Exam:
    """Return the exam of what was read, as if a device had sent it."""
    return exam_of(STUDY, [Statement(key="again", report=replace(read, our_own=False))])


def _same_totals(before: Exam, after: Exam) -> None:
    # A fluoroscopy of 0 has no row in a report without any.
    stated = {key: value for key, value in _totals(before).items() if value}
    again = _totals(after)
    assert sorted(set(stated) - set(again)) == []
    for key, value in stated.items():
        assert again[key] == pytest.approx(value, rel=_DIGITS), key


def _projection_trip(written: Exam) -> bytes:
    document = projection_rdsr.write_projection_rdsr(written, header(), issue(projection_rdsr.KIND))
    dicom = to_part10(document)

    assert broken_rows(document) == ()
    read = read_as(ProjectionReport, dicom)
    assert read.our_own
    for counted, event in zip(written.projection, read.events, strict=True):
        derived = {"patient_orientation", "patient_orientation_modifier", "patient_table_relationship"}
        excluded = set() if counted.event.event_type is EventType.FLUOROSCOPY else {"fluoro_mode"}
        _compare(counted.event, event, _PROJECTION_LEFT_OUT | derived | excluded)
    _same_totals(written, _again(read))
    return dicom


def _mammography_trip(written: Exam) -> bytes:
    document = mammography_rdsr.write_mammography_rdsr(written, header(), issue(mammography_rdsr.KIND))
    dicom = to_part10(document)

    assert broken_rows(document) == ()
    read = read_as(MammographyReport, dicom)
    assert read.our_own
    for counted, event in zip(written.mammography, read.events, strict=True):
        _compare(counted.event, event, _MAMMOGRAPHY_LEFT_OUT)
    _same_totals(written, _again(read))
    return dicom


def test_a_projection_exam_comes_back(tmp_path: Path) -> None:
    few_times(_projection_exams(), _projection_trip, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_hundred_projection_exams_come_back(tmp_path: Path) -> None:
    many_times(_projection_exams(), _projection_trip, tmp_path)


def test_a_mammography_exam_comes_back(tmp_path: Path) -> None:
    few_times(_mammography_exams(), _mammography_trip, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_five_hundred_mammography_exams_come_back(tmp_path: Path) -> None:
    many_times(_mammography_exams(), _mammography_trip, tmp_path)


def test_every_field_that_is_left_out_is_one_of_the_model() -> None:
    assert {field.name for field in fields(ProjectionEvent)} >= _PROJECTION_LEFT_OUT
    assert {field.name for field in fields(MammographyEvent)} >= _MAMMOGRAPHY_LEFT_OUT
