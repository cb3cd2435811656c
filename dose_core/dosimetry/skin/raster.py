"""The flat picture of the skin as a grid: which cell each pixel shows."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.phantom import Phantom

Indices = NDArray[np.intp]
_Grid = TypeVar("_Grid", np.bool_, np.intp)

NO_SKIN = -1
_OVERLAP = 0.6  # half the side of what a cell paints, over the root of its area
_CLOSED_PX = 3  # gaps between cells that are closed, half their width


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """
    Cells by row and column, ``NO_SKIN`` where there is none; seen from outside, so the patient's left is on the left.

    ``left_mm`` and ``top_mm`` are the places on the flat picture of the phantom at the upper left corner.
    """

    cell: Indices
    px_per_mm: float
    left_mm: float
    top_mm: float

    def at(self, unrolled_mm: Floats) -> Floats:
        """Return column and row of places on the flat picture of the phantom."""
        return (unrolled_mm - (self.left_mm, self.top_mm)) * (-self.px_per_mm, self.px_per_mm)


def raster(phantom: Phantom, dose_mgy: Floats, *, height_px: int) -> Raster:
    """Return which cell each pixel shows; where cells lie on each other it is that with the highest dose."""
    across, down = phantom.unrolled_mm.T
    half = np.sqrt(phantom.areas_mm2) * _OVERLAP
    left, right = float((across + half).max()), float((across - half).min())
    top, bottom = float((down - half).min()), float((down + half).max())
    scale = height_px / (bottom - top)
    rank = np.full((height_px + 1, int((left - right) * scale) + 1), NO_SKIN, dtype=np.intp)
    order = np.argsort(dose_mgy, kind="stable")
    made = Raster(cell=rank, px_per_mm=scale, left_mm=left, top_mm=top)
    column, row = made.at(phantom.unrolled_mm).T
    side = np.maximum(half * scale, 0.5)
    edges = np.stack([row - side, row + side, column - side, column + side], axis=1)[order].round().astype(int)
    for number, (first, last, begin, end) in enumerate(np.maximum(edges, 0).tolist()):
        rank[first : max(last, first + 1), begin : max(end, begin + 1)] = number
    _close(rank)
    rank[...] = np.where(rank == NO_SKIN, NO_SKIN, order[rank])
    return made


def _close(rank: Indices) -> None:
    """Fill the gaps between cells, but not what lies around the skin, with the highest dose beside them."""
    wide = np.pad(rank != NO_SKIN, _CLOSED_PX)
    for _ in range(_CLOSED_PX):
        wide = _spread(wide)
    for _ in range(_CLOSED_PX):
        wide = ~_spread(~wide)
    inside = wide[_CLOSED_PX:-_CLOSED_PX, _CLOSED_PX:-_CLOSED_PX]
    for _ in range(2 * _CLOSED_PX):
        gaps = inside & (rank == NO_SKIN)
        rank[gaps] = _spread(rank)[gaps]


def _spread(grid: NDArray[_Grid]) -> NDArray[_Grid]:
    """Return the highest of each pixel and the four beside it."""
    found = grid.copy()
    np.maximum(found[1:], grid[:-1], out=found[1:])
    np.maximum(found[:-1], grid[1:], out=found[:-1])
    np.maximum(found[:, 1:], grid[:, :-1], out=found[:, 1:])
    np.maximum(found[:, :-1], grid[:, 1:], out=found[:, :-1])
    return found
