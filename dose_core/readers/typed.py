"""
Read what a person typed: totals of an exam from a display, a dose sheet, or a system that sends nothing.

Each value states its unit. What is negative, no number, in a unit that nobody knows, or beyond what can have happened
to a patient is refused, with a text for the person who typed it.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dose_core.ledger import plausible_limits
from dose_core.ledger.plausible_limits import Limit
from dose_core.ledger.versions import WITHDRAWN
from dose_core.model import (
    Administration,
    CtReport,
    CtTotals,
    DeviceStated,
    DlpSubTotal,
    DoseReport,
    Kind,
    MammographyReport,
    MammographyTotals,
    NuclearReport,
    PatientStated,
    Plane,
    PlaneTotals,
    ProjectionReport,
    ProjectionTotals,
    StatedValue,
)
from dose_core.readers.errors import UnreadableError
from dose_core.readers.typed_record import TYPED, TypedNumber, TypedRecord, parse
from dose_core.units import GY_CM2, MBQ, MGY, MGY_CM, UnknownUnitError, convert
from dose_core.units import S as SECONDS

# A work-up of one breast takes some ten exposures at most, and the limit is that of one.
_AGD = replace(plausible_limits.AGD, most=10 * plausible_limits.AGD.most)
_STEP, _INDEX = re.compile(r"(\w+)(?:\[([0-9]+)\])?"), re.compile(r"\[[0-9]+\]")
_DEVICE = ("manufacturer", "model", "serial_number", "station_name", "institution")
_WHOLE = frozenset({None})
_PLANES = frozenset({None, *Plane} - {Plane.BOTH})
_PHANTOMS = frozenset({None, "160", "320"})  # mm (IEC 60601-2-44)
_BREASTS = frozenset({"L", "R", "B"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quantity:
    """What may be typed of one quantity: the field that takes it, its unit, its limit, and the parts it may be of."""

    field: str
    unit: str
    limit: Limit
    parts: frozenset[str | None] = _WHOLE


def _of_plane(name: str, unit: str, limit: Limit) -> dict[str, _Quantity]:
    ending = {GY_CM2: "gy_cm2", MGY: "mgy", SECONDS: "s"}[unit]
    return {name: _Quantity(field=f"{name}_{ending}", unit=unit, limit=limit, parts=_PLANES)}


_CT = {"dlp": _Quantity(field="dlp_mgy_cm", unit=MGY_CM, limit=plausible_limits.DLP, parts=_PHANTOMS)}
_PROJECTION = {
    **_of_plane("dap", GY_CM2, plausible_limits.DAP),
    **_of_plane("ka_r", MGY, plausible_limits.KA_R),
    **_of_plane("fluoro_dap", GY_CM2, plausible_limits.DAP),
    **_of_plane("fluoro_ka_r", MGY, plausible_limits.KA_R),
    **_of_plane("fluoro_time", SECONDS, plausible_limits.FLUORO_TIME),
    **_of_plane("acquisition_dap", GY_CM2, plausible_limits.DAP),
    **_of_plane("acquisition_ka_r", MGY, plausible_limits.KA_R),
    **_of_plane("acquisition_time", SECONDS, plausible_limits.FLUORO_TIME),
}
_MAMMOGRAPHY = {"agd": _Quantity(field="agd_mgy", unit=MGY, limit=_AGD, parts=_BREASTS)}
_NUCLEAR = {
    "administered_activity": _Quantity(
        field="administered_activity_mbq", unit=MBQ, limit=plausible_limits.ACTIVITY, parts=_WHOLE
    )
}

# Modality (0008,0060) -> what may be typed of it (PS3.3, C.7.3.1.1.1).
QUANTITIES: dict[str, Mapping[str, _Quantity]] = {
    "CT": _CT,
    **dict.fromkeys(("XA", "RF", "DX", "CR", "RG", "PX", "IO"), _PROJECTION),
    "MG": _MAMMOGRAPHY,
    **dict.fromkeys(("NM", "PT"), _NUCLEAR),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """One value in the unit of its field, with all that was typed of it."""

    quantity: _Quantity
    part: str | None
    value: float
    typed: Mapping[str, Any]
    path: str

    def origin(self, field: str) -> StatedValue:
        """Return where the value of a field of the report stands."""
        return StatedValue(field, f"{self.path}/value", str(self.typed["value"]), self.typed["unit"])


def read_typed(content: bytes) -> DoseReport:
    """
    Return what a record of typed values states, as totals in the shape of its modality; of a withdrawal nothing.

    Raises:
        UnreadableError: it is no such record, or a value of it is none that can be; the text says which.
    """
    record = parse(content)
    if record.is_withdrawal:
        return DoseReport(**_common(record), completion=WITHDRAWN)
    quantities = QUANTITIES.get(record.modality)
    if quantities is None:
        msg = f"no values can be typed of this modality; it is one of {', '.join(QUANTITIES)}"
        raise UnreadableError(msg)
    values = [_value(typed, number, quantities) for number, typed in enumerate(record.typed["values"])]
    if not values:
        raise UnreadableError("type one value at least")
    if quantities is not _NUCLEAR and len({(one.quantity.field, one.part) for one in values}) < len(values):
        raise UnreadableError("a quantity is typed twice for the same part; type it once")
    shape = {"CT": _ct, "MG": _mammography, "NM": _nuclear, "PT": _nuclear}.get(record.modality, _projection)
    return shape(_common(record), values)


def told_of(report: DoseReport) -> dict[str, Any]:
    """Return what a report tells of patient, device, start and request, as a record has it under ``known``."""
    patient, device = report.patient, report.device
    told = {
        "accession_number": report.accession_number,
        "started_at": report.started_at.isoformat() if report.started_at else None,
        "patient": {
            "identifier": patient.id,
            "authority": patient.issuer,
            "name": patient.name,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "sex": patient.sex,
        },
        "device": {name: getattr(device, name) for name in _DEVICE},
    }
    return {name: what for name, what in told.items() if any(what.values() if isinstance(what, dict) else (what,))}


def _value(typed: Mapping[str, Any], number: int, quantities: Mapping[str, _Quantity]) -> _Value:
    quantity = quantities.get(typed["quantity"])
    if quantity is None:
        msg = f"value {number + 1}: of this modality one can type {', '.join(quantities)}"
        raise UnreadableError(msg)
    part = typed.get("of")
    if part not in quantity.parts:
        parts = ", ".join(
            "nothing" if one is None else one for one in sorted(quantity.parts, key=lambda one: one or "")
        )
        msg = f"value {number + 1}: {typed['quantity']} is of {parts}"
        raise UnreadableError(msg)
    try:
        value = convert(_finite(typed["value"], number), from_=typed["unit"], to=quantity.unit)
    except UnknownUnitError:
        msg = f"value {number + 1}: that is no unit of {quantity.limit.what}; type it in {quantity.unit}"
        raise UnreadableError(msg) from None
    limit = quantity.limit
    if value and not limit.least <= value <= limit.most:
        msg = (
            f"value {number + 1}: {value:g} {quantity.unit} is no {limit.what} of an exam, which has "
            f"{limit.least:g} to {limit.most:g} {quantity.unit}; look at the unit"
        )
        raise UnreadableError(msg)
    return _Value(quantity=quantity, part=part, value=value, typed=typed, path=f"{TYPED}/values/{number}")


def _finite(typed: object, number: int) -> float:
    value = float(typed) if isinstance(typed, TypedNumber) else math.nan
    if not math.isfinite(value) or value < 0:
        msg = f"value {number + 1}: that is no number of zero or more"
        raise UnreadableError(msg)
    return value


def _common(record: TypedRecord) -> dict[str, Any]:
    """Return what every report has; fields that were not typed are not stated."""
    patient, device = record.told("patient") or {}, record.told("device") or {}
    words = (record.typed.get("source"), record.typed.get("comment"))
    return {
        "kind": Kind.MANUAL,
        "sop_instance_uid": record.sop_instance_uid,
        "study_instance_uid": record.study_instance_uid,
        "modality": record.modality,
        "accession_number": record.told("accession_number"),
        "started_at": _moment(record.told("started_at")),
        "content_at": record.typed_at,
        "comment": "; ".join(word for word in words if word) or None,
        "patient": PatientStated(
            id=patient.get("identifier"),
            issuer=patient.get("authority"),
            name=patient.get("name"),
            birth_date=_date(patient.get("birth_date")),
            sex=patient.get("sex"),
        ),
        "device": DeviceStated(**{name: device.get(name) for name in _DEVICE}),  # type: ignore[arg-type]  # texts
    }


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UnreadableError("write a time like 2026-03-02T10:15, local, or with its offset from UTC") from None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnreadableError("write a birth date like 1961-05-04") from None


def _ct(common: dict[str, Any], values: Iterable[_Value]) -> CtReport:
    whole, parts, stated = None, list[DlpSubTotal](), list[StatedValue]()
    for one in values:
        if one.part is None:
            whole = one.value
            stated.append(one.origin("totals.dlp_mgy_cm"))
        else:
            stated.append(one.origin(f"totals.dlp_sub_totals[{len(parts)}].dlp_mgy_cm"))
            parts.append(DlpSubTotal(phantom_diameter_mm=int(one.part), dlp_mgy_cm=one.value))
    totals = CtTotals(dlp_mgy_cm=whole, dlp_sub_totals=tuple(parts))
    return CtReport(**common, totals=totals, stated=tuple(stated))


def _projection(common: dict[str, Any], values: Iterable[_Value]) -> ProjectionReport:
    planes: dict[str | None, dict[str, float]] = {}
    stated = []
    for one in values:
        fields = planes.setdefault(one.part, {})
        fields[one.quantity.field] = one.value
        number = list(planes).index(one.part)
        stated.append(one.origin(f"totals.planes[{number}].{one.quantity.field}"))
    listed = tuple(
        PlaneTotals(plane=Plane(part) if part else None, **its)  # type: ignore[arg-type]  # doses and times
        for part, its in planes.items()
    )
    whole = [plane for plane in listed if plane.plane is None] or listed
    daps = [plane.dap_gy_cm2 for plane in whole if plane.dap_gy_cm2 is not None]
    totals = ProjectionTotals(planes=listed, dap_gy_cm2=math.fsum(daps) if len(daps) == len(whole) else None)
    return ProjectionReport(**common, totals=totals, stated=tuple(stated))


def _mammography(common: dict[str, Any], values: Iterable[_Value]) -> MammographyReport:
    found = {one.part: one for one in values}
    names = {"L": "agd_left_mgy", "R": "agd_right_mgy", "B": "agd_both_mgy"}
    agd = {part: one.value for part, one in found.items()}
    totals = MammographyTotals(agd_left_mgy=agd.get("L"), agd_right_mgy=agd.get("R"), agd_both_mgy=agd.get("B"))
    stated = tuple(one.origin(f"totals.{names[part or '']}") for part, one in found.items())
    return MammographyReport(**common, totals=totals, stated=stated)


def _nuclear(common: dict[str, Any], values: Iterable[_Value]) -> NuclearReport:
    events, stated = [], []
    for number, one in enumerate(values):
        events.append(
            Administration(
                administered_activity_mbq=one.value,
                radionuclide=one.typed.get("radionuclide"),
                agent=one.typed.get("agent"),
                start=_moment(one.typed.get("administered_at")) or common["started_at"],
            )
        )
        stated.append(one.origin(f"events[{number}].administered_activity_mbq"))
    return NuclearReport(**common, events=tuple(events), stated=tuple(stated))


def values_of(report: DoseReport) -> Iterator[tuple[str, float]]:
    """Yield each value that was typed with the name of its field, lists without their numbers."""
    for stated in report.stated:
        owner: Any = report
        for name, index in _STEP.findall(stated.field):
            owner = getattr(owner, name)
            owner = owner[int(index)] if index else owner
        yield _INDEX.sub("[]", stated.field), owner
