"""
Half-value layer, backscatter and the ratio of mass energy-absorption coefficients of a beam, from published tables.

Sources: ``factors/skin_hvl.csv`` (SpekPy), ``factors/skin_backscatter.csv`` (Benmakhlouf et al. 2013, eq. 8) and
``factors/skin_mu_en.csv`` (Benmakhlouf et al. 2011). Between the points of a table values are linear; the half-value
layer is so in the logarithm of the copper plus 0.15 mm, along which it bends least: SpekPy between the points is met
within 1 % (``scripts/check_skin_tables.py``).
"""

from functools import cache

import numpy as np

from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.grid import between

FIELD_SIDES_MM = (50.0, 100.0, 200.0, 250.0, 350.0)
KV = (50.0, 150.0)  # of the tables of backscatter and of the coefficients; that of the half-value layer starts at 40
_BEND_MM = 0.15
_CU = "hvl_mm_al_at_{:.1f}_mm_cu"


def hvl_mm_al(kv: Floats, al_mm: Floats, cu_mm: Floats, anode_deg: float) -> Floats:
    """Return the half-value layer in mm Al of a tungsten anode behind all aluminium and copper."""
    axes, values = _hvl()
    at = (kv, np.full(len(kv), anode_deg), al_mm, _along_copper(cu_mm))
    return between(axes, values, at)


def hvl_bounds() -> tuple[tuple[float, float], ...]:
    """Return the least and the most kV, anode angle in degrees, mm Al and mm Cu that the table knows."""
    kv, anode, al, _ = _hvl()[0]
    cu = _copper()
    return tuple((float(axis[0]), float(axis[-1])) for axis in (kv, anode, al, cu))


def backscatter(kv: Floats, hvl: Floats) -> Floats:
    """Return the backscatter factor (n, 5) of each beam at ``FIELD_SIDES_MM``."""
    powers = np.stack([hvl**of_hvl * kv**of_kv for of_hvl in range(3) for of_kv in range(3)], axis=1)
    return powers @ _backscatter()


def mu_en_ratio(kv: Floats, hvl: Floats) -> Floats:
    """Return (mu_en/rho) of water over air (n, 5) of each beam at ``FIELD_SIDES_MM``, linear in kV and in the layer."""
    voltages, by_kv = _mu_en()
    inside = np.clip(kv, voltages[0], voltages[-1])
    left = np.clip(np.searchsorted(voltages, inside, side="right") - 1, 0, len(voltages) - 2)
    part = (inside - voltages[left]) / (voltages[left + 1] - voltages[left])
    found = np.zeros((len(kv), len(FIELD_SIDES_MM)))
    for number, (layers, ratios) in enumerate(by_kv):
        weight = np.where(left == number, 1 - part, 0.0) + np.where(left + 1 == number, part, 0.0)
        for field in range(len(FIELD_SIDES_MM)):
            found[:, field] += weight * np.interp(hvl, layers, ratios[:, field])
    return found


@cache
def _hvl() -> tuple[tuple[Floats, ...], Floats]:
    table = rows("skin_hvl")
    kv, anode, al = (np.unique([float(row[name]) for row in table]) for name in ("kv", "anode_deg", "al_mm"))
    cu = _copper()
    values = np.array([[float(row[_CU.format(mm)]) for mm in cu] for row in table])
    return (kv, anode, al, _along_copper(cu)), values.reshape(len(kv), len(anode), len(al), len(cu))


def _copper() -> Floats:
    columns = rows("skin_hvl")[0]
    return np.array([float(name.split("_")[4]) for name in columns if name.startswith("hvl_mm_al_at_")])


def _along_copper(cu_mm: Floats) -> Floats:
    place: Floats = np.log(cu_mm + _BEND_MM)
    return place


@cache
def _backscatter() -> Floats:
    """Return the coefficients (9, 5): by power of the half-value layer, then of kV, for each field."""
    found = np.zeros((3, 3, len(FIELD_SIDES_MM)))
    for row in rows("skin_backscatter"):
        field = FIELD_SIDES_MM.index(float(row["field_side_cm"]) * 10)
        found[int(row["hvl_power"]), int(row["kvp_power"]), field] = float(row["coefficient"])
    return found.reshape(9, -1)


@cache
def _mu_en() -> tuple[Floats, tuple[tuple[Floats, Floats], ...]]:
    """Return the voltages, and for each the half-value layers, rising, with their ratios (layers, 5)."""
    table = [[float(row[name]) for name in _mu_en_columns()] for row in rows("skin_mu_en")]
    everything = np.array(sorted(table))
    voltages = np.unique(everything[:, 0])
    parts = (everything[everything[:, 0] == kv] for kv in voltages)
    return voltages, tuple((part[:, 1], part[:, 2:]) for part in parts)


def _mu_en_columns() -> tuple[str, ...]:
    return ("kv", "hvl_mm_al", *(f"ratio_at_{side / 10:.0f}_cm" for side in FIELD_SIDES_MM))
