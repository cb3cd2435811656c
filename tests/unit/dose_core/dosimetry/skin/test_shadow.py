"""Self-shadowing: what stands before the skin hides it, as exact rays say, and nothing else does."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from dose_core.dosimetry.skin.body import Arms, body_phantom
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.shadow import occluded
from dose_core.dosimetry.skin.simple_phantoms import elliptic_cylinder
from tests.builders.skin_beams import beams
from tests.builders.skin_physics import FreeInAir
from tests.support.sight import hidden

CHEST_MM = (0.0, -110.0, -450.0)
ARM_MM = (0.0, -60.0, -450.0)  # at the height of the middle of the upper arm
THIGHS_MM = (0.0, -100.0, -1150.0)
VIEWS = {
    "lateral through the arm": ((900.0, -110.0, -450.0), CHEST_MM),
    "oblique past the arm": ((500.0, -700.0, -500.0), CHEST_MM),
    "oblique from below": ((-600.0, 500.0, -450.0), CHEST_MM),
    "lateral through both thighs": ((800.0, -100.0, -1150.0), THIGHS_MM),
}
OF_THE_BEAM = 0.04  # of its cross-section may be told otherwise than by exact rays


@cache
def man() -> Phantom:
    return body_phantom("male", 176.0, 73.0, arms=Arms.BESIDE, cells=15_000)


def see_through(phantom: Phantom) -> Phantom:
    return replace(phantom, triangles=None, vertices_mm=None)


def met(
    phantom: Phantom, source: tuple[float, ...], aim: tuple[float, ...]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the cells in a cone around the aim that face the source, and what each covers of its cross-section."""
    way = phantom.cells_mm - source
    ahead = np.subtract(aim, source) / np.linalg.norm(np.subtract(aim, source))
    depth = way @ ahead
    off = np.linalg.norm(way - depth[:, None] * ahead, axis=1)
    covers = -np.einsum("ij,ij->i", way, phantom.normals) * phantom.areas_mm2 / np.linalg.norm(way, axis=1) ** 3
    cells = np.flatnonzero((covers > 0) & (off < 0.2 * depth))
    return cells, covers[cells]


@pytest.mark.parametrize("view", VIEWS)
def test_agrees_with_exact_rays_but_for_a_seam_around_what_stands_before(view: str) -> None:
    """Exact: each ray against each triangle, to just above the skin: the middle of a cell lies a little under it."""
    source, aim = VIEWS[view]
    phantom = man()
    assert phantom.vertices_mm is not None
    assert phantom.triangles is not None
    cells, covers = met(phantom, source, aim)

    ours = occluded(phantom, np.array([source]), np.zeros(len(cells), dtype=np.intp), cells)

    above = phantom.cells_mm[cells] + 5 * phantom.normals[cells]
    exact = hidden(np.array(source), above, phantom.vertices_mm, phantom.triangles)
    assert covers[exact].sum() > 0.1 * covers.sum()
    assert covers[ours & ~exact].sum() < OF_THE_BEAM * covers.sum()
    assert covers[exact & ~ours].sum() < OF_THE_BEAM * covers.sum()


def test_the_arm_hides_the_side_of_the_chest_and_not_itself() -> None:
    phantom = man()
    beam = beams([90.0], isocentre_mm=ARM_MM, tan_u=(-0.05, 0.05), tan_v=(-0.15, 0.15))
    bare = skin_map(beam, see_through(phantom), None, FreeInAir())
    shaded = skin_map(beam, phantom, None, FreeInAir())

    side = phantom.region == phantom.regions.index("side of the chest, left")
    arm = phantom.region == phantom.regions.index("outside of the upper arm, left")
    assert shaded.dose_mgy[side].sum() < 0.15 * bare.dose_mgy[side].sum()
    assert shaded.dose_mgy[arm].sum() > 0.9 * bare.dose_mgy[arm].sum()


def test_nothing_stands_before_the_back() -> None:
    phantom = man()
    beam = beams([0.0], isocentre_mm=CHEST_MM)

    shaded = skin_map(beam, phantom, None, FreeInAir())

    assert shaded.dose_mgy == pytest.approx(skin_map(beam, see_through(phantom), None, FreeInAir()).dose_mgy)


def test_without_arms_the_same_beam_meets_the_side_of_the_chest() -> None:
    phantom = body_phantom("male", 176.0, 73.0, arms=Arms.AWAY, cells=8000)
    beam = beams([90.0], isocentre_mm=CHEST_MM)

    bare = skin_map(beam, see_through(phantom), None, FreeInAir())
    shaded = skin_map(beam, phantom, None, FreeInAir())

    assert shaded.dose_mgy == pytest.approx(bare.dose_mgy)
    assert shaded.peak is not None
    assert shaded.peak.region == "side of the chest, left"


@pytest.mark.parametrize("level_mm", [-450.0, -700.0])
@pytest.mark.parametrize("angle_deg", [0.0, 45.0, 90.0, 135.0, 180.0])
def test_a_trunk_without_arms_hides_nothing_of_itself(angle_deg: float, level_mm: float) -> None:
    """Chest and abdomen are convex around."""
    phantom = body_phantom("male", 180.0, 140.0, arms=Arms.AWAY)
    angle = np.radians(angle_deg)
    source = (750 * np.sin(angle), 750 * np.cos(angle) - 110.0, level_mm)
    cells, _ = met(phantom, source, (0.0, -110.0, level_mm))

    assert not occluded(phantom, np.array([source]), np.zeros(len(cells), dtype=np.intp), cells).any()


def test_each_beam_is_looked_at_on_its_own() -> None:
    """What stands before a cell in one beam hides nothing in another."""
    phantom = man()
    parts = [met(phantom, *view)[0] for view in VIEWS.values()]
    sources = np.array([source for source, _ in VIEWS.values()])
    beam = np.repeat(np.arange(len(parts)), [len(part) for part in parts])

    together = occluded(phantom, sources, beam, np.concatenate(parts))

    alone = [occluded(phantom, sources, np.full(len(part), at), part) for at, part in enumerate(parts)]
    assert (together == np.concatenate(alone)).all()


def test_a_phantom_without_a_closed_surface_hides_nothing() -> None:
    phantom = elliptic_cylinder(width_mm=400.0, depth_mm=200.0, length_mm=1500.0)
    cells = np.arange(len(phantom.cells_mm))

    assert not occluded(phantom, np.array([[0.0, 600.0, -500.0]]), np.zeros(len(cells), dtype=np.intp), cells).any()


def test_no_pair_is_no_answer() -> None:
    nothing = np.zeros(0, dtype=np.intp)

    assert occluded(man(), np.zeros((1, 3)), nothing, nothing).shape == (0,)
