"""Superellipses: lengths and areas as known, and the curve that has the measures of a tape and two calipers."""

import math

import numpy as np
import pytest

from dose_core.dosimetry.skin.body.superellipse import (
    areas,
    breadth_for,
    evenly,
    exponent_for,
    outline,
    perimeter,
    ways,
)


def test_a_circle_is_as_long_and_as_large_as_one() -> None:
    assert perimeter(200.0, 200.0, 2.0) == pytest.approx(math.pi * 200.0, rel=1e-4)
    assert areas(np.array([200.0]), np.array([200.0]), np.array([2.0]))[0] == pytest.approx(math.pi * 1e4)


def test_an_ellipse_is_as_long_as_ramanujan_says() -> None:
    """S. Ramanujan 1914, second approximation: pi (a + b) (1 + 3h / (10 + sqrt(4 - 3h))), h = ((a - b) / (a + b))²."""
    a, b = 150.0, 100.0
    h = ((a - b) / (a + b)) ** 2

    assert perimeter(2 * a, 2 * b, 2.0) == pytest.approx(
        math.pi * (a + b) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h))), rel=1e-4
    )


def test_with_a_high_exponent_it_comes_near_to_a_rectangle() -> None:
    assert 0.95 * 1000.0 < perimeter(300.0, 200.0, 12.0) < 1000.0
    assert 0.97 * 6e4 < areas(np.array([300.0]), np.array([200.0]), np.array([12.0]))[0] < 6e4


def test_the_area_is_that_of_the_outline() -> None:
    ring = outline(np.array([300.0]), np.array([200.0]), np.array([2.7]))[0]
    x, y = ring.T

    shoelace = abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
    assert areas(np.array([300.0]), np.array([200.0]), np.array([2.7]))[0] == pytest.approx(shoelace, rel=1e-3)


@pytest.mark.parametrize("exponent", [2.0, 2.5, 3.4])
def test_the_exponent_is_found_from_the_way_around(exponent: float) -> None:
    assert exponent_for(perimeter(326.0, 238.0, exponent), 326.0, 238.0) == pytest.approx(exponent, abs=1e-3)


def test_a_way_around_that_no_curve_has_gives_the_nearest() -> None:
    assert exponent_for(100.0, 326.0, 238.0) == pytest.approx(2.0)
    assert exponent_for(5000.0, 326.0, 238.0) == pytest.approx(6.0)


def test_the_breadth_is_found_from_the_way_around() -> None:
    assert breadth_for(perimeter(380.0, 254.0, 2.7), 254.0, 2.7) == pytest.approx(380.0, rel=1e-6)


def test_it_begins_in_front_and_runs_by_the_left_to_the_back() -> None:
    """Front is at negative y, left at positive x."""
    ring = outline(np.array([300.0]), np.array([200.0]), np.array([2.5]))[0]

    quarter = len(ring) // 4
    assert ring[0] == pytest.approx((0.0, -100.0), abs=1e-6)
    assert ring[quarter] == pytest.approx((150.0, 0.0), abs=1e-6)
    assert ring[2 * quarter] == pytest.approx((0.0, 100.0), abs=1e-6)


def test_places_are_even_along_each_of_several_curves() -> None:
    rings = outline(np.array([300.0, 80.0]), np.array([200.0, 90.0]), np.array([3.4, 2.0]))

    spread = evenly(rings, 60, 0.25)
    apart = np.linalg.norm(np.roll(spread, -1, axis=1) - spread, axis=2)
    assert apart.std(axis=1).max() < 0.02 * apart.mean(axis=1).min()
    assert apart.sum(axis=1) == pytest.approx(ways(rings), rel=0.003)
    assert spread[:, 0, 0] == pytest.approx((150.0, 40.0), abs=0.5)
