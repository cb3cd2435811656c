"""A physics for tests of geometry alone: dose is the air kerma free in air."""

import numpy as np

from dose_core.dosimetry.skin.beam import Beams, Floats
from dose_core.dosimetry.skin.hits import Hits, Reach, Remarks


class FreeInAir:
    """No backscatter, no medium, no table."""

    def for_beams(self, beams: Beams) -> "FreeInAir":
        del beams
        return self

    def dose_per_kerma(self, hits: Hits) -> Floats:
        return np.ones(len(hits.cell))

    def remarks(self, reach: Reach) -> Remarks:
        del reach
        return Remarks()
