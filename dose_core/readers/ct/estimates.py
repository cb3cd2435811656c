"""
Read what the source of a CT report computed for the patient: SSDE, body dimensions, effective dose.

Each is kept with the method that the source names, and never summed or used as a measured value.

Source: PS3.16, TID 10012 (effective dose total) and TID 10013 (effective dose, SSDE and what it was inferred
from); methods from CID 10011, 10015, 10023 and 10024.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dose_core.model import StatedEstimate
from dose_core.readers.ct import codes as ct
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import Concept, standard_meaning
from dose_core.readers.sr.tree import SrNode
from dose_core.units import MGY, MM, MSV


@dataclass(frozen=True, slots=True)
class _Row:
    quantity: str
    concept: Concept
    unit: str


_EFFECTIVE_DOSE_TOTAL = _Row("effective_dose", ct.EFFECTIVE_DOSE_TOTAL, MSV)
_EFFECTIVE_DOSE = _Row("effective_dose", ct.EFFECTIVE_DOSE, MSV)
_SSDE = _Row("ssde", codes.SSDE, MGY)
# What an SSDE was inferred from; the quantity is the source's own concept.
_DIMENSIONS = tuple(
    _Row(concept.meaning, concept, MM)
    for concept in (
        ct.MEASURED_LATERAL_DIMENSION,
        ct.MEASURED_AP_DIMENSION,
        ct.EFFECTIVE_DIAMETER,
        ct.WATER_EQUIVALENT_DIAMETER,
        ct.MEAN_WATER_EQUIVALENT_DIAMETER,
    )
)
_METHODS = (ct.MEASUREMENT_METHOD, ct.REFERENCE_AUTHORITY)


def read_estimates(
    accumulated: SrNode | None, doses: Iterable[tuple[SrNode, str | None]]
) -> tuple[StatedEstimate, ...]:
    """
    Return the estimates of the whole report, then those of each event, in mSv, mGy and mm.

    ``doses`` are the CT Dose containers with the UID of their event.
    """
    found: list[StatedEstimate] = []
    if accumulated is not None:
        _read(accumulated, (_EFFECTIVE_DOSE_TOTAL,), None, found)
    for dose, event_uid in doses:
        _read(dose, (_EFFECTIVE_DOSE, _SSDE), event_uid, found)
        for basis in bases_of_size(dose):
            _read(basis, _DIMENSIONS, event_uid, found)
    return tuple(found)


def bases_of_size(dose: SrNode) -> list[SrNode]:
    """Return where body dimensions stand: below each SSDE or its method, by some devices in CT Dose itself."""
    places = [dose]
    for ssde in dose.all(codes.SSDE):
        places.append(ssde)
        places.extend(ssde.all(ct.MEASUREMENT_METHOD))
    return places


def _read(parent: SrNode, rows: Iterable[_Row], event_uid: str | None, found: list[StatedEstimate]) -> None:
    for row in rows:
        for node in parent.all(row.concept):
            value = node.as_number(row.concept, unit=row.unit, field=f"estimates[{len(found)}].value")
            if value is None:
                continue
            found.append(
                StatedEstimate(
                    quantity=row.quantity,
                    value=value,
                    unit=row.unit,
                    path=node.path,
                    method=_method(node),
                    event_uid=event_uid,
                )
            )


def _method(node: SrNode) -> str | None:
    """Return method and reference authority, in the words of the standard where they are coded by it."""
    named = (
        standard_meaning(stated.coded_value, ct.ESTIMATION_METHODS) or stated.text_value
        for concept in _METHODS
        for stated in node.all(concept)
    )
    return "; ".join(name for name in named if name) or None
