"""A patient's body as a phantom: the mean body of sex and age, as tall and as heavy as the patient."""

import math
from enum import Enum
from functools import partial

import numpy as np

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.parts import REGIONS, regions_of
from dose_core.dosimetry.skin.body.proportions import ADULT_YEARS, Measures, proportions
from dose_core.dosimetry.skin.body.sections import sections, volume_mm3
from dose_core.dosimetry.skin.body.surface import LEFT_ARM, LEFT_LEG, RIGHT_ARM, TRUNK, Surface, surface
from dose_core.dosimetry.skin.phantom import Phantom

DENSITY_KG_L = 1.0
"""Of the whole body, air in the lungs and all: between 1.062 without air (H. J. Krzywicki, K. S. K. Chinn, US Army
Medical Research and Nutrition Laboratory Report 297, 1966) and 0.985, which textbooks give for quiet breathing."""

DEFAULT_CELLS = 20_000  # about 1 cm wide on an adult
MOST_CELLS = 80_000
_FEWEST_CELLS = 200
_HEIGHTS_CM = (35.0, 250.0)  # outside, a height was mistyped
_WEIGHTS_KG = (1.0, 400.0)
_GROWTHS = (0.3, 4.0)  # thickness of trunk and limbs over the mean of the group
_CLOSE = 1e-4  # of the volume
_STEPS = 40


class Arms(Enum):
    """Where the arms are: beside the trunk, or out of the beam's way and not on the map."""

    BESIDE = "beside"
    AWAY = "away"


def body_phantom(
    sex: str | None,
    height_cm: float,
    weight_kg: float,
    age_years: float | None = None,
    *,
    arms: Arms = Arms.AWAY,
    cells: int = DEFAULT_CELLS,
) -> Phantom:
    """
    Return the body of a patient who lies on the back, with about ``cells`` cells of skin.

    ``sex`` is "male" or "female", anything else the mean of both; without age it is an adult. Trunk and limbs are
    made as thick as the weight asks for; the arms weigh, whether they are on the map or not.

    Raises:
        ValueError: no body is that tall or heavy, or none so thick or thin was ever measured.

    Source: ``docs/reference/skin-phantoms.md``.
    """
    _check(height_cm, weight_kg, age_years)
    body = proportions(sex, age_years)
    stature_mm = height_cm * 10
    wanted = min(max(cells, _FEWEST_CELLS), MOST_CELLS)
    made = partial(surface, arms=arms is Arms.BESIDE)
    step = math.sqrt(height_cm * weight_kg / 3600 * 1e6 / wanted)  # by the body surface area of Mosteller
    of = sections(body, stature_mm, _growth(body, stature_mm, weight_kg / DENSITY_KG_L * 1e6))
    shape = made(of, step * math.sqrt(len(made(of, step).corners) / wanted))
    return _phantom(shape, body, stature_mm, _name(sex, height_cm, weight_kg, age_years, arms))


def _check(height_cm: float, weight_kg: float, age_years: float | None) -> None:
    for value, (low, high), unit in ((height_cm, _HEIGHTS_CM, "cm"), (weight_kg, _WEIGHTS_KG, "kg")):
        if not low <= value <= high:
            msg = f"no body has {value:g} {unit}: {low:g} to {high:g} {unit} are computed"
            raise ValueError(msg)
    if age_years is not None and not age_years >= 0:
        raise ValueError("an age below 0 is no age")


def _growth(body: Measures, stature_mm: float, wanted_mm3: float) -> float:
    """Return the thickness over the mean of the group that gives the volume, arms and all."""
    growth, (low, high) = 1.0, _GROWTHS
    for _ in range(_STEPS):
        found_mm3 = volume_mm3(sections(body, stature_mm, growth))
        if abs(found_mm3 - wanted_mm3) < _CLOSE * wanted_mm3:
            return growth
        growth *= math.sqrt(wanted_mm3 / found_mm3)  # trunk and limbs are as heavy as their sections are large
        if not low < growth < high:
            break
    raise ValueError("no body of that height is so light or so heavy")


def _phantom(shape: Surface, body: Measures, stature_mm: float, name: str) -> Phantom:
    a, b, c, d = (shape.vertices_mm[corner] for corner in shape.corners.T)
    area = np.cross(c - a, d - b) / 2  # of a flat cell; of a twisted one the part that all directions agree on
    size = np.linalg.norm(area, axis=1)
    three = shape.corners[:, 2] == shape.corners[:, 3]
    place = np.where(three[:, None], (a + b + c) / 3, (a + b + c + d) / 4)
    height = 1.0 + place[:, 2] / stature_mm
    return Phantom(
        name=name,
        cells_mm=place,
        normals=area / size[:, None],
        areas_mm2=size,
        regions=REGIONS,
        region=regions_of(body, height, shape.tube, shape.turn, place[:, 0]),
        unrolled_mm=_unrolled(shape, place),
        vertices_mm=shape.vertices_mm,
        triangles=shape.triangles(),
    )


def _unrolled(shape: Surface, place: Floats) -> Floats:
    """Return the flat picture: head and trunk in the middle, the legs below, the arms beside, each cut in front."""
    across = shape.turn * shape.around_mm
    widest = {tube: float(shape.around_mm[shape.tube == tube].max(initial=0.0)) for tube in (TRUNK, LEFT_LEG, LEFT_ARM)}
    side = np.where(np.isin(shape.tube, (LEFT_LEG, LEFT_ARM)), 1.0, -1.0)
    leg = widest[LEFT_LEG] / 2 + _BETWEEN_MM / 2
    arm = max(widest[TRUNK] / 2, 2 * leg) + widest[LEFT_ARM] / 2 + _BETWEEN_MM
    is_arm = np.isin(shape.tube, (LEFT_ARM, RIGHT_ARM))
    shift = np.where(shape.tube == TRUNK, 0.0, side * np.where(is_arm, arm, leg))
    return np.column_stack([across + shift, -place[:, 2]])


_BETWEEN_MM = 30.0  # between the parts of the flat picture


def _name(sex: str | None, height_cm: float, weight_kg: float, age_years: float | None, arms: Arms) -> str:
    kind = sex if sex in ("male", "female") else "person"
    who = f"adult {kind}" if age_years is None or age_years >= ADULT_YEARS else f"child of {age_years:g} years"
    return f"{who} {round(height_cm, 1):g} cm {round(weight_kg, 1):g} kg, arms {arms.value}"
