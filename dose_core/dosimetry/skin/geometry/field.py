"""The field of a beam, as the tangents of its sides."""

import math
from typing import NamedTuple

from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.model import ProjectionEvent

_SHUTTERS_AT_MM = 1000.0  # Philips states its shutters in the plane 1 m from the source
# A field as wide as its distance to the source: the heel of the anode ends every field of a C-arm long before.
_WIDEST = 1.0
_LONGEST_SIDE = 20.0  # times the shorter one; nobody closes the blades to less and irradiates


class Field(NamedTuple):
    """From where to where a field reaches at distance 1 from the source: to the left, and to the head."""

    left_min: float
    left_max: float
    head_min: float
    head_max: float


def field_of(event: ProjectionEvent, reference_mm: float) -> Field:
    """
    Return the field of an event.

    Its area is kerma-area product over air kerma, which is one field whatever the vendor calls its sides; the area that
    a device states counts where that is not known. What is stated of blades and sides gives shape and offset alone:
    left and top are those of the image, that is the patient's right and head.

    Raises:
        Problem: no area is stated, or one that makes no sense.
    """
    area = _measured(event, reference_mm)
    if area is None:
        area = _stated(event)
    if area is None or not area > 0:
        raise Problem("the field size", "neither kerma-area product nor field is stated")
    ratio, off_left, off_head = _shape(event)
    left, head = math.sqrt(area * ratio), math.sqrt(area / ratio)
    if not 0 < max(left, head) <= _WIDEST:
        raise Problem("a field size that makes sense", "its kerma-area product and air kerma make no field")
    off_left, off_head = off_left * left, off_head * head
    return Field(off_left - left / 2, off_left + left / 2, off_head - head / 2, off_head + head / 2)


def _measured(event: ProjectionEvent, reference_mm: float) -> float | None:
    """Return the area at distance 1, from Gy.cm2 over mGy."""
    if not event.dap_gy_cm2 or not event.ka_r_mgy:
        return None
    area_mm2 = event.dap_gy_cm2 * 1000.0 / event.ka_r_mgy * 100.0
    return area_mm2 / reference_mm**2


def _stated(event: ProjectionEvent) -> float | None:
    detector_mm = event.source_to_detector_mm or event.source_to_detector_end_mm
    if event.field_area_cm2 and detector_mm:
        return event.field_area_cm2 * 100.0 / detector_mm**2
    blades = _blades(event)
    if blades is None:
        return None
    left, right, top, bottom = blades
    return (left + right) * (top + bottom) / _SHUTTERS_AT_MM**2


def _shape(event: ProjectionEvent) -> tuple[float, float, float]:
    """Return width over height, and how far the centre is off to the left and to the head, in parts of the sides."""
    blades = _blades(event)
    if blades is not None:
        left, right, top, bottom = blades
        width, height = left + right, top + bottom
        if 1 / _LONGEST_SIDE <= width / height <= _LONGEST_SIDE:
            return width / height, (right - left) / 2 / width, (top - bottom) / 2 / height
    if event.field_width_mm and event.field_height_mm:
        ratio = event.field_width_mm / event.field_height_mm
        if 1 / _LONGEST_SIDE <= ratio <= _LONGEST_SIDE:
            return ratio, 0.0, 0.0
    return 1.0, 0.0, 0.0


def _blades(event: ProjectionEvent) -> tuple[float, float, float, float] | None:
    stated = event.shutters_mm
    if stated is None:
        return None
    left, right, top, bottom = stated.left_mm, stated.right_mm, stated.top_mm, stated.bottom_mm
    if left is None or right is None or top is None or bottom is None:
        return None
    if not left + right > 0 or not top + bottom > 0:
        return None
    return left, right, top, bottom
