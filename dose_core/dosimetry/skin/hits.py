"""Where beams meet cells of skin, and what a physics must be able to say about it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Beams, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """
    ``h`` pairs of a beam and a cell that it meets from outside, in the order of the beams.

    ``side_mm`` is the side of the square that has the area of the field in the plane of the cell. ``table`` and
    ``mattress`` are the lengths of the ray inside them, in units of their thickness: 1 at right angles, 0 beside them.
    """

    beam: NDArray[np.intp]  # (h,) index into the beams
    cell: NDArray[np.intp]  # (h,) index into the cells of the phantom
    distance_mm: Floats  # (h,) from the source to the cell
    side_mm: Floats  # (h,)
    table: Floats  # (h,)
    mattress: Floats  # (h,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the beams met in all: which did, the smallest and largest field there, whether through a table."""

    met: NDArray[np.bool_]  # (n,)
    side_low_mm: float
    side_high_mm: float
    through_table: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What was assumed, in words; ``beyond_tables`` if a row stood for a beam or a device that the table has not."""

    caveats: tuple[str, ...] = ()
    beyond_tables: bool = False


class BeamPhysics(Protocol):
    """What a physics has worked out for all beams before the cells are looked at."""

    def dose_per_kerma(self, hits: Hits) -> Floats:
        """Return absorbed dose to skin over air kerma free in air at the cell, for each hit, in Gy/Gy."""
        ...

    def remarks(self, reach: Reach) -> Remarks:
        """Return what was assumed for the beams that met the phantom."""
        ...


class Corrections(Protocol):
    """A physics: from air kerma free in air to dose to skin."""

    def for_beams(self, beams: Beams) -> BeamPhysics:
        """Return what holds for each beam wherever it meets the skin."""
        ...
