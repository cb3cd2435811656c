"""
Estimates of ours as the values of a patient dose report: their concepts, their organs, and what their methods stand on.

Source: PS3.16, TID 10030 and 10033, CID 10060, 10061, 10064, 10065, 10068 and Annex D; see
``docs/conformance/patient-dose-written.md``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from dose_core import units
from dose_core.dosimetry.estimate import Estimate, Input, Interval
from dose_core.model import Code
from dose_core.writers.templates.fill import Given, Measured, With
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_uid, shown, writable

# PS3.16, 8: designators that begin with 99 are for private schemes.
PRIVATE_SCHEME = "99DOSELEDGER"
SKIN = "skin"
_BREASTS = "breasts"
_MAXIMUM, _MEAN = "Maximum Absorbed Radiation Dose", "Mean Absorbed Radiation Dose"
_SSDE, _EFFECTIVE = "Size Specific Dose Estimate", "Effective Dose"
_LOWER, _UPPER = "-, range of lower measurement uncertainty", "+, range of upper measurement uncertainty"
# What the quantities of our methods are stated under, and the organ where ``of`` names none.
_CONCEPTS: Mapping[str, tuple[str, str | None]] = {
    "ssde_mgy": (_SSDE, None),
    "organ_dose_mgy": (_MEAN, None),
    "agd_mgy": (_MEAN, _BREASTS),
    "peak_skin_dose_mgy": (_MAXIMUM, SKIN),
    "effective_dose_msv": (_EFFECTIVE, None),
}
_ORGAN_DOSE, _AGD = "organ_dose_mgy", "agd_mgy"
# Inputs that have a concept of their own (CID 10069, TID 10013), by how their names begin and by their unit; the
# others are told as text.
_PARAMETERS = {
    ("CTDIvol", units.MGY): "Mean CTDIvol",
    ("mean CTDIvol of the slices", units.MGY): "Mean CTDIvol",
    ("DLP", units.MGY_CM): "DLP",
    ("water-equivalent diameter", units.MM): "Water Equivalent Diameter",
    ("mean conversion factor", units.COUNT): "SSDE Conversion Factor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDose:
    """
    One estimate of ours and what it is of, as ``dose_core.estimating.case.Outcome`` names both.

    A refusal cannot be one: what no method could compute is in no report.
    """

    quantity: str
    estimate: Estimate
    of: str | None = None
    event_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """On which model of the body and of radiation a method stands, and of which type it is; ``None`` if nobody says."""

    body: str | None = None
    transport: str | None = None
    method: str | None = None


# The sizes of AAPM Report 204 are diameters of cylinders of water, its factors a fitted curve. The coefficients of the
# others are tables; those of organs were computed for phantoms of human form. The map of skin dose is computed on a
# closed surface of triangles (docs/reference/skin-phantoms.md). What the sources of a table say of transport was not
# read, and is written as unknown.
MODELS: Mapping[str, Model] = {
    "ct-ssde": Model(body="simple object", method="empirical"),
    "ct-organ-dose": Model(body="anthropomorphic", method="table"),
    "ct-effective-dose-icrp60": Model(method="table"),
    "ct-effective-dose-icrp103": Model(method="table"),
    "mammography-agd-by-dance": Model(method="table"),
    "nm-effective-dose": Model(method="table"),
    "projection-effective-dose-from-dap": Model(method="table"),
    "skin-dose-map": Model(body="anthropomorphic", transport="mesh", method="analytical"),
}


def is_effective_dose(dose: PatientDose) -> bool:
    """Tell if a dose stands behind the switch of a site: by its quantity, or by its unit."""
    return dose.quantity.startswith("effective_dose") or dose.estimate.unit.endswith("Sv")


def has_concept(dose: PatientDose) -> bool:
    """Tell if a patient dose report has a concept for this quantity; those of strangers' methods have none."""
    return dose.quantity in _CONCEPTS and dose.estimate.unit == units.unit_of(dose.quantity)


