"""Bodies for maps of skin dose, against what people weigh and how much skin they have."""

from collections.abc import Callable
from functools import partial

import numpy as np

from dose_core.dosimetry.skin.body import Arms, body_phantom
from dose_core.dosimetry.skin.body.proportions import proportions
from dose_core.dosimetry.skin.body.sections import sections, volume_mm3
from tests.support.validation import REFUSED, Case, Record

_WEIGHED = "ANSUR II, mean weight of {n}: 1 kg/L; nothing of the form was fitted to it"
_STATED = "the weight of the patient, 1 kg/L"
_DU_BOIS = "Du Bois and Du Bois 1916, 0.007184 H^0.725 W^0.425 by hand"
_ABOUT = """
## What is made

Bodies of superellipse sections, proportioned as measured, as tall and heavy as the patient:
[phantoms for skin dose](../reference/skin-phantoms.md). The first two cases are the plain test of the form: a body with
all measures of the mean man or woman, with no factor fitted to a weight, has the volume that the mean man or woman
weighs.

The volume of the others is taken from the triangles that the phantom hands out, the surface from its cells.
"""


def _mean_litres(sex: str, stature_mm: float) -> float:
    return volume_mm3(sections(proportions(sex, None), stature_mm, 1.0)) / 1e6


def _litres(sex: str | None, height_cm: float, weight_kg: float, age_years: float | None = None) -> float:
    phantom = body_phantom(sex, height_cm, weight_kg, age_years, arms=Arms.BESIDE)
    if phantom.vertices_mm is None or phantom.triangles is None:
        return 0.0
    a, b, c = (phantom.vertices_mm[corner] for corner in phantom.triangles.T)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6e6)


def _skin_m2(sex: str | None, height_cm: float, weight_kg: float, age_years: float | None = None) -> float:
    return float(body_phantom(sex, height_cm, weight_kg, age_years, arms=Arms.BESIDE).areas_mm2.sum() / 1e6)


def _refused() -> str:
    try:
        body_phantom("male", 60.0, 300.0)
    except ValueError:
        return REFUSED
    return "made"


def _stated(name: str, litres: float, compute: Callable[[], float]) -> Case:
    return Case(name=f"volume, {name}", expected=litres, expected_from=_STATED, compute=compute, tolerance=0.005)


RECORD = Record(
    method_id="skin-body-phantoms",
    method_version="1",
    title="bodies for maps of skin dose",
    source="ANSUR II (2012), Snyder et al. 1977: `factors/body_measures.csv`",
    tolerance=0.05,
    tolerance_reason="people of one height and weight differ more; 0.5 % for the volume of a patient, made to fit",
    unit="L or m²",
    cases=(
        Case(
            name="volume of the mean man, 175.6 cm, not fitted",
            expected=85.5,
            expected_from=_WEIGHED.format(n="4,082 men"),
            compute=partial(_mean_litres, "male", 1756.0),
        ),
        Case(
            name="volume of the mean woman, 162.8 cm, not fitted",
            expected=67.8,
            expected_from=_WEIGHED.format(n="1,986 women"),
            compute=partial(_mean_litres, "female", 1628.0),
        ),
        _stated("man, 176 cm, 73 kg", 73.0, partial(_litres, "male", 176.0, 73.0)),
        _stated("woman, 163 cm, 60 kg", 60.0, partial(_litres, "female", 163.0, 60.0)),
        _stated("man, 180 cm, 140 kg", 140.0, partial(_litres, "male", 180.0, 140.0)),
        _stated("child, 5 years, 109 cm, 19 kg", 19.0, partial(_litres, None, 109.0, 19.0, 5.0)),
        _stated("newborn, 51 cm, 3.5 kg", 3.5, partial(_litres, None, 51.0, 3.5, 0.0)),
        Case(
            name="skin, man, 176 cm, 73 kg",
            expected=1.889,
            expected_from=_DU_BOIS,
            compute=partial(_skin_m2, "male", 176.0, 73.0),
        ),
        Case(
            name="skin, woman, 163 cm, 60 kg",
            expected=1.644,
            expected_from=_DU_BOIS,
            compute=partial(_skin_m2, "female", 163.0, 60.0),
        ),
        Case(
            name="skin, man, 180 cm, 140 kg",
            expected=2.532,
            expected_from=_DU_BOIS,
            compute=partial(_skin_m2, "male", 180.0, 140.0),
        ),
        Case(
            name="skin, child, 10 years, 138 cm, 32 kg",
            expected=1.115,
            expected_from=_DU_BOIS,
            compute=partial(_skin_m2, None, 138.0, 32.0, 10.0),
        ),
        Case(
            name="skin, child, 1 year, 76 cm, 10 kg",
            expected=0.442,
            expected_from=_DU_BOIS,
            compute=partial(_skin_m2, None, 76.0, 10.0, 1.0),
        ),
        Case(
            name="60 cm and 300 kg",
            expected=REFUSED,
            expected_from="nobody has that size",
            compute=_refused,
        ),
    ),
    about=_ABOUT,
)
