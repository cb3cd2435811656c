"""
Write an X-Ray Radiation Dose SR of projection X-ray, one plane or two, whatever the exam was known from.

Source: PS3.16, TID 10001 with 10002 to 10004, 10007 and 10003A to 10003C.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import EventType, Plane
from dose_core.writers import concepts as c
from dose_core.writers import xray_report as xray
from dose_core.writers.document import Issue, document
from dose_core.writers.errors import NotWritableError
from dose_core.writers.measured import unit_of
from dose_core.writers.projection_values import event_values, plane_code, reference_point
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates.conditions import PROJECTION, Facts
from dose_core.writers.templates.fill import Given, Measured

KIND = "projection rdsr"

# TID 10004 and 10007
_TOTALS = {
    Quantity.DAP: "Dose Area Product Total",
    Quantity.KA_R: "Dose (RP) Total",
    Quantity.FLUORO_DAP: "Fluoro Dose Area Product Total",
    Quantity.FLUORO_KA_R: "Fluoro Dose (RP) Total",
    Quantity.FLUORO_TIME: "Total Fluoro Time",
    Quantity.ACQUISITION_DAP: "Acquisition Dose Area Product Total",
    Quantity.ACQUISITION_KA_R: "Acquisition Dose (RP) Total",
    Quantity.ACQUISITION_TIME: "Total Acquisition Time",
}
_FLUOROSCOPY = frozenset({Quantity.FLUORO_DAP, Quantity.FLUORO_KA_R, Quantity.FLUORO_TIME})
_ENTRANCE = frozenset({Quantity.ENTRANCE_DOSE})


def write_projection_rdsr(exam: Exam, source: SourceStudy, issue: Issue) -> Dataset:
    """
    Return a valid dose SR of what an exam holds of projection X-ray. The same arguments give the same dataset.

    Air kerma and dose-area product stand plane by plane. A total that no row holds (a lower bound, one of two planes
    together, one of fluoroscopy without an event of it) is told in the comment.

    Args:
        exam: the exam; of one with several kinds of irradiation the projection part is written.
        source: the study's own header values, which the report repeats.
        issue: which report this is; ``uids_of(KIND, exam id, revision)`` gives its UIDs.

    Raises:
        NotWritableError: the exam or its study lacks what the report must state.
    """
    is_ours = _TOTALS.keys() | (frozenset() if exam.mammography else _ENTRANCE)
    totals = [total for total in exam.totals if total.quantity in is_ours]
    exam, unlisted = _listed(exam, totals)
    missing = tuple(dict.fromkeys(_problems(exam, totals, source)))
    if missing:
        raise NotWritableError(exam.study_instance_uid, missing)
    tree = _tree(exam, totals, source, issue, unlisted=unlisted)
    return document(tree, source, issue, tid="10001", series_description=xray.SERIES_DESCRIPTION)


def _problems(exam: Exam, totals: list[Total], source: SourceStudy) -> Iterator[str]:
    yield from xray.problems(exam, exam.projection, totals, source)
    planes = {one.event.plane for one in exam.projection}
    if Plane.BOTH in planes:
        yield "the plane of each event (a biplane run is one event for each plane)"
    if planes & {Plane.A, Plane.B} and planes - {Plane.A, Plane.B}:
        yield "events of plane A and plane B, or of a single plane"


def _listed(exam: Exam, totals: list[Total]) -> tuple[Exam, int]:
    """Return the exam with the events that can be listed, and how many cannot."""
    listed = xray.listed(exam.projection, totals)
    return replace(exam, projection=listed), len(exam.projection) - len(listed)


def _tree(exam: Exam, totals: list[Total], source: SourceStudy, issue: Issue, *, unlisted: int) -> Dataset:
    device = xray.device_of(exam, exam.projection, source)
    events = [event_values(one, device) for one in exam.projection]
    answers, not_available = xray.available(events)
    told = xray.told(totals)
    sources = xray.source_codes(exam.projection, [total for total in totals if total.value is not None])
    facts = Facts(
        procedure=PROJECTION,
        sources=frozenset(code.value for code in sources),
        not_available=not_available,
        has_fluoroscopy=any(one.event.event_type is EventType.FLUOROSCOPY for one in exam.projection),
    )
    planes = _planes(exam, told)
    placed, left_out = _placed(told, planes, facts)
    accumulated = [_accumulated(plane, placed[plane], exam, device) for plane in planes]
    stated_by = {one.source for one in exam.projection} | {total.source for total in totals if total.source}
    return xray.report_tree(
        exam,
        procedure=c.PROJECTION_X_RAY,
        recorder=issue.recorder,
        accumulated=accumulated,
        events=events,
        sources=sources,
        comment=xray.comment_of(stated_by, (*told.left_out, *left_out), unlisted=unlisted),
        facts=facts,
        answers=answers,
    )


def _planes(exam: Exam, told: xray.Told) -> list[Plane | None]:
    """Return both planes of a biplane device, also where one of them did not irradiate; else the one plane."""
    named = {one.event.plane for one in exam.projection}
    named |= {Plane(part) for _, part in told.values if part in {Plane.A, Plane.B, Plane.SINGLE}}
    if named & {Plane.A, Plane.B}:
        return [Plane.A, Plane.B]
    return [Plane.SINGLE if Plane.SINGLE in named else None]


def _placed(
    told: xray.Told, planes: list[Plane | None], facts: Facts
) -> tuple[Mapping[Plane | None, Mapping[Quantity, Total]], list[str]]:
    """Return the totals of each plane, and in words those that have no row."""
    placed: dict[Plane | None, dict[Quantity, Total]] = {plane: {} for plane in planes}
    left_out: list[str] = []
    for (quantity, part), total in told.values.items():
        home = planes[0] if len(planes) == 1 else next((plane for plane in planes if plane and plane == part), None)
        has_row = quantity in _TOTALS and (facts.has_fluoroscopy or quantity not in _FLUOROSCOPY)
        if not has_row or (home is None and len(planes) > 1):
            is_sum = len(planes) > 1 and part is None and has_row
            left_out += [] if is_sum and _adds_up(told, quantity, planes) else [xray.left_over(total)]
        elif quantity not in placed[home] or part is not None:
            placed[home][quantity] = total
    return placed, left_out


def _adds_up(told: xray.Told, quantity: Quantity, planes: list[Plane | None]) -> bool:
    """Test if the planes have a total each, so that their sum need not be told."""
    return all((quantity, plane.value if plane else None) in told.values for plane in planes)


def _accumulated(plane: Plane | None, totals: Mapping[Quantity, Total], exam: Exam, device: Dataset) -> Given:
    given: dict[str, Any] = {
        _TOTALS[quantity]: Measured(value=total.value, unit=unit_of(quantity.value))
        for quantity, total in totals.items()
    }
    points = {one.event.reference_point for one in exam.projection if plane is None or one.event.plane is plane}
    given["Acquisition Plane"] = plane_code(plane)
    given["Device Role in Procedure"] = device
    return {**given, **reference_point(points.pop() if len(points) == 1 else None)}
