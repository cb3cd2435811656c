"""
Content items without children whose parts are all known: the most of any report, taken in one tight loop.

Whatever is not exactly as expected ends the loop, and ``sr_items`` walks that item element by element. So
nothing is decided here: an item that is taken means what the walk would make of it.

For explicit VR little endian, in which practically all reports come.
"""

import struct

from dose_core.model import Code
from dose_core.readers.elements import UNDEFINED
from dose_core.readers.sr_known import MAX_BYTES, KnownNumber, KnownParts

_SHORT_LENGTH, _LENGTH = struct.Struct("<H").unpack_from, struct.Struct("<I").unpack_from
_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
# Tags with their VR, as they stand in the bytes.
_CONCEPT_NAME = b"\x40\x00\x43\xa0SQ"
_CONCEPT_CODE = b"\x40\x00\x68\xa1SQ"
_MEASURED_VALUE = b"\x40\x00\x00\xa3SQ"
_UNITS = b"\x40\x00\xea\x08SQ"
_NUMERIC_VALUE = b"\x40\x00\x0a\xa3DS"
_SHORT_TEXTS = {
    "UIDREF": b"\x40\x00\x24\xa1UI",
    "DATETIME": b"\x40\x00\x20\xa1DT",
    "PNAME": b"\x40\x00\x23\xa1PN",
}
_MAX_TEXT_BYTES = 65_536  # a comment in XML has 3,000
_CONTENT = b"\x40\x00\x30\xa7SQ"
_TEXT_VALUE = b"\x40\x00\x60\xa1UT"


# Value type, concept name, text, code and unit of an item, and where the next one begins.
Leaf = tuple[str, Code | None, str | None, Code | None, Code | None, int]


def known_leaf(data: bytes, position: int, bound: int, parts: KnownParts) -> Leaf | None:
    """Return the item that stands at a position, if all of it is known and it has no children."""
    if data[position : position + 4] != _ITEM:
        return None
    start = position + 8
    leaf = _number_leaf(data, start, parts) or _leaf(data, start, parts)
    if leaf is None:
        return None
    value_type, concept, text, code, unit, end = leaf
    end = _closed(data, start, end, _ITEM_END)
    return (value_type, concept, text, code, unit, end) if 0 < end <= bound else None


def _number_leaf(data: bytes, start: int, parts: KnownParts) -> Leaf | None:
    """Return a NUM of which all but the number is known at one look."""
    head = data.find(_NUMERIC_VALUE, start, start + 2 * MAX_BYTES)
    known = parts.numbers.get(data[start:head]) if head >= 0 else None
    if known is None:
        return None
    concept, unit, item_end, sequence_end = known
    number, end = _number(data, head)
    if item_end is None and data[end : end + 8] == _ITEM_END:
        end += 8
    elif item_end is None or head + item_end != end:
        return None
    if sequence_end is None and data[end : end + 8] == _SEQUENCE_END:
        end += 8
    elif sequence_end is None or head + sequence_end != end:
        return None
    return ("NUM", concept, _stripped(number), None, unit, end) if _is_plain(number) else None


def _leaf(data: bytes, start: int, parts: KnownParts) -> Leaf | None:
    raw = beginning(data, start)
    known = parts.beginnings.get(raw)
    if known is None:
        return None
    value_type, concept = known
    head = start + len(raw)
    if value_type == "NUM":
        return _measured(data, start, head, concept, parts)
    if value_type == "CODE":
        end = _end_of_code(data, head)
        key = _key(data, head, end)
        is_known = data[head : head + 6] == _CONCEPT_CODE and key in parts.codes
        return (value_type, concept, None, parts.codes[key], None, end) if is_known else None
    stated = _text(data, head, value_type)
    return (value_type, concept, stated[0], None, None, stated[1]) if stated else None


def beginning(data: bytes, start: int) -> bytes:
    """Return the bytes of an item from its first element to the end of its concept name, none where that is far."""
    name = data.find(_CONCEPT_NAME, start, start + MAX_BYTES)
    return data[start : _end_of_code(data, name)] if name >= 0 else b""


