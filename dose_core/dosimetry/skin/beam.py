"""
X-ray beams in the frame of the patient, as arrays over beams.

The frame is the patient's, whatever table and gantry did: right-handed, in mm, x to the patient's left, y to the back,
z to the head (the patient coordinate system of PS3.3, C.7.6.2.1.1); its origin lies in the mid-sagittal plane, at the
back of the phantom where it lies on the table, at the height of the top of the head: the body has y and z below zero.
"""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """
    The table top and its mattress under the patient: a flat box, in the frame of the patient.

    It lies at rest while the patient does; a device that moves its table moves patient and table alike. ``y_mm`` is the
    surface that the patient lies on; both extents are from edge to edge.
    """

    y_mm: float
    x_min_mm: float
    x_max_mm: float
    z_min_mm: float
    z_max_mm: float
    table_mm: float
    mattress_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beams:
    """
    ``n`` straight beams; a rotational run is many beams that share its dose.

    ``u`` and ``v`` are the sides of the collimator, unit vectors at right angles to ``axis``, which points from the
    source to the detector. The field reaches from ``tan_u_min`` to ``tan_u_max`` along ``u`` at distance 1, likewise
    along ``v``: a field off centre needs no other axis. ``ka_r_mgy`` is the air kerma, free in air, on the central ray
    at ``reference_mm`` from the source. ``event`` is the index of the event in the list that was given.
    """

    event: NDArray[np.intp]  # (n,)
    source_mm: Floats  # (n, 3)
    axis: Floats  # (n, 3)
    u: Floats  # (n, 3)
    v: Floats  # (n, 3)
    tan_u_min: Floats  # (n,)
    tan_u_max: Floats  # (n,)
    tan_v_min: Floats  # (n,)
    tan_v_max: Floats  # (n,)
    reference_mm: Floats  # (n,)
    ka_r_mgy: Floats  # (n,)
    kv: Floats  # (n,)
    added_al_mm: Floats  # (n,)
    added_cu_mm: Floats  # (n,)

    def only(self, which: NDArray[np.bool_]) -> "Beams":
        """Return some of the beams; they keep the indices of their events."""
        return Beams(**{field.name: getattr(self, field.name)[which] for field in fields(self)})
