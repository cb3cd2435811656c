"""What is true of any map of skin dose, by geometry and the conservation of energy alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Beams
from dose_core.dosimetry.skin.blocks import Blocks, planes
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.simple_phantoms import elliptic_cylinder, plane
from dose_core.dosimetry.skin.soundness import MISSED, NOT_SOUND, TOO_NEAR
from tests.builders.skin_beams import LENGTH_MM, beams, each_of, slab
from tests.builders.skin_physics import FreeInAir

CYLINDER = elliptic_cylinder(width_mm=320, depth_mm=200, length_mm=LENGTH_MM)
PLANE = plane(width_mm=300, length_mm=300, cell_mm=1.5)


def one_cell(y_mm: float) -> Phantom:
    whole = plane(width_mm=2, length_mm=2, cell_mm=2)
    middle = np.array([[0.0, y_mm, -LENGTH_MM / 2]])
    return Phantom(**{**{name: getattr(whole, name) for name in Phantom.__slots__}, "cells_mm": middle})


@pytest.mark.parametrize("y_mm", [-300.0, 0.0, 40.0, 120.0])
def test_dose_falls_with_the_square_of_the_distance_from_the_source(y_mm: float) -> None:
    found = skin_map(beams(ka_r_mgy=10.0, reference_mm=600.0), one_cell(y_mm), None, FreeInAir())
    assert found.dose_mgy[0] == pytest.approx(10.0 * (600.0 / (650.0 - y_mm)) ** 2, rel=1e-12)


def test_a_turn_by_360_degrees_changes_nothing() -> None:
    angles = (-37.0, 5.0, 110.0)
    first = skin_map(beams(angles), CYLINDER, slab(), Physics())
    second = skin_map(beams([angle + 360 for angle in angles]), CYLINDER, slab(), Physics())
    np.testing.assert_allclose(second.dose_mgy, first.dose_mgy, rtol=1e-9)


def test_beams_from_left_and_right_give_maps_that_mirror_each_other() -> None:
    left = skin_map(beams((35.0,), tan_u=(-0.02, 0.09)), CYLINDER, slab(), Physics())
    right = skin_map(beams((-35.0,), tan_u=(-0.09, 0.02)), CYLINDER, slab(), Physics())
    count = round(len(CYLINDER.cells_mm) / 150)
    mirrored = right.dose_mgy.reshape(count, -1)[::-1].ravel()
    np.testing.assert_allclose(left.dose_mgy, mirrored, rtol=1e-9, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(st.floats(0.01, 5), min_size=1, max_size=6), angle=st.floats(-180, 180))
def test_an_event_in_parts_gives_the_map_of_the_whole(parts: list[float], angle: float) -> None:
    whole = skin_map(beams((angle,), ka_r_mgy=sum(parts)), CYLINDER, slab(), Physics())
    several = beams((angle,) * len(parts), events=[0] * len(parts))
    split = skin_map(each_of(several, ka_r_mgy=np.array(parts)), CYLINDER, slab(), Physics())
    np.testing.assert_allclose(split.dose_mgy, whole.dose_mgy, rtol=1e-9, atol=1e-12)
    assert split.dap_fraction == pytest.approx(whole.dap_fraction)


@settings(max_examples=25, deadline=None)
@given(angle=st.floats(-25, 25), half=st.floats(0.05, 0.1))
def test_air_kerma_over_a_plane_is_the_kerma_area_product(angle: float, half: float) -> None:
    beam = beams(
        (angle,),
        isocentre_mm=(0.0, 0.0, -150.0),
        tan_u=(-half, half),
        tan_v=(-half, half),
        ka_r_mgy=10.0,
        reference_mm=600.0,
    )
    found = skin_map(beam, PLANE, None, FreeInAir())
    way = PLANE.cells_mm - beam.source_mm
    crosswise = np.abs(way @ np.array([0.0, 1.0, 0.0])) / np.linalg.norm(way, axis=1)
    # Kerma over what each cell covers of a sphere around the source; the field as a solid angle, by J. H. Lambert's
    # formula for a rectangular pyramid.
    on_the_plane = float(np.sum(found.dose_mgy * PLANE.areas_mm2 * crosswise))
    solid_angle = 4 * np.arcsin(half**2 / (1 + half**2))
    a_row_and_a_column = 2 * 1.5 / (2 * half * 650)
    assert on_the_plane == pytest.approx(10.0 * 600.0**2 * solid_angle, rel=a_row_and_a_column)
    assert found.dap_fraction == pytest.approx(1.0, abs=a_row_and_a_column)


def test_half_a_field_beside_the_body_is_half_the_kerma_area_product() -> None:
    at_the_edge = beams(isocentre_mm=(150.0, 0.0, -150.0))
    found = skin_map(at_the_edge, PLANE, None, FreeInAir())
    assert found.dap_fraction == pytest.approx(0.5, abs=0.02)


def test_every_cell_is_found_that_lies_in_a_beam_and_faces_its_source() -> None:
    many = beams(range(-180, 180, 6), isocentre_mm=(40.0, -60.0, -300.0), tan_u=(-0.03, 0.11))
    found = set()
    for beam, cell in Blocks(CYLINDER).met(planes(many)):
        found |= set(zip(beam.tolist(), cell.tolist(), strict=True))
    assert found == set(zip(*(part.tolist() for part in _by_definition(many, CYLINDER)), strict=True))


def _by_definition(many: Beams, phantom: Phantom) -> tuple[NDArray[np.intp], ...]:
    way = phantom.cells_mm[None] - many.source_mm[:, None]
    depth, across, along = (np.einsum("bci,bi->bc", way, getattr(many, name)) for name in ("axis", "u", "v"))
    inside = (across >= -0.03 * depth) & (across <= 0.11 * depth) & (np.abs(along) <= 0.08 * depth) & (depth > 0)
    return np.nonzero(inside & (np.einsum("bci,ci->bc", way, phantom.normals) < 0))


def test_a_field_that_misses_the_body_is_named_and_gives_no_peak() -> None:
    found = skin_map(beams(isocentre_mm=(2000.0, 0.0, 0.0)), CYLINDER, slab(), Physics())
    assert found.peak is None
    assert found.dap_fraction == 0
    assert [(left.events, left.reason, left.ka_r_mgy) for left in found.left_out] == [((0,), MISSED, 10.0)]


def test_no_events_and_a_body_without_cells_give_a_map_without_a_peak() -> None:
    assert skin_map(beams(()), CYLINDER, slab(), Physics()).peak is None
    nothing = Phantom(
        **{name: getattr(CYLINDER, name) for name in Phantom.__slots__}
        | {name: getattr(CYLINDER, name)[:0] for name in ("cells_mm", "normals", "areas_mm2", "region", "unrolled_mm")}
    )
    assert skin_map(beams(), nothing, slab(), Physics()).left_out[0].reason == MISSED


@pytest.mark.parametrize("y_mm", [650.0, 649.0, 550.1])
def test_skin_at_the_source_leaves_the_event_out(y_mm: float) -> None:
    found = skin_map(beams(), one_cell(y_mm), None, FreeInAir())
    assert found.peak is None
    assert found.left_out[0].reason in {TOO_NEAR, MISSED}
    assert np.isfinite(found.dose_mgy).all()


@pytest.mark.parametrize(
    "name", ["source_mm", "axis", "u", "tan_u_max", "reference_mm", "ka_r_mgy", "kv", "added_cu_mm"]
)
@pytest.mark.parametrize("value", [np.nan, np.inf, -1e300])
def test_what_is_not_a_number_leaves_its_event_out_and_no_other(name: str, value: float) -> None:
    two = beams((0.0, 10.0))
    spoilt = getattr(two, name).copy()
    spoilt[0] = value
    found = skin_map(each_of(two, **{name: spoilt}), CYLINDER, slab(), Physics())
    alone = skin_map(beams((10.0,)), CYLINDER, slab(), Physics())
    np.testing.assert_allclose(found.dose_mgy, alone.dose_mgy, rtol=1e-12)
    assert [(left.events, left.reason) for left in found.left_out] == [((0,), NOT_SOUND)]


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(
        ("source_mm", "axis", "tan_u_min", "tan_u_max", "tan_v_max", "reference_mm", "kv", "added_cu_mm")
    ),
    value=st.floats() | st.floats(-1000, 1000) | st.floats(-1e-5, 1e-5),
    angle=st.floats(-1e4, 1e4),
    is_closed=st.booleans(),
)
def test_no_numbers_make_it_raise_or_give_what_is_no_dose(
    *, name: str, value: float, angle: float, is_closed: bool
) -> None:
    two = beams((angle, 0.0))
    spoilt = getattr(two, name).copy()
    spoilt[0] = value
    surface = {"vertices_mm": CYLINDER.cells_mm[:3], "triangles": np.array([[0, 1, 2]])} if is_closed else {}
    same = {field: getattr(CYLINDER, field) for field in Phantom.__slots__}
    found = skin_map(each_of(two, **{name: spoilt}), Phantom(**same | surface), slab(), Physics())
    assert np.isfinite(found.dose_mgy).all()
    assert (found.dose_mgy >= 0).all()
    assert found.dap_fraction is None or 0 <= found.dap_fraction <= 1
    assert found.peak is not None


def test_what_stands_behind_another_part_of_the_body_gets_nothing() -> None:
    """Two plates, the second 10 cm behind the first and wider: its rim alone is seen."""
    first, second = plane(width_mm=100, length_mm=LENGTH_MM), plane(width_mm=400, length_mm=LENGTH_MM)
    both = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("normals", "areas_mm2", "region", "unrolled_mm")
    }
    cells = np.concatenate([first.cells_mm, second.cells_mm - np.array([0.0, 100.0, 0.0])])
    corners = {"vertices_mm": cells[:3], "triangles": np.array([[0, 1, 2]])}
    plates = Phantom(name="two plates", regions=("plate",), cells_mm=cells, **both, **corners)
    dose = skin_map(beams(tan_u=(-0.15, 0.15)), plates, None, FreeInAir()).dose_mgy[len(first.cells_mm) :]
    across = np.abs(second.cells_mm[:, 0])
    along = np.abs(second.cells_mm[:, 2] + LENGTH_MM / 2) < 40
    # The plate's half width of 50 mm at 650 mm from the source throws a shadow of 57.7 mm at 750 mm.
    assert not dose[along & (across < 50)].any()
    assert dose[along & (across > 72) & (across < 110)].all()


def test_five_thousand_events_are_as_many_times_one() -> None:
    one = skin_map(beams(), CYLINDER, slab(), Physics())
    many = skin_map(beams((0.0,) * 5000), CYLINDER, slab(), Physics())
    np.testing.assert_allclose(many.dose_mgy, 5000 * one.dose_mgy, rtol=1e-9)
