"""Values between the points of a table, for many points at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats


def between(axes: Sequence[Floats], values: Floats, at: Sequence[Floats]) -> Floats:
    """
    Return what a table gives at each point, linear along each axis; beyond an end of an axis, what it gives there.

    ``values`` has one dimension per axis, and may have more: they are returned beside the points.
    """
    places = [_place(axis, points) for axis, points in zip(axes, at, strict=True)]
    total: Floats | float = 0.0
    for corner in range(1 << len(axes)):
        index: list[NDArray[np.intp]] = []
        weight: Floats | float = 1.0
        for number, (left, part) in enumerate(places):
            upper = corner >> number & 1
            index.append(left + upper)
            weight = weight * (part if upper else 1 - part)
        found = values[tuple(index)]
        total = total + found * np.reshape(weight, (-1, *([1] * (found.ndim - 1))))
    return np.asarray(total)


def _place(axis: Floats, points: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the index of the axis at or before each point, and how far it is towards the next, from 0 to 1."""
    left = np.clip(np.searchsorted(axis, points, side="right") - 1, 0, len(axis) - 2)
    part = (points - axis[left]) / (axis[left + 1] - axis[left])
    return left, np.clip(part, 0.0, 1.0)
