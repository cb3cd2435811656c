"""A plane and an elliptic cylinder in place of a patient's body."""

import math

import numpy as np

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.body.body_phantom import DENSITY_KG_L
from dose_core.dosimetry.skin.body.proportions import proportions
from dose_core.dosimetry.skin.body.sections import sections, volume_mm3, with_forms
from dose_core.dosimetry.skin.phantom import Phantom

_STEPS = 4096  # of the ellipse, for lengths along it; their error is below 1e-6 of its circumference


def plane(*, width_mm: float, length_mm: float, cell_mm: float = 10.0) -> Phantom:
    """Return a flat back of square cells: the plane y = 0 from the top of the head down, with normals to the back."""
    across, down = _middles(width_mm, cell_mm), _middles(length_mm, cell_mm)
    x_mm, below = (axis.ravel() for axis in np.meshgrid(across - width_mm / 2, down, indexing="ij"))
    area = width_mm / len(across) * length_mm / len(down)
    return Phantom(
        name=f"plane {width_mm:.0f} x {length_mm:.0f} mm",
        cells_mm=np.column_stack([x_mm, np.zeros(len(x_mm)), -below]),
        normals=np.tile([0.0, 1.0, 0.0], (len(x_mm), 1)),
        areas_mm2=np.full(len(x_mm), area),
        regions=("back",),
        region=np.zeros(len(x_mm), dtype=np.intp),
        unrolled_mm=np.column_stack([x_mm, below]),
    )


def elliptic_cylinder(*, width_mm: float, depth_mm: float, length_mm: float, cell_mm: float = 10.0) -> Phantom:
    """
    Return the mantle of an elliptic cylinder that lies on its back; its ends are open, and no part hides another.

    Cells have equal lengths along the ellipse, so equal areas whatever the ratio of the axes; normals are those of the
    ellipse.
    """
    half_width, half_depth = width_mm / 2, depth_mm / 2
    fine = np.linspace(-np.pi, np.pi, _STEPS + 1)  # 0 is the middle of the back, a right angle the patient's left
    outline = np.column_stack([half_width * np.sin(fine), half_depth * np.cos(fine)])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    around, down = _middles(float(along[-1]), cell_mm), _middles(length_mm, cell_mm)
    angle = np.interp(around, along, fine)
    angle, below = (axis.ravel() for axis in np.meshgrid(angle, down, indexing="ij"))
    flat = np.repeat(around - along[-1] / 2, len(down))
    normals = np.column_stack([np.sin(angle) / half_width, np.cos(angle) / half_depth, np.zeros(len(angle))])
    area = along[-1] / len(around) * length_mm / len(down)
    y_mm = half_depth * (np.cos(angle) - 1)
    return Phantom(
        name=f"elliptic cylinder {width_mm:.0f} x {depth_mm:.0f} x {length_mm:.0f} mm",
        cells_mm=np.column_stack([half_width * np.sin(angle), y_mm, -below]),
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        areas_mm2=np.full(len(angle), area),
        regions=("trunk",),
        region=np.zeros(len(angle), dtype=np.intp),
        unrolled_mm=np.column_stack([flat, below]),
    )


def patient_cylinder(
    sex: str | None, height_cm: float, weight_kg: float, age_years: float | None = None, *, cell_mm: float = 10.0
) -> Phantom:
    """
    Return an elliptic cylinder as long as the patient, with the waist of a mean body of that height.

    Where the patient weighs more or less than that body, both axes grow or shrink with the root of the weight. Without
    age it is an adult, without sex the mean of men and women.

    Raises:
        ValueError: height and weight are not positive numbers.

    Source: ``factors/body_measures.csv``.
    """
    if not (0 < height_cm < math.inf and 0 < weight_kg < math.inf):
        raise ValueError("nobody has that height or weight")
    body, stature_mm = with_forms(proportions(sex, age_years)), height_cm * 10
    mean_kg = volume_mm3(sections(body, stature_mm, 1.0)) / 1e6 * DENSITY_KG_L
    across_mm = stature_mm * math.sqrt(weight_kg / mean_kg)
    return elliptic_cylinder(
        width_mm=body["waist_breadth"] * across_mm,
        depth_mm=body["waist_depth"] * across_mm,
        length_mm=stature_mm,
        cell_mm=cell_mm,
    )


def _middles(length_mm: float, cell_mm: float) -> Floats:
    """Return the middles of as many equal parts of a length as come nearest to the wanted size."""
    parts = max(1, round(length_mm / cell_mm))
    middles: Floats = (np.arange(parts, dtype=np.float64) + 0.5) * (length_mm / parts)
    return middles
