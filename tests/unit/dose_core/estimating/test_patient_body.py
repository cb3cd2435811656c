"""
The body that stands for a patient is as tall and heavy as the patient, else as the mean of sex and age, with a word.

Oracle: the means of ANSUR II (men 175.6 cm, women 162.8 cm) and of Snyder's children (5 years 108.3 cm, 8 years
126.9 cm), as ``factors/body_measures.csv`` has them.
"""

import pytest

from dose_core.estimating.case import Subject
from dose_core.estimating.patient_body import (
    HEIGHT_ASSUMED,
    SIZE_REFUSED,
    WEIGHT_ASSUMED,
    mean_height_cm,
    mean_weight_kg,
    patient_body,
)


@pytest.mark.parametrize(
    ("sex", "age_years", "height_cm"),
    [
        ("male", 40.0, 175.6),
        ("female", None, 162.8),
        (None, 40.0, (175.6 + 162.8) / 2),
        (None, 5.0, 108.3),
        (None, 6.5, (108.3 + 126.9) / 2),
        ("female", 18.0, 162.8),
    ],
)
def test_the_mean_height_is_that_of_sex_and_age(sex: str | None, age_years: float | None, height_cm: float) -> None:
    """Between the ages of a table, in proportion."""
    assert mean_height_cm(sex, age_years) == pytest.approx(height_cm)


def test_a_newborn_is_as_tall_as_the_youngest_that_were_measured() -> None:
    """One month: 56.3 cm."""
    assert mean_height_cm(None, 0.0) == pytest.approx(56.3)


def test_mean_bodies_weigh_what_people_weigh() -> None:
    """ANSUR II: men 85.5 kg, women 67.8 kg; the bodies are of the mean measures, so within a tenth."""
    assert mean_weight_kg("male", None, 175.6) == pytest.approx(85.5, rel=0.1)
    assert mean_weight_kg("female", None, 162.8) == pytest.approx(67.8, rel=0.1)


def test_a_body_is_as_tall_as_the_patient() -> None:
    """Its feet are that far below the top of its head, and nothing is assumed."""
    body, assumed = patient_body(Subject(sex="F", age_years=60.0, size_cm=160.0, weight_kg=90.0))
    assert body.cells_mm[:, 2].min() == pytest.approx(-1600.0, abs=20.0)
    assert assumed == ()


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (Subject(), (HEIGHT_ASSUMED, WEIGHT_ASSUMED)),
        (Subject(weight_kg=80.0), (HEIGHT_ASSUMED,)),
        (Subject(size_cm=180.0), (WEIGHT_ASSUMED,)),
        (Subject(size_cm=1.8, weight_kg=80.0), (SIZE_REFUSED, WEIGHT_ASSUMED)),
        (Subject(size_cm=180.0, weight_kg=5.0), (SIZE_REFUSED, WEIGHT_ASSUMED)),
        (Subject(size_cm=1e9), (SIZE_REFUSED, WEIGHT_ASSUMED)),
    ],
)
def test_what_is_not_known_or_makes_no_body_is_assumed_and_said(subject: Subject, said: tuple[str, ...]) -> None:
    """Metres in the place of centimetres are no body either."""
    _, assumed = patient_body(subject)
    assert assumed == said
