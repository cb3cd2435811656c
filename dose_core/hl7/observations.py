"""
The doses of an exam as observations of a result message.

Concepts are codes of DICOM, since no other coding system has them all; units are UCUM. What stands for a part of the
exam, such as a plane or a phantom, has the part as its sub-id, so that a receiver can tell two values of one concept
apart and finds each of them again in a correction.

Source: PS3.16, annex D (DCM), TID 10003, 10012, 10021 and 4050; HL7 v2.5.1, 7.4.2 (OBX) and table 0085 (OBX-11).
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Basis, Quantity, Total

_LONGEST_SUB_ID = 20  # OBX-4 in 2.5.1
_DIGITS = 10  # more than any device states; a sum of binary fractions has noise behind them


class DapUnit(StrEnum):
    """Units in which a site may want dose-area products (UCUM)."""

    GY_M2 = "Gy.m2"
    UGY_M2 = "uGy.m2"
    CGY_CM2 = "cGy.cm2"
    MGY_CM2 = "mGy.cm2"
    GY_CM2 = "Gy.cm2"


_PER_GY_CM2 = {
    DapUnit.GY_M2: Decimal("0.0001"),
    DapUnit.UGY_M2: Decimal(100),
    DapUnit.CGY_CM2: Decimal(100),
    DapUnit.MGY_CM2: Decimal(1000),
    DapUnit.GY_CM2: Decimal(1),
}


class Status(StrEnum):
    """What an observation is to the receiver (table 0085)."""

    FINAL = "F"
    CORRECTED = "C"
    DELETED = "D"
    WRONG = "W"  # sent under the wrong patient


class TextType(StrEnum):
    """What stands in OBX-5 where it is no number (OBX-2, table 0125)."""

    ST = "ST"
    TX = "TX"  # text, and FT likewise with formatting, of which ours has none
    FT = "FT"
    RP = "RP"  # a pointer to what another system holds
    ED = "ED"  # the same address, encapsulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of LOINC or of the site; ``system`` is its name in table 0396, such as LN or 99HOSP."""

    identifier: str
    text: str
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """
    One observation. ``value`` is decimal text if ``is_number``; ``note`` says what the number alone does not.

    ``local`` is the code by which its receiver knows the concept; it stands first then, and ours beside it.
    """

    code: str
    meaning: str
    value: str
    unit: str = ""  # UCUM
    sub_id: str = ""
    note: str = ""
    is_number: bool = True
    status: Status = Status.FINAL
    system: str = "DCM"
    text_type: TextType = TextType.ST
    local: Code | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """By what a receiver finds it again."""
        first = self.local or Code(identifier=self.code, text=self.meaning, system=self.system)
        return first.identifier, first.system, self.sub_id

    @property
    def is_worded(self) -> bool:
        """Tell if it says in words, or shows elsewhere, what other observations say in numbers."""
        return not self.is_number and self.text_type is not TextType.ST


@dataclass(frozen=True, slots=True)
class _Concept:
    code: str
    meaning: str
    unit: str | None  # None: as the site wants dose-area products
    has_parts: bool  # sent of each part; else of the whole exam alone


_CONCEPTS = {
    Quantity.DLP: _Concept("113813", "CT Dose Length Product Total", "mGy.cm", has_parts=False),
    Quantity.CTDI_VOL_MAX: _Concept("113830", "Mean CTDIvol", "mGy", has_parts=True),
    Quantity.DAP: _Concept("113722", "Dose Area Product Total", None, has_parts=False),
    Quantity.FLUORO_DAP: _Concept("113726", "Fluoro Dose Area Product Total", None, has_parts=False),
    Quantity.ACQUISITION_DAP: _Concept("113727", "Acquisition Dose Area Product Total", None, has_parts=False),
    Quantity.KA_R: _Concept("113725", "Dose (RP) Total", "mGy", has_parts=True),
    Quantity.FLUORO_TIME: _Concept("113730", "Total Fluoro Time", "s", has_parts=False),
    Quantity.AGD: _Concept("111637", "Accumulated Average Glandular Dose", "mGy", has_parts=True),
    Quantity.ACTIVITY: _Concept("113507", "Administered activity", "MBq", has_parts=True),
}


