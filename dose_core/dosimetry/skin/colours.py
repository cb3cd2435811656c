"""Colours of doses: from dark violet over green to yellow, told apart by every eye and on grey paper."""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Floats

Colours = NDArray[np.uint8]

NO_BEAM = (226, 226, 230)
"""Skin that no beam met: lighter than any dose but the highest, and without hue."""

PART_LINE = (200, 200, 206)
"""Between parts of the body that no beam met."""

# Ten places on the colour map viridis (S. van der Walt, N. Smith, 2015, CC0), which grows evenly in lightness.
_VIRIDIS = np.array(
    [
        *((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142)),
        *((31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
    ],
    dtype=np.float64,
)


def colours(part: Floats) -> Colours:
    """Return red, green and blue for each number from 0 to 1, as an axis more."""
    at = np.clip(part, 0.0, 1.0) * (len(_VIRIDIS) - 1)
    places = np.arange(len(_VIRIDIS))
    return np.stack([np.interp(at, places, channel) for channel in _VIRIDIS.T], axis=-1).round().astype(np.uint8)
