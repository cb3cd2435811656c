"""
Cells of a phantom in blocks of neighbours, so that a beam is compared with blocks first and with few cells after.

A beam is a pyramid of four planes, so whether a cell is in it is four dot products; whether it faces the source is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Beams, Floats
from dose_core.dosimetry.skin.phantom import Phantom

_LANES = 32  # cells of a block
_EDGE_MM = 1e-6  # a cell on the very edge of a field is in it, whatever the rounding
_AT_ONCE = 1 << 18  # numbers in an array: 2 MB
_BITS = 10  # of each coordinate in the order of the cells

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """
    The four sides of each pyramid: unit normals that point inwards, with their offset; and the sources.

    Times a point ``(x, y, z, 1)`` a side gives how far inside the point is, in mm.
    """

    sides: Floats  # (n, 4, 4)
    source: Floats  # (n, 4): x, y, z, 1


def planes(beams: Beams) -> Planes:
    """Return the sides of all beams."""
    normals = np.stack(
        [
            beams.u - beams.tan_u_min[:, None] * beams.axis,
            beams.tan_u_max[:, None] * beams.axis - beams.u,
            beams.v - beams.tan_v_min[:, None] * beams.axis,
            beams.tan_v_max[:, None] * beams.axis - beams.v,
        ],
        axis=1,
    )
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    offsets = -np.einsum("nij,nj->ni", normals, beams.source_mm)
    source = np.column_stack([beams.source_mm, np.ones(len(beams.source_mm))])
    return Planes(sides=np.concatenate([normals, offsets[:, :, None]], axis=2), source=source)


class Blocks:
    """The cells of one phantom, sorted along a curve that keeps neighbours together, and cut into blocks."""

    def __init__(self, phantom: Phantom) -> None:
        count = -(-len(phantom.cells_mm) // _LANES)
        self._order = _curve(phantom.cells_mm)
        cells, normals = phantom.cells_mm[self._order], phantom.normals[self._order]
        self._points = _lanes(np.column_stack([cells, np.ones(len(cells))]), count)
        facing = np.column_stack([normals, -np.einsum("ij,ij->i", normals, cells)])
        self._facing = _lanes(facing, count)
        first = np.arange(0, len(cells), _LANES)
        low, high = np.minimum.reduceat(cells, first), np.maximum.reduceat(cells, first)
        self._centre = np.column_stack([(low + high) / 2, np.ones(count)])
        self._radius = np.linalg.norm(high - low, axis=1)[:, None] / 2 + _EDGE_MM
        mean = np.add.reduceat(normals, first) / np.diff([*first, len(cells)])[:, None]
        self._mean = np.column_stack([mean, -np.einsum("ij,ij->i", mean, self._centre[:, :3])])
        apart = np.linalg.norm(normals - np.repeat(mean, _LANES, axis=0)[: len(cells)], axis=1)
        self._spread = np.maximum.reduceat(apart, first)[:, None]
        self._middle = self._centre[:, :3].mean(axis=0)
        self._reach = float(np.linalg.norm(self._centre[:, :3] - self._middle, axis=1).max())

    def met(self, sides: Planes) -> Iterator[Pairs]:
        """
        Yield (beam, cell) of all cells that lie in a beam and face its source, some beams at a time, in their order.

        A beam is never split between two yields.
        """
        step = max(1, _AT_ONCE // len(self._centre))
        for start in range(0, len(sides.source), step):
            some = np.arange(start, min(start + step, len(sides.source)))
            which, block = np.nonzero(self._near(sides, some))
            last = np.searchsorted(which, np.arange(len(some)), side="right") * _LANES
            parts = np.flatnonzero(np.diff(last // _AT_ONCE, append=-1))
            begin = 0
            for part in parts:
                end = last[part] // _LANES
                yield self._cells(sides, some[which[begin:end]], block[begin:end])
                begin = end

    def _near(self, sides: Planes, beams: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return (beams, blocks): whether some cell of the block may lie in the beam and face its source."""
        source = sides.source[beams]
        away = np.linalg.norm(source[:, :3] - self._middle, axis=1) + self._reach
        slack = self._spread.T * away[:, None] + self._radius.T
        near: NDArray[np.bool_] = source @ self._mean.T > -slack
        for side in range(4):
            near &= sides.sides[beams, side] @ self._centre.T >= -self._radius.T
        return near

    def _cells(self, sides: Planes, beam: NDArray[np.intp], block: NDArray[np.intp]) -> Pairs:
        inside = (sides.source[beam, None] @ self._facing[block])[:, 0] > 0
        depth = sides.sides[beam] @ self._points[block]
        for side in range(4):
            inside &= depth[:, side] >= -_EDGE_MM
        pair, lane = np.nonzero(inside)
        return beam[pair], self._order[block[pair] * _LANES + lane]


def _lanes(rows: Floats, count: int) -> Floats:
    """Return (blocks, 4, lanes); the last block is filled with rows of zeros, which face no source."""
    full = np.zeros((count * _LANES, 4))
    full[: len(rows)] = rows
    return np.ascontiguousarray(full.reshape(count, _LANES, 4).transpose(0, 2, 1))


def _curve(cells_mm: Floats) -> NDArray[np.intp]:
    """Return the cells in the order of G. M. Morton's curve (1966), which interleaves the bits of the coordinates."""
    low = cells_mm.min(axis=0)
    extent = max(float((cells_mm.max(axis=0) - low).max()), _EDGE_MM)
    steps = ((cells_mm - low) * ((1 << _BITS) - 1) / extent).astype(np.uint32)
    code = np.zeros(len(cells_mm), dtype=np.uint32)
    for bit in range(_BITS):
        for axis in range(3):
            code |= ((steps[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")
