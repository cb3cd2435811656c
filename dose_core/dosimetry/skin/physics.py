"""From air kerma free in air at the skin to absorbed dose in it: backscatter, medium, table and mattress."""

from dataclasses import dataclass

import numpy as np

from dose_core.dosimetry.skin import quality, transmission
from dose_core.dosimetry.skin.beam import Beams, Floats
from dose_core.dosimetry.skin.hits import Hits, Reach, Remarks

_LOG_SIDES = np.log(quality.FIELD_SIDES_MM)
_ASSUMED_AL_MM = 3.1  # of the tube behind which the transmissions in factors/skin_table_transmission.csv were measured
_ASSUMED_ANODE_DEG = 10.0  # IEC 60522-1:2020, the representative target angle above 50 kV


@dataclass(frozen=True, slots=True, kw_only=True)
class Physics:
    """
    What is known of one device; ``None`` is not known, and is assumed with a caveat.

    ``inherent_al_mm`` is the filtration of the tube without what an event states; ``table_system`` is the device whose
    table and mattress are meant, as ``factors/skin_table_transmission.csv`` names it.
    """

    inherent_al_mm: float | None = None
    anode_deg: float | None = None
    table_system: str | None = None

    @property
    def tube_al_mm(self) -> float:
        """Return the filtration of the tube in mm Al, or what is assumed."""
        return _ASSUMED_AL_MM if self.inherent_al_mm is None else self.inherent_al_mm

    @property
    def tube_anode_deg(self) -> float:
        """Return the anode angle in degrees, or what is assumed."""
        return _ASSUMED_ANODE_DEG if self.anode_deg is None else self.anode_deg

    def for_beams(self, beams: Beams) -> "BeamFactors":
        """Return the factors of each beam, worked out once."""
        al_mm = self.tube_al_mm + beams.added_al_mm
        layers = quality.hvl_mm_al(beams.kv, al_mm, beams.added_cu_mm, self.tube_anode_deg)
        kv = np.clip(beams.kv, *quality.KV)
        factors = quality.backscatter(kv, layers) * quality.mu_en_ratio(kv, layers)
        table, mattress = transmission.exponents(beams.kv, beams.added_cu_mm)
        return BeamFactors(physics=self, beams=beams, factors=factors, table=table, mattress=mattress)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamFactors:
    """Factors of each beam: dose over kerma at five sizes of the field, and what weakens it before the skin."""

    physics: Physics
    beams: Beams
    factors: Floats  # (n, 5) at quality.FIELD_SIDES_MM
    table: Floats  # (n,) -ln of the transmission at right angles
    mattress: Floats  # (n,)

    def dose_per_kerma(self, hits: Hits) -> Floats:
        """Return absorbed dose over air kerma free in air, linear in the logarithm of the side of the field."""
        place = np.log(hits.side_mm)
        left = np.clip(np.searchsorted(_LOG_SIDES, place, side="right") - 1, 0, len(_LOG_SIDES) - 2)
        part = np.clip((place - _LOG_SIDES[left]) / (_LOG_SIDES[left + 1] - _LOG_SIDES[left]), 0.0, 1.0)
        smaller = self.factors[hits.beam, left]
        factor = smaller + part * (self.factors[hits.beam, left + 1] - smaller)
        weakened = self.table[hits.beam] * hits.table + self.mattress[hits.beam] * hits.mattress
        dose: Floats = factor * np.exp(-weakened)
        return dose

    def remarks(self, reach: Reach) -> Remarks:
        """Return in words what of the device was assumed, and which bounds of tables stood for beams beyond them."""
        assumed = []
        if self.physics.inherent_al_mm is None:
            assumed.append(f"the filtration of the tube is not known; {_ASSUMED_AL_MM} mm Al are assumed")
        if self.physics.anode_deg is None:
            assumed.append(f"the anode angle is not known; {_ASSUMED_ANODE_DEG:.0f} degrees are assumed")
        beyond = list(self._beyond(reach))
        if reach.through_table and self.physics.table_system != transmission.MEASURED:
            beyond.append(f"table and mattress are assumed to let through what those of a {transmission.MEASURED} do")
        return Remarks(caveats=(*assumed, *beyond), beyond_tables=bool(beyond))

    def _beyond(self, reach: Reach) -> tuple[str, ...]:
        """Return a sentence for each table that some beam lies beyond; its bound was taken."""
        kv, cu = self.beams.kv[reach.met], self.beams.added_cu_mm[reach.met]
        al = self.beams.added_al_mm[reach.met] + self.physics.tube_al_mm
        _, anode, al_bounds, cu_bounds = quality.hvl_bounds()
        smallest, largest = quality.FIELD_SIDES_MM[0], quality.FIELD_SIDES_MM[-1]
        anode_deg = np.array([self.physics.tube_anode_deg])
        looked = [
            (kv, quality.KV, "tube voltage", "kV"),
            (al, al_bounds, "aluminium filtration", "mm"),
            (cu, cu_bounds, "copper filtration", "mm"),
            (anode_deg, anode, "anode angle", "degrees"),
            (np.array([reach.side_low_mm, reach.side_high_mm]), (smallest, largest), "side of the field", "mm"),
        ]
        if reach.through_table:
            through_kv, through_cu = transmission.bounds()
            looked.append((kv, through_kv, "tube voltage at the table", "kV"))
            looked.append((cu, through_cu, "copper filtration at the table", "mm"))
        return tuple(
            f"the tables know {low:g} to {high:g} {unit} of {what}; beyond, their bound was taken"
            for values, (low, high), what, unit in looked
            if values.min() < low or values.max() > high
        )
