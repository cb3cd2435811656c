"""What openSkin 1.0 assumes of a report of a Siemens Artis zee, for comparison with the map that comes with it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.skin_assumptions import PAD_MM, Normalisation, assumed_beams
from dose_core.dosimetry.skin.beam import Beams, Floats, Slab
from dose_core.dosimetry.skin.hits import Hits, Reach, Remarks
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.model import ProjectionEvent

# A trunk of 178.6 cm, 73.2 kg: flat in front and behind, half cylinders beside; a head and 5 cm below the table's end.
_FLAT_MM, _RADIUS_MM = 144.0, 100.0
_FIRST_MM, _LAST_MM = 300.0, 990.0
# At 80 kV with 3.1 mm Al and 0.6 or 0.9 mm Cu; kV and copper are those of the nearest row.
_SIDES_CM = np.array([5.0, 10.0, 20.0, 35.0])
_BACKSCATTER = np.array([1.4, 1.5, 1.7, 1.7])
_THROUGH = {0.6: 0.81, 0.9: 0.82}
UNDERSIDE = Slab(y_mm=PAD_MM, x_min_mm=-200, x_max_mm=200, z_min_mm=-1500, z_max_mm=0, table_mm=1e-3, mattress_mm=0.0)


def openskin_beams(events: Sequence[ProjectionEvent]) -> Beams:
    """Return its beams: a square of kerma-area product over air kerma, the second angle as the standard has it."""
    squares = []
    for event in events:
        reference_mm = (event.source_to_isocentre_mm or 0.0) - 150.0
        area_cm2 = (event.dap_gy_cm2 or 0.0) * 1000 / (event.ka_r_mgy or 1.0)
        at_detector = area_cm2 * ((event.source_to_detector_mm or 0.0) / reference_mm) ** 2
        squares.append(replace(event, field_area_cm2=at_detector))
    return assumed_beams(squares, Normalisation(secondary_sign=-1.0))


def openskin_trunk() -> Phantom:
    """Return the skin of its trunk in cells of 1 cm."""
    around = np.arange(-385.0, 386.0, 10.0)  # the back and both sides; the front faces no beam
    half = _FLAT_MM / 2
    angle = np.clip((np.abs(around) - half) / _RADIUS_MM, 0, np.pi)
    x_mm = np.sign(around) * (np.minimum(np.abs(around), half) + _RADIUS_MM * np.sin(angle))
    y_mm = -_RADIUS_MM * (1 - np.cos(angle))
    normal = np.column_stack([np.sign(around) * np.sin(angle), np.cos(angle), np.zeros(len(around))])
    down = np.arange(_FIRST_MM, _LAST_MM, 10.0)
    count = len(around) * len(down)
    return Phantom(
        name="trunk of openSkin",
        cells_mm=np.column_stack([np.repeat(x_mm, len(down)), np.repeat(y_mm, len(down)), np.tile(-down, len(around))]),
        normals=np.repeat(normal, len(down), axis=0),
        areas_mm2=np.full(count, 100.0),
        regions=("trunk",),
        region=np.zeros(count, dtype=np.intp),
        unrolled_mm=np.column_stack([np.repeat(around, len(down)), np.tile(down, len(around))]),
    )


class OpenSkinPhysics:
    """Its physics: backscatter with the medium in it by the number of cells met, the table by the axis of the beam."""

    def for_beams(self, beams: Beams) -> "OpenSkinFactors":
        """Return what holds for each beam."""
        through = np.array([_THROUGH[round(float(cu), 1)] for cu in beams.added_cu_mm])
        return OpenSkinFactors(through ** (1 / -beams.axis[:, 1]))


class OpenSkinFactors:
    """What the table lets through of each beam."""

    def __init__(self, through: Floats) -> None:
        self._through = through

    def dose_per_kerma(self, hits: Hits) -> Floats:
        """Return dose over kerma of each hit."""
        side = np.sqrt(np.bincount(hits.beam, minlength=len(self._through)))
        factor = _BACKSCATTER[np.abs(side[:, None] - _SIDES_CM).argmin(axis=1)]
        return np.asarray(factor[hits.beam] * np.where(hits.table > 0, self._through[hits.beam], 1.0))

    def remarks(self, reach: Reach) -> Remarks:
        """Return nothing."""
        del reach
        return Remarks()
