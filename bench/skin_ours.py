"""
Map the skin dose of many events in a process of its own; print what it took as JSON.

``its_physics_s`` and ``all_s`` are CPU in s, with PySkinDose's physics and with all of ours, each the least of seven;
``memory_mb`` the largest resident memory with all of ours, start-up included: the kernel's mark of this address space
(``VmHWM``), as in ``read_memory.py``.
"""

import json
import sys
import time
from pathlib import Path

from bench.skin_assumptions import TABLE_AND_PAD, UNDERSIDE
from bench.skin_runs import AXIOM, PROCEDURE, beams_of, closed, phantom_in, with_its_physics
from dose_core.dosimetry.skin.beam import Beams, Slab
from dose_core.dosimetry.skin.hits import Corrections
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom

_TURNS = 7


def main(file: str, name: str, times: str) -> None:
    beams, phantom = beams_of(PROCEDURE, int(times)), phantom_in(Path(file), name)
    everything = cpu_s(beams, closed(phantom), TABLE_AND_PAD, AXIOM)
    memory_mb = _memory_mb()
    its = cpu_s(beams, phantom, UNDERSIDE, with_its_physics())
    print(json.dumps({"its_physics_s": its, "all_s": everything, "memory_mb": memory_mb}))


def cpu_s(beams: Beams, phantom: Phantom, slab: Slab, physics: Corrections) -> float:
    """Return the CPU of one map in s, the least of several."""
    found = []
    for _ in range(_TURNS):
        started = time.process_time()
        skin_map(beams, phantom, slab, physics)
        found.append(time.process_time() - started)
    return min(found)


def _memory_mb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
