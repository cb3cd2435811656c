"""Names of the parts of a body, with their side."""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.proportions import Measures
from dose_core.dosimetry.skin.body.surface import LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG, TRUNK

# From head to foot and from shoulder to hand: what the back, the outer side, the inner side and the front are called.
# On the trunk both sides are outer ones; hands and feet are small enough for one name.
_TRUNK = (
    ("back of the head", "side of the head", "side of the head", "face"),
    ("nape", "side of the neck", "side of the neck", "throat"),
    ("upper back", "side of the chest", "side of the chest", "chest"),
    ("lower back", "flank", "flank", "abdomen"),
    ("buttock", "hip", "hip", "pelvis"),
)
_LEG, _ARM = (
    tuple(
        (f"back of the {part}", f"outside of the {part}", f"inside of the {part}", f"front of the {part}")
        for part in parts
    )
    for parts in (("thigh", "lower leg"), ("upper arm", "forearm"))
)
_ROWS = (*_TRUNK, *_LEG, ("foot",) * 4, *_ARM, ("hand",) * 4)
_NAMES = tuple(dict.fromkeys(name for row in _ROWS for name in row))
_NAME_OF = np.array([[_NAMES.index(name) for name in row] for row in _ROWS], dtype=np.intp)
_FIRST_LEG, _FIRST_ARM = len(_TRUNK), len(_TRUNK) + len(_LEG) + 1
_OUTER, _INNER, _FRONT = 1, 2, 3
_ENDS_OF_SIDES = (1 / 6, 1 / 3)  # of the way around, from the middle of the back: a third each for back, sides, front
_SIDES = ("right", "left")

LEGS = ("thigh", "lower leg", "foot")
ARMS = ("upper arm", "forearm", "hand")
REGIONS = tuple(f"{name}, {side}" for name in _NAMES for side in _SIDES)


def regions_of(body: Measures, height: Floats, tube: NDArray[np.intp], turn: Floats, left: Floats) -> NDArray[np.intp]:
    """
    Return the index into ``REGIONS`` of cells: ``height`` is theirs over the stature, ``left`` how far left they are.

    The chest ends half-way between the level of the nipples and the waist, the abdomen half-way between waist and hip.
    """
    levels = (
        1.0 - body["head_height"],
        body["acromial_height"],
        (body["chest_height"] + body["waist_height"]) / 2,
        (body["waist_height"] + body["trochanter_height"]) / 2,
    )
    elbow = body["acromial_height"] - body["upper_arm_length"]
    row = np.digitize(-height, [-level for level in levels])
    for tubes, first, joints in (
        ((LEFT_LEG, RIGHT_LEG), _FIRST_LEG, (body["knee_height"], body["ankle_height"])),
        ((LEFT_ARM, RIGHT_ARM), _FIRST_ARM, (elbow, elbow - body["forearm_length"])),
    ):
        row = np.where(np.isin(tube, tubes), first + np.digitize(-height, [-joint for joint in joints]), row)
    of_left = np.where(tube == TRUNK, left > 0, np.isin(tube, (LEFT_LEG, LEFT_ARM)))
    column = np.digitize(np.abs(turn), _ENDS_OF_SIDES)  # back, a side, front
    column = np.where(column == _INNER, _FRONT, column)
    column = np.where((column == _OUTER) & ((turn > 0) != of_left), _INNER, column)
    return _NAME_OF[row, column] * len(_SIDES) + of_left.astype(np.intp)
