"""
Write dose_core/dosimetry/factors/skin_hvl.csv: half-value layers of X-ray tubes with tungsten anodes, by SpekPy.

Run it with the Python of the peers (scripts/peers.sh), which has SpekPy; DoseLedger itself needs the table only.
"""

import csv
import sys
from importlib.metadata import version
from itertools import product

from spekpy import Spek

_KV = (40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150)
_ANODE_DEG = (7, 10, 13, 16)
_AL_MM = (2.0, 2.5, 3.0, 4.0, 5.5, 8.0)
_CU_MM = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.2)
_STEP_KEV = 0.5


def main() -> None:
    """Write the table to standard output."""
    source = f"SpekPy {version('spekpy')}; Poludniowski et al., Med Phys 2021;48:3630, doi:10.1002/mp.14945"
    evidence = "computed by scripts/skin_hvl_table.py"
    columns = [f"hvl_mm_al_at_{cu:.1f}_mm_cu" for cu in _CU_MM]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["kv", "anode_deg", "al_mm", *columns, "verified", "evidence", "source"])
    for kv, anode_deg in product(_KV, _ANODE_DEG):
        tube = Spek(kvp=kv, th=anode_deg, dk=_STEP_KEV)
        for al_mm in _AL_MM:
            layers = [Spek.clone(tube).multi_filter([("Al", al_mm), ("Cu", cu)]).get_hvl1() for cu in _CU_MM]
            out.writerow([kv, anode_deg, al_mm, *(f"{hvl_mm:.3f}" for hvl_mm in layers), "yes", evidence, source])


if __name__ == "__main__":
    main()
