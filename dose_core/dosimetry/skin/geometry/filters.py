"""The added filtration of an event, in mm of aluminium and of copper."""

import math

from dose_core.model import Filter, ProjectionEvent


def added_mm(event: ProjectionEvent) -> tuple[float, float]:
    """
    Return the aluminium and the copper in the beam, mm.

    Of a filter whose thickness is stated as a range the middle counts, as in its flat part it is one and the same.
    Other materials, and filters without thickness, add nothing.
    """
    return _sum(event, "aluminum"), _sum(event, "copper")


def _sum(event: ProjectionEvent, material: str) -> float:
    return sum(_thickness_mm(one) for one in event.filters if one.material == material)


def _thickness_mm(one: Filter) -> float:
    stated = [value for value in (one.min_mm, one.max_mm) if value is not None and math.isfinite(value) and value >= 0]
    return sum(stated) / len(stated) if stated else 0.0
