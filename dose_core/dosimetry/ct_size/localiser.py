"""
The water-equivalent diameter along a patient from a CT localiser, by a calibration of its device.

Source: AAPM Report 220 (2014) takes it from localisers whose pixel values are calibrated; "Aw is deduced from the
average localizer pixel value of the line(s) that correspond to the axial image", and the two go linearly together
(R2 over 0.998 on three makers' scanners: A new method for CT dose estimation by determining patient water equivalent
diameter from localizer radiographs, Med Phys 2018, abstract). Slope and intercept differ between directions and image
filters, so that a calibration holds for one way of making localisers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, pi, sqrt

import numpy as np
from numpy.typing import NDArray

METHOD_ID = "ct-water-equivalent-diameter-from-localiser"
METHOD_VERSION = "1"
SOURCE = (
    "AAPM Report 220 (2014): Dw = 2 sqrt(Aw / pi), with Aw linear in the mean pixel value of a localiser's line, "
    "calibrated for the device"
)
# Ours: what a header rounds.
_SAME_KV = 0.5
_SAME_WIDTH = 0.01


class View(StrEnum):
    """From where a localiser looks; an image does not say if from above or below, or from which side."""

    FRONTAL = "frontal"
    LATERAL = "lateral"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaliserCalibration:
    """
    How thick water is that a pixel value stands for: slope x value + intercept, in mm.

    It holds for localisers of this voltage, view and width (columns times their spacing: table and air beside the
    patient are part of it), and of this Convolution Kernel (0018,1210); ``None`` holds for any.
    """

    kv: float
    view: View
    width_mm: float
    slope_mm: float
    intercept_mm: float
    kernel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Localiser:
    """
    A decoded localiser: ``values`` (after rescale) has a line for each place along the patient, as ``z_mm`` has them.

    ``kernel`` and ``kv`` are ``None`` where the image states none.
    """

    values: NDArray[np.float32]
    z_mm: tuple[float, ...]
    width_mm: float
    view: View
    kv: float | None
    kernel: str | None = None


def calibration_for(localiser: Localiser, calibrations: Sequence[LocaliserCalibration]) -> LocaliserCalibration | None:
    """Return the calibration that holds for a localiser: one for its kernel before one for any."""
    fitting = [one for one in calibrations if _holds(one, localiser)]
    return next((one for one in fitting if one.kernel is not None), fitting[0] if fitting else None)


def dw_mm_at(
    localiser: Localiser, calibration: LocaliserCalibration, z_mm: Sequence[float]
) -> tuple[float | None, ...]:
    """
    Return the water-equivalent diameter at places along the patient, each of the nearest line.

    It is ``None`` beyond the lines, and where a line holds no more than air or what is no number.
    """
    if len(localiser.z_mm) < 2 or localiser.values.shape[0] != len(localiser.z_mm):  # noqa: PLR2004 - two make a step
        return (None,) * len(z_mm)
    lines = np.asarray(localiser.z_mm)
    step_mm = float(np.median(np.abs(np.diff(lines))))
    means = localiser.values.mean(axis=1, dtype=np.float64)
    told: list[float | None] = []
    for place in z_mm:
        nearest = int(np.argmin(np.abs(lines - place)))
        is_beyond = not abs(float(lines[nearest]) - place) <= step_mm
        told.append(None if is_beyond else _dw_mm(float(means[nearest]), localiser.width_mm, calibration))
    return tuple(told)


def _dw_mm(mean: float, width_mm: float, calibration: LocaliserCalibration) -> float | None:
    area_mm2 = (calibration.slope_mm * mean + calibration.intercept_mm) * width_mm
    return 2 * sqrt(area_mm2 / pi) if isfinite(area_mm2) and area_mm2 > 0 else None


def _holds(calibration: LocaliserCalibration, localiser: Localiser) -> bool:
    return (
        calibration.view is localiser.view
        and localiser.kv is not None
        and abs(calibration.kv - localiser.kv) <= _SAME_KV
        and abs(calibration.width_mm - localiser.width_mm) <= _SAME_WIDTH * calibration.width_mm
        and calibration.kernel in (None, localiser.kernel)
    )
