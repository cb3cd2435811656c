"""
Cross-sections from head to foot that make a body of given proportions, stature and girth.

Measured are the heights of the sections and, at chest, waist and hip, what is around, broad and deep; between them the
form is ours, and so are the parts below: they make a head, a shoulder and a foot of their measured length and breadth.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.growth import grown
from dose_core.dosimetry.skin.body.proportions import Measures
from dose_core.dosimetry.skin.body.smooth import refined
from dose_core.dosimetry.skin.body.superellipse import areas, breadth_for, exponent_for

_ROUND = 2.0
_HEAD_FORM = (  # from vertex to chin: part of the head's height, of its breadth, of its length, of its length in front
    (0.00, 0.00, 0.00, 0.45),
    (0.03, 0.38, 0.38, 0.45),
    (0.10, 0.68, 0.68, 0.46),
    (0.22, 0.92, 0.92, 0.48),
    (0.40, 1.00, 1.00, 0.50),
    (0.60, 0.96, 0.97, 0.50),
    (0.80, 0.84, 0.90, 0.47),
    (0.95, 0.72, 0.80, 0.42),
)
_FOOT_FORM = (  # from the ankle to the sole: part of the ankle's height, of the foot's breadth, of its length
    (0.70, 0.85, 0.55),
    (0.40, 0.95, 0.85),
    (0.12, 1.00, 1.00),
    (0.00, 0.94, 0.97),
    (0.00, 0.60, 0.62),
    (0.00, 0.25, 0.27),
    (0.00, 0.00, 0.00),
)
_TRUNK_SHOULDER = 0.92  # of the breadth over both shoulder bones; the rest of the shoulder goes with the arm
_ARM_ABOVE_AXILLA = 0.75  # of the way from the armpit to the shoulder, where the arm begins
_THIGH_STAYS = 0.6  # of what it tapers by to the knee is still there half-way
_GAP_MM = 10.0  # between arm and trunk, and between the thighs
_COLUMNS = 6  # z, x, y of the middle; breadth, depth, exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """
    Control sections of the tubes that a body is made of, in mm in the frame of the patient, from head to foot.

    Each row is z, x and y of the middle, breadth, depth and exponent. A tube of the left leg or arm stands for both.
    """

    trunk: Floats
    leg: Floats
    arm: Floats


def with_forms(body: Measures) -> Measures:
    """
    Return the measures with what follows from them: exponents at waist and hip, the chest's breadth, the thigh's depth.

    At waist and hip the exponent is that of the curve which has the breadth, depth and way around that were measured.
    The chest is broader than its caliper breadth, which is taken on the ribs, so its breadth follows from depth and way
    around, with the exponent of the waist.
    """
    waist = exponent_for(body["waist_circumference"], body["waist_breadth"], body["waist_depth"])
    return {
        **body,
        "waist_exponent": waist,
        "hip_exponent": exponent_for(body["hip_circumference"], body["hip_breadth"], body["hip_depth"]),
        "chest_breadth": breadth_for(body["chest_circumference"], body["chest_depth"], waist),
        "thigh_depth": breadth_for(body["thigh_circumference"], body["hip_breadth"] / 2, _ROUND),
    }


def sections(body: Measures, stature_mm: float, growth: float) -> Sections:
    """Return the sections of a body that is ``growth`` times as thick as the mean of its group (``grown``)."""
    mm = with_forms({name: value * stature_mm for name, value in grown(body, growth).items()})
    trunk = _trunk(mm)
    return Sections(trunk=trunk, leg=_leg(mm, trunk), arm=_arm(mm, trunk))


def volume_mm3(of: Sections) -> float:
    """Return the volume of head, trunk, legs and arms, by the areas of their sections."""
    trunk, leg, arm = (_volume(rows) for rows in (of.trunk, of.leg, of.arm))
    ends = areas(*np.vstack([of.trunk[-1], of.leg[0]])[:, 3:].T)
    between = (ends[0] / 2 + ends[1]) / 2 * (of.trunk[-1, 0] - of.leg[0, 0])
    return trunk + 2 * (leg + float(between) + arm)


def _volume(rows: Floats) -> float:
    fine = refined(rows, _FINE_MM)
    return float(-np.trapezoid(areas(*fine[:, 3:].T), fine[:, 0]))


_FINE_MM = 5.0  # between the sections that a volume is added up of


def _trunk(mm: Measures) -> Floats:
    """Return the sections from the vertex to the crotch; the back of head, chest and buttocks lies on the table."""
    top, chin = mm["stature"], mm["stature"] - mm["head_height"]
    rows = []
    for down, broad, long, front in _HEAD_FORM:
        depth = long * mm["head_length"]
        middle = -mm["head_length"] / 2 - (front - 0.5) * (mm["head_length"] - depth)
        rows.append((top - down * mm["head_height"], 0.0, middle, broad * mm["head_breadth"], depth, _ROUND))
    neck = mm["neck_circumference"] / math.pi
    lift = 0.25 * (mm["head_length"] - neck)  # the nape does not touch the table
    rows.append((chin - 0.15 * (chin - mm["cervicale_height"]), 0.0, -lift - neck / 2, neck, neck, _ROUND))
    rows.append((mm["cervicale_height"] + 0.005 * top, 0.0, -lift / 2 - neck / 2, 1.05 * neck, 1.05 * neck, _ROUND))
    chest, waist, hip = mm["chest_breadth"], mm["waist_exponent"], mm["hip_exponent"]
    shoulder, thick = _TRUNK_SHOULDER * mm["biacromial_breadth"], 0.62 * mm["chest_depth"]
    lower = mm["acromial_height"] - mm["axilla_height"]
    for height, breadth, depth, exponent in (
        (
            mm["acromial_height"] + 0.25 * (mm["cervicale_height"] - mm["acromial_height"]),
            0.62 * shoulder,
            0.8 * thick,
            2.2,
        ),
        (mm["acromial_height"] - 0.05 * lower, 0.94 * shoulder, thick, 2.4),
        (mm["acromial_height"] - 0.35 * lower, shoulder, 1.2 * thick, 2.6),
        (mm["axilla_height"], 0.5 * (shoulder + chest), 0.93 * mm["chest_depth"], waist),
        (mm["chest_height"], chest, mm["chest_depth"], waist),
        (mm["waist_height"], mm["waist_breadth"], mm["waist_depth"], waist),
        (mm["trochanter_height"], mm["hip_breadth"], mm["hip_depth"], hip),
        (mm["crotch_height"], mm["hip_breadth"], 0.97 * mm["hip_depth"], hip),
    ):
        rows.append((height, 0.0, -depth / 2, breadth, depth, exponent))
    return _down(rows, top)


def _leg(mm: Measures, trunk: Floats) -> Floats:
    """Return the sections of the left leg, from a little below the crotch, where the thigh is as deep as measured."""
    breadth, crotch = trunk[-1, 3] / 2, mm["crotch_height"]
    deep = mm["thigh_depth"]
    knee, calf = mm["knee_diameter"], mm["calf_diameter"]
    ankle = mm["ankle_circumference"] / math.pi
    low = mm["ankle_height"]
    middle = breadth / 2 + _GAP_MM / 2
    shin = mm["knee_height"] - low
    heel = 0.25 * mm["foot_length"]  # of the foot is behind the middle of the ankle
    rows = [
        (crotch - 0.10 * (crotch - mm["knee_height"]), middle, -deep / 2, breadth, deep, _ROUND),
        (0.5 * (crotch + mm["knee_height"]), middle, -0.5 * deep, _mix(breadth, knee), _mix(deep, knee), _ROUND),
        (mm["knee_height"], middle, -max(0.45 * deep, knee / 2), knee, knee, _ROUND),
        (low + 0.72 * shin, middle, -max(0.42 * deep, calf / 2), calf, calf, _ROUND),
        (low + 0.15 * shin, middle, -heel, ankle, ankle, _ROUND),
        (low, middle, -heel, ankle, ankle, _ROUND),
    ]
    for up, broad, long in _FOOT_FORM:
        depth = max(long * mm["foot_length"], 0.0)
        rows.append(
            (
                up * low,
                middle,
                -0.5 * mm["foot_length"] * long - (1 - long) * heel,
                broad * mm["foot_breadth"],
                depth,
                2.5,
            )
        )
    return _down(rows, mm["stature"])


def _mix(thigh: float, knee: float) -> float:
    """Return how thick the thigh is half-way down: nearer to what it is above than to the knee."""
    return _THIGH_STAYS * thigh + (1 - _THIGH_STAYS) * knee


def _arm(mm: Measures, trunk: Floats) -> Floats:
    """Return the sections of the left arm, a tube of its own beside the trunk, from the shoulder to the fingers."""
    upper, fore = mm["upper_arm_circumference"] / math.pi, mm["forearm_diameter"]
    wrist, hand = mm["wrist_circumference"] / math.pi, mm["hand_breadth"]
    elbow = mm["acromial_height"] - mm["upper_arm_length"]
    end = elbow - mm["forearm_length"]
    tip = end - mm["hand_length"]
    top = mm["axilla_height"] + _ARM_ABOVE_AXILLA * (mm["acromial_height"] - mm["axilla_height"])
    half = float(trunk[:, 3].max()) / 2
    middle = half + _GAP_MM + upper / 2
    rows = []
    for height, breadth, depth in (
        (top, 0.0, 0.0),
        (top - 0.05 * upper, 0.45 * upper, 0.45 * upper),
        (top - 0.25 * upper, 0.85 * upper, 0.85 * upper),
        (top - 0.70 * upper, upper, upper),
        (elbow, fore, fore),
        (elbow - 0.25 * mm["forearm_length"], fore, fore),
        (end, wrist, wrist),
        (end - 0.35 * mm["hand_length"], 0.4 * hand, hand),
        (tip + 0.06 * mm["hand_length"], 0.3 * hand, 0.7 * hand),
        (tip, 0.0, 0.0),
    ):
        rows.append((height, middle, -max(upper, hand) / 2, breadth, depth, _ROUND))
    return _down(rows, mm["stature"])


def _down(rows: Sequence[tuple[float, ...]], top_mm: float) -> Floats:
    """Return the rows with z from the top of the head, where the frame of the patient has its origin."""
    table = np.array(rows, dtype=np.float64).reshape(-1, _COLUMNS)
    table[:, 0] -= top_mm
    return table
