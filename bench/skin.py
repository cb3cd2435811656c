"""
``skin``: maps of skin dose against PySkinDose 25.1.1 in the same run: its peaks, its CPU, and memory.

Both run in processes of their own with one thread for BLAS.

504 events are 21 times those of one of its example reports. The difference between its physics and ours is split into
its terms and printed; ``docs/validation/skin-dose.md`` tells of it.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.skin_assumptions import TABLE_AND_PAD
from bench.skin_runs import ARTIS, AXIOM, PROCEDURE, U601, as_it_does, beams_of, our_run, peer_run
from bench.skin_terms import print_terms
from dose_core.dosimetry.skin.beam import Beams
from dose_core.dosimetry.skin.kernel import skin_map

_TIMES = 21  # 24 events each
_PARITY = (
    (PROCEDURE, "plane"),
    (PROCEDURE, "cylinder"),
    (ARTIS, "plane"),
    (ARTIS, "cylinder"),
    (PROCEDURE, "hudfrid"),
    (PROCEDURE, "hudfrid_reduced_1000t"),
    (PROCEDURE, "adult_male"),
    (ARTIS, "hudfrid"),
    (ARTIS, "hudfrid_reduced_1000t"),
    (ARTIS, "adult_male"),
)
# What PySkinDose would find if it took the distance of each cell where a beam meets just three of them.
_U601_MGY = 2.2755


def run() -> dict[str, Any]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as name:
        folder = Path(name)
        figures = {"parity_percent": _parity(folder)}
        figures["unexplained_percent"] = round(print_terms(folder), 4)
        for phantom in ("cylinder", "adult_male"):
            peer = peer_run(PROCEDURE, phantom, _TIMES, folder)
            ours = our_run(phantom, _TIMES, folder)
            its, everything = ours["its_physics_s"], ours["all_s"]
            print(
                f"  504 events, {phantom}: PySkinDose {peer.cpu_s:.1f} s, its physics {its:.3f}, ours {everything:.3f}"
            )
            figures[f"its_physics_{phantom}"] = round(its / peer.cpu_s, 5)
            figures[f"all_{phantom}"] = round(everything / peer.cpu_s, 5)
            figures["memory_mb"] = ours["memory_mb"]
        figures["rotation_s"] = round(_rotation(folder), 4)
    return figures


def _parity(folder: Path) -> float:
    """Return the largest difference of a peak by its assumptions from its own, in percent."""
    worst = 0.0
    for report, phantom in (*_PARITY, (U601, "adult_male")):
        peer = peer_run(report, phantom, 1, folder)
        expected = _U601_MGY if report == U601 else float(peer.dose_mgy.max())
        dose = as_it_does(beams_of(report), peer.phantom).dose_mgy
        apart = abs(float(dose.max()) / expected - 1) * 100
        hit, cells = np.count_nonzero(dose), len(dose)
        print(f"  {report:<36} {phantom:<21} {expected:9.4f} {dose.max():9.4f} mGy, {hit} of {cells} cells")
        worst = max(worst, apart)
    return round(worst, 4)


def _rotation(folder: Path) -> float:
    """Return the CPU of a run of 217 frames around the cylinder, in s."""
    phantom = peer_run(PROCEDURE, "cylinder", 1, folder).phantom
    one = beams_of(PROCEDURE)
    angle = np.radians(np.linspace(-100, 100, 217))
    axis = np.column_stack([np.sin(angle), -np.cos(angle), np.zeros(217)])
    same = {name: np.repeat(getattr(one, name)[:1], 217, axis=0) for name in Beams.__slots__}
    across = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(217)])
    around = Beams(**same | {"source_mm": np.array([0.0, -100.0, -700.0]) - 785.0 * axis, "axis": axis, "u": across})
    started = time.process_time()
    skin_map(around, phantom, TABLE_AND_PAD, AXIOM)
    return time.process_time() - started
