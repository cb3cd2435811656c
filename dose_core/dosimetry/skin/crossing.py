"""How far rays run through the table top and its mattress."""

import numpy as np

from dose_core.dosimetry.skin.beam import Floats, Slab

_PARALLEL_MM = 1e-9  # a ray that moves less along an axis is parallel to its planes


def crossing(slab: Slab, source_mm: Floats, way_mm: Floats) -> tuple[Floats, Floats]:
    """
    Return how far each way from a source leads through the table and through the mattress, over their thickness.

    1 is a ray at right angles; an oblique one has more, one that leaves by an edge less, one that passes beside or ends
    before has 0. A layer without thickness is not there.
    """
    way = np.where(np.abs(way_mm) < _PARALLEL_MM, _PARALLEL_MM, way_mm)
    length = np.sqrt(np.einsum("ij,ij->i", way, way))
    start, end = np.zeros(len(way)), np.ones(len(way))
    for axis, low, high in ((0, slab.x_min_mm, slab.x_max_mm), (2, slab.z_min_mm, slab.z_max_mm)):
        start, end = _within(source_mm[:, axis], way[:, axis], low, high, start, end)
    mattress = slab.y_mm + slab.mattress_mm
    layers = ((mattress, slab.table_mm), (slab.y_mm, slab.mattress_mm))
    table, pad = (_inside(source_mm[:, 1], way[:, 1], top, thick, start, end) * length for top, thick in layers)
    return table, pad


def _inside(source: Floats, way: Floats, top_mm: float, thickness_mm: float, start: Floats, end: Floats) -> Floats:
    """Return the part of each ray inside one layer, per mm of its thickness."""
    if thickness_mm <= 0:
        return np.zeros(len(way))
    entry, leave = _within(source, way, top_mm, top_mm + thickness_mm, start, end)
    inside: Floats = np.maximum(leave - entry, 0.0) / thickness_mm
    return inside


def _within(
    source: Floats, way: Floats, low_mm: float, high_mm: float, start: Floats, end: Floats
) -> tuple[Floats, Floats]:
    """Return where each ray, from 0 at the source to 1 at the cell, is between two planes and the bounds before."""
    one, other = (low_mm - source) / way, (high_mm - source) / way
    return np.maximum(start, np.minimum(one, other)), np.minimum(end, np.maximum(one, other))
