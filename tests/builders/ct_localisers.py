"""Localisers of computed bodies: how thick they are along parallel rays, as pixel values of a known device."""

from math import sqrt

import numpy as np
from pydicom.dataset import Dataset

from dose_core.dosimetry.ct_size.localiser import Localiser, LocaliserCalibration, View
from tests.builders.dicom_files import ct_slice

WIDTH_MM, COLUMNS = 500.0, 512
# An invented device: its values count half a millimetre of water each, from -200 on.
CALIBRATION = LocaliserCalibration(kv=120.0, view=View.FRONTAL, width_mm=WIDTH_MM, slope_mm=0.5, intercept_mm=100.0)
Part = tuple[float, float, float, float]  # width, depth, place across, density that it adds, where water is 1


def thickness_mm(*parts: Part) -> np.ndarray:
    """Return the water along each ray through elliptic parts, each given by its diameters across and along the rays."""
    across = (np.arange(COLUMNS) + 0.5) * WIDTH_MM / COLUMNS - WIDTH_MM / 2
    through = np.zeros(COLUMNS)
    for wide_mm, deep_mm, place_mm, density in parts:
        inside = np.clip(1 - ((across - place_mm) / (wide_mm / 2)) ** 2, 0, None)
        through += density * deep_mm * np.sqrt(inside)
    return through


def localiser(
    *parts: Part,
    z_mm: tuple[float, ...] = (0.0, 1.0, 2.0, 3.0),
    noise: float = 0,
    kv: float | None = 120.0,
    kernel: str | None = None,
    view: View = View.FRONTAL,
) -> Localiser:
    """Return the localiser of a body that is the same all along: whole numbers, with the same noise each time."""
    values = (thickness_mm(*parts) - CALIBRATION.intercept_mm) / CALIBRATION.slope_mm
    lines = np.tile(values, (len(z_mm), 1))
    if noise:
        lines += np.random.default_rng(20_261_122).normal(0, noise, lines.shape)
    return Localiser(
        values=np.round(lines).astype(np.float32), z_mm=z_mm, width_mm=WIDTH_MM, view=view, kv=kv, kernel=kernel
    )


def dw_mm(*parts: Part) -> float:
    """Return the diameter of the cylinder of water that elliptic parts equal: each has pi / 4 of both its diameters."""
    return sqrt(sum(wide_mm * deep_mm * density for wide_mm, deep_mm, _, density in parts))


def localiser_image(scout: Localiser, **values: object) -> Dataset:
    """Return the CT image of a frontal localiser, its first line at its first place, each next below."""
    lines, columns = scout.values.shape
    told = {
        "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
        "ImagePositionPatient": [-WIDTH_MM / 2, 0, scout.z_mm[0]],
        "ImageOrientationPatient": [1, 0, 0, 0, 0, -1],
        "PixelSpacing": [abs(scout.z_mm[1] - scout.z_mm[0]), scout.width_mm / columns],
        "Rows": lines,
        "Columns": columns,
        "PixelRepresentation": 1,
        "PixelData": scout.values.astype("<i2").tobytes(),
        "RescaleSlope": 1,
        "RescaleIntercept": 0,
        "RescaleType": "US",
    }
    return ct_slice(**told | values)
