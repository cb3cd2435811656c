"""
Which events a sum of an exam is made of.

A total does not name its parts, which a report may have by the hundred. They are found again by quantity and part, and
given only if they make the value: nothing is named as a part that is none.
"""

from collections.abc import Sequence
from math import fsum, isclose

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Exam
from dose_core.ledger.field_values import Number, number_at
from dose_core.ledger.merged import plane_name
from dose_core.ledger.totals import Basis, Quantity, part_and_device
from dose_core.model import Administration, EventType, MammographyEvent, ProjectionEvent
from dose_services.value_ids import Placed, placed_events

# Sums of the same numbers differ by less; it is the default of math.isclose.
_SAME = 1e-9
_OF_EVENTS = frozenset((Basis.SUM_OF_EVENTS, Basis.MAX_OF_EVENTS, Basis.ESTIMATE, Basis.ACQUISITIONS_ONLY))
FIELDS: dict[Quantity, tuple[str, ...]] = {
    Quantity.DLP: ("dlp_mgy_cm",),
    Quantity.CTDI_VOL_MAX: ("ctdi_vol_mgy",),
    Quantity.DAP: ("dap_gy_cm2",),
    Quantity.KA_R: ("ka_r_mgy",),
    Quantity.FLUORO_DAP: ("dap_gy_cm2",),
    Quantity.FLUORO_KA_R: ("ka_r_mgy",),
    Quantity.FLUORO_TIME: ("duration_s", "scene_time_s"),
    Quantity.ACQUISITION_DAP: ("dap_gy_cm2",),
    Quantity.ACQUISITION_KA_R: ("ka_r_mgy",),
    Quantity.ACQUISITION_TIME: ("duration_s", "scene_time_s"),
    Quantity.AGD: ("agd_mgy",),
    Quantity.ENTRANCE_DOSE: ("entrance_dose_mgy",),
    Quantity.ACTIVITY: ("administered_activity_mbq",),
}
_ESTIMATED = "dlp_estimate"


def events_of_total(
    exam: Exam, quantity: Quantity, of: str | None, basis: Basis | None, value: float | None
) -> list[tuple[Placed, str, Number]]:
    """Return the events that make this value, each with the field and its number; nothing if they cannot be told."""
    if basis not in _OF_EVENTS or value is None:
        return []
    every = [one for one in placed_events(exam) if _is_of_quantity(one, quantity)]
    named, device = part_and_device(quantity, of)
    of_device = [one for one in every if device is None or getattr(one.event, "device", None) == device]
    of_part = [one for one in of_device if not named or _part_of(one) == named]
    for candidates in (of_part, of_device):
        parts = [part for one in candidates if (part := _number(one, quantity, basis)) is not None]
        if make([number for _, _, number in parts], basis, value):
            return parts
    return []


def make(numbers: Sequence[Number], basis: Basis, value: float) -> bool:
    """Tell if these numbers make a sum, or the largest."""
    if not numbers:
        return False
    made = max(numbers) if basis is Basis.MAX_OF_EVENTS else fsum(numbers)
    return isclose(made, value, rel_tol=_SAME)


def _is_of_quantity(one: Placed, quantity: Quantity) -> bool:
    stated = one.event.event
    if quantity in {Quantity.DLP, Quantity.CTDI_VOL_MAX}:
        return one.part == "ct"
    if quantity is Quantity.AGD:
        return isinstance(stated, MammographyEvent)
    if quantity is Quantity.ACTIVITY:
        return isinstance(stated, Administration)
    if not isinstance(stated, ProjectionEvent):
        return False
    if quantity.value.startswith(("fluoro_", "acquisition_")):
        is_fluoroscopy = stated.event_type is EventType.FLUOROSCOPY
        return stated.event_type is not None and is_fluoroscopy is quantity.value.startswith("fluoro_")
    return True


def _part_of(one: Placed) -> str:
    """Return the part of a total that an event belongs to, as totals name it."""
    stated = one.event.event
    if isinstance(stated, ProjectionEvent):
        return plane_name(stated.plane, stated.source_id)
    if isinstance(stated, MammographyEvent):
        return stated.laterality or ""
    if isinstance(stated, Administration):
        return " ".join(filter(None, (stated.radionuclide, stated.agent)))
    return str(stated.phantom_diameter_mm or "unknown")


def _number(one: Placed, quantity: Quantity, basis: Basis) -> tuple[Placed, str, Number] | None:
    event = one.event
    if basis is Basis.ESTIMATE:
        estimate = getattr(event, _ESTIMATED, None)
        return (one, _ESTIMATED, estimate.value) if isinstance(estimate, Estimate) else None
    for field in FIELDS[quantity]:
        number = number_at(event.event, field)
        if number is not None and not isinstance(number, tuple):
            return one, field, number
    return None
