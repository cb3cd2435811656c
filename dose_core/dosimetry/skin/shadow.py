"""
Which cells of skin other parts of the body hide from the source: an arm the trunk behind it, one thigh the other.

Whatever stands before a cell in a beam lies in the same beam and faces the same source, so it is among the cells that
the beam meets. Seen from the source these are sorted into squares of the field, and of each square the nearest cell is
kept: one that lies much deeper is hidden. The rays go straight on behind a body; what they do inside it is not this
module's business.
"""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.phantom import Phantom

Indices = NDArray[np.intp]

_SQUARE = 1.2  # side of a square over the width of a cell where the beam meets the body first; few are left empty
_WIDEST = 0.99  # of the cells are no wider than what is taken for their width
_APART_MM = 20.0  # what stands before a cell is at least so far from it: no part but fingers is thinner
_SLOPES = 1.2  # a surface may fall back by so many times its slope over a square before it counts as another
_BROADEST_MM = 250.0  # no part of a body is flat over more, so a surface that rays graze falls back by no more
_NO_SPAN = 1e-9  # of a field with one cell, in squares


def occluded(phantom: Phantom, source_mm: Floats, beam: Indices, cell: Indices) -> NDArray[np.bool_]:
    """
    Return for pairs of a beam and a cell that it meets, in the order of the beams, whether the body hides the cell.

    ``source_mm`` are the sources of all beams. All cells that a beam meets must be there at once. Where rays graze the
    skin a cell counts as seen, so that no dose is lost. Around what stands before, over about the width of a cell, it
    may be told either way: 1 to 4 % of the cross-section of a beam by exact rays, 6 % at a shoulder beside the chin. A
    phantom without triangles hides nothing of itself.
    """
    if phantom.triangles is None or not len(beam):
        return np.zeros(len(beam), dtype=np.bool_)
    first = np.flatnonzero(np.diff(beam, prepend=-1))
    of = np.repeat(np.arange(len(first)), np.diff(first, append=len(beam)))
    way = phantom.cells_mm[cell] - source_mm[beam]
    axes = _axes(np.add.reduceat(way, first))
    seen = np.einsum("hij,hj->hi", axes[of], way)
    depth = seen[:, 2]
    nearest = np.minimum.reduceat(depth, first)
    width = float(np.quantile(phantom.areas_mm2, _WIDEST)) ** 0.5
    square = _SQUARE * width / nearest[of]
    place = seen[:, :2] / (depth * square)[:, None]
    hidden = np.ones(len(beam), dtype=np.bool_)
    cosine = -np.einsum("ij,ij->i", way, phantom.normals[cell]) / np.linalg.norm(way, axis=1)
    slope = np.sqrt(1 / np.maximum(cosine, 1e-9) ** 2 - 1)
    fall = np.minimum(_SLOPES * slope * square * depth, _BROADEST_MM)
    for shift in (0.0, 0.5):
        front = _front(place, shift, depth, first, of)
        # A shoulder beside a neck that is grazed: either surface may be the one that falls back.
        hidden &= depth - depth[front] > _APART_MM + np.maximum(fall, fall[front])
    return hidden


def _front(place: Floats, shift: float, depth: Floats, first: Indices, of: Indices) -> Indices:
    """
    Return which is the nearest in the square of each.

    The squares are stretched to fill the field; where they are shifted, those cut by its edge go to their neighbours:
    none is too narrow to hold a cell of what stands before.
    """
    low = np.minimum.reduceat(place, first)
    span = np.maximum(np.maximum.reduceat(place, first) - low, _NO_SPAN)
    extent = np.maximum(np.floor(span), 1.0)
    at = np.floor((place - low[of]) * (extent / span)[of] + shift)
    at = np.minimum(np.maximum(at, np.ceil(shift)), extent[of] - 1).astype(np.intp)
    extent = extent.astype(np.intp)
    count = np.concatenate([[0], np.cumsum(extent[:, 0] * extent[:, 1])])
    key = count[of] + at[:, 0] * extent[of, 1] + at[:, 1]
    least = np.full(count[-1], np.inf)
    np.minimum.at(least, key, depth)
    is_front = np.flatnonzero(depth == least[key])
    which = np.zeros(count[-1], dtype=np.intp)
    which[key[is_front]] = is_front
    nearest: Indices = which[key]
    return nearest


def _axes(towards: Floats) -> Floats:
    """Return (beams, 3, 3): two directions across and the one that each beam has on the whole."""
    ahead = towards / np.linalg.norm(towards, axis=1, keepdims=True)
    least = np.eye(3)[np.abs(ahead).argmin(axis=1)]
    across = np.cross(ahead, least)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.stack([across, np.cross(ahead, across), ahead], axis=1)
