"""
Which pixels of a slice are the patient.

The bounds below are choices of ours, tried on computed phantoms (docs/reference/ct-size.md); no publication gives them.
"""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.ct_size.connected import Mask, Runs, runs_of

# Half of what lies between air and water: a pixel at the skin counts if more than half of it is body, so that the area
# is neither too large nor too small. Foam, blankets and clothes stay below it.
BODY_HU = -500.0
# Where a lung ends at the edge of the field of view nothing but its values tells it from the air around the body, in
# which table and cushions may lie: of that air more than half is darker than this, of a lung less.
_LUNG_HU = -930.0
# Holes of which at most half is darker than this are lungs, not the air or foam within a table. They are filled first,
# since the chest wall of a newborn child is thinner than what goes below; larger chests have thick walls.
_FOAM_HU = -900.0
# What is nowhere thicker goes: the skins of tables and head holders, tubes, cables.
_THIN_MM = 6.0
# What a square cannot reach of a round body comes back, and so little of what was cut off that it does not count.
_REGROWN_PIXELS = 2
# Square of the longer side over the area: 1.3 for a circle, 4 for legs that lie close, 8 for a bar of 1 to 8.
_LONGEST_ELONGATION = 8.0
_SMALLEST_SHARE = 0.02  # of the largest part; an arm beside a trunk is twice that


def patient_mask(hu: NDArray[np.float32], edge: Mask, spacing_mm: tuple[float, float]) -> Mask | None:
    """
    Return the pixels of the patient with all that lies inside, such as lungs; ``None`` if there is no patient.

    ``edge`` is where the field of view ends, with all beyond it; ``spacing_mm`` that between rows and columns.
    """
    seen = hu > BODY_HU
    if not seen.any():
        return None
    # The rest is air, and would cost as much again.
    window = (_span(np.any(seen, axis=1)), _span(np.any(seen, axis=0)))
    found = _found(seen[window], hu[window], edge[window], spacing_mm)
    if found is None:
        return None
    patient = np.zeros_like(seen)
    patient[window] = found
    return patient


def _span(lines: Mask) -> slice:
    """Return from the first to the last line in which something is seen, with one more at either side."""
    seen = np.flatnonzero(lines)
    return slice(max(int(seen[0]) - 1, 0), int(seen[-1]) + 2)


def _found(seen: Mask, hu: NDArray[np.float32], edge: Mask, spacing_mm: tuple[float, float]) -> Mask | None:
    body = _patient_of(_opened(_with_lungs(seen, hu), spacing_mm), spacing_mm)
    if body is None:
        return None
    return _filled_to_the_edge(body, edge, hu) if bool((body & edge).any()) else _filled(body)


def _with_lungs(mask: Mask, hu: NDArray[np.float32]) -> Mask:
    """Return the mask with those of its holes that attenuate as lungs do."""
    around = runs_of(~mask)
    is_lung = ~around.at_the_frame() & ~_mostly_below(_FOAM_HU, around, hu)
    return mask | around.drawn(is_lung)


def _mostly_below(bound_hu: float, runs: Runs, hu: NDArray[np.float32]) -> Mask:
    """Return of which parts more than half lies below a bound."""
    below = runs.sums(runs.counted(hu < bound_hu))
    mostly: Mask = below > runs.sums(runs.lengths) / 2
    return mostly


def _opened(mask: Mask, spacing_mm: tuple[float, float]) -> Mask:
    """Return the mask without what is thinner than a square of a few millimetres."""
    reach = [max(1, round(_THIN_MM / 2 / spacing)) for spacing in spacing_mm]
    inner = ~mask
    for axis, pixels in enumerate(reach):
        inner = _widened(inner, axis, pixels)
    opened = ~inner
    for axis, pixels in enumerate(reach):
        opened = _widened(opened, axis, pixels + _REGROWN_PIXELS)
    opened &= mask
    return opened


def _widened(mask: Mask, axis: int, pixels: int) -> Mask:
    """Return the mask with so many pixels more at both sides of all that is set, along one axis."""
    shape = list(mask.shape)
    shape[axis] += 2 * pixels
    wide = np.zeros(shape, dtype=np.bool_)
    lines = wide if axis == 0 else wide.T
    lines[2 * pixels :] = mask if axis == 0 else mask.T
    done = 1
    while done < 2 * pixels + 1:  # each step doubles what is done, so that a wide reach costs little
        step = min(2 * pixels + 1 - done, done)
        lines[:-step] |= lines[step:]
        done += step
    return wide[pixels : pixels + mask.shape[0]] if axis == 0 else wide[:, pixels : pixels + mask.shape[1]]


def _patient_of(mask: Mask, spacing_mm: tuple[float, float]) -> Mask | None:
    """Return those parts that are a patient's: neither long and thin, as tables, nor small beside the largest."""
    runs = runs_of(mask)
    if not runs.count:
        return None
    area_mm2 = runs.sums(runs.lengths) * (spacing_mm[0] * spacing_mm[1])
    height, width = runs.extents()
    longer_mm = np.maximum(height * spacing_mm[0], width * spacing_mm[1])
    compact = longer_mm**2 <= _LONGEST_ELONGATION * area_mm2
    if not compact.any():
        return None
    return runs.drawn(compact & (area_mm2 >= _SMALLEST_SHARE * area_mm2[compact].max()))


def _filled(body: Mask) -> Mask:
    """Return the body with its holes: all from which no way leads out."""
    around = runs_of(~body)
    return ~around.drawn(around.at_the_frame())


def _filled_to_the_edge(body: Mask, edge: Mask, hu: NDArray[np.float32]) -> Mask:
    """Return the body with its holes, where the field of view cuts it off: lungs may be open to the edge."""
    around = runs_of(~body & ~edge)
    at_the_edge = around.sums(around.counted(_widened(_widened(edge, 0, 1), 1, 1))) > 0
    return (~edge | body) & ~around.drawn(at_the_edge & _mostly_below(_LUNG_HU, around, hu))
