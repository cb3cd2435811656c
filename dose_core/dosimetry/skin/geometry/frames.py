"""
Directions and turns in the frames of C-arm, table and patient.

The frame of the room has its origin at the isocentre; of a patient who lies head first and supine on a level table, x
points to the left, y down to the back and z to the head (PS3.3, C.8.19.6.13.1). The table's frame has the same axes,
fixed to the table.
"""

from typing import Final

import numpy as np

from dose_core.dosimetry.skin.beam import Floats

HEAD_FIRST_SUPINE: Final = "HFS"
_X, _Y, _Z = np.eye(3)
# PS3.3, C.7.3.1.1.2: where the patient's left, back and head point, on the table. Prone is face down, decubitus left
# is left side down.
_LYING: Final = {
    "HFS": (_X, _Y, _Z),
    "HFP": (-_X, -_Y, _Z),
    "HFDL": (_Y, -_X, _Z),
    "HFDR": (-_Y, _X, _Z),
    "FFS": (-_X, _Y, -_Z),
    "FFP": (_X, -_Y, -_Z),
    "FFDL": (_Y, _X, -_Z),
    "FFDR": (-_Y, -_X, -_Z),
}
POSITIONS: Final = tuple(_LYING)


def lying(position: str) -> Floats:
    """
    Return the matrix that turns the patient's axes into the table's.

    Raises:
        KeyError: it is none of ``POSITIONS``.
    """
    return np.column_stack(_LYING[position])


def towards_detector(primary_deg: Floats, secondary_deg: Floats) -> tuple[Floats, Floats, Floats]:
    """
    Return the axes of beams from source to detector, and the sides of their collimators, (n, 3) each.

    Source: PS3.3, C.8.7.5.1.2. The primary angle is like longitude: 0 before the chest, 90 at the patient's left. The
    secondary one is like latitude: 90 at the head. The first side points to the left, the second to the head, as the
    columns and rows of a detector that is not turned (PS3.3, C.8.19.6.13.1.2).
    """
    primary, secondary = np.radians(primary_deg), np.radians(secondary_deg)
    sin1, cos1, sin2, cos2 = np.sin(primary), np.cos(primary), np.sin(secondary), np.cos(secondary)
    axis = np.stack([sin1 * cos2, -cos1 * cos2, sin2], axis=1)
    left = np.stack([cos1, sin1, np.zeros_like(sin1)], axis=1)
    head = np.stack([-sin1 * sin2, cos1 * sin2, cos2], axis=1)
    return axis, left, head


def about_axis(left: Floats, head: Floats, angle_deg: float) -> tuple[Floats, Floats]:
    """Return the sides of collimators that are turned from ``left`` towards ``head``."""
    turn = np.radians(angle_deg)
    return left * np.cos(turn) + head * np.sin(turn), head * np.cos(turn) - left * np.sin(turn)


def turned_table(rotation_deg: Floats, tilt_deg: Floats, cradle_deg: Floats) -> Floats:
    """
    Return the matrices (n, 3, 3) that turn the axes of tables into those of the room.

    Source: PS3.3, C.8.19.6.11 and C.8.19.6.13.1.3: rotation is clockwise seen from above, from head to left; tilt has
    the head upwards, cradle the left upwards. PS3.17, Z.3: the cradle acts first, then the tilt, then the rotation.
    """
    zero, one = np.zeros(len(rotation_deg)), np.ones(len(rotation_deg))
    sin, cos = _sin_cos(rotation_deg)
    rotation = _matrices([[cos, zero, sin], [zero, one, zero], [-sin, zero, cos]])
    sin, cos = _sin_cos(tilt_deg)
    tilt = _matrices([[one, zero, zero], [zero, cos, -sin], [zero, sin, cos]])
    sin, cos = _sin_cos(cradle_deg)
    cradle = _matrices([[cos, sin, zero], [-sin, cos, zero], [zero, zero, one]])
    turned: Floats = rotation @ tilt @ cradle
    return turned


def _sin_cos(angle_deg: Floats) -> tuple[Floats, Floats]:
    angle = np.radians(angle_deg)
    return np.sin(angle), np.cos(angle)


def _matrices(rows: list[list[Floats]]) -> Floats:
    return np.array(rows).transpose(2, 0, 1)
