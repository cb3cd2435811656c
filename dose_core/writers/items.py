"""
SR content items, each with its relationship to the item above.

Source: PS3.3, C.17.3 (SR Document Content Module); coded entries: PS3.3, section 8.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from math import isfinite

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_core.errors import DoseError
from dose_core.model import Code
from dose_core.writers import concepts

# Relationship types (0040,A010); X-Ray Radiation Dose SR knows them by value only (PS3.3, A.35.8.3.1.3).
CONTAINS = "CONTAINS"
HAS_OBS_CONTEXT = "HAS OBS CONTEXT"
HAS_CONCEPT_MOD = "HAS CONCEPT MOD"
HAS_PROPERTIES = "HAS PROPERTIES"

_MAX_SHORT_CODE = 16  # (0008,0100) is SH; longer values go to Long Code Value (0008,0119), PS3.3, 8.1
_MAX_DECIMAL_STRING = 16  # DS (PS3.5, 6.2)
_DIGITS = 10  # more than any dosimeter knows


class UnwritableValueError(DoseError):
    """A value cannot stand in a content item; the writer must have checked it before."""


def code(entry: Code) -> Dataset:
    """Return a coded entry."""
    item = Dataset()
    if len(entry.value) > _MAX_SHORT_CODE:
        item.LongCodeValue = entry.value
    else:
        item.CodeValue = entry.value
    item.CodingSchemeDesignator = entry.scheme
    item.CodeMeaning = entry.meaning or entry.value
    return item


def container(name: Code, children: Iterable[Dataset], relationship: str | None = CONTAINS) -> Dataset:
    """Return a CONTAINER; the root of a document has no relationship."""
    item = _item("CONTAINER", name, relationship, ())
    item.ContinuityOfContent = "SEPARATE"
    item.ContentSequence = Sequence(children)
    return item


def coded(name: Code, value: Code, relationship: str = CONTAINS, children: Iterable[Dataset] = ()) -> Dataset:
    """Return a CODE item."""
    item = _item("CODE", name, relationship, children)
    item.ConceptCodeSequence = Sequence([code(value)])
    return item


def text(name: Code, value: str, relationship: str = CONTAINS) -> Dataset:
    """
    Return a TEXT item. Control characters become blanks, since no display can show them.

    Raises:
        UnwritableValueError: nothing is left to show; an empty TEXT item makes readers drop the report.
    """
    shown = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in value).strip()
    if not shown:
        msg = f"the text of {name.meaning} is empty"
        raise UnwritableValueError(msg)
    item = _item("TEXT", name, relationship, ())
    item.TextValue = shown
    return item


def person_name(name: Code, value: str, relationship: str = CONTAINS) -> Dataset:
    """Return a PNAME item; the value must be one that ``valid.is_person_name`` passes."""
    item = _item("PNAME", name, relationship, ())
    item.PersonName = value
    return item


def uid_ref(name: Code, value: str, relationship: str = CONTAINS) -> Dataset:
    """Return a UIDREF item."""
    item = _item("UIDREF", name, relationship, ())
    item.UID = value
    return item


def composite(sop_class_uid: str, sop_instance_uid: str) -> Dataset:
    """Return a COMPOSITE item that names an object without a purpose of its own (PS3.3, C.18.3)."""
    reference = Dataset()
    reference.ReferencedSOPClassUID = sop_class_uid
    reference.ReferencedSOPInstanceUID = sop_instance_uid
    item = Dataset()
    item.RelationshipType = CONTAINS
    item.ValueType = "COMPOSITE"
    item.ReferencedSOPSequence = Sequence([reference])
    return item


def reference(
    value_type: str, name: Code, sop_class_uid: str, sop_instance_uid: str, children: Iterable[Dataset] = ()
) -> Dataset:
    """Return an IMAGE or a COMPOSITE item that names an object and what it is there for (PS3.3, C.18.3 and C.18.4)."""
    item = composite(sop_class_uid, sop_instance_uid)
    item.ValueType = value_type
    item.ConceptNameCodeSequence = Sequence([code(name)])
    below = list(children)
    if below:
        item.ContentSequence = Sequence(below)
    return item


def date_time(name: Code, value: datetime, relationship: str = CONTAINS) -> Dataset:
    """Return a DATETIME item; a value without an offset stays without one."""
    item = _item("DATETIME", name, relationship, ())
    item.DateTime = dicom_dt(value)
    return item


def number(name: Code, value: float | None, unit: Code, relationship: str = CONTAINS) -> Dataset:
    """
    Return a NUM item; ``None`` is written as "Value unknown" without a measured value (PS3.3, C.18.1).

    Raises:
        UnwritableValueError: the value is not finite.
    """
    item = _item("NUM", name, relationship, ())
    if value is None:
        item.MeasuredValueSequence = Sequence([])
        item.NumericValueQualifierCodeSequence = Sequence([code(concepts.VALUE_UNKNOWN)])
        return item
    measured = Dataset()
    measured.MeasurementUnitsCodeSequence = Sequence([code(unit)])
    measured.NumericValue = decimal_string(value)
    item.MeasuredValueSequence = Sequence([measured])
    return item


def decimal_string(value: float) -> str:
    """
    Return a number as DS: ten significant digits, fewer where 16 characters hold no more.

    Raises:
        UnwritableValueError: the value is not finite.
    """
    if not isfinite(value):
        msg = f"{value} is not a number that DS can hold"
        raise UnwritableValueError(msg)
    spellings = (format(value, f".{digits}g") for digits in range(_DIGITS, 0, -1))
    return next(spelling for spelling in spellings if len(spelling) <= _MAX_DECIMAL_STRING)


def dicom_dt(value: datetime) -> str:
    """Return a time as DT (PS3.5, 6.2), with the fraction and the offset only where it has them."""
    fraction = f".{value.microsecond:06d}" if value.microsecond else ""
    return f"{value.year:04d}{value:%m%d%H%M%S}{fraction}{value:%z}"  # %Y does not pad years before 1000


def _item(value_type: str, name: Code, relationship: str | None, children: Iterable[Dataset]) -> Dataset:
    item = Dataset()
    if relationship is not None:
        item.RelationshipType = relationship
    item.ValueType = value_type
    item.ConceptNameCodeSequence = Sequence([code(name)])
    below = list(children)
    if below:
        item.ContentSequence = Sequence(below)
    return item
