"""The places that a device takes during one irradiation event."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.model import EventType, Plane, ProjectionEvent

_FULL_TURN_DEG, _POLE_DEG = 360.0, 90.0  # PS3.3, C.8.7.5.1.2; a device may count on past 180
_STEP_DEG, _STEP_MM = 1.0, 10.0  # about as far on the skin as its cells are wide
MOST_STEPS = 1000


class Place(NamedTuple):
    """Angles in degrees and the table's reference point from the isocentre in mm, in the sense of the standard."""

    primary_deg: float
    secondary_deg: float
    left_mm: float
    down_mm: float
    head_mm: float
    rotation_deg: float
    tilt_deg: float
    cradle_deg: float


def places(event: ProjectionEvent, conventions: Conventions, *, most: int = MOST_STEPS) -> tuple[Place, ...]:
    """
    Return where C-arm and table stood, at each of the steps that share the dose of the event.

    What moves from a start to a stated end moves evenly. A rotation has as many steps as frames, where their number is
    known; anything else steps finely enough to leave no gaps. None has more than ``most``.

    Raises:
        Problem: a place is not stated, or makes no sense.
    """
    if event.plane is Plane.BOTH:
        raise Problem("the dose of each plane", "one dose is stated for both planes")
    start = _start(event, conventions)
    end = _end(event, conventions, start)
    if end == start:
        return (start,)
    frames = _frames(event) if event.event_type is EventType.ROTATIONAL_ACQUISITION else None
    count = int(min(most, max(2.0, frames or _fine(start, end))))
    return tuple(_between(start, end, number / (count - 1)) for number in range(count))


def _start(event: ProjectionEvent, conventions: Conventions) -> Place:
    if event.primary_angle_deg is None or event.secondary_angle_deg is None:
        raise Problem("the angles of the C-arm", "the angles of the C-arm are not stated")
    lateral, longitudinal = event.table_lateral_mm, event.table_longitudinal_mm
    if lateral is None or longitudinal is None or event.table_height_mm is None:
        raise Problem("the position of the table", "the position of the table is not stated")
    return _place(
        conventions,
        (event.primary_angle_deg, event.secondary_angle_deg),
        (lateral, longitudinal, event.table_height_mm),
        (event.table_rotation_deg or 0.0, event.table_tilt_deg or 0.0, event.cradle_deg or 0.0),
    )


def _end(event: ProjectionEvent, conventions: Conventions, start: Place) -> Place:
    rotates = event.event_type is EventType.ROTATIONAL_ACQUISITION
    if rotates and event.primary_end_angle_deg is None and event.secondary_end_angle_deg is None:
        raise Problem("the end angles of a rotation", "it is a rotation, and where it ends is not stated")
    if not _moves(event):
        return start
    return _place(
        conventions,
        (
            _or(event.primary_end_angle_deg, event.primary_angle_deg),
            _or(event.secondary_end_angle_deg, event.secondary_angle_deg),
        ),
        (
            _or(event.table_lateral_end_mm, event.table_lateral_mm),
            _or(event.table_longitudinal_end_mm, event.table_longitudinal_mm),
            _or(event.table_height_end_mm, event.table_height_mm),
        ),
        (
            _or(event.table_rotation_end_deg, event.table_rotation_deg),
            _or(event.table_tilt_end_deg, event.table_tilt_deg),
            _or(event.cradle_end_deg, event.cradle_deg),
        ),
    )


def _moves(event: ProjectionEvent) -> bool:
    ends = (event.primary_end_angle_deg, event.secondary_end_angle_deg)
    tables = (event.table_lateral_end_mm, event.table_longitudinal_end_mm, event.table_height_end_mm)
    turns = (event.table_rotation_end_deg, event.table_tilt_end_deg, event.cradle_end_deg)
    return any(value is not None for value in (*ends, *tables, *turns))


def _or(end: float | None, start: float | None) -> float:
    return end if end is not None else (start or 0.0)


def _place(
    by: Conventions, angles: tuple[float, float], table: tuple[float, float, float], turns: tuple[float, float, float]
) -> Place:
    lateral, longitudinal, height = table
    head, left = (lateral, longitudinal) if by.head_foot == "lateral" else (longitudinal, lateral)
    place = Place(
        primary_deg=by.primary_sign * angles[0],
        secondary_deg=by.secondary_sign * angles[1],
        left_mm=by.left_sign * left + by.left_offset_mm,
        down_mm=by.height_sign * height + by.height_offset_mm,
        head_mm=by.head_sign * head + by.head_offset_mm,
        rotation_deg=by.rotation_sign * turns[0],
        tilt_deg=by.tilt_sign * turns[1],
        cradle_deg=by.cradle_sign * turns[2],
    )
    if not all(map(math.isfinite, place)):
        raise Problem("a geometry that makes sense", "its angles or positions are no numbers")
    if abs(place.primary_deg) > _FULL_TURN_DEG or abs(place.secondary_deg) > _POLE_DEG:
        raise Problem("angles of the C-arm that make sense", "the angles of the C-arm are outside of their range")
    return place


def _frames(event: ProjectionEvent) -> float | None:
    stated = event.frame_count or event.pulse_count
    return stated if stated is not None and math.isfinite(stated) else None


def _fine(start: Place, end: Place) -> float:
    return 1 + max(_steps(start, end))


def _steps(start: Place, end: Place) -> Iterator[float]:
    for name, one, other in zip(Place._fields, start, end, strict=True):
        yield abs(other - one) / (_STEP_MM if name.endswith("_mm") else _STEP_DEG)


def _between(start: Place, end: Place, part: float) -> Place:
    return Place(*(one + part * (other - one) for one, other in zip(start, end, strict=True)))
