"""
Content items without children whose parts are all known: the most of any report, taken in one tight loop.

Whatever is not exactly as expected ends the loop, and ``sr_items`` walks that item element by element. So
nothing is decided here: an item that is taken means what the walk would make of it.

For little endian, in which practically all reports come.
"""

import struct
from dataclasses import dataclass

from dose_core.model import Code
from dose_core.readers.dicom.charset import decode
from dose_core.readers.dicom.elements import UNDEFINED, Walker
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.sr.known import MAX_BYTES, UNKNOWN, KnownNumber, KnownParts

_SHORT_LENGTH, _LENGTH = struct.Struct("<H").unpack_from, struct.Struct("<I").unpack_from
_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_REFERENCES = ("IMAGE", "COMPOSITE", "WAVEFORM")
_MAX_TEXT_BYTES = 65_536  # a comment in XML has 3,000


@dataclass(frozen=True, slots=True)
class Form:
    """How elements stand in the bytes: their tags, with the VR where it is stated, and the size of their heads."""

    is_explicit: bool
    sequence_head: int  # bytes before the items of a sequence, the last four of which are its length
    concept_name: bytes
    concept_code: bytes
    measured_value: bytes
    units: bytes
    number: bytes
    text: bytes
    short_texts: dict[str, bytes]
    referenced_sop: bytes
    content: bytes


def _form(*, is_explicit: bool) -> Form:
    def head(tag: Tag, vr: bytes) -> bytes:
        return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + (vr if is_explicit else b"")

    return Form(
        is_explicit=is_explicit,
        sequence_head=12 if is_explicit else 8,
        concept_name=head(Tag.ConceptNameCodeSequence, b"SQ"),
        concept_code=head(Tag.ConceptCodeSequence, b"SQ"),
        measured_value=head(Tag.MeasuredValueSequence, b"SQ"),
        units=head(Tag.MeasurementUnitsCodeSequence, b"SQ"),
        number=head(Tag.NumericValue, b"DS"),
        text=head(Tag.TextValue, b"UT"),
        short_texts={
            "UIDREF": head(Tag.UID, b"UI"),
            "DATETIME": head(Tag.DateTime, b"DT"),
            "PNAME": head(Tag.PersonName, b"PN"),
        },
        referenced_sop=head(Tag.ReferencedSOPSequence, b"SQ"),
        content=head(Tag.ContentSequence, b"SQ"),
    )


EXPLICIT, IMPLICIT = _form(is_explicit=True), _form(is_explicit=False)

# Value type, concept name, text, code and unit of an item, and where the next one begins.
Leaf = tuple[str, Code | None, str | None, Code | None, Code | None, int]


def known_leaf(walker: Walker, position: int, bound: int, form: Form, parts: KnownParts) -> Leaf | None:
    """Return the item that stands at a position, if all of it is known and it has no children."""
    data = walker.data
    if data[position : position + 4] != _ITEM:
        return None
    start = first = position + 8
    if data.startswith(form.referenced_sop, start):
        first = _behind_reference(walker, start, bound, form)
    leaf = _number_leaf(data, first, form, parts) or _leaf(data, first, form, parts)
    if leaf is None:
        return None
    value_type, concept, text, code, unit, end = leaf
    end = _closed(data, start, end, _ITEM_END)
    return (value_type, concept, text, code, unit, end) if 0 < end <= bound else None


def beginning(data: bytes, start: int, form: Form) -> bytes:
    """Return the bytes of an item from its first element to the end of its concept name, none where that is far."""
    name = data.find(form.concept_name, start, start + MAX_BYTES)
    return data[start : _end_of_code(data, name, form)] if name >= 0 else b""


def opening(data: bytes, start: int, form: Form) -> bytes:
    """Return the bytes of an item from its first element to the head of its content, none where that is far."""
    content = data.find(form.content, start, start + 2 * MAX_BYTES)
    return data[start:content] if content >= 0 else b""


def _number_leaf(data: bytes, start: int, form: Form, parts: KnownParts) -> Leaf | None:
    """Return a NUM of which all but the number is known at one look."""
    head = data.find(form.number, start, start + MAX_BYTES)
    known = parts.numbers.get(data[start:head]) if head >= 0 else None
    if known is None:
        return None
    concept, unit, item_end, sequence_end = known
    number, end = _value(data, head, form)
    if item_end is None and data.startswith(_ITEM_END, end):
        end += 8
    elif item_end is None or head + item_end != end:
        return None
    if sequence_end is None and data.startswith(_SEQUENCE_END, end):
        end += 8
    elif sequence_end is None or head + sequence_end != end:
        return None
    return ("NUM", concept, _stripped(number), None, unit, end) if _is_plain(number) else None


