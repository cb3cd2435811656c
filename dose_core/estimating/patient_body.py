"""The body that stands for a patient on a map of skin dose."""

from functools import partial

from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.skin.body.body_phantom import DENSITY_KG_L, Arms, body_phantom
from dose_core.dosimetry.skin.body.proportions import ADULT_YEARS, proportions
from dose_core.dosimetry.skin.body.sections import sections, volume_mm3
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.estimating.case import Subject

_HEIGHTS_CM = (35.0, 250.0)  # of which bodies are made, see body_phantom
_SEX = {"M": "male", "F": "female"}
HEIGHT_ASSUMED = "the patient's height is not known: the mean of sex and age was taken"
WEIGHT_ASSUMED = "the patient's weight is not known: that of a mean body of this height was taken"
SIZE_REFUSED = "the patient's height and weight make no body: the mean of sex and age was taken"


def patient_body(subject: Subject, *, arms_beside: bool | None = None) -> tuple[Phantom, tuple[str, ...]]:
    """
    Return a body of the patient's sex, age, height and weight, and what of it was assumed.

    A height that is not known is the mean of sex and age, a weight that of a mean body of that height.

    Source: ``factors/body_measures.csv``.
    """
    sex, age = _SEX.get(subject.sex or ""), subject.age_years
    made = partial(_made, Arms.BESIDE if arms_beside else Arms.AWAY, sex, age)
    if subject.size_cm is not None:
        try:
            return made(subject.size_cm, subject.weight_kg, ())
        except ValueError:
            return made(mean_height_cm(sex, age), None, (SIZE_REFUSED,))
    height_cm = mean_height_cm(sex, age)
    try:
        return made(height_cm, subject.weight_kg, (HEIGHT_ASSUMED,))
    except ValueError:
        return made(height_cm, None, (SIZE_REFUSED,))


def mean_height_cm(sex: str | None, age_years: float | None) -> float:
    """Return the mean height of adults of a sex, of both without one, or of children of an age, interpolated, in cm."""
    known = {row["group"]: float(row["value"]) for row in rows("body_measures") if row["measure"] == "stature"}
    adults = [known[one] for one in ((sex,) if sex else _SEX.values())]
    adult = sum(adults) / len(adults)
    if age_years is None or age_years >= ADULT_YEARS:
        return adult
    points = sorted((float(group), height) for group, height in known.items() if group not in _SEX.values())
    points.append((ADULT_YEARS, adult))
    before = max((one for one in points if one[0] <= age_years), default=points[0])
    after = min((one for one in points if one[0] > age_years), default=points[-1])
    if before == after or age_years <= before[0]:
        return before[1]
    part = (age_years - before[0]) / (after[0] - before[0])
    return before[1] + part * (after[1] - before[1])


def mean_weight_kg(sex: str | None, age_years: float | None, height_cm: float) -> float:
    """Return the weight of a body of this height with the mean proportions of sex and age, in kg."""
    body = sections(proportions(sex, age_years), height_cm * 10, 1.0)
    return volume_mm3(body) / 1e6 * DENSITY_KG_L


def _made(
    arms: Arms,
    sex: str | None,
    age: float | None,
    height_cm: float,
    weight_kg: float | None,
    assumed: tuple[str, ...],
) -> tuple[Phantom, tuple[str, ...]]:
    low, high = _HEIGHTS_CM
    if not low <= height_cm <= high:
        raise ValueError("no body is so tall or so small")
    if weight_kg is None:
        weight_kg = mean_weight_kg(sex, age, height_cm)
        assumed = (*assumed, WEIGHT_ASSUMED)
    return body_phantom(sex, height_cm, weight_kg, age, arms=arms), assumed
