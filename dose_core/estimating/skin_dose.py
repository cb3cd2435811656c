"""What can be said of the skin dose of one exam: the map, the peak with its interval, and all that bears on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dose_core.dosimetry.estimate import Estimate, Input, NotComputable
from dose_core.dosimetry.skin.beam import Floats
from dose_core.dosimetry.skin.geometry.aiming import Choice, aim
from dose_core.dosimetry.skin.geometry.vendors import InUse
from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.peak_interval import peak_interval
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.skin_map import LeftOut, SkinMap
from dose_core.estimating.case import Case, Subject
from dose_core.estimating.patient_body import patient_body
from dose_core.ledger.exam import Counted
from dose_core.ledger.totals import Quantity
from dose_core.ledger.value_id import ValueId
from dose_core.model import ProjectionEvent

METHOD_ID: Final = "skin-dose-map"
METHOD_VERSION: Final = "1"
# 3 Gy: NCRP Report 168, substantial radiation dose level. 5 Gy: above 3 to 5 Gy skin may look normal, and reacts
# abnormally when it is irradiated again; 10 Gy: wounds may need special care (both Balter S et al. Radiology
# 2010;254:326-341, abstract). 15 Gy: reviewable sentinel event (Weinberg BD et al. Acad Radiol 2013;20(4), abstract).
LANDMARKS_MGY: Final = (3_000.0, 5_000.0, 10_000.0, 15_000.0)
SHIFT_MM: Final = 50.0
MISSED: Final = NotComputable(
    missing=("a calibration of this device, or where the patient lay",),
    reason="no beam met the body where device and patient are taken to be; that is no dose of zero",
)
SOURCE: Final = (
    "air kerma by inverse square, backscatter of Benmakhlouf H et al. Phys Med Biol 2013;58:247-260, mu_en of "
    "Phys Med Biol 2011;56:7179-7204; see docs/reference/skin-maps.md"
)
_OF_ANOTHER_DEVICE = "it was irradiated by another device of the exam"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsLeftOut:
    """Events that are not on the map by their UIDs, and why; ``ka_r_mgy`` is what they state, added up."""

    event_uids: tuple[str, ...]
    reason: str
    ka_r_mgy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaAbove:
    """How much skin has at least a dose."""

    dose_mgy: float
    area_cm2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """The peak if the patient had lain elsewhere; ``None`` if no beam had met the body."""

    left_mm: float
    head_mm: float
    peak_mgy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinDose:
    """
    The result for one exam, without its map.

    ``is_validated`` tells that a physicist validated maps of this device; else it is indicative. ``position_mm`` and
    ``region`` are where the peak lies, in the frame of ``dose_core.dosimetry.skin.beam``. ``dap_fraction`` is the part
    of the kerma-area product that met the body; ``subject`` is who it was, which makes the body again.
    """

    peak: Estimate | NotComputable
    is_validated: bool
    calibration_version: int | None
    choice: Choice
    subject: Subject | None = None
    phantom: str | None = None
    position_mm: tuple[float, float, float] | None = None
    region: str | None = None
    dap_fraction: float | None = None
    left_out: tuple[EventsLeftOut, ...] = ()
    areas: tuple[AreaAbove, ...] = ()
    shifts: tuple[Shifted, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A result with its map; ``dose_mgy`` and ``phantom`` are ``None`` where there is none."""

    result: SkinDose
    dose_mgy: Floats | None = None
    phantom: Phantom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A map on a body, with what is not on it and what was assumed."""

    skin: SkinMap
    left_out: tuple[EventsLeftOut, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as an exam numbers it: how it states its geometry, and what is known of its tube."""

    number: int
    known: InUse | NotComputable
    physics: Physics


def compute(case: Case, device: Device, choice: Choice) -> Computed:
    """
    Return the skin dose of an exam of projection events; of one device, which is that with the most dose.

    No input makes it raise: what cannot be computed says what is missing.
    """
    known = device.known
    if isinstance(known, NotComputable):
        return Computed(result=_refused(known, None, choice))
    body, assumed = patient_body(case.subject, arms_beside=choice.arms_beside)
    found = mapped(case, device, known, choice, body)
    if isinstance(found, NotComputable):
        return Computed(result=_refused(found, known, choice))
    caveats = (*assumed, *found.caveats)
    told = replace(
        _refused(MISSED, known, choice),
        subject=case.subject,
        phantom=body.name,
        dap_fraction=found.skin.dap_fraction,
        left_out=found.left_out,
        caveats=caveats,
    )
    peak = found.skin.peak
    if peak is None:
        return Computed(result=told)
    told = replace(
        told,
        peak=_estimate(
            peak.dose_mgy,
            _inputs(case, device, known, body, choice),
            caveats,
            is_controlled=is_controlled(device, known, found),
        ),
        position_mm=peak.position_mm,
        region=peak.region,
        areas=areas_above(found.skin.dose_mgy, body),
        shifts=_shifts(case, device, known, body, choice),
    )
    return Computed(result=told, dose_mgy=found.skin.dose_mgy, phantom=body)


