"""CT slices of bodies whose size is known by their geometry, with the edges that a pixel's width gives them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.ct_size.water_equivalent import CtPixels

AIR_HU, LUNG_HU = -1000.0, -850.0
_PARTS = 4  # of a pixel, in each direction: how much of it a body fills

Image = NDArray[np.float64]
Shape = Callable[[Image, Image], NDArray[np.bool_]]


def ellipse(lateral_mm: float, ap_mm: float, *, x_mm: float = 0, y_mm: float = 0) -> Shape:
    """Return an ellipse of these diameters; x goes to the right of the image, y down, from its centre."""
    return lambda x, y: ((x - x_mm) / lateral_mm) ** 2 + ((y - y_mm) / ap_mm) ** 2 <= 0.25


def barrel(lateral_mm: float, ap_mm: float, *, x_mm: float = 0) -> Shape:
    """Return a body between an ellipse and a rectangle: its sides bulge a little, its corners are round."""
    return lambda x, y: (2 * (x - x_mm) / lateral_mm) ** 8 + (2 * y / ap_mm) ** 8 <= 1


def box(left_mm: float, right_mm: float, top_mm: float, bottom_mm: float) -> Shape:
    """Return a rectangle."""
    return lambda x, y: (x >= left_mm) & (x < right_mm) & (y >= top_mm) & (y < bottom_mm)


def hollow_table(*, top_mm: float, width_mm: float = 420, height_mm: float = 40, skin_mm: float = 3) -> list[Shape]:
    """Return the skins of a flat table whose inside is air."""
    half, bottom = width_mm / 2, top_mm + height_mm
    return [
        box(-half, half, top_mm, top_mm + skin_mm),
        box(-half, half, bottom - skin_mm, bottom),
        box(-half, -half + skin_mm, top_mm, bottom),
        box(half - skin_mm, half, top_mm, bottom),
    ]


def curved_table(*, lowest_mm: float, radius_mm: float = 250, skin_mm: float = 3, from_y_mm: float = 40) -> Shape:
    """Return a shell that is curved as the back of a patient is, open upwards."""
    centre = lowest_mm - radius_mm

    def shell(x: Image, y: Image) -> NDArray[np.bool_]:
        distance = np.hypot(x, y - centre)
        return (distance >= radius_mm) & (distance < radius_mm + skin_mm) & (y >= from_y_mm)

    return shell


def painted(*bodies: tuple[Shape, float], spacing_mm: float = 0.8, size: int = 512) -> Image:
    """Return a slice in Hounsfield units: each body over those before it, all in air."""
    centres = ((np.arange(size * _PARTS) + 0.5) / _PARTS - size / 2) * spacing_mm
    image = np.full((size, size), AIR_HU)
    for shape, hu in bodies:
        filled = shape(centres[None, :], centres[:, None]).reshape(size, _PARTS, size, _PARTS).mean(axis=(1, 3))
        image = image * (1 - filled) + hu * filled
    return image


def scanned(
    image: Image,
    *,
    spacing_mm: float = 0.8,
    noise_hu: float = 0,
    intercept: float = -1024,
    dtype: str = "<u2",
    circle: bool = True,
    beyond_hu: float = -1024,
    padding: tuple[float, float] | None = None,
) -> CtPixels:
    """Return a slice as a scanner stores it: with noise (the same each time), in a circle, as whole numbers."""
    noisy = image + np.random.default_rng(20_261_122).normal(0, noise_hu, image.shape) if noise_hu else image
    noisy = np.maximum(noisy, -1024)
    if circle:
        squared = (np.arange(image.shape[0]) - (image.shape[0] - 1) / 2) ** 2
        noisy = np.where(squared[:, None] + squared[None, :] > (image.shape[0] / 2) ** 2, beyond_hu, noisy)
    return CtPixels(
        stored=np.round(noisy - intercept).astype(dtype),
        slope=1.0,
        intercept=intercept,
        row_spacing_mm=spacing_mm,
        column_spacing_mm=spacing_mm,
        padding=padding,
    )
