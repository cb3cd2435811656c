"""The skin dose of several exams of one patient, added up on one body: place by place, never peak to peak."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from dose_core.dosimetry.estimate import Estimate, Input, NotComputable
from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.peak_interval import peak_interval
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.estimating.case import Case
from dose_core.estimating.patient_body import patient_body
from dose_core.estimating.skin_dose import (
    METHOD_VERSION,
    MISSED,
    SOURCE,
    AreaAbove,
    Device,
    EventsLeftOut,
    Mapped,
    areas_above,
    is_controlled,
    mapped,
)

METHOD_ID: Final = "skin-dose-sum"
_NOTHING: Final = NotComputable(missing=("an exam with a skin dose",), reason="no exam of the period has a skin dose")
_ONE_BODY = "all exams were computed on the body that the newest one states"
_HEALING = "skin recovers between exams: a sum says more than what the skin shows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One exam of the sum: what methods know of it, its device, and where its patient lay."""

    exam_id: UUID
    case: Case
    device: Device
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfSum:
    """
    What one exam gives to the sum: its own peak, and its dose where the sum is highest; or why it gives nothing.

    An exam that is ``refused`` is not in the sum, which is then too low.
    """

    exam_id: UUID
    own_peak_mgy: float | None
    at_peak_mgy: float | None
    is_validated: bool
    refused: NotComputable | None
    left_out: tuple[EventsLeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinSum:
    """The sum on one body; ``dose_mgy`` and ``phantom`` are ``None`` where there is none."""

    peak: Estimate | NotComputable
    parts: tuple[PartOfSum, ...]
    position_mm: tuple[float, float, float] | None = None
    region: str | None = None
    areas: tuple[AreaAbove, ...] = ()
    caveats: tuple[str, ...] = ()
    dose_mgy: Floats | None = None
    phantom: Phantom | None = None


def add_up(parts: Sequence[Part]) -> SkinSum:
    """Return the sum of exams, the newest of which comes last; each is computed on the body of that one."""
    if not parts:
        return SkinSum(peak=_NOTHING, parts=())
    body, assumed = patient_body(parts[-1].case.subject, arms_beside=parts[-1].choice.arms_beside)
    found = [_map_of(part, body) for part in parts]
    maps = [one for one in found if isinstance(one, Mapped) and one.skin.peak is not None]
    if not maps:
        return SkinSum(peak=_NOTHING, parts=tuple(map(_part, parts, found, [None] * len(parts))))
    dose = np.sum([one.skin.dose_mgy for one in maps], axis=0)
    cell = int(dose.argmax())
    of_parts = tuple(map(_part, parts, found, [cell] * len(parts)))
    caveats = tuple(dict.fromkeys([*assumed, *(caveat for one in maps for caveat in one.caveats), _ONE_BODY, _HEALING]))
    x_mm, y_mm, z_mm = (float(one) for one in body.cells_mm[cell])
    return SkinSum(
        peak=_estimate(float(dose[cell]), parts, of_parts, caveats, is_sure=all(map(_is_sure, parts, found))),
        parts=of_parts,
        position_mm=(x_mm, y_mm, z_mm),
        region=body.regions[int(body.region[cell])],
        areas=areas_above(dose, body),
        caveats=caveats,
        dose_mgy=dose,
        phantom=body,
    )


def _map_of(part: Part, body: Phantom) -> Mapped | NotComputable:
    known = part.device.known
    return known if isinstance(known, NotComputable) else mapped(part.case, part.device, known, part.choice, body)


def _is_sure(part: Part, found: Mapped | NotComputable) -> bool:
    known = part.device.known
    if isinstance(known, NotComputable) or isinstance(found, NotComputable):
        return False
    return is_controlled(part.device, known, found)


def _part(part: Part, found: Mapped | NotComputable, cell: int | None) -> PartOfSum:
    known = part.device.known
    is_validated = not isinstance(known, NotComputable) and known.is_validated
    if isinstance(found, NotComputable):
        return PartOfSum(
            exam_id=part.exam_id, own_peak_mgy=None, at_peak_mgy=None, is_validated=is_validated, refused=found
        )
    peak = found.skin.peak
    return PartOfSum(
        exam_id=part.exam_id,
        own_peak_mgy=peak.dose_mgy if peak else None,
        at_peak_mgy=float(found.skin.dose_mgy[cell]) if peak and cell is not None else None,
        is_validated=is_validated,
        refused=None if peak else MISSED,
        left_out=found.left_out,
    )


def _estimate(
    peak_mgy: float, parts: Sequence[Part], of_parts: Sequence[PartOfSum], caveats: tuple[str, ...], *, is_sure: bool
) -> Estimate:
    inputs = [
        Input(name=f"dose of exam {part.exam_id} at the peak of the sum", value=one.at_peak_mgy, unit="mGy")
        for part, one in zip(parts, of_parts, strict=True)
        if one.at_peak_mgy is not None
    ]
    return Estimate(
        value=peak_mgy,
        unit="mGy",
        interval=peak_interval(peak_mgy, is_controlled=is_sure),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=tuple(inputs),
        source=SOURCE,
        caveats=caveats,
    )
