"""
PySkinDose's assumptions on physics, with its own numbers read from its package; for the comparison alone.

Each term can be replaced by ours, so that a difference is split into its terms.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dose_core.dosimetry.skin import quality
from dose_core.dosimetry.skin.beam import Beams, Floats
from dose_core.dosimetry.skin.hits import BeamPhysics, Hits, Reach, Remarks
from dose_core.dosimetry.skin.physics import Physics

_SIDES_CM = np.array(quality.FIELD_SIDES_MM) / 10
_TABLE = 0.8  # the "estimate" of its example settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Its tables of half-value layers and of the ratio of the coefficients, in the order of their rows."""

    layers: Floats  # kV, inherent Al, Cu, added Al, half-value layer
    ratios: Floats  # kV, half-value layer, side of the field in cm, ratio

    @classmethod
    def of(cls, package: Path) -> "Tables":
        """Read them from the package as installed."""
        data = package / "table_data"
        filtration = [f"filtration_{name}" for name in ("inherent_mmal", "added_mmcu", "added_mmal")]
        ratios = ["kvp_kv", "hvl_mmal", "field_side_length_cm", "mu_en_quotient"]
        return cls(
            layers=_read(data / "hvl_tables" / "hvl_combined.csv", ["kvp_kv", *filtration, "hvl_mmal"]),
            ratios=_read(data / "correction_medium_and_backscatter.csv", ratios),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPhysics:
    """Its physics; ``ours`` replaces its half-value layers, its interpolation, or its table, by name."""

    tables: Tables
    inherent_al_mm: float
    device: Physics
    ours: frozenset[str] = frozenset()  # of "layers", "interpolation", "table"

    def for_beams(self, beams: Beams) -> "PeerFactors":
        """Return what holds for each beam."""
        if "layers" in self.ours:
            inherent, anode = self.device.inherent_al_mm or 0.0, self.device.anode_deg or 0.0
            layers = quality.hvl_mm_al(beams.kv, inherent + beams.added_al_mm, beams.added_cu_mm, anode)
        else:
            layers = self._layers(beams)
        return PeerFactors(
            peer=self,
            beams=beams,
            layers=layers,
            splines=_splines(quality.backscatter(beams.kv, layers)),
            device=self.device.for_beams(beams),
        )

    def _layers(self, beams: Beams) -> Floats:
        """Return the first of its rows with the rounded kV and the very filters, whatever the anode angle."""
        table = self.tables.layers
        kept = table[np.round(table[:, 1], 1) == round(self.inherent_al_mm, 1)]
        asked = np.column_stack([np.round(beams.kv), beams.added_cu_mm, np.round(beams.added_al_mm)])
        different, which = np.unique(asked, axis=0, return_inverse=True)
        rows = np.column_stack([np.round(kept[:, 0]), kept[:, 2:4]])
        found = [kept[(rows == each).all(axis=1)][0, 4] for each in different]
        return np.array(found)[which]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFactors:
    """What it would have for each beam."""

    peer: PeerPhysics
    beams: Beams
    layers: Floats
    splines: Floats  # (n, 2, 4)
    device: BeamPhysics

    def dose_per_kerma(self, hits: Hits) -> Floats:
        """Return dose over kerma by its terms, or ours where they are asked for."""
        is_ours = "interpolation" in self.peer.ours
        factor = self._ours(hits) if is_ours else self._backscatter_and_medium(hits)
        if "table" not in self.peer.ours:
            return factor * np.where(hits.table > 0, _TABLE, 1.0)
        nothing = np.zeros(len(factor))
        bare = replace(hits, table=nothing, mattress=nothing)
        return factor * self.device.dose_per_kerma(hits) / self.device.dose_per_kerma(bare)

    def remarks(self, reach: Reach) -> Remarks:
        """Return nothing."""
        del reach
        return Remarks()

    def _backscatter_and_medium(self, hits: Hits) -> Floats:
        """A cubic spline at each cell for the one, the nearest row of its table for the other."""
        tangents = (self.beams.tan_u_max - self.beams.tan_u_min) * (self.beams.tan_v_max - self.beams.tan_v_min)
        area = np.round(tangents[hits.beam] * (hits.distance_mm / 10) ** 2, 1)
        side = np.sqrt(area)
        beyond = (side > _SIDES_CM[2]).astype(np.intp)
        away = side - _SIDES_CM[2]
        curve = self.splines[hits.beam, beyond]
        scatter = ((curve[:, 3] * away + curve[:, 2]) * away + curve[:, 1]) * away + curve[:, 0]
        count = np.bincount(hits.beam, minlength=len(self.layers))
        mean = np.bincount(hits.beam, side, minlength=len(self.layers)) / np.maximum(count, 1)
        asked = np.column_stack(
            [self.beams.kv, self.layers, _SIDES_CM[np.abs(mean[:, None] - _SIDES_CM).argmin(axis=1)]]
        )
        different, which = np.unique(asked, axis=0, return_inverse=True)
        medium = np.array([self._medium(*each) for each in different])[which]
        return np.asarray(scatter * medium[hits.beam])

    def _medium(self, kv: float, layer: float, side_cm: float) -> float:
        rows = self.peer.tables.ratios
        rows = rows[rows[:, 2] == side_cm]
        rows = rows[rows[:, 0] == rows[np.abs(rows[:, 0] - kv).argmin(), 0]]
        return float(rows[np.abs(rows[:, 1] - layer).argmin(), 3])

    def _ours(self, hits: Hits) -> Floats:
        """Return our interpolation of its half-value layers or of ours."""
        kv = np.clip(self.beams.kv, *quality.KV)
        factors = quality.backscatter(kv, self.layers) * quality.mu_en_ratio(kv, self.layers)
        place = np.log(np.clip(hits.side_mm / 10, _SIDES_CM[0], _SIDES_CM[-1]))
        left = np.clip(np.searchsorted(np.log(_SIDES_CM), place, side="right") - 1, 0, len(_SIDES_CM) - 2)
        low, high = np.log(_SIDES_CM)[left], np.log(_SIDES_CM)[left + 1]
        part = (place - low) / (high - low)
        return np.asarray(factors[hits.beam, left] * (1 - part) + factors[hits.beam, left + 1] * part)


def _splines(values: Floats) -> Floats:
    """
    Return (n, 2, 4): the two cubics of each spline through five points, in powers of the distance from the middle one.

    The second and the fourth point are no knots: the halves agree in the middle in value, slope and curvature.
    """
    away = _SIDES_CM - _SIDES_CM[2]
    rows = np.zeros((8, 8))
    for row, (half, point) in enumerate(((0, 0), (0, 1), (0, 2), (1, 2), (1, 3), (1, 4))):
        rows[row, half * 4 : half * 4 + 4] = away[point] ** np.arange(4)
    rows[6, [1, 5]] = rows[7, [2, 6]] = 1.0, -1.0
    wanted = np.zeros((len(values), 8))
    wanted[:, :6] = values[:, [0, 1, 2, 2, 3, 4]]
    found: Floats = np.linalg.solve(rows, wanted.T).T.reshape(-1, 2, 4).astype(np.float64)
    return found


def _read(file: Path, columns: Sequence[str]) -> Floats:
    with file.open(encoding="utf-8", newline="") as text:
        return np.array([[float(row[name]) for name in columns] for row in csv.DictReader(text)])
