"""Rows between control rows, without overshoot."""

import numpy as np

from dose_core.dosimetry.skin.beam import Floats


def refined(rows: Floats, step: float) -> Floats:
    """
    Return the rows with others between them, about ``step`` apart along the surface that they stand for.

    Columns are z, x, y, breadth, depth, exponent. A row moves along the surface by what its z and its half breadth and
    half depth move by. The curve through each column is a monotone cubic: between two rows it leaves neither of them.

    Source: F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300, harmonic mean of the slopes.
    """
    moved = np.diff(rows[:, [0, 3, 4]], axis=0) * (1.0, 0.5, 0.5)
    length = np.hypot(moved[:, 0], np.abs(moved[:, 1:]).mean(axis=1))
    pieces = np.maximum(1, np.round(length / step).astype(int))
    way = np.concatenate([[0.0], np.cumsum(length)])
    at = np.concatenate([np.linspace(a, b, n, endpoint=False) for a, b, n in zip(way, way[1:], pieces, strict=False)])
    return np.vstack([_cubic(way, rows, at), rows[-1:]])


def _cubic(way: Floats, rows: Floats, at: Floats) -> Floats:
    width = np.diff(way)[:, None]
    slope = np.diff(rows, axis=0) / width
    tangent = np.vstack([slope[:1], np.zeros_like(slope[1:]), slope[-1:]])
    one, other = slope[:-1], slope[1:]
    same = one * other > 0
    first, second = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (first + second) / (first / one + second / other)
    tangent[1:-1] = np.where(same, mean, 0.0)
    piece = np.clip(np.searchsorted(way, at, side="right") - 1, 0, len(width) - 1)
    t = ((at - way[piece]) / width[piece, 0])[:, None]
    low, high, wide = rows[piece], rows[piece + 1], width[piece]
    found: Floats = (
        low * (1 + 2 * t) * (1 - t) ** 2
        + high * t**2 * (3 - 2 * t)
        + tangent[piece] * wide * t * (1 - t) ** 2
        - tangent[piece + 1] * wide * t**2 * (1 - t)
    )
    return found
