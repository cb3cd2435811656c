"""PySkinDose and our kernel on the same events and phantom."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from bench.skin_assumptions import ALLURA, AXIOM_ARTIS, UNDERSIDE, Normalisation, assumed_beams
from bench.skin_peer_physics import PeerPhysics, Tables
from bench.skip import SkipError
from dose_core.dosimetry.skin.beam import Beams, Floats
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.skin_map import SkinMap
from dose_core.model import ProjectionReport
from dose_core.readers.registry import read_dose

_HERE = Path(__file__).resolve().parent
_PEERS = _HERE.parent / ".peers" / "skin"
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_RING = 63
PROCEDURE, ARTIS, U601 = (
    f"{name}.dcm" for name in ("siemens_axiom_example_procedure", "siemens_axiom_artis", "philips_allura_clarity_u601")
)
# The tube of an AXIOM Artis: the filtration in the settings of the example, the angle for which its table was made.
AXIOM = Physics(inherent_al_mm=3.1, anode_deg=8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRun:
    """What PySkinDose found: its map, the CPU of its calculation in s, and the name of its error where it had one."""

    phantom: Phantom
    dose_mgy: Floats
    cpu_s: float
    problem: str


def peer_package() -> Path:
    """Return where PySkinDose is installed."""
    found = [*_PEERS.glob("lib/python3*/site-packages/pyskindose")]
    if not found:
        raise SkipError("PySkinDose is not here; scripts/skin_peers.sh brings it")
    return found[0]


@cache
def peer_run(report: str, phantom: str, times: int, folder: Path) -> PeerRun:
    """Run PySkinDose in a process of its own, on one thread."""
    package = peer_package()
    result = folder / f"{report}-{phantom}-{times}.npz"
    command = [str(_PEERS / "bin" / "python"), str(_HERE / "skin_peer.py"), report, phantom, str(times), str(result)]
    subprocess.run(command, check=True, env=os.environ | _ONE_THREAD, stderr=subprocess.DEVNULL, cwd=package.parent)
    with np.load(result) as found:
        return PeerRun(
            phantom=phantom_in(result, phantom),
            dose_mgy=found["dose_mgy"],
            cpu_s=float(found["cpu_s"]),
            problem=str(found["problem"]),
        )


def beams_of(report: str, times: int = 1) -> Beams:
    """Return the beams of one of its example reports, read by our reader, as often as wanted."""
    stated = read_dose((peer_package() / "example_data" / "RDSR" / report).read_bytes())
    if not isinstance(stated, ProjectionReport):
        raise TypeError(report)
    return assumed_beams(list(stated.events) * times, _maker(report))


def with_its_physics() -> PeerPhysics:
    """Return its physics, of its own tables and the settings of its example."""
    return PeerPhysics(tables=Tables.of(peer_package()), inherent_al_mm=3.1, device=AXIOM)


def as_it_does(beams: Beams, phantom: Phantom) -> SkinMap:
    """Return our map by its assumptions."""
    return skin_map(beams, phantom, UNDERSIDE, with_its_physics())


def our_run(phantom: str, times: int, folder: Path) -> dict[str, float]:
    """Return what ``skin_ours.py`` prints, on one thread."""
    kept = folder / f"{PROCEDURE}-{phantom}-{times}.npz"
    command = [sys.executable, str(_HERE / "skin_ours.py"), str(kept), phantom, str(times)]
    environment = os.environ | _ONE_THREAD | {"PYTHONPATH": str(_HERE.parent)}
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _maker(report: str) -> Normalisation:
    return ALLURA if report.startswith("philips") else AXIOM_ARTIS


def phantom_in(result: Path, name: str) -> Phantom:
    """Return the cells of a result, none of which hides another."""
    with np.load(result) as found:
        cells, normals = found["cells_cm"].astype(np.float64) * 10, found["normals"].astype(np.float64)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return Phantom(
        name=name,
        cells_mm=cells,
        normals=normals / np.where(length > 0, length, 1.0),
        areas_mm2=np.ones(len(cells)),
        regions=(name,),
        region=np.zeros(len(cells), dtype=np.intp),
        unrolled_mm=cells[:, :2],
    )


def closed(phantom: Phantom) -> Phantom:
    """
    Return the phantom with its surface, so that it can hide parts of itself; a plane has none.

    The cylinder has rings of 63 cells. A mesh has each corner of a triangle for itself: about six cells in one place,
    which has the area of two triangles.
    """
    if phantom.name == "plane":
        return phantom
    count = len(phantom.cells_mm)
    first = np.arange(count - _RING)
    corners = np.column_stack([first, first + 1, first + _RING])
    triangles = corners if phantom.name == "cylinder" else np.arange(count).reshape(-1, 3)
    one, other, last = (phantom.cells_mm[triangles[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(other - one, last - one), axis=1)
    areas = np.full(count, np.median(area)) if phantom.name == "cylinder" else np.repeat(area, 3)
    return replace(phantom, areas_mm2=areas, vertices_mm=phantom.cells_mm, triangles=triangles)
