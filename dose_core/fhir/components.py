"""
The doses of a share as components of its summary.

What is estimated says so and has its interval and method beside it; a sum of which a part is missing is a lower bound,
and what irradiated and nobody states is absent with a reason. Source: HL7 FHIR R4, Observation.component,
quantity-comparator, data-absent-reason; PS3.16, CID 25, 18 and 11 for what was administered.
"""

from collections.abc import Iterable, Iterator

from dose_core.fhir.elements import absent_reason, clipped, concept, present, quantity
from dose_core.fhir.shares import Share
from dose_core.fhir.terms import (
    ADMINISTRATION,
    AGENT,
    BREASTS,
    COMPONENTS,
    DCM,
    ESTIMATE_EXTENSION,
    PART_EXTENSION,
    PHANTOMS,
    PLANES,
    PROCEDURE_REPORTED,
    RADIONUCLIDE,
    ROUTE,
    SNOMED,
    VOLUME,
    Json,
)
from dose_core.ledger.nuclides import nuclide_of
from dose_core.ledger.totals import Basis, Estimated, Quantity, Total
from dose_core.model import Administration, Code
from dose_core.units import ML

AT_LEAST = ">="
_SYSTEMS = {"DCM": DCM, "SCT": SNOMED}
_LARGEST = {Quantity.CTDI_VOL_MAX: "Largest "}
_PARTS = {Quantity.CTDI_VOL_MAX: PHANTOMS, Quantity.AGD: BREASTS}  # the parts of all others are planes


def components_of(share: Share) -> list[Json]:
    """Return the components of a share: the kind of procedure, its doses, and what was administered."""
    found = [{"code": concept(PROCEDURE_REPORTED), "valueCodeableConcept": concept(share.procedure)}]
    found += _doses(share.exam.totals)
    if share.procedure is ADMINISTRATION and share.administration is not None:
        found += _administered(share.administration)
    return found


def coded(stated: Code | None, text: str | None) -> Json:
    """Return a coded entry as stated; a code of a scheme that FHIR has no name for is told by its words."""
    words = clipped(text or (stated.meaning if stated else None) or "")
    system = _SYSTEMS.get(stated.scheme) if stated else None
    if stated is None or system is None:
        return present(text=words)
    return present(coding=[present(system=system, code=stated.value, display=stated.meaning)], text=words)


def _doses(totals: Iterable[Total]) -> Iterator[Json]:
    for total in totals:
        if total.quantity in COMPONENTS and (total.of is None or total.quantity is not Quantity.DLP):
            yield _dose(total)


def _dose(total: Total) -> Json:
    term, unit = COMPONENTS[total.quantity]
    part, words = _part(total)
    its = total.estimated if total.basis is Basis.ESTIMATE else None
    extensions = [part] if part else []
    if its is not None and total.value is not None:
        extensions.append(_estimate(its, unit))
        words = f"{words}, estimated by DoseLedger" if words else f"{term.display}, estimated by DoseLedger"
    return present(extension=extensions, code=concept(term, words), **_value(total, unit))


def _value(total: Total, unit: str) -> Json:
    if total.value is None:
        return {"dataAbsentReason": absent_reason()}
    if total.basis is Basis.ESTIMATE and total.estimated is None:
        # Kept by an earlier release, without its interval: told once it is filed anew.
        return {"dataAbsentReason": absent_reason("temp-unknown")}
    is_bound = bool(total.missing) or total.basis is Basis.ACQUISITIONS_ONLY
    return {"valueQuantity": quantity(total.value, unit, AT_LEAST if is_bound else None)}


def _part(total: Total) -> tuple[Json | None, str | None]:
    """Return what a total is of, and the words for it; nothing of the whole."""
    name = total.of
    if not name or total.quantity is Quantity.ACTIVITY:
        return None, None
    term = _PARTS.get(total.quantity, PLANES).get(name)
    whole = f"{_LARGEST.get(total.quantity, '')}{COMPONENTS[total.quantity][0].display}"
    words = f"{whole}, {term.display if term else _named(total.quantity, name)}"
    value = concept(term) if term else {"text": clipped(_named(total.quantity, name))}
    return {"url": PART_EXTENSION, "valueCodeableConcept": value}, clipped(words)


def _named(quantity_: Quantity, name: str) -> str:
    if quantity_ is Quantity.CTDI_VOL_MAX:
        return f"phantom of {name} mm" if name.isdecimal() else f"{name} phantom"
    return name


def _estimate(its: Estimated, unit: str) -> Json:
    ends = {"low": quantity(its.low, unit), "high": quantity(its.high, unit)}
    parts: list[Json] = [{"url": "interval", "valueRange": ends}]
    if its.coverage is not None:
        parts.append({"url": "coverage", "valueDecimal": its.coverage})
    parts.append({"url": "source", "valueString": its.source})
    parts += [{"url": "method", "valueString": method} for method in its.methods]
    return {"url": ESTIMATE_EXTENSION, "extension": parts}


def _administered(one: Administration) -> Iterator[Json]:
    nuclide = nuclide_of(one)
    for term, value in (
        (AGENT, coded(one.agent_code, one.agent)),
        (RADIONUCLIDE, coded(one.radionuclide_code, nuclide)),
        (ROUTE, coded(one.route_code, one.route)),
    ):
        if value:
            yield {"code": concept(term), "valueCodeableConcept": value}
    if one.volume_ml is not None:
        yield {"code": concept(VOLUME), "valueQuantity": quantity(one.volume_ml, ML)}
