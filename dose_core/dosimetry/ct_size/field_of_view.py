"""The edge of what was reconstructed: the circle that scanners fill, or the whole image."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.ct_size.connected import Mask

_SLACK_PIXELS = 1.0  # scanners round the edge of the circle differently
_EDGE_PIXELS = 2.0


def edge_of(stored: NDArray[Any]) -> Mask:
    """
    Return the pixels at which the field of view ends, with all beyond it.

    It is a circle if the image is square and all beyond the inscribed circle holds one value, as scanners fill it;
    else the image's outermost pixels.
    """
    rows, columns = stored.shape
    if rows == columns:
        beyond, edge = _circle(rows)
        corners = stored[beyond]
        if corners.size and bool(np.all(corners == corners[0])):
            return edge
    return _frame(rows, columns)


@lru_cache(maxsize=4)
def _frame(rows: int, columns: int) -> Mask:
    """Return the outermost pixels of an image of that size."""
    frame = np.ones((rows, columns), dtype=np.bool_)
    frame[1:-1, 1:-1] = False
    frame.setflags(write=False)
    return frame


@lru_cache(maxsize=4)
def _circle(size: int) -> tuple[Mask, Mask]:
    """Return what lies beyond the inscribed circle, and its inner edge with all beyond."""
    squared = (np.arange(size) - (size - 1) / 2) ** 2
    distance = np.sqrt(squared[:, None] + squared[None, :])
    edge = distance > size / 2 - _EDGE_PIXELS
    edge.setflags(write=False)
    return distance > size / 2 + _SLACK_PIXELS, edge
