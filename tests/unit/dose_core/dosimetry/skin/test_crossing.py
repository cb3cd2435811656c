"""How far rays run through table and mattress: by hand on 500 x 50 mm of table under 40 mm of mattress."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.dosimetry.skin.crossing import crossing
from tests.builders.skin_beams import slab

Place = tuple[float, float, float]
PLACES = st.tuples(*[st.floats(-1000, 1000)] * 3)


def through(source: Place, cell: Place, **sizes: float) -> tuple[float, float]:
    start, end = np.array([source], dtype=float), np.array([cell], dtype=float)
    table, mattress = crossing(slab(**sizes), start, end - start)
    return float(table[0]), float(mattress[0])


def test_a_ray_at_right_angles_crosses_both_once() -> None:
    assert through((0, 650, -500), (0, 0, -500)) == pytest.approx((1, 1))


def test_an_oblique_ray_has_a_longer_way_by_the_secant() -> None:
    source = (650 * math.tan(math.radians(40)), 650, -500)
    assert through(source, (0, 0, -500), x_max_mm=2000) == pytest.approx((1 / math.cos(math.radians(40)),) * 2)


def test_a_ray_that_leaves_by_the_edge_has_the_part_that_it_has() -> None:
    """From (300, 90) to (200, -10), at 45 degrees: inside the edge at x = 250 from y = 40 on, which is all mattress."""
    assert through((300, 90, 0), (200, -10, 0)) == pytest.approx((0, math.sqrt(2)))


def test_a_cell_within_the_mattress_ends_the_ray_there() -> None:
    assert through((0, 650, 0), (0, 10, 0)) == pytest.approx((1, 0.75))


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        pytest.param((0, -900, 0), (0, -200, 0), id="from above"),
        pytest.param((-900, -100, 0), (-200, -100, 0), id="from the side, parallel to it"),
        pytest.param((400, 650, 0), (400, 0, 0), id="beside it"),
        pytest.param((0, 650, 800), (0, 0, 800), id="beyond its end"),
    ],
)
def test_a_ray_that_passes_beside_has_no_way_in_it(source: Place, cell: Place) -> None:
    assert through(source, cell) == (0, 0)


def test_a_layer_without_thickness_is_not_there() -> None:
    assert through((0, 650, 0), (0, 0, 0), mattress_mm=0) == pytest.approx((1, 0))


@given(source=PLACES, cell=PLACES)
def test_no_ray_is_longer_inside_than_it_is(source: Place, cell: Place) -> None:
    table, mattress = through(source, cell)
    assert 0 <= 50 * table + 40 * mattress <= math.dist(source, cell) + 1e-6
