"""Bodies as phantoms: closed, symmetric, as tall, heavy and large as the patient."""

import numpy as np
import pytest

from dose_core.dosimetry.skin.body import Arms, body_phantom
from dose_core.dosimetry.skin.phantom import Phantom

PEOPLE = [
    ("male", 176.0, 73.0, None),
    ("female", 163.0, 60.0, None),
    (None, 170.0, 66.0, 40.0),
    ("male", 180.0, 140.0, None),
    ("female", 165.0, 45.0, None),
    ("male", 167.0, 56.0, 15.0),
    (None, 138.0, 32.0, 10.0),
    (None, 109.0, 19.0, 5.0),
    ("female", 76.0, 10.0, 1.0),
    (None, 51.0, 3.5, 0.0),
]
EXTREMES = [
    ("male", 180.0, 250.0, None),
    ("male", 176.0, 400.0, None),
    ("male", 200.0, 55.0, None),
    ("female", 150.0, 150.0, None),
    ("female", 150.0, 30.0, None),
    (None, 110.0, 60.0, 6.0),
    (None, 90.0, 9.0, 3.0),
    (None, 51.0, 2.0, 0.0),
]
Person = tuple[str | None, float, float, float | None]


def _edges(phantom: Phantom) -> np.ndarray:
    triangles = phantom.triangles
    assert triangles is not None
    return np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def _litres(phantom: Phantom) -> float:
    assert phantom.triangles is not None
    assert phantom.vertices_mm is not None
    a, b, c = (phantom.vertices_mm[corner] for corner in phantom.triangles.T)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6e6)


@pytest.mark.parametrize("arms", list(Arms))
@pytest.mark.parametrize("person", [*PEOPLE, *EXTREMES])
def test_is_closed_each_edge_is_run_once_in_each_direction(person: Person, arms: Arms) -> None:
    phantom = body_phantom(*person, arms=arms, cells=3000)

    edges = _edges(phantom)
    assert len(np.unique(edges, axis=0)) == len(edges)
    assert len(np.unique(np.vstack([edges, edges[:, ::-1]]), axis=0)) == len(edges)


@pytest.mark.parametrize(("arms", "pieces"), [(Arms.AWAY, 1), (Arms.BESIDE, 3)])
def test_has_no_holes_and_no_handles(arms: Arms, pieces: int) -> None:
    phantom = body_phantom("female", 163.0, 60.0, arms=arms, cells=3000)

    assert phantom.triangles is not None
    corners = len(np.unique(phantom.triangles))
    assert corners - len(_edges(phantom)) // 2 + len(phantom.triangles) == 2 * pieces


@pytest.mark.parametrize("person", [*PEOPLE, *EXTREMES])
def test_weighs_what_the_patient_weighs(person: Person) -> None:
    """1 kg/L; the volume is taken from the triangles that the phantom hands out."""
    phantom = body_phantom(*person, arms=Arms.BESIDE)

    assert _litres(phantom) == pytest.approx(person[2], rel=0.005)


@pytest.mark.parametrize("person", PEOPLE)
def test_is_as_tall_as_the_patient_and_lies_with_the_back_on_the_table(person: Person) -> None:
    vertices = body_phantom(*person, arms=Arms.BESIDE).vertices_mm

    assert vertices is not None
    assert vertices[:, 2].max() == pytest.approx(0.0, abs=1e-9)
    assert vertices[:, 2].min() == pytest.approx(-10 * person[1])
    assert vertices[:, 1].max() == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("person", PEOPLE)
def test_has_the_skin_of_a_body_of_that_height_and_weight(person: Person) -> None:
    """Du Bois and Du Bois, Arch Intern Med 17 (1916) 863; Mosteller, N Engl J Med 317 (1987) 1098."""
    _, height, weight, _ = person
    area = body_phantom(*person, arms=Arms.BESIDE).areas_mm2.sum() / 1e6

    du_bois = 0.007184 * height**0.725 * weight**0.425
    mosteller = (height * weight / 3600) ** 0.5
    assert min(du_bois, mosteller) * 0.94 < area < max(du_bois, mosteller) * 1.04


def test_areas_of_the_cells_add_up_to_the_surface() -> None:
    phantom = body_phantom("male", 176.0, 73.0)

    assert phantom.triangles is not None
    assert phantom.vertices_mm is not None
    a, b, c = (phantom.vertices_mm[corner] for corner in phantom.triangles.T)
    whole = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert phantom.areas_mm2.sum() == pytest.approx(whole, rel=0.001)


@pytest.mark.parametrize("arms", list(Arms))
def test_normals_point_outwards_and_have_length_one(arms: Arms) -> None:
    """The flux of a constant field through a closed surface is nought, that of the place three times the volume."""
    phantom = body_phantom("male", 176.0, 73.0, arms=arms)

    assert np.linalg.norm(phantom.normals, axis=1) == pytest.approx(1.0)
    weighted = phantom.normals * phantom.areas_mm2[:, None]
    assert np.abs(weighted.sum(axis=0)).max() < 1e-6 * phantom.areas_mm2.sum()
    assert np.einsum("ij,ij->", weighted, phantom.cells_mm) / 3e6 == pytest.approx(_litres(phantom), rel=0.003)


