"""
Connected parts of a binary image, by runs.

An image of a patient has a few thousand runs (stretches of set pixels in one row) in the place of 262,144 pixels, so
that the parts are found on arrays of that length: no package of image processing is needed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Runs:
    """
    The runs of an image in reading order, and the part to which each belongs.

    ``starts`` and ``ends`` (behind the last pixel) index the image's rows laid one behind another, each with one clear
    pixel at its end, so that no run goes from one row into the next. ``part`` numbers the parts from 0.
    """

    shape: tuple[int, int]
    starts: Indices
    ends: Indices
    part: Indices
    count: int

    @property
    def lengths(self) -> Indices:
        """The number of pixels of each run."""
        return self.ends - self.starts

    def sums(self, of_run: NDArray[Any]) -> NDArray[np.float64]:
        """Return for each part the sum of a number that each run has."""
        return np.bincount(self.part, of_run.astype(np.float64), minlength=self.count).astype(np.float64, copy=False)

    def counted(self, mask: Mask) -> Indices:
        """Return how many pixels of each run are set in another image."""
        laid = np.zeros((self.shape[0], self.shape[1] + 1), dtype=np.bool_)
        laid[:, :-1] = mask
        edges = np.column_stack((self.starts, self.ends)).reshape(-1)
        # No row has more pixels than 16 bits count, and adding in them costs a quarter of adding in more.
        return np.add.reduceat(laid.reshape(-1).view(np.uint8), edges, dtype=np.uint16)[::2].astype(np.intp)

    def extents(self) -> tuple[Indices, Indices]:
        """Return the height and the width of each part, in pixels."""
        stride = self.shape[1] + 1
        rows, first = np.divmod(self.starts, stride)
        last = first + self.lengths
        top, left = np.full(self.count, self.shape[0]), np.full(self.count, stride)
        bottom, right = np.zeros(self.count, dtype=np.intp), np.zeros(self.count, dtype=np.intp)
        np.minimum.at(top, self.part, rows)
        np.maximum.at(bottom, self.part, rows + 1)
        np.minimum.at(left, self.part, first)
        np.maximum.at(right, self.part, last)
        return bottom - top, right - left

    def at_the_frame(self) -> Mask:
        """Return which parts reach the outermost rows or columns of the image."""
        stride = self.shape[1] + 1
        rows, first = np.divmod(self.starts, stride)
        outermost = (rows == 0) | (rows == self.shape[0] - 1) | (first == 0) | (first + self.lengths == stride - 1)
        found = np.zeros(self.count, dtype=np.bool_)
        found[self.part[outermost]] = True
        return found

    def drawn(self, parts: Mask) -> Mask:
        """Return the image of the parts that are told."""
        chosen = parts[self.part]
        stride = self.shape[1] + 1
        # Clear, set, clear, set, ... clear: each from where the one before ends.
        bounds = np.column_stack((self.starts[chosen], self.ends[chosen])).reshape(-1)
        is_set = np.arange(bounds.size + 1) % 2 == 1
        lengths = np.diff(bounds, prepend=0, append=self.shape[0] * stride)
        return np.repeat(is_set, lengths).reshape(self.shape[0], stride)[:, :-1]


def runs_of(mask: Mask) -> Runs:
    """Return the runs of an image; those that touch in adjacent rows, edge to edge, are of one part."""
    rows, columns = mask.shape
    laid = np.zeros((rows, columns + 1), dtype=np.bool_)
    laid[:, :-1] = mask
    flat = laid.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        changes = np.concatenate(([0], changes))
    starts, ends = changes[0::2], changes[1::2]
    part, count = _parts(starts, ends, columns + 1)
    return Runs((rows, columns), starts, ends, part, count)


def _parts(starts: Indices, ends: Indices, stride: int) -> tuple[Indices, int]:
    """Return the part of each run: the runs above it that share a column with it are of its part."""
    first = np.searchsorted(ends, starts - stride, side="right")
    behind = np.searchsorted(starts, ends - stride, side="left")
    touching = np.maximum(behind - first, 0)
    below = np.repeat(np.arange(starts.size), touching)
    offsets = np.arange(below.size) - np.repeat(np.cumsum(touching) - touching, touching)
    above = np.repeat(first, touching) + offsets
    root = np.arange(starts.size)
    while True:  # each round joins trees and then flattens them, so that the rounds grow with the logarithm of the runs
        one, other = root[below], root[above]
        apart = one != other
        if not apart.any():
            break
        below, above, one, other = below[apart], above[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while True:
            higher = root[root]
            if np.array_equal(higher, root):
                break
            root = higher
    roots, part = np.unique(root, return_inverse=True)
    return part.astype(np.intp, copy=False), roots.size
