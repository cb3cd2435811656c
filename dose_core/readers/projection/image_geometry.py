"""
Distances, end angles and fields of a projection image.

Source: PS3.3, C.8.7.5 (XA Positioner), C.8.7.8 (X-Ray Acquisition Dose), C.8.11.4 (field of view), C.8.19.6 (macros).
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.image_parts import Frame, Source, read_row
from dose_core.readers.projection.image_rows import (
    PREFIX,
    SOURCE_TO_DETECTOR,
    SOURCE_TO_ISOCENTRE,
    SOURCE_TO_ISOCENTRE_OF_C_ARM,
)
from dose_core.readers.projection.image_vendors import ImageRule
from dose_core.units import CM, DEG, MM, convert

_ROUND = "ROUND"
_SIDES = 2  # of a rectangle: rows first, then columns


class Geometry(TypedDict, total=False):
    """The fields of a ``ProjectionEvent`` that this module states."""

    source_to_detector_mm: float | None
    source_to_isocentre_mm: float | None
    primary_end_angle_deg: float | None
    secondary_end_angle_deg: float | None
    field_area_cm2: float | None
    field_height_mm: float | None
    field_width_mm: float | None
    field_of_view_mm: float | None


def geometry(
    data_set: DataSet,
    place: Source,
    frames: Sequence[Frame],
    rule: ImageRule,
    numbers: Mapping[str, float | None],
    *,
    is_c_arm: bool,
) -> Geometry:
    """Return distances, end angles and fields; ``numbers`` holds the angles at the start of a run."""
    angles = (
        ("primary", Tag.PositionerPrimaryAngle, Tag.PositionerPrimaryAngleIncrement),
        ("secondary", Tag.PositionerSecondaryAngle, Tag.PositionerSecondaryAngleIncrement),
    )
    primary, secondary = (
        _end_of_frames(frames, angle, f"{name}_end_angle_deg")
        if frames
        else _end_of_offsets(data_set, increment, numbers[f"{name}_angle_deg"], f"{name}_end_angle_deg")
        for name, angle, increment in angles
    )
    return Geometry(
        source_to_detector_mm=_source_to_detector_mm(data_set, place, rule),
        source_to_isocentre_mm=read_row(
            place, SOURCE_TO_ISOCENTRE_OF_C_ARM if is_c_arm else SOURCE_TO_ISOCENTRE, PREFIX
        ),
        primary_end_angle_deg=primary,
        secondary_end_angle_deg=secondary,
        **_field(place),
    )


def _source_to_detector_mm(data_set: DataSet, place: Source, rule: ImageRule) -> float | None:
    stated = read_row(place, SOURCE_TO_DETECTOR, PREFIX)
    if stated is None or rule.distance_unit is None:
        return stated
    unit, limit = rule.distance_unit
    if stated >= limit:
        return stated
    problem = f"{stated:g} can be no distance in mm; this device states {unit}"
    data_set.log.add_warning(tag_text(Tag.DistanceSourceToDetector), "DistanceSourceToDetector", problem)
    return convert(stated, from_=unit, to=MM)


def _end_of_frames(frames: Sequence[Frame], angle: Tag, field: str) -> float | None:
    """Return the angle of the last frame, if the frames state their angles one by one."""
    last = frames[-1]
    parts = last.own_parts(Tag.PositionerPositionSequence)
    if len(frames) < _SIDES or not parts or angle not in parts[0].data_set:
        return None
    part = parts[0]
    return header.number(part.data_set, angle, DEG, PREFIX + field, may_be_negative=True, within=part.path)


def _end_of_offsets(data_set: DataSet, increment: Tag, start: float | None, field: str) -> float | None:
    """
    Return the start plus the offset of the last frame (PS3.3, C.8.7.5.1.3).

    A single increment is an average per frame, from which no angle is computed.
    """
    offsets = data_set.numbers(increment) if increment in data_set else ()
    if start is None or len(offsets) < _SIDES or (len(offsets),) != data_set.numbers(Tag.NumberOfFrames):
        return None
    data_set.log.add_origin(PREFIX + field, tag_text(increment), str(offsets[-1]), DEG)
    return start + offsets[-1]


def _field(place: Source) -> Geometry:
    """Return the exposed field at the detector, else the field of view; a round one by its diameter alone."""
    for macro, tag, unit in (
        (None, Tag.ExposedArea, CM),
        (None, Tag.FieldOfViewDimensions, MM),
        (Tag.FieldOfViewSequence, Tag.FieldOfViewDimensionsInFloat, MM),
        (None, Tag.IntensifierSize, MM),
    ):
        part = place.find(macro, tag)
        sides = part.data_set.numbers(tag) if part else ()
        if part is None or not sides:
            continue
        if len(sides) > _SIDES or min(sides) <= 0:
            part.data_set.log.add_warning(part.path + tag_text(tag), tag.name, "is no field")
            continue
        mm = [convert(side, from_=unit, to=MM) for side in sides]
        shape = _shape(place)
        name = "field_of_view_mm" if len(mm) == 1 else "field_area_cm2"
        part.data_set.log.add_origin(PREFIX + name, part.path + tag_text(tag), part.data_set.text_of_number(tag), unit)
        if len(mm) == 1:
            return Geometry(field_of_view_mm=mm[0])
        if shape == _ROUND:
            continue
        height, width = mm
        return Geometry(
            field_height_mm=height, field_width_mm=width, field_area_cm2=convert(height * width, from_="mm2", to="cm2")
        )
    return Geometry()


def _shape(place: Source) -> str | None:
    for macro in (None, Tag.FieldOfViewSequence):
        part = place.find(macro, Tag.FieldOfViewShape)
        if part is not None:
            return part.data_set.text(Tag.FieldOfViewShape)
    return None
