"""
How much of a beam the table top and the mattress let through, at right angles, by its quality.

Source: ``factors/skin_table_transmission.csv``, measured on one system. What the mattress lets through is that of both
over that of the table alone.
"""

from functools import cache

import numpy as np

from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.grid import between

MEASURED = "Siemens Artis zeego"


def exponents(kv: Floats, cu_mm: Floats) -> tuple[Floats, Floats]:
    """Return -ln of the transmission of the table and of the mattress for each beam; an oblique way multiplies it."""
    axes, both = _measured()
    found = between(axes, both, (kv, cu_mm))
    return found[:, 0], found[:, 1]


def bounds() -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the least and the most kV and mm Cu that were measured."""
    kv, cu = _measured()[0]
    return (float(kv[0]), float(kv[-1])), (float(cu[0]), float(cu[-1]))


@cache
def _measured() -> tuple[tuple[Floats, Floats], Floats]:
    found: dict[tuple[str, float, float], float] = {}
    for row in rows("skin_table_transmission"):
        if row["system"] == MEASURED:
            found[row["layers"], float(row["kv"]), float(row["added_cu_mm"])] = float(row["transmission"])
    kv, cu = (np.unique([key[place] for key in found]) for place in (1, 2))
    table, both = (
        np.array([[found[layers, voltage, mm] for mm in cu] for voltage in kv])
        for layers in ("table only", "table and mattress")
    )
    return (kv, cu), np.stack([-np.log(table), np.log(table) - np.log(both)], axis=2)
