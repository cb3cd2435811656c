"""
Private elements, resolved by their private creator: its block number may differ from object to object.

Source: PS3.5, 7.8.1 (private data elements).
"""

import struct
from dataclasses import dataclass
from math import isfinite

from dose_core.readers.dicom.data_set import DataSet, number_of
from dose_core.readers.dicom.tags import tag_text

_FIRST_BLOCK, _LAST_BLOCK = 0x10, 0xFF
_DOUBLE = struct.Struct("<d")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateElement:
    """
    One element that a vendor defined: ``element`` is its number inside the creator's block.

    ``is_double`` tells that the vendor writes a VR of FD. An archive that does not know the creator stores
    the bytes as UN (PS3.5, 6.2.2), and an implicit VR never stated one.
    """

    creator: str
    group: int
    element: int
    name: str
    is_double: bool = False


def private_tag(data_set: DataSet, private: PrivateElement, *, vendor_is_certain: bool = False) -> int | None:
    """
    Return the tag that the element has in this data set, ``None`` if its creator reserved no block.

    Archives that drop the creators leave elements that nobody can resolve. Where all else says who wrote the
    object, ``vendor_is_certain`` lets the element be taken from the first block, with a warning.
    """
    blocks = [
        block
        for block in range(_FIRST_BLOCK, _LAST_BLOCK + 1)
        if private.group << 16 | block in data_set and data_set.text(private.group << 16 | block) == private.creator
    ]
    tags = [private.group << 16 | block << 8 | private.element for block in blocks]
    if tags:  # who merges objects may reserve a second block for a creator; the element stands in one of them
        return next((tag for tag in tags if tag in data_set), tags[0])
    usual = private.group << 16 | _FIRST_BLOCK << 8 | private.element
    if not vendor_is_certain or usual not in data_set or private.group << 16 | _FIRST_BLOCK in data_set:
        return None
    problem = f"its private creator {private.creator} is missing; it was believed by the maker of the device"
    data_set.log.add_warning(tag_text(usual), private.name, problem)
    return usual


def private_text(data_set: DataSet, private: PrivateElement, *, vendor_is_certain: bool = False) -> str | None:
    """Return the value as text, ``None`` if it is absent or empty."""
    tag = private_tag(data_set, private, vendor_is_certain=vendor_is_certain)
    return None if tag is None else data_set.text(tag)


def private_number(
    data_set: DataSet,
    private: PrivateElement,
    unit: str,
    field: str | None,
    *,
    within: str = "",
    vendor_is_certain: bool = False,
) -> float | None:
    """
    Return the only value, in the unit that the vendor writes it in; ``None`` if it is absent.

    Several values, a negative one, or what is no number are noted and not used.
    """
    tag = private_tag(data_set, private, vendor_is_certain=vendor_is_certain)
    if tag is None or tag not in data_set:
        return None
    text = _text_of_double(data_set, tag) if private.is_double else data_set.text(tag)
    if text is None:
        return None
    value = number_of(text)
    problem = None
    if value is None:
        problem = "is not one finite number"
    elif value < 0:
        problem = f"{value} is negative"
    if problem:
        data_set.log.add_warning(within + tag_text(tag), private.name, problem)
        return None
    data_set.log.add_origin(field, within + tag_text(tag), text, unit)
    return value


def _text_of_double(data_set: DataSet, tag: int) -> str | None:
    """Return a double in decimal; as UN and in implicit VR its bytes are little endian (PS3.5, 6.2.2)."""
    element = data_set.element(tag)
    if element is None or element.vr not in (None, b"UN") or len(element.raw) != _DOUBLE.size:
        return data_set.text_of_number(tag) or None
    value: float = _DOUBLE.unpack(element.raw)[0]
    return str(value) if isfinite(value) else "not finite"
