"""A heavier body is thicker where bodies are: the waist before the hip, the head not at all."""

import numpy as np
import pytest

from dose_core.dosimetry.skin.body import Arms, body_phantom
from dose_core.dosimetry.skin.body.growth import grown
from dose_core.dosimetry.skin.body.proportions import proportions


def test_a_body_as_thick_as_the_mean_is_the_mean() -> None:
    man = proportions("male", None)

    assert grown(man, 1.0) == pytest.approx(dict(man))


def test_measures_grow_by_the_powers_of_the_table() -> None:
    """1.2^1.55 = 1.3266, 1.2^0.71 = 1.1382, 1.2^0.35 = 1.0659."""
    man = proportions("male", None)
    stout = grown(man, 1.2)

    assert stout["waist_depth"] / man["waist_depth"] == pytest.approx(1.3266, abs=1e-4)
    assert stout["hip_breadth"] / man["hip_breadth"] == pytest.approx(1.1382, abs=1e-4)
    assert stout["biacromial_breadth"] / man["biacromial_breadth"] == pytest.approx(1.0659, abs=1e-4)


@pytest.mark.parametrize(
    "name", ["head_length", "head_breadth", "head_height", "crotch_height", "foot_length", "hand_length"]
)
def test_heights_head_hands_and_feet_stay(name: str) -> None:
    man = proportions("male", None)

    assert grown(man, 1.5)[name] == man[name]


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "level", "breadth_mm", "depth_mm"),
    [
        (181.0, 116.2, "waist_height", 355.0, 274.0),
        (181.0, 116.2, "trochanter_height", 368.0, 291.0),
        (181.1, 70.2, "waist_height", 299.0, 212.0),
        (181.1, 70.2, "trochanter_height", 330.0, 210.0),
    ],
)
def test_men_come_out_about_as_broad_and_deep_as_they_were_measured(
    height_cm: float, weight_kg: float, level: str, breadth_mm: float, depth_mm: float
) -> None:
    """Records 10117 and 10244 of ANSUR II; a mean of people of that size is within 12 % of one of them."""
    cells = body_phantom("male", height_cm, weight_kg, arms=Arms.AWAY).cells_mm
    ring = cells[np.abs(cells[:, 2] + height_cm * 10 * (1 - proportions("male", None)[level])) < 10]

    assert np.ptp(ring[:, 0]) == pytest.approx(breadth_mm, rel=0.12)
    assert np.ptp(ring[:, 1]) == pytest.approx(depth_mm, rel=0.12)