def problems(dose: PatientDose) -> Iterator[str]:
    """Yield what a dose lacks before a report may tell it."""
    estimate, interval = dose.estimate, dose.estimate.interval
    if not has_concept(dose):
        yield "a quantity that patient dose reports have a concept for"
    if not all(isfinite(one) for one in (estimate.value, interval.low, interval.high)):
        yield "finite values"
    elif not 0 <= interval.low <= estimate.value <= interval.high:
        yield "an interval that holds its value"
    if not all(map(shown, (interval.source, estimate.source, estimate.method_id, estimate.method_version))):
        yield "the source of each value and of its interval, and the id and version of the method"
    if any(isinstance(one.value, float) and not isfinite(one.value) for one in estimate.inputs):
        yield "finite inputs"
    if dose.event_uid is not None and not is_uid(dose.event_uid):
        yield "a valid Irradiation Event UID"
    if dose.quantity == _ORGAN_DOSE and (dose.of is None or _organ(dose.of) is None):
        yield "an organ that a coded entry can name"


def given_doses(doses: tuple[PatientDose, ...]) -> dict[str, list[With]]:
    """Return the doses by the names of their concepts, each with organ, event, interval and inputs below it."""
    found: dict[str, list[With]] = {}
    for dose in doses:
        name, _ = _CONCEPTS[dose.quantity]
        found.setdefault(name, []).append(_with(dose))
    return found


def _with(dose: PatientDose) -> With:
    estimate, interval = dose.estimate, dose.estimate.interval
    below: dict[str, Any] = {
        _LOWER: Measured(value=estimate.value - interval.low, unit=estimate.unit),
        _UPPER: Measured(value=interval.high - estimate.value, unit=estimate.unit),
        "Reference to Uncertainty Determination Method": _of_interval(interval),
        "Radiation Dose Estimate Parameters": With(below=_parameters(estimate.inputs)),
        **_place(dose),
    }
    if dose.event_uid is not None:
        below["Event UID Used"] = dose.event_uid
    said = [*([f"Part of the exam: {dose.of}."] if _is_part(dose) else []), *(f"{one}." for one in estimate.caveats)]
    if said:
        below["Comment"] = " ".join(said)
    return With(value=Measured(value=estimate.value, unit=estimate.unit), below=below)


def _of_interval(interval: Interval) -> str:
    """Return where an interval comes from, and how likely the true value lies in it where that is said."""
    coverage = "" if interval.coverage is None else f"{interval.coverage:.0%} coverage; "
    return coverage + interval.source


def _place(dose: PatientDose) -> Given:
    """Return the organ of a dose and its side."""
    name = dose.of if dose.quantity == _ORGAN_DOSE else _CONCEPTS[dose.quantity][1]
    organ = _organ(name) if name is not None else None
    if organ is None:
        return {}
    side = words("244").get(dose.of or "") if dose.quantity == _AGD else None
    return {"Finding Site": organ, **({"Laterality": side} if side else {})}


def _organ(name: str) -> Code | None:
    """Return the code of an organ (CID 10060), one of ours where the group has none, ``None`` if it cannot be one."""
    if not shown(name):
        return None
    return words("10060").get(name) or writable(Code(value=name, scheme=PRIVATE_SCHEME, meaning=name))


def _is_part(dose: PatientDose) -> bool:
    return dose.of is not None and dose.quantity not in {_ORGAN_DOSE, _AGD}


def _parameters(inputs: tuple[Input, ...]) -> Given:
    """Return what went into an estimate: as numbers under their own concepts, else in words."""
    given: dict[str, Any] = {}
    told: list[str] = []
    for one in inputs:
        name = _concept_of(one)
        if name is None or name in given or isinstance(one.value, str):
            unit = f" {one.unit}" if one.unit else ""
            told.append(f"{one.name}: {one.value if isinstance(one.value, str) else format(one.value, '.6g')}{unit}")
        else:
            given[name] = Measured(value=one.value, unit=one.unit or units.COUNT)
    return {**given, **({"Comment": told} if told else {})}


def _concept_of(given: Input) -> str | None:
    unit = given.unit or units.COUNT
    return next(
        (name for (start, of), name in _PARAMETERS.items() if given.name.startswith(start) and unit == of), None
    )