@pytest.mark.parametrize("arms", list(Arms))
def test_is_its_own_mirror_image(arms: Arms) -> None:
    phantom = body_phantom("female", 163.0, 60.0, arms=arms, cells=1500)

    mirrored = phantom.cells_mm * (-1.0, 1.0, 1.0)
    apart = np.linalg.norm(phantom.cells_mm[:, None] - mirrored[None], axis=2)
    assert apart.min(axis=1).max() < 1e-3


def test_left_parts_lie_on_the_left_and_the_flat_picture_shows_them_there() -> None:
    phantom = body_phantom("male", 176.0, 73.0, arms=Arms.BESIDE)

    left = np.array([name.endswith(", left") for name in phantom.regions])[phantom.region]
    assert (phantom.cells_mm[left, 0] > 0).all()
    assert (phantom.cells_mm[~left, 0] <= 1e-6).all()
    assert (phantom.unrolled_mm[left, 0] > 0).all()
    assert (phantom.unrolled_mm[~left, 0] < 1e-6).all()


@pytest.mark.parametrize(
    ("place_mm", "name"),
    [
        ((-60.0, 0.0, -450.0), "upper back, right"),
        ((60.0, 0.0, -700.0), "lower back, left"),
        ((60.0, -300.0, -450.0), "chest, left"),
        ((-60.0, -300.0, -700.0), "abdomen, right"),
        ((-250.0, -120.0, -480.0), "side of the chest, right"),
        ((80.0, 0.0, -850.0), "buttock, left"),
        ((10.0, 100.0, -80.0), "back of the head, left"),
        ((10.0, -300.0, -120.0), "face, left"),
        ((-100.0, 0.0, -1100.0), "back of the thigh, right"),
        ((-300.0, -100.0, -1050.0), "outside of the thigh, right"),
        ((-5.0, -90.0, -1050.0), "inside of the thigh, right"),
        ((100.0, -300.0, -1050.0), "front of the thigh, left"),
        ((300.0, -80.0, -1400.0), "outside of the lower leg, left"),
        ((100.0, 0.0, -1500.0), "back of the lower leg, left"),
        ((100.0, -200.0, -1760.0), "foot, left"),
    ],
)
def test_parts_are_where_anatomy_has_them(place_mm: tuple[float, float, float], name: str) -> None:
    """A man of 176 cm: the breastbone begins 32 cm below the vertex, the navel lies at 70 cm, the crotch at 91 cm."""
    phantom = body_phantom("male", 176.0, 73.0)

    nearest = np.linalg.norm(phantom.cells_mm - place_mm, axis=1).argmin()
    assert phantom.regions[phantom.region[nearest]] == name


def test_every_part_has_skin_on_both_sides() -> None:
    phantom = body_phantom("male", 176.0, 73.0, arms=Arms.BESIDE)

    assert set(phantom.region.tolist()) == set(range(len(phantom.regions)))


def test_arms_that_are_away_weigh_all_the_same() -> None:
    with_arms = body_phantom("male", 176.0, 73.0, arms=Arms.BESIDE)
    without = body_phantom("male", 176.0, 73.0, arms=Arms.AWAY)

    assert not any("arm" in without.regions[part] or "hand" in without.regions[part] for part in set(without.region))
    depth = {body.name: body.cells_mm[:, 1].min() for body in (with_arms, without)}
    assert len({round(value) for value in depth.values()}) == 1
    assert 0.08 < 1 - _litres(without) / _litres(with_arms) < 0.13  # both arms: a tenth of the body (de Leva 1996)


@pytest.mark.parametrize("cells", [1000, 20_000, 80_000])
def test_has_about_as_many_cells_as_asked_for(cells: int) -> None:
    assert len(body_phantom("male", 176.0, 73.0, cells=cells).cells_mm) == pytest.approx(cells, rel=0.15)


def test_a_heavier_patient_is_thicker_but_no_taller_and_has_the_same_head() -> None:
    slim, stout = (body_phantom("male", 176.0, weight) for weight in (60.0, 120.0))

    chest, head = ([slim.regions.index(name) for name in names] for names in (["chest, left"], ["face, left"]))
    front = [body.cells_mm[np.isin(body.region, chest), 1].min() for body in (slim, stout)]
    face = [body.cells_mm[np.isin(body.region, head), 1].min() for body in (slim, stout)]
    assert front[1] < 1.3 * front[0]
    assert face[1] == pytest.approx(face[0], abs=1.0)


@pytest.mark.parametrize(
    ("height", "weight", "age"),
    [
        *((3.0, 73.0, None), (1760.0, 73.0, None), (176.0, 0.0, None), (176.0, 900.0, None), (60.0, 300.0, None)),
        *((float("nan"), 73.0, None), (176.0, float("nan"), None), (176.0, 73.0, -1.0), (200.0, 5.0, None)),
    ],
)
def test_no_body_is_made_of_sizes_that_nobody_has(height: float, weight: float, age: float | None) -> None:
    with pytest.raises(ValueError, match="no"):
        body_phantom("male", height, weight, age)
