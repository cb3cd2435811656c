"""The surface that stands for the patient's skin: cells with a place, a normal and an area."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """
    ``n`` cells of skin in the frame of the patient (``dose_core.dosimetry.skin.beam``).

    ``normals`` are unit vectors that point outwards. ``unrolled_mm`` is where each cell lies on the flat picture of the
    skin: around the body from the middle of the back towards the patient's left, and from the top of the head down.
    ``triangles`` is the closed surface, for telling which part of the body stands before another; without, none does.
    """

    name: str  # with its size: "plane", "elliptic cylinder 200 x 100 x 1500 mm", "adult male 178 cm 73 kg"
    cells_mm: Floats  # (n, 3)
    normals: Floats  # (n, 3)
    areas_mm2: Floats  # (n,)
    regions: tuple[str, ...]  # names of the parts of the body
    region: NDArray[np.intp]  # (n,) index into regions
    unrolled_mm: Floats  # (n, 2)
    vertices_mm: Floats | None = None  # (k, 3)
    triangles: NDArray[np.intp] | None = None  # (m, 3) indices into vertices, counter-clockwise seen from outside
