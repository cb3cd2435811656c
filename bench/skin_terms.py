"""The difference between PySkinDose's peaks and ours, split into its terms: one after the other is replaced by ours."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.skin_assumptions import TABLE_AND_PAD, UNDERSIDE
from bench.skin_peer_physics import PeerPhysics
from bench.skin_runs import ARTIS, AXIOM, PROCEDURE, beams_of, closed, peer_run, with_its_physics
from dose_core.dosimetry.skin.beam import Beams
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom

_FILES = (
    (PROCEDURE, "plane"),
    (PROCEDURE, "cylinder"),
    (PROCEDURE, "adult_male"),
    (ARTIS, "plane"),
    (ARTIS, "cylinder"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A peak of PySkinDose, what each term changes of it, and ours, in mGy."""

    peer_mgy: float
    changes_mgy: dict[str, float]
    ours_mgy: float

    @property
    def left_percent(self) -> float:
        """Return what no term explains of the difference, over our peak."""
        return (self.ours_mgy - self.peer_mgy - sum(self.changes_mgy.values())) / self.ours_mgy * 100


def print_terms(folder: Path) -> float:
    """Print the split of each file and phantom; return the largest rest in percent."""
    rest = 0.0
    for report, phantom in _FILES:
        peer = peer_run(report, phantom, 1, folder)
        split = split_of(beams_of(report), peer.phantom, float(peer.dose_mgy.max()))
        terms = ", ".join(f"{name} {change:+.3f}" for name, change in split.changes_mgy.items())
        print(f"  {report} {phantom}: {split.peer_mgy:.3f}, {terms}, ours {split.ours_mgy:.3f} mGy")
        print(f"    rest {split.left_percent:.4f} %")
        rest = max(rest, abs(split.left_percent))
    return rest


def split_of(beams: Beams, phantom: Phantom, peer_mgy: float) -> Split:
    """Return the split; ours is computed by the kernel and its physics alone."""
    its = with_its_physics()
    layers, interpolation = _with(its, "layers"), _with(its, "layers", "interpolation")
    table, first = _with(its, "layers", "interpolation", "table"), _first_reference(beams)
    steps = (
        ("half-value layer and anode", layers, UNDERSIDE, first, phantom),
        ("interpolation", interpolation, UNDERSIDE, first, phantom),
        ("table and pad", table, TABLE_AND_PAD, first, phantom),
        ("reference distance", table, TABLE_AND_PAD, beams, phantom),
        ("self-shadowing", table, TABLE_AND_PAD, beams, closed(phantom)),
    )
    peaks = [peer_mgy]
    changes = {}
    for name, physics, slab, aimed, body in steps:
        peaks.append(float(skin_map(aimed, body, slab, physics).dose_mgy.max()))
        changes[name] = peaks[-1] - peaks[-2]
    ours = skin_map(beams, closed(phantom), TABLE_AND_PAD, AXIOM)
    return Split(peer_mgy=peer_mgy, changes_mgy=changes, ours_mgy=float(ours.dose_mgy.max()))


def _with(its: PeerPhysics, *ours: str) -> PeerPhysics:
    return PeerPhysics(tables=its.tables, inherent_al_mm=its.inherent_al_mm, device=its.device, ours=frozenset(ours))


def _first_reference(beams: Beams) -> Beams:
    """Return the beams with the reference distance of the first for all, as PySkinDose has it."""
    same = {name: getattr(beams, name) for name in Beams.__slots__}
    return Beams(**same | {"reference_mm": np.full(len(beams.event), beams.reference_mm[0])})