def _leaf(data: bytes, start: int, form: Form, parts: KnownParts) -> Leaf | None:
    raw = beginning(data, start, form)
    known = parts.beginnings.get(raw)
    if known is None:
        return None
    value_type, concept = known
    head = start + len(raw)
    if value_type == "NUM":
        return _measured(data, start, head, concept, form, parts)
    if value_type == "CODE":
        end = _end_of_code(data, head, form)
        key = _key(data, head, end, form)
        coded = parts.codes.get(key, UNKNOWN)
        is_known = data.startswith(form.concept_code, head) and coded is not UNKNOWN
        return (value_type, concept, None, coded, None, end) if is_known else None
    if value_type in _REFERENCES:  # what they refer to stands first and is not kept in the tree
        return value_type, concept, None, None, None, head
    stated = _text(data, head, value_type, form, parts)
    return (value_type, concept, stated[0], None, None, stated[1]) if stated else None


def _behind_reference(walker: Walker, start: int, bound: int, form: Form) -> int:
    """Return where the element behind the Referenced SOP Sequence begins; an IMAGE begins with it (PS3.3, C.18.4)."""
    items = start + form.sequence_head
    length: int = _LENGTH(walker.data, items - 4)[0] if items <= bound else 0
    if length != UNDEFINED:
        return items + length
    return walker.undefined(b"SQ", items, bound, is_explicit=form.is_explicit)[1]


def _end_of_code(data: bytes, head: int, form: Form) -> int:
    """Return where a code sequence ends that begins with its head at a position; 0 if that is not near."""
    items = head + form.sequence_head
    if items > len(data):
        return 0
    length: int = _LENGTH(data, items - 4)[0]
    if length != UNDEFINED:
        return items + length
    stop = data.find(_SEQUENCE_END, items, items + MAX_BYTES)
    return stop + 8 if stop >= 0 else 0


def _key(data: bytes, head: int, end: int, form: Form) -> tuple[bool, bool, bool, bytes]:
    items = head + form.sequence_head
    if _is_undefined(data, items):
        return form.is_explicit, True, True, data[items : end - 8]
    return form.is_explicit, True, False, data[items:end]


def _measured(data: bytes, start: int, head: int, concept: Code | None, form: Form, parts: KnownParts) -> Leaf | None:
    """Return a NUM whose measured value has a known unit and a number, in this order of tags, and keep it."""
    item = head + form.sequence_head
    units = item + 8
    if not data.startswith(form.measured_value, head) or not data.startswith(form.units, units):
        return None
    after_units = _end_of_code(data, units, form)
    key = _key(data, units, after_units, form)
    unit = parts.codes.get(key, UNKNOWN)
    if unit is UNKNOWN or not data.startswith(form.number, after_units):
        return None
    number, end = _value(data, after_units, form)
    if not data.startswith(_ITEM, item) or not _is_plain(number):
        return None
    item_end = _closed(data, units, end, _ITEM_END)
    sequence_end = _closed(data, item, item_end, _SEQUENCE_END) if item_end else 0
    if not sequence_end:
        return None
    known = KnownNumber(
        concept,
        unit,
        item_end=None if _is_undefined(data, units) else item_end - after_units,
        sequence_end=None if _is_undefined(data, item) else sequence_end - after_units,
    )
    parts.keep_number(data[start:after_units], known)
    return "NUM", concept, _stripped(number), None, unit, sequence_end


def _value(data: bytes, head: int, form: Form) -> tuple[bytes, int]:
    """Return the value that stands behind a head of eight bytes, and where it ends."""
    start = head + 8
    if start > len(data):
        return b"", start
    length: int = _SHORT_LENGTH(data, head + 6)[0] if form.is_explicit else _LENGTH(data, head + 4)[0]
    return data[start : start + length], start + length


def _text(data: bytes, head: int, value_type: str, form: Form, parts: KnownParts) -> tuple[str | None, int] | None:
    """Return text and end of a value that decodes without fault; no text where none is stated."""
    if value_type == "TEXT":
        if not data.startswith(form.text, head):
            return None, head
        start = head + form.sequence_head  # an unlimited text has the long head of a sequence
        length: int = _LENGTH(data, start - 4)[0] if start <= len(data) else UNDEFINED
        if length > _MAX_TEXT_BYTES:
            return None
        raw, end = data[start : start + length], start + length
    elif value_type not in form.short_texts:
        return None
    elif not data.startswith(form.short_texts[value_type], head):
        return None, head
    else:
        raw, end = _value(data, head, form)
    if _is_plain(raw):
        return _stripped(raw), end
    text, undecodable = decode(raw.rstrip(b"\0 "), parts.terms)
    return None if undecodable or "\0" in text else (text.strip() or None, end)


def _closed(data: bytes, start: int, end: int, delimiter: bytes) -> int:
    """Return where something ends whose content stands between two places: as declared, or by its delimiter; else 0."""
    declared: int = _LENGTH(data, start - 4)[0]
    if declared == UNDEFINED:
        return end + 8 if data.startswith(delimiter, end) else 0
    return end if start + declared == end else 0


def _is_undefined(data: bytes, start: int) -> bool:
    return data.startswith(b"\xff\xff\xff\xff", start - 4)


def _stripped(raw: bytes) -> str | None:
    return raw.decode("ascii").strip("\0 \t\n\r\f\v") or None


def _is_plain(raw: bytes) -> bool:
    """Test if a text reads the same in every character set and holds nothing to be noted (see ``DataSet.text``)."""
    return raw.isascii() and b"\x1b" not in raw and b"\0" not in raw[:-1]
