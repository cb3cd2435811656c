"""Beams onto a patient, of all events that a device states."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.beam import Beams, Floats, Slab
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.field import Field, field_of
from dose_core.dosimetry.skin.geometry.filters import added_mm
from dose_core.dosimetry.skin.geometry.frames import (
    HEAD_FIRST_SUPINE,
    POSITIONS,
    about_axis,
    towards_detector,
    turned_table,
)
from dose_core.dosimetry.skin.geometry.laid import Laid, laid
from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.dosimetry.skin.geometry.reference_point import reference_mm
from dose_core.dosimetry.skin.geometry.steps import MOST_STEPS, Place, places
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.skin_map import LeftOut
from dose_core.model import ProjectionEvent

_MOST_BEAMS = 20_000  # half a minute with all shifts of the patient
NOTHING_LEFT = "no event of the exam states all that a skin dose needs"
_POSITION_ASSUMED = "how the patient lay is not stated of every event: head first and supine was taken"
_ANGLES_FOLLOW = "the patient did not lie head first and supine: the angles were taken as those of the patient (PS3.3)"
_TABLE_TURNED = "the table was turned or tilted: about the isocentre, since its own pivot is not stated"
_NO_SLAB = "the patient lay on a side, or not one way throughout: the table was taken to weaken no beam"
_NO_FILTERS = "no filter is stated of some events: none was taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """
    What a person says of the patient that no object states.

    ``left_mm``, ``back_mm`` and ``head_mm`` shift the patient on the table, in the patient's own directions;
    ``position`` is one of ``POSITIONS`` and counts instead of what is stated. With ``arms_beside`` the arms lay beside
    the trunk; else they are taken to be away, and not on the map.
    """

    left_mm: float = 0.0
    back_mm: float = 0.0
    head_mm: float = 0.0
    position: str | None = None
    arms_beside: bool | None = None

    @property
    def shift_mm(self) -> tuple[float, float, float]:
        """Return the shift to the left, the back and the head."""
        return self.left_mm, self.back_mm, self.head_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """Beams and table in the frame of the patient; ``left_out`` and ``caveats`` say what was not stated."""

    beams: Beams
    slab: Slab | None
    left_out: tuple[LeftOut, ...]
    caveats: tuple[str, ...]


class _Step(NamedTuple):
    event: int
    position: str
    place: Place
    field: Field
    isocentre_mm: float
    reference_mm: float
    ka_r_mgy: float
    kv: float
    added_al_mm: float
    added_cu_mm: float


def aim(
    events: Sequence[ProjectionEvent], conventions: Conventions, phantom: Phantom, *, choice: Choice | None = None
) -> Aimed | NotComputable:
    """
    Return the beams of all events onto a patient of the size of ``phantom``.

    An event of which something is missing is left out, with the reason; where none is left, nothing is computable, and
    ``missing`` names what the objects would have to state. No input makes it raise.
    """
    choice = choice or Choice()
    steps: list[_Step] = []
    problems: dict[tuple[str, str], list[int]] = defaultdict(list)
    most = min(MOST_STEPS, max(2, _MOST_BEAMS // max(1, len(events))))
    for number, event in enumerate(events):
        try:
            steps.extend(_steps(number, event, conventions, choice, most))
        except Problem as problem:
            problems[problem.missing, problem.reason].append(number)
    if not steps:
        missing = tuple(sorted({missing for missing, _ in problems})) or ("an event",)
        return NotComputable(missing=missing, reason=NOTHING_LEFT)
    bodies = {
        position: laid(phantom, position, conventions, choice.shift_mm) for position in {one.position for one in steps}
    }
    slabs = {body.slab for body in bodies.values()}
    slab = slabs.pop() if len(slabs) == 1 else None
    return Aimed(
        beams=_beams(steps, conventions, bodies),
        slab=slab,
        left_out=tuple(_left_out(events, numbers, reason) for (_, reason), numbers in sorted(problems.items())),
        caveats=(*conventions.gaps, *_caveats(events, steps, conventions, choice, has_slab=slab is not None)),
    )


def _steps(number: int, event: ProjectionEvent, conventions: Conventions, choice: Choice, most: int) -> list[_Step]:
    ka_r_mgy = event.ka_r_mgy
    if ka_r_mgy is None or not math.isfinite(ka_r_mgy):
        raise Problem("the air kerma at the reference point", "no air kerma at the reference point is stated")
    if ka_r_mgy <= 0:
        raise Problem("an air kerma above 0", "its air kerma is stated as 0")
    if event.kv is None or not event.kv > 0 or not math.isfinite(event.kv):
        raise Problem("the tube voltage", "no tube voltage is stated")
    isocentre_mm = event.source_to_isocentre_mm or conventions.source_to_isocentre_mm
    if not isocentre_mm or not 0 < isocentre_mm < math.inf:
        raise Problem("the distance from source to isocentre", "the distance from source to isocentre is not stated")
    position = choice.position or event.patient_position or HEAD_FIRST_SUPINE
    if position not in POSITIONS:
        raise Problem("a position of the patient that is known", "how the patient lay is not understood")
    taken = places(event, conventions, most=most)
    rise = -towards_detector(np.array([taken[0].primary_deg]), np.array([taken[0].secondary_deg]))[0][0, 1]
    distance_mm = reference_mm(event, isocentre_mm, float(rise), taken[0].down_mm)
    field = field_of(event, distance_mm)
    al_mm, cu_mm = added_mm(event)
    share = ka_r_mgy / len(taken)
    return [
        _Step(number, position, place, field, isocentre_mm, distance_mm, share, event.kv, al_mm, cu_mm)
        for place in taken
    ]


def _beams(steps: Sequence[_Step], conventions: Conventions, bodies: Mapping[str, Laid]) -> Beams:
    place = np.array([one.place for one in steps])
    field = np.array([one.field for one in steps])
    # Of isocentre_mm and what follows; the names are those of _Step.
    isocentre_mm, distance_mm, ka_r_mgy, kv, al_mm, cu_mm = np.array([one[4:] for one in steps]).T
    axes = np.array([bodies[one.position].axes for one in steps])
    origin = np.array([bodies[one.position].origin_mm for one in steps])
    axis, left, head = towards_detector(place[:, 0], place[:, 1])
    left, head = about_axis(left, head, conventions.collimator_deg)
    if conventions.angles_of == "patient":
        axis, left, head = (_turned(axes, one) for one in (axis, left, head))
    to_table = turned_table(place[:, 5], place[:, 6], place[:, 7]).transpose(0, 2, 1)
    to_patient = axes.transpose(0, 2, 1)
    source = _turned(to_table, -axis * isocentre_mm[:, None]) - place[:, 2:5] - origin
    axis, left, head = (_turned(to_patient, _turned(to_table, one)) for one in (axis, left, head))
    return Beams(
        event=np.array([one.event for one in steps], dtype=np.intp),
        source_mm=_turned(to_patient, source),
        axis=axis,
        u=left,
        v=head,
        tan_u_min=field[:, 0],
        tan_u_max=field[:, 1],
        tan_v_min=field[:, 2],
        tan_v_max=field[:, 3],
        reference_mm=distance_mm,
        ka_r_mgy=ka_r_mgy,
        kv=kv,
        added_al_mm=al_mm,
        added_cu_mm=cu_mm,
    )


def _turned(matrices: Floats, vectors: Floats) -> Floats:
    turned: Floats = np.einsum("nij,nj->ni", matrices, vectors)
    return turned


def _left_out(events: Sequence[ProjectionEvent], numbers: Sequence[int], reason: str) -> LeftOut:
    stated = [events[number].ka_r_mgy for number in numbers]
    doses = [dose for dose in stated if dose is not None and math.isfinite(dose)]
    return LeftOut(events=tuple(numbers), reason=reason, ka_r_mgy=sum(doses) if doses else None)


def _caveats(
    events: Sequence[ProjectionEvent],
    steps: Sequence[_Step],
    conventions: Conventions,
    choice: Choice,
    *,
    has_slab: bool,
) -> Iterator[str]:
    used = [events[number] for number in sorted({one.event for one in steps})]
    if choice.position is None and any(event.patient_position is None for event in used):
        yield _POSITION_ASSUMED
    if conventions.angles_of == "patient" and any(one.position != HEAD_FIRST_SUPINE for one in steps):
        yield _ANGLES_FOLLOW
    if any(one.place[5:] != (0, 0, 0) for one in steps):
        yield _TABLE_TURNED
    if any(not event.filters for event in used):
        yield _NO_FILTERS
    if not has_slab:
        yield _NO_SLAB
