"""How a body of some age and sex is proportioned: measured means over stature."""

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from dose_core.dosimetry.factors import rows

Measures = Mapping[str, float]  # each over the stature

ADULT_YEARS = 18.0
_CM = "cm"
_STATURE = "stature"
_WEIGHT = "weight"
_SEXES = ("male", "female")

_HEIGHTS = (
    *("crotch_height", "trochanter_height", "waist_height", "chest_height"),
    *("axilla_height", "acromial_height", "cervicale_height"),
)
_FOLD_BELOW_CROTCH = 0.019  # of the stature: 0.462 at 17 years (Snyder), where the crotch of adults is at 0.481 (ANSUR)
_SHIN_BELOW_KNEE = 0.016  # of the stature: 0.261 at 17 years (Snyder), where the knee cap of adults is at 0.277 (ANSUR)

# What a survey of children leaves open follows a like measure, as in the next older group.
_FOLLOWS = {
    "head_height": "head_length",
    "neck_circumference": "head_breadth",
    "biacromial_breadth": "chest_circumference",
    "thigh_circumference": "hip_circumference",
    "chest_depth": "chest_circumference",
    "waist_breadth": "waist_circumference",
    "waist_depth": "waist_circumference",
    "hip_depth": "hip_circumference",
    "upper_arm_circumference": "calf_diameter",
    "wrist_circumference": "calf_diameter",
    "ankle_circumference": "calf_diameter",
    "forearm_diameter": "calf_diameter",
    "knee_diameter": "calf_diameter",
    "hand_breadth": "hand_length",
    "foot_breadth": "foot_length",
}


def proportions(sex: str | None, age_years: float | None) -> Measures:
    """
    Return the measures of a body over its stature: those of adults of a sex, or of children by age, interpolated.

    Without age it is an adult; without sex (or with one that the surveys do not know) the mean of men and women.
    Children of 17 years and more pass over to the adults of their sex.

    Source: the rows of ``body_measures.csv``.
    """
    adult = _adult(sex)
    if age_years is None or age_years >= ADULT_YEARS:
        return adult
    young = _children()
    ages = sorted(young)
    if age_years <= ages[0]:
        return young[ages[0]]
    older = next((age for age in ages if age >= age_years), ADULT_YEARS)
    younger = max(age for age in ages if age < age_years)
    return _between(young[younger], young.get(older, adult), (age_years - younger) / (older - younger))


def _between(one: Measures, other: Measures, part: float) -> Measures:
    return MappingProxyType({name: one[name] * (1 - part) + other[name] * part for name in other if name in one})


@cache
def _groups() -> Mapping[str, Measures]:
    """Return the measures of each group of the table, over its stature."""
    found: dict[str, dict[str, float]] = {}
    table = rows("body_measures")
    stature = {row["group"]: float(row["value"]) for row in table if row["measure"] == _STATURE}
    for row in table:
        over = stature[row["group"]] if row["unit"] == _CM else 1.0
        found.setdefault(row["group"], {})[row["measure"]] = float(row["value"]) / over
    return found


@cache
def _adult(sex: str | None) -> Measures:
    groups = _groups()
    chosen = dict(groups[sex] if sex in _SEXES else _between(groups["male"], groups["female"], 0.5))
    chosen.pop(_WEIGHT)
    return MappingProxyType(chosen)


@cache
def _children() -> Mapping[float, Measures]:
    """Return the measures of children by the age in the middle of their group, in the words of those of adults."""
    adult = _adult(None)
    groups = {float(name): dict(group) for name, group in _groups().items() if name not in _SEXES}
    whole: dict[float, Measures] = {}
    for age in sorted(groups, reverse=True):
        known = groups[age]
        _in_words_of_adults(known)
        older = whole[min(whole)] if whole else adult
        for name, like in _FOLLOWS.items():
            known.setdefault(name, older[name] * known[like] / older[like])
        _place(known, older)
        whole[age] = MappingProxyType({name: known.get(name, older[name]) for name in adult})
    return whole


def _in_words_of_adults(known: dict[str, float]) -> None:
    """
    Add the measures of adults that a survey of children took by another mark.

    The notch above the breastbone lies as high as the shoulder in adults (both 0.82 of the stature), the fold under the
    buttock and the edge of the shin bone a little below the crotch and the middle of the knee cap.
    """
    if "crown_rump_length" in known:
        known["crotch_height"] = 1.0 - known["crown_rump_length"]
        known["knee_height"] = known["knee_sole_length"]
    else:
        known["acromial_height"] = known["suprasternale_height"]
        known["crotch_height"] = known["gluteal_furrow_height"] + _FOLD_BELOW_CROTCH
        known["knee_height"] = known["tibiale_height"] + _SHIN_BELOW_KNEE
    known["upper_arm_length"] = known["shoulder_elbow_length"]
    known["forearm_length"] = known["elbow_hand_length"] - known["hand_length"]
    known["calf_diameter"] = known["calf_circumference"] / math.pi


def _place(known: dict[str, float], older: Measures) -> None:
    """Add the heights on the trunk that were not measured, where the older group has them between those that were."""
    marks = [name for name in _HEIGHTS if name in known]
    here = [*(known[name] for name in marks), 1.0 - known["head_height"]]
    there = [*(older[name] for name in marks), 1.0 - older["head_height"]]
    for name in _HEIGHTS:
        known.setdefault(name, float(np.interp(older[name], there, here)))
