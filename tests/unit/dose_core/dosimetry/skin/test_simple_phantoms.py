"""A plane and elliptic cylinders, against geometry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dose_core.dosimetry.skin.simple_phantoms import elliptic_cylinder, patient_cylinder, plane


def test_a_circle_has_its_circumference() -> None:
    found = elliptic_cylinder(width_mm=200, depth_mm=200, length_mm=1000)
    assert found.areas_mm2.sum() == pytest.approx(np.pi * 200 * 1000, rel=1e-5)


@settings(max_examples=20, deadline=None)
@given(width_mm=st.floats(50, 600), depth_mm=st.floats(50, 600))
def test_the_mantle_has_the_circumference_of_ramanujan(width_mm: float, depth_mm: float) -> None:
    """S. Ramanujan's second formula (1914), exact to 1e-4 even for flat ellipses."""
    long, short = width_mm / 2, depth_mm / 2
    flat = ((long - short) / (long + short)) ** 2
    around = np.pi * (long + short) * (1 + 3 * flat / (10 + np.sqrt(4 - 3 * flat)))
    found = elliptic_cylinder(width_mm=width_mm, depth_mm=depth_mm, length_mm=500)
    assert found.areas_mm2.sum() == pytest.approx(around * 500, rel=2e-4)


@settings(max_examples=20, deadline=None)
@given(width_mm=st.floats(100, 400), depth_mm=st.floats(100, 400))
def test_normals_point_outwards_at_right_angles_to_the_surface(width_mm: float, depth_mm: float) -> None:
    found = elliptic_cylinder(width_mm=width_mm, depth_mm=depth_mm, length_mm=20, cell_mm=2)
    down = len(np.unique(found.cells_mm[:, 2]))
    ring, normals = found.cells_mm[::down], found.normals[::down]
    along = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    assert np.abs(np.einsum("ij,ij->i", along, normals)).max() < 0.05
    middle = np.array([0.0, -depth_mm / 2, 0.0])
    assert (np.einsum("ij,ij->i", normals, ring - middle) > 0).all()
    assert np.linalg.norm(found.normals, axis=1) == pytest.approx(1.0)


def test_it_lies_on_the_table_with_its_head_at_the_origin() -> None:
    found = elliptic_cylinder(width_mm=400, depth_mm=200, length_mm=1500)
    assert found.cells_mm[:, 1].max() <= 0
    assert found.cells_mm[:, 1].min() == pytest.approx(-200, abs=1)
    assert found.cells_mm[:, 2].max() < 0
    assert found.cells_mm[:, 2].min() > -1500


def test_unrolled_it_starts_in_the_middle_of_the_back_towards_the_left() -> None:
    found = elliptic_cylinder(width_mm=400, depth_mm=200, length_mm=100)
    left = found.cells_mm[:, 0] > 50
    assert (found.unrolled_mm[left, 0] > 0).all()
    back = np.abs(found.unrolled_mm[:, 0]) < 50
    assert (found.cells_mm[back, 1] > -10).all()
    np.testing.assert_allclose(found.unrolled_mm[:, 1], -found.cells_mm[:, 2])


def test_a_plane_has_its_area_and_looks_down() -> None:
    found = plane(width_mm=400, length_mm=1200)
    assert len(found.cells_mm) == 4800
    assert found.areas_mm2.sum() == pytest.approx(400 * 1200)
    assert (found.normals == [0, 1, 0]).all()


def test_a_patient_of_mean_weight_has_the_mean_waist() -> None:
    """ANSUR II: men of 175.6 cm and 85.5 kg; the waist is 0.1856 of the stature broad and 0.1355 deep."""
    found = patient_cylinder("male", 175.6, 85.5)
    assert np.ptp(found.cells_mm[:, 0]) == pytest.approx(0.1856 * 1756, rel=0.02)
    assert -found.cells_mm[:, 1].min() == pytest.approx(0.1355 * 1756, rel=0.02)
    assert found.areas_mm2.sum() / 1756 == pytest.approx(np.ptp(found.unrolled_mm[:, 0]), rel=0.02)


def test_four_times_the_weight_is_twice_the_width() -> None:
    slim, broad = (patient_cylinder(None, 170, kg) for kg in (40, 160))
    assert np.ptp(broad.cells_mm[:, 0]) == pytest.approx(2 * np.ptp(slim.cells_mm[:, 0]), rel=0.01)


@pytest.mark.parametrize(("height_cm", "weight_kg"), [(0, 70), (170, -1), (float("nan"), 70), (170, float("inf"))])
def test_nobody_has_a_size_that_is_not_one(height_cm: float, weight_kg: float) -> None:
    with pytest.raises(ValueError, match="nobody"):
        patient_cylinder(None, height_cm, weight_kg)