QUANTITIES = tuple(_CONCEPTS)  # that can be told
_NO_CODES: Mapping[Quantity, Code] = MappingProxyType({})


def observations_of(
    exam: Exam, dap_unit: DapUnit, *, wanted: Sequence[Quantity] = (), codes: Mapping[Quantity, Code] = _NO_CODES
) -> tuple[Observation, ...]:
    """
    Return the doses of an exam, the study they are of first; nothing if no dose is known.

    Args:
        exam: the exam.
        dap_unit: the unit of dose-area products.
        wanted: the quantities that are told; all, if none is named.
        codes: by which codes the receiver knows quantities.
    """
    told = [quantity for quantity in QUANTITIES if not wanted or quantity in wanted]
    doses = [
        replace(one, local=codes.get(quantity)) for quantity in told for one in _of(exam.totals, quantity, dap_unit)
    ]
    if not doses:
        return ()
    study = Observation(code="110180", meaning="Study Instance UID", value=exam.study_instance_uid, is_number=False)
    return (study, *doses)


def corrected(before: Sequence[Observation], now: Sequence[Observation]) -> tuple[Observation, ...]:
    """
    Return what corrects an earlier message: all that is known now, and what is known no more.

    A value that changed is a correction, one that did not or that is new is final, one that is gone is deleted.
    """
    known = {one.key: one for one in before}
    wanted = {one.key for one in now}
    gone = tuple(replace(one, status=Status.DELETED) for one in before if one.key not in wanted)
    return (*(_against(one, known.get(one.key)) for one in now), *gone)


def taken_back(before: Sequence[Observation], status: Status) -> tuple[Observation, ...]:
    """Return what takes an earlier message back, value by value."""
    return tuple(replace(one, status=status) for one in before)


def _against(now: Observation, before: Observation | None) -> Observation:
    is_changed = before is not None and replace(before, status=now.status) != now
    return replace(now, status=Status.CORRECTED) if is_changed else now


def _of(totals: Sequence[Total], quantity: Quantity, dap_unit: DapUnit) -> Iterator[Observation]:
    concept = _CONCEPTS[quantity]
    for total in totals:
        if total.quantity is not quantity or total.value is None or (total.of and not concept.has_parts):
            continue
        if total.basis is Basis.ESTIMATE and total.estimated is None:
            continue  # kept by an earlier release: told once it is filed anew, with its interval
        sub_id, part = _part(total)
        factor = _PER_GY_CM2[dap_unit] if concept.unit is None else Decimal(1)
        yield Observation(
            code=concept.code,
            meaning=concept.meaning,
            value=_decimal(total.value, factor),
            unit=concept.unit or dap_unit,
            sub_id=sub_id,
            note="; ".join((*part, *_reservations(total, factor))),
        )


def _part(total: Total) -> tuple[str, tuple[str, ...]]:
    """Return the sub-id of a part, and its name in full where the sub-id has no room for it."""
    name = total.of or ""
    if total.quantity is Quantity.CTDI_VOL_MAX:
        name = f"{name} mm phantom" if name.isdigit() else f"{name} phantom".lstrip()
    if len(name) <= _LONGEST_SUB_ID:
        return name, ()
    number = f" {zlib.crc32(name.encode('utf-8', 'replace')):08x}"  # two long names stay apart
    return name[: _LONGEST_SUB_ID - len(number)] + number, (f"of {name}",)


def _reservations(total: Total, factor: Decimal) -> Iterator[str]:
    if total.estimated is not None:
        its = total.estimated
        low, high = (_decimal(float(f"{one:.4g}"), factor) for one in (its.low, its.high))
        yield f"computed by DoseLedger, not stated by the device: {', '.join(its.methods)}"
        yield f"interval {low} to {high} ({its.source})"
    if total.basis is Basis.ACQUISITIONS_ONLY:
        yield "lower bound: fluoroscopy is not included"
    if total.missing:
        yield f"lower bound: {total.missing} part(s) without a value"


def _decimal(value: float, factor: Decimal) -> str:
    """Return a number as type NM wants it: no exponent, nothing behind the digits that mean something."""
    number = Decimal(f"{value:.{_DIGITS}g}") * factor
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