def mapped(case: Case, device: Device, known: InUse, choice: Choice, body: Phantom) -> Mapped | NotComputable:
    """Return the map of the events of one device of an exam on a body, with the events that are not on it."""
    counted = [one for one in case.exam.projection if one.device == device.number]
    aimed = aim([one.event for one in counted], known.conventions, body, choice=choice)
    if isinstance(aimed, NotComputable):
        return aimed
    skin = skin_map(aimed.beams, body, aimed.slab, device.physics)
    return Mapped(
        skin=skin,
        left_out=(*_named(counted, (*aimed.left_out, *skin.left_out)), *_of_others(case, device.number)),
        caveats=(*aimed.caveats, *skin.caveats),
    )


def is_controlled(device: Device, known: InUse, found: Mapped) -> bool:
    """Tell if what bears on a dose is known: device validated, its tube, beams within the tables, no event left out."""
    has_tube = device.physics.inherent_al_mm is not None and device.physics.anode_deg is not None
    return known.is_validated and has_tube and not found.skin.beyond_tables and not found.left_out


def areas_above(dose_mgy: Floats, phantom: Phantom) -> tuple[AreaAbove, ...]:
    """Return how much skin has at least each of the doses from which on something is to be done."""
    return tuple(
        AreaAbove(dose_mgy=level, area_cm2=float(phantom.areas_mm2[dose_mgy >= level].sum()) / 100.0)
        for level in LANDMARKS_MGY
    )


def main_device(events: Sequence[Counted[ProjectionEvent]]) -> int | None:
    """Return the number of the device that states the most air kerma, ``None`` if there are no events."""
    sums: dict[int, float] = {}
    for one in events:
        sums[one.device] = sums.get(one.device, 0.0) + (one.event.ka_r_mgy or 0.0)
    return max(sorted(sums), key=sums.__getitem__, default=None)


def _refused(why: NotComputable, known: InUse | None, choice: Choice) -> SkinDose:
    return SkinDose(
        peak=why,
        is_validated=known is not None and known.is_validated,
        calibration_version=known.calibration_version if known else None,
        choice=choice,
    )


def _named(counted: Sequence[Counted[ProjectionEvent]], left_out: Sequence[LeftOut]) -> tuple[EventsLeftOut, ...]:
    return tuple(
        EventsLeftOut(
            event_uids=tuple(counted[number].event_uid for number in one.events),
            reason=one.reason,
            ka_r_mgy=one.ka_r_mgy,
        )
        for one in left_out
    )


def _of_others(case: Case, number: int) -> tuple[EventsLeftOut, ...]:
    others = [one for one in case.exam.projection if one.device != number]
    if not others:
        return ()
    doses = [one.event.ka_r_mgy for one in others if one.event.ka_r_mgy is not None]
    uids = tuple(one.event_uid for one in others)
    return (EventsLeftOut(event_uids=uids, reason=_OF_ANOTHER_DEVICE, ka_r_mgy=sum(doses) if doses else None),)


def _shifts(case: Case, device: Device, known: InUse, body: Phantom, choice: Choice) -> tuple[Shifted, ...]:
    """Return the peaks with the patient 5 cm to either side, and towards head and feet."""
    shifted = []
    for left, head in ((SHIFT_MM, 0.0), (-SHIFT_MM, 0.0), (0.0, SHIFT_MM), (0.0, -SHIFT_MM)):
        moved = replace(choice, left_mm=choice.left_mm + left, head_mm=choice.head_mm + head)
        found = mapped(case, device, known, moved, body)
        peak = None if isinstance(found, NotComputable) else found.skin.peak
        shifted.append(Shifted(left_mm=left, head_mm=head, peak_mgy=peak.dose_mgy if peak else None))
    return tuple(shifted)


def _estimate(peak_mgy: float, inputs: tuple[Input, ...], caveats: tuple[str, ...], *, is_controlled: bool) -> Estimate:
    return Estimate(
        value=peak_mgy,
        unit="mGy",
        interval=peak_interval(peak_mgy, is_controlled=is_controlled),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=inputs,
        source=SOURCE,
        caveats=caveats,
    )


def _inputs(case: Case, device: Device, known: InUse, body: Phantom, choice: Choice) -> tuple[Input, ...]:
    """Return what went in: the air kerma of each plane, with the id under which it explains itself, and our choices."""
    stated = [
        Input(
            name=f"air kerma at the reference point, {total.of or 'whole exam'}",
            value=total.value,
            unit="mGy",
            value_id=str(ValueId(holder=case.revision_id, field=f"totals[{number}].value")),
        )
        for number, total in enumerate(case.exam.totals)
        if total.quantity is Quantity.KA_R and total.value is not None
    ]
    events = sum(one.device == device.number for one in case.exam.projection)
    version = known.calibration_version
    ours = [
        Input(name="irradiation events of the device", value=float(events)),
        Input(name="body", value=body.name),
        Input(name="geometry", value=known.conventions.source if version is None else f"calibration {version}"),
    ]
    shift = {"left": choice.left_mm, "back": choice.back_mm, "head": choice.head_mm}
    ours += [Input(name=f"patient shifted to the {way}", value=mm, unit="mm") for way, mm in shift.items() if mm]
    if choice.position:
        ours.append(Input(name="position of the patient, as a person says", value=choice.position))
    return (*stated, *ours)