def opening(data: bytes, start: int) -> bytes:
    """Return the bytes of an item from its first element to the head of its content, none where that is far."""
    content = data.find(_CONTENT, start, start + 2 * MAX_BYTES)
    return data[start:content] if content >= 0 else b""


def _end_of_code(data: bytes, head: int) -> int:
    """Return where a code sequence ends that begins with its head at a position; 0 if that is not near."""
    if head + 12 > len(data):
        return 0
    length: int = _LENGTH(data, head + 8)[0]
    if length != UNDEFINED:
        return head + 12 + length
    stop = data.find(_SEQUENCE_END, head, head + MAX_BYTES)
    return stop + 8 if stop >= 0 else 0


def _key(data: bytes, head: int, end: int) -> tuple[bool, bool, bool, bytes]:
    if _is_undefined(data, head + 12):
        return True, True, True, data[head + 12 : end - 8]
    return True, True, False, data[head + 12 : end]


def _measured(data: bytes, start: int, head: int, concept: Code | None, parts: KnownParts) -> Leaf | None:
    """Return a NUM whose measured value has a known unit and a number, in this order of tags, and keep it."""
    units = head + 20  # behind the heads of the sequence and of its item
    if data[head : head + 6] != _MEASURED_VALUE or data[units : units + 6] != _UNITS:
        return None
    after_units = _end_of_code(data, units)
    key = _key(data, units, after_units)
    if key not in parts.codes or data[after_units : after_units + 6] != _NUMERIC_VALUE:
        return None
    number, end = _number(data, after_units)
    if data[head + 12 : head + 16] != _ITEM or not _is_plain(number):
        return None
    item_end = _closed(data, head + 20, end, _ITEM_END)
    sequence_end = _closed(data, head + 12, item_end, _SEQUENCE_END) if item_end else 0
    if not sequence_end:
        return None
    unit = parts.codes[key]
    known = KnownNumber(
        concept,
        unit,
        item_end=None if _is_undefined(data, head + 20) else item_end - after_units,
        sequence_end=None if _is_undefined(data, head + 12) else sequence_end - after_units,
    )
    parts.keep_number(data[start:after_units], known)
    return "NUM", concept, _stripped(number), None, unit, sequence_end


def _number(data: bytes, head: int) -> tuple[bytes, int]:
    """Return the value that stands behind a short head, and where it ends."""
    length: int = _SHORT_LENGTH(data, head + 6)[0] if head + 8 <= len(data) else 0
    return data[head + 8 : head + 8 + length], head + 8 + length


def _text(data: bytes, head: int, value_type: str) -> tuple[str | None, int] | None:
    """Return text and end of a value that needs no decoding; no text where none is stated."""
    if value_type == "TEXT":
        if data[head : head + 6] != _TEXT_VALUE:
            return None, head
        length: int = _LENGTH(data, head + 8)[0] if head + 12 <= len(data) else UNDEFINED
        if length > _MAX_TEXT_BYTES:
            return None
        raw, end = data[head + 12 : head + 12 + length], head + 12 + length
    elif value_type not in _SHORT_TEXTS:
        return None
    elif data[head : head + 6] != _SHORT_TEXTS[value_type]:
        return None, head
    else:
        raw, end = _number(data, head)
    return (_stripped(raw), end) if _is_plain(raw) else None


def _is_undefined(data: bytes, start: int) -> bool:
    return data[start - 4 : start] == b"\xff\xff\xff\xff"


def _closed(data: bytes, start: int, end: int, delimiter: bytes) -> int:
    """Return where something ends whose content stands between two places: as declared, or by its delimiter; else 0."""
    (declared,) = _LENGTH(data, start - 4)
    if declared == UNDEFINED:
        return end + 8 if data[end : end + 8] == delimiter else 0
    return end if start + declared == end else 0


def _stripped(raw: bytes) -> str | None:
    return raw.decode("ascii").strip("\0 \t\n\r\f\v") or None


def _is_plain(raw: bytes) -> bool:
    """Test if a text reads the same in every character set and holds nothing to be noted (see ``DataSet.text``)."""
    return raw.isascii() and b"\x1b" not in raw and b"\0" not in raw[:-1]
