"""Names of the parts of a body, with their side."""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.proportions import Measures
from dose_core.dosimetry.skin.body.surface import LEFT_ARM, LEFT_LEG, RIGHT_ARM, RIGHT_LEG, TRUNK

# Of the trunk from head to foot: what its back, its side and its front are called.
_TRUNK = (
    ("back of the head", "side of the head", "face"),
    ("nape", "side of the neck", "throat"),
    ("upper back", "side of the chest", "chest"),
    ("lower back", "flank", "abdomen"),
    ("buttock", "hip", "pelvis"),
)
_LEG = ("thigh", "lower leg", "foot")
_ARM = ("upper arm", "forearm", "hand")
_SIDES = ("right", "left")
_BACK, _FRONT = 1 / 6, 1 / 3  # of the way around from the middle of the back: a third each for back, sides and front

REGIONS = tuple(f"{name}, {side}" for name in (*(n for row in _TRUNK for n in row), *_LEG, *_ARM) for side in _SIDES)


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
    row = np.digitize(-height, [-level for level in levels])
    column = np.digitize(np.abs(turn), (_BACK, _FRONT))
    name = row * 3 + column
    elbow = body["acromial_height"] - body["upper_arm_length"]
    limbs = (
        ((LEFT_LEG, RIGHT_LEG), len(_TRUNK) * 3, (body["knee_height"], body["ankle_height"])),
        ((LEFT_ARM, RIGHT_ARM), len(_TRUNK) * 3 + len(_LEG), (elbow, elbow - body["forearm_length"])),
    )
    for tubes, first, joints in limbs:
        part = first + np.digitize(-height, [-joint for joint in joints])
        name = np.where(np.isin(tube, tubes), part, name)
    of_left = np.where(tube == TRUNK, left > 0, np.isin(tube, (LEFT_LEG, LEFT_ARM)))
    return name * len(_SIDES) + of_left.astype(np.intp)
