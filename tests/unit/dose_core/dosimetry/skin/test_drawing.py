"""The picture of a map: the same bytes for the same map, sides right, and no dose told by colour alone."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dose_core.dosimetry.skin.body import Arms, body_phantom
from dose_core.dosimetry.skin.colours import NO_BEAM, colours
from dose_core.dosimetry.skin.drawing import Caption, picture
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.raster import NO_SKIN, raster
from dose_core.dosimetry.skin.simple_phantoms import elliptic_cylinder, plane

CAPTION = Caption(title="An invented exam", is_indicative=True, notes=("2 events are not on the map.",))
HIGHEST = (253, 231, 37)


@cache
def woman() -> Phantom:
    return body_phantom("female", 163.0, 60.0, arms=Arms.BESIDE)


def doses_at(phantom: Phantom, place_mm: tuple[float, float, float], radius_mm: float = 50.0) -> NDArray[np.float64]:
    """Return a dose around one place, which falls to nothing at a distance."""
    away = np.linalg.norm(phantom.cells_mm - place_mm, axis=1)
    dose: NDArray[np.float64] = np.maximum(0.0, 1 - away / radius_mm) * 2500.0
    return dose


def pixels(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def middle_of(image: NDArray[np.uint8], ink: tuple[int, int, int]) -> tuple[float, float]:
    """Return the mean column and row of the pixels of about one colour, left of the scale."""
    rows, columns = np.nonzero(np.abs(image[:, :-120].astype(int) - ink).max(axis=2) < 60)
    return float(columns.mean()), float(rows.mean())


def test_the_same_map_and_caption_give_the_same_bytes() -> None:
    dose = doses_at(woman(), (0.0, 0.0, -450.0))

    assert picture(woman(), dose, CAPTION) == picture(woman(), dose.copy(), CAPTION)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_the_patients_left_is_on_the_left_as_seen_from_behind(side: float) -> None:
    image = pixels(picture(woman(), doses_at(woman(), (side * 80.0, 0.0, -450.0)), CAPTION))

    column, _ = middle_of(image, HIGHEST)
    skin = np.nonzero((image == NO_BEAM).all(axis=2))[1]
    assert (column < skin.mean()) == (side > 0)


def test_the_head_is_above_the_feet() -> None:
    high = pixels(picture(woman(), doses_at(woman(), (0.0, 0.0, -100.0)), CAPTION))
    low = pixels(picture(woman(), doses_at(woman(), (100.0, 0.0, -1400.0)), CAPTION))

    assert middle_of(high, HIGHEST)[1] < middle_of(low, HIGHEST)[1] - 300


def test_skin_without_dose_is_grey_and_says_that_no_beam_met_it() -> None:
    image = pixels(picture(woman(), np.zeros(len(woman().cells_mm)), CAPTION))

    assert (image == NO_BEAM).all(axis=2).sum() > 100_000
    assert not (np.abs(image.astype(int) - HIGHEST).max(axis=2) < 30).any()


def test_colours_grow_in_lightness_so_that_grey_paper_tells_them_apart() -> None:
    """Relative luminance, ITU-R BT.709."""
    luminance = colours(np.linspace(0.0, 1.0, 50)).astype(float) @ (0.2126, 0.7152, 0.0722)

    assert (np.diff(luminance) > 0).all()
    assert luminance[-1] > 8 * luminance[0]


def test_lines_stand_at_quarters_of_the_highest_dose() -> None:
    """Halfway to nothing the dose is a half: there the white line is met when going straight away from the peak."""
    phantom = plane(width_mm=600.0, length_mm=1500.0, cell_mm=5.0)
    dose = doses_at(phantom, (0.0, 0.0, -750.0), 200.0)
    image = pixels(picture(phantom, dose, CAPTION))

    column, row = (round(place) for place in middle_of(image, HIGHEST))
    along = image[row, column : column + 110]
    white = np.flatnonzero((along > 250).all(axis=1))
    px_per_mm = raster(phantom, dose, height_px=760).px_per_mm
    assert [place for place in white / px_per_mm if abs(place - 100.0) < 5.0]
    assert [place for place in white / px_per_mm if abs(place - 150.0) < 5.0]


def test_a_single_cell_with_the_most_dose_is_never_painted_over() -> None:
    phantom = woman()
    crown = int(phantom.cells_mm[:, 2].argmax())
    dose = np.full(len(phantom.cells_mm), 1.0)
    dose[crown] = 5.0

    assert (raster(phantom, dose, height_px=760).cell == crown).any()


def test_skin_has_no_holes_between_its_cells() -> None:
    """The parts of the picture are whole: from its first to its last pixel of skin each row of a plane is skin."""
    for phantom in (plane(width_mm=400.0, length_mm=1500.0), replace(woman(), name="body")):
        shown = raster(phantom, np.zeros(len(phantom.cells_mm)), height_px=760).cell != NO_SKIN
        middle = shown.shape[1] // 2
        trunk = shown[200:300, middle - 60 : middle + 60]
        assert trunk.all()


@pytest.mark.parametrize(
    "phantom",
    [plane(width_mm=400.0, length_mm=1500.0), elliptic_cylinder(width_mm=400.0, depth_mm=200.0, length_mm=1500.0)],
)
def test_draws_any_phantom(phantom: Phantom) -> None:
    assert picture(phantom, np.ones(len(phantom.cells_mm)), CAPTION)[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("highest", [1e-6, 0.37, 9.99, 1234.5, 1e6])
def test_draws_doses_of_any_size(highest: float) -> None:
    phantom = plane(width_mm=100.0, length_mm=300.0)

    assert picture(phantom, np.linspace(0, highest, len(phantom.cells_mm)), CAPTION)
