"""
The content tree of a report twice: as our readers see it, and as pydicom's data set says it is.

Of a content item that is its value type, concept name, text, code, unit and children; of a code its value, scheme and
meaning. Texts are compared without the padding of each value, and not at all where nothing is left.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import pydicom

from dose_core.model import Code, ReadWarning
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.errors import UnreadableError
from dose_core.readers.sr.items import SrItem, build_items

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_PADDING = "\0 \t\n\r\f\v"
_TEXTS = {"TEXT": "TextValue", "UIDREF": "UID", "DATETIME": "DateTime", "PNAME": "PersonName"}
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")

Coded = tuple[str, str, str | None]


class Tree(NamedTuple):
    """One content item with all below it."""

    value_type: str
    concept: Coded | None
    text: str | None
    code: Coded | None
    unit: Coded | None
    children: tuple[Tree, ...]


Told = tuple[Tree, tuple[ReadWarning, ...]] | str


def our_tree(dicom: bytes) -> tuple[Tree, tuple[ReadWarning, ...]]:
    """
    Return the tree that our readers walk, and what was noted on the way.

    Raises:
        UnreadableError: we do not read it.
    """
    file = parse_part10(dicom)
    return _of_item(build_items(file.data_set)), file.log.warnings


def told_tree(dicom: bytes) -> Told:
    """Return the tree and what was noted, or the reason why there is none."""
    try:
        return our_tree(dicom)
    except UnreadableError as reason:
        return str(reason)


def pydicom_tree(dicom: bytes) -> Tree | None:
    """Return the tree that pydicom's data set says, ``None`` where pydicom cannot read it, for whatever reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns on much real data
        try:
            return _of_dataset(pydicom.dcmread(BytesIO(dicom), stop_before_pixels=True, force=True))
        except Exception:  # noqa: BLE001 - of damaged objects it raises nearly anything
            return None


def _of_item(item: SrItem) -> Tree:
    return Tree(
        item.value_type,
        _of_code(item.concept),
        _bare(item.text),
        _of_code(item.code),
        _of_code(item.unit),
        tuple(_of_item(child) for child in item.children),
    )


def _of_code(code: Code | None) -> Coded | None:
    return (code.value, code.scheme, _bare(code.meaning)) if code else None


def _of_dataset(dataset: Dataset) -> Tree:
    value_type = _text(dataset, "ValueType") or ""
    text, code, unit = None, None, None
    if value_type in _TEXTS:
        text = _text(dataset, _TEXTS[value_type])
    elif value_type == "CODE":
        code = _code(dataset, "ConceptCodeSequence")
    elif value_type == "NUM" and dataset.get("MeasuredValueSequence"):
        measured = dataset.MeasuredValueSequence[0]
        text, unit = _number(measured), _code(measured, "MeasurementUnitsCodeSequence")
    children = tuple(_of_dataset(child) for child in dataset.get("ContentSequence") or ())
    return Tree(value_type, _code(dataset, "ConceptNameCodeSequence"), text, code, unit, children)


def _code(dataset: Dataset, keyword: str) -> Coded | None:
    sequence = dataset.get(keyword)
    if not sequence:
        return None
    value = next((text for text in (_text(sequence[0], one) for one in _CODE_VALUES) if text), None)
    if value is None:
        return None
    return value, _text(sequence[0], "CodingSchemeDesignator") or "", _text(sequence[0], "CodeMeaning")


def _text(dataset: Dataset, keyword: str) -> str | None:
    value = dataset.get(keyword)
    if value is None:
        return None
    joined = value if isinstance(value, str) else "\\".join(map(str, value)) if _is_many(value) else str(value)
    return _bare(joined)


def _bare(text: str | None) -> str | None:
    if text is None or "\\" not in text:
        return (text or "").strip(_PADDING) or None
    return "\\".join(part.strip(_PADDING) for part in text.split("\\"))


def _is_many(value: object) -> bool:
    return isinstance(value, pydicom.multival.MultiValue | list)


def _number(measured: Dataset) -> str | None:
    """Return the number as it is written: pydicom's own value of it would be another spelling, or an error."""
    if "NumericValue" not in measured:
        return None
    raw = measured.get_item("NumericValue").value
    stated = raw if isinstance(raw, bytes) else str(raw).encode()
    return _bare(stated.decode("latin-1"))
