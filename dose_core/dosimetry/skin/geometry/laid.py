"""A patient laid on the table."""

from dataclasses import dataclass

import numpy as np

from dose_core.dosimetry.skin.beam import Floats, Slab
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.frames import lying
from dose_core.dosimetry.skin.phantom import Phantom


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """
    How the patient's frame stands on the table: ``axes`` turn it into the table's, ``origin_mm`` is where it begins.

    ``slab`` is the table in the patient's frame, ``None`` if the patient lies on a side.
    """

    axes: Floats  # (3, 3)
    origin_mm: Floats  # (3,)
    slab: Slab | None


def laid(phantom: Phantom, position: str, conventions: Conventions, shift_mm: tuple[float, float, float]) -> Laid:
    """
    Return the patient on the mattress: in the middle of the table, head or feet at its head end.

    ``shift_mm`` moves the patient to the patient's left, back and head.
    """
    axes = lying(position)
    low, high = _corners(axes, phantom.cells_mm.min(axis=0), phantom.cells_mm.max(axis=0))
    middle = axes @ (phantom.cells_mm.min(axis=0) + phantom.cells_mm.max(axis=0)) / 2
    side = (
        0.0 if axes[0, 0] else -middle[0]
    )  # supine or prone, the mid-sagittal plane is in the middle; else the body is
    origin = np.array([side, -conventions.mattress_mm - high[1], -conventions.head_gap_mm - max(high[2], low[2])])
    origin += axes @ np.array(shift_mm)
    return Laid(axes=axes, origin_mm=origin, slab=_slab(axes, origin, conventions))


def _slab(axes: Floats, origin: Floats, conventions: Conventions) -> Slab | None:
    if not axes[1, 1]:
        return None
    width, length = conventions.table_width_mm, conventions.table_length_mm
    low = np.array([-width / 2, -conventions.mattress_mm, -length]) - origin
    high = np.array([width / 2, conventions.table_mm, 0.0]) - origin
    low, high = _corners(axes.T, low, high)
    return Slab(
        y_mm=float(low[1]),
        x_min_mm=float(low[0]),
        x_max_mm=float(high[0]),
        z_min_mm=float(low[2]),
        z_max_mm=float(high[2]),
        table_mm=conventions.table_mm,
        mattress_mm=conventions.mattress_mm,
    )


def _corners(axes: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the smallest and largest coordinates of a turned box."""
    one, other = axes @ low, axes @ high
    return np.minimum(one, other), np.maximum(one, other)
