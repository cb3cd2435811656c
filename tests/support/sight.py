"""Exact sight: which points a closed surface of triangles hides from a source, ray by ray and triangle by triangle."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def hidden(source: Floats, points: Floats, vertices: Floats, triangles: NDArray[np.intp]) -> NDArray[np.bool_]:
    """
    Return which points have a triangle between them and the source.

    Source: T. Möller, B. Trumbore, Fast, minimum storage ray/triangle intersection, J Graphics Tools 2 (1997) 21.
    """
    a, b, c = (vertices[corner] for corner in triangles.T)
    one, other, to_source = b - a, c - a, source - a
    found = np.zeros(len(points), dtype=np.bool_)
    cross_source = np.cross(to_source, one)
    for index, way in enumerate(points - source):
        across = np.cross(way, other)
        volume = np.einsum("ij,ij->i", one, across)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.einsum("ij,ij->i", to_source, across) / volume
            v = cross_source @ way / volume
            t = np.einsum("ij,ij->i", other, cross_source) / volume
        found[index] = bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 1)).any())
    return found
