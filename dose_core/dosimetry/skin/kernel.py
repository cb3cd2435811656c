"""Dose to skin: which cells each beam meets, what it gives them, and what of it the map leaves out."""

import numpy as np
from numpy.typing import NDArray

from dose_core.dosimetry.skin.beam import Beams, Slab
from dose_core.dosimetry.skin.blocks import Blocks, Pairs, planes
from dose_core.dosimetry.skin.crossing import crossing
from dose_core.dosimetry.skin.hits import BeamPhysics, Corrections, Hits, Reach, Remarks
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.shadow import occluded
from dose_core.dosimetry.skin.skin_map import LeftOut, Peak, SkinMap
from dose_core.dosimetry.skin.soundness import MISSED, NOT_SOUND, TOO_NEAR, TOO_NEAR_MM, sound


def skin_map(beams: Beams, phantom: Phantom, slab: Slab | None, physics: Corrections) -> SkinMap:
    """
    Return the absorbed dose to skin in mGy of each cell of a phantom that lies still, and the peak.

    Dose is the air kerma at the reference point, times the inverse square of the distance, times what ``physics`` says.
    What another part of the body hides of a phantom with triangles gets nothing. No input makes it raise: a beam
    without sense is left out by name, and so is one that misses.
    """
    usable = sound(beams)
    beams, unsound = beams.only(usable), beams.only(~usable)
    tally = _Tally(beams, phantom)
    prepared = physics.for_beams(beams)
    if len(phantom.cells_mm):
        blocks = Blocks(phantom)
        for beam, cell in blocks.met(planes(beams)):
            beam, cell = tally.far_enough(beam, cell)  # noqa: PLW2901 - the pairs that are left
            seen = ~occluded(phantom, beams.source_mm, beam, cell)
            tally.add(beam[seen], cell[seen], slab, prepared)
    return tally.result(unsound, prepared)


class _Tally:
    """What has been added up so far."""

    def __init__(self, beams: Beams, phantom: Phantom) -> None:
        self._beams, self._phantom = beams, phantom
        count = len(beams.event)
        self._dose = np.zeros(len(phantom.cells_mm))
        self._met = np.zeros(count, dtype=np.bool_)
        self._near = np.zeros(count, dtype=np.bool_)
        self._covered = np.zeros(count)  # of the plane at distance 1
        self._sides = (np.inf, 0.0)
        self._through_table = False
        self._area = (beams.tan_u_max - beams.tan_u_min) * (beams.tan_v_max - beams.tan_v_min)

    def far_enough(self, beam: NDArray[np.intp], cell: NDArray[np.intp]) -> Pairs:
        """Return the pairs of the beams whose source no skin comes too near to."""
        way = self._phantom.cells_mm.take(cell, axis=0) - self._beams.source_mm.take(beam, axis=0)
        near = np.einsum("ij,ij->i", way, way) < TOO_NEAR_MM**2
        if not near.any():
            return beam, cell
        self._near[beam[near]] = True
        kept = ~self._near[beam]
        return beam[kept], cell[kept]

    def add(self, beam: NDArray[np.intp], cell: NDArray[np.intp], slab: Slab | None, physics: BeamPhysics) -> None:
        """Add the dose of pairs of a beam and a cell."""
        if not len(beam):
            return
        beams, phantom = self._beams, self._phantom
        source = beams.source_mm.take(beam, axis=0)
        way = phantom.cells_mm.take(cell, axis=0) - source
        square = np.einsum("ij,ij->i", way, way)
        depth = np.einsum("ij,ij->i", way, beams.axis.take(beam, axis=0))
        side = depth * np.sqrt(self._area).take(beam)
        self._sides = (min(self._sides[0], float(side.min())), max(self._sides[1], float(side.max())))
        nothing = np.zeros(len(beam))
        table, mattress = (nothing, nothing) if slab is None else crossing(slab, source, way)
        self._through_table |= bool(table.any() or mattress.any())
        hits = Hits(beam=beam, cell=cell, distance_mm=np.sqrt(square), side_mm=side, table=table, mattress=mattress)
        kerma = (beams.ka_r_mgy * beams.reference_mm**2).take(beam) / square
        dose = kerma * physics.dose_per_kerma(hits)
        self._dose += np.bincount(cell, dose, minlength=len(self._dose))
        self._met[beam] = True
        towards = -np.einsum("ij,ij->i", way, phantom.normals.take(cell, axis=0))
        covered = towards * phantom.areas_mm2.take(cell) / (depth * depth * depth)
        self._covered += np.bincount(beam, covered, minlength=len(self._covered))

    def result(self, unsound: Beams, physics: BeamPhysics) -> SkinMap:
        """Return the map; an event is left out if none of its beams gave dose."""
        weight = np.where(self._near, 0.0, self._beams.ka_r_mgy * self._beams.reference_mm**2)
        stated = float(weight @ self._area)
        remarks = self._remarks(physics) if self._met.any() else Remarks()
        fraction = min(1.0, float(weight @ self._covered) / stated) if stated > 0 else None
        return SkinMap(
            dose_mgy=self._dose,
            peak=self._peak() if self._met.any() else None,
            dap_fraction=fraction,
            left_out=self._left_out(unsound),
            caveats=remarks.caveats,
            beyond_tables=remarks.beyond_tables,
        )

    def _remarks(self, physics: BeamPhysics) -> Remarks:
        low, high = self._sides
        return physics.remarks(
            Reach(met=self._met, side_low_mm=low, side_high_mm=high, through_table=self._through_table)
        )

    def _peak(self) -> Peak:
        cell = int(self._dose.argmax())
        x_mm, y_mm, z_mm = (float(coordinate) for coordinate in self._phantom.cells_mm[cell])
        region = self._phantom.regions[int(self._phantom.region[cell])]
        return Peak(dose_mgy=float(self._dose[cell]), cell=cell, position_mm=(x_mm, y_mm, z_mm), region=region)

    def _left_out(self, unsound: Beams) -> tuple[LeftOut, ...]:
        """Return each reason with its events; an event some of whose beams met the phantom has not missed it."""
        reached = np.unique(self._beams.event[self._met])
        missed = ~self._near & ~np.isin(self._beams.event, reached)
        near, beside = self._beams.only(self._near), self._beams.only(missed)
        said = ((unsound, NOT_SOUND), (near, TOO_NEAR), (beside, MISSED))
        return tuple(_left_out(beams, reason) for beams, reason in said if len(beams.event))


def _left_out(beams: Beams, reason: str) -> LeftOut:
    stated = beams.ka_r_mgy[np.isfinite(beams.ka_r_mgy)]
    events = tuple(int(event) for event in np.unique(beams.event))
    return LeftOut(events=events, reason=reason, ka_r_mgy=float(stated.sum()) if len(stated) else None)
