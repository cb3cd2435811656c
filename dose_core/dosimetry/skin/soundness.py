"""Which beams can be computed, and how the reasons against the others are worded."""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Beams

NOT_SOUND = "its geometry or its air kerma is not a number or makes no sense"
MISSED = "its field met no part of the body that was computed"
TOO_NEAR = "the skin would lie within 100 mm of the source, where the housing of the tube is"
TOO_NEAR_MM = 100.0  # a choice: housing and collimator are larger, so that such geometry is wrong, not near
_MOST = 1e6  # of any number: no room has a kilometre, no event a thousand gray
_NARROWEST = 1e-6  # a field of 1 um at 1 m is none
_UNIT = 1e-3  # how far an axis may be from length 1, and from a right angle


def sound(beams: Beams) -> NDArray[np.bool_]:
    """Return which beams have numbers of this world, a right-angled collimator, a field, and no dose below zero."""
    vectors = (beams.source_mm, beams.axis, beams.u, beams.v)
    scalars = (
        *(beams.tan_u_min, beams.tan_u_max, beams.tan_v_min, beams.tan_v_max),
        *(beams.reference_mm, beams.ka_r_mgy, beams.kv, beams.added_al_mm, beams.added_cu_mm),
    )
    right = np.ones(len(beams.event), dtype=np.bool_)
    for vector in vectors:
        right &= (np.abs(vector) <= _MOST).all(axis=1)
    for scalar in scalars:
        right &= np.abs(scalar) <= _MOST
    with np.errstate(invalid="ignore", over="ignore"):
        axes = np.stack([beams.axis, beams.u, beams.v], axis=1)
        squares = axes @ axes.transpose(0, 2, 1)
        right &= (np.abs(squares - np.eye(3)) < _UNIT).all(axis=(1, 2))
        right &= (beams.tan_u_max - beams.tan_u_min > _NARROWEST) & (beams.tan_v_max - beams.tan_v_min > _NARROWEST)
        right &= (beams.reference_mm > 0) & (beams.ka_r_mgy >= 0) & (beams.kv > 0)
        right &= (beams.added_al_mm >= 0) & (beams.added_cu_mm >= 0)
    return right
