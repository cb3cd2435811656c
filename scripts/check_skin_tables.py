"""
Hold the factors of skin dose against publications that they do not stem from; exit code 1 if one is off.

Run it with the Python of the peers (scripts/skin_peers.sh), which has SpekPy with the coefficients of NIST, and
PySkinDose with the table of backscatter factors that Benmakhlouf et al. published two years before their polynomial.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pyskindose
import spekpy

_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_ROOT))  # started by its path

from dose_core.dosimetry.skin.quality import hvl_mm_al  # noqa: E402  found by the line above

_FACTORS = _ROOT / "dose_core" / "dosimetry" / "factors"
_PEER = Path(pyskindose.__file__).parent / "table_data" / "correction_medium_and_backscatter.csv"
_NIST = Path(spekpy.__file__).parent / "data" / "tables"
_ANODE_DEG = 12.0
_KEV = 1000.0  # of a MeV, the unit of NIST
_SIDES_CM = (5, 10, 20, 25, 35)
# Scatter from the body is softer than the beam, so that the ratio at the skin lies a little below that of the beam.
_RATIO, _LAYER, _BACKSCATTER, _BETWEEN = 0.011, 0.03, 0.005, 0.01
# Half-way between the points of skin_hvl.csv, where the interpolation is worst.
_OFF_KV, _OFF_ANODE_DEG, _OFF_AL_MM, _OFF_CU_MM = (45, 75, 115), 8.5, (2.75, 4.75), (0.05, 0.25, 0.5, 0.75)


def main() -> int:
    """Print the largest deviations; return the exit code."""
    ratios, layers = zip(*_by_nist(), strict=True)
    found = (
        ("mu_en ratio over that of the primary spectrum by NIST", _ends(ratios), _RATIO),
        ("half-value layer over that by SpekPy", _ends(layers), _LAYER),
        ("half-value layer between the points of our table over that by SpekPy", _ends(tuple(_between())), _BETWEEN),
        ("backscatter by the polynomial over that of the table", _ends(tuple(_backscatter())), _BACKSCATTER),
    )
    for name, (low, high), limit in found:
        sys.stdout.write(f"{name}: {low:+.2%} to {high:+.2%}, of {limit:.1%}\n")
    return int(any(max(abs(low), abs(high)) > limit for _, (low, high), limit in found))


def _by_nist() -> Iterator[tuple[float, float]]:
    """Yield for each row and field how far the ratio, and for each row how far the half-value layer is off."""
    water, air = (_coefficients(name) for name in ("water", "air"))
    tubes = {kv: spekpy.Spek(kvp=kv, th=_ANODE_DEG, dk=1) for kv in {int(row["kv"]) for row in _rows("skin_mu_en")}}
    for row in _rows("skin_mu_en"):
        tube = spekpy.Spek.clone(tubes[int(row["kv"])])
        tube.multi_filter([("Al", float(row["inherent_al_mm"])), ("Cu", float(row["added_cu_mm"]))])
        kev, fluence = tube.get_spectrum(edges=False)
        energy = kev * fluence
        primary = float(energy @ _at(water, kev) / (energy @ _at(air, kev)))
        layer = float(row["hvl_mm_al"]) / tube.get_hvl1() - 1
        for side in _SIDES_CM:
            yield float(row[f"ratio_at_{side}_cm"]) / primary - 1, layer


def _between() -> Iterator[float]:
    """Yield how far our half-value layers between the points of their table are off."""
    for kv, al_mm, cu_mm in product(_OFF_KV, _OFF_AL_MM, _OFF_CU_MM):
        tube = spekpy.Spek(kvp=kv, th=_OFF_ANODE_DEG, dk=0.5)
        tube.multi_filter([("Al", al_mm), ("Cu", cu_mm)])
        ours = hvl_mm_al(np.array([float(kv)]), np.array([al_mm]), np.array([cu_mm]), _OFF_ANODE_DEG)
        yield float(ours[0]) / tube.get_hvl1() - 1


def _backscatter() -> Iterator[float]:
    """Yield for each row of the table how far the polynomial is off."""
    terms = defaultdict(list)
    for row in _rows("skin_backscatter"):
        terms[int(row["field_side_cm"])].append(row)
    with _PEER.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            kv, layer = float(row["kvp_kv"]), float(row["hvl_mmal"])
            factor = sum(
                float(term["coefficient"]) * layer ** int(term["hvl_power"]) * kv ** int(term["kvp_power"])
                for term in terms[int(row["field_side_length_cm"])]
            )
            yield factor / float(row["backscatter"]) - 1


def _coefficients(material: str) -> tuple[np.ndarray, np.ndarray]:
    stated = json.loads((_NIST / f"nist_muen_{material}.dat").read_text(encoding="utf-8"))
    return np.array(stated["photon energy"]) * _KEV, np.array(stated[f"muen_over_rho_{material}"])


def _at(coefficients: tuple[np.ndarray, np.ndarray], kev: np.ndarray) -> np.ndarray:
    energies, values = coefficients
    found: np.ndarray = np.exp(np.interp(np.log(kev), np.log(energies), np.log(values)))
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (_FACTORS / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _ends(values: tuple[float, ...]) -> tuple[float, float]:
    return min(values), max(values)


if __name__ == "__main__":
    sys.exit(main())
