"""
What an element states, written in one way however it was encoded: the tag, a length, the value.

Values are taken as the standard defines them, not as bytes: text without padding and decoded, DS and IS by their value,
binary numbers in one byte order, a SNOMED code by its value in SCT. An empty value states nothing.

Implicit VR names no VR, so that what a private element holds cannot be told: its bytes count, without what looks like
the padding of a text.

Source: PS3.5, 6.1 (character sets), 6.2 (padding), 7.3 (byte order); PS3.16, 8.1 (schemes of SNOMED).
"""

import struct

from pydicom._dicom_dict import DicomDictionary
from pydicom.sr._snomed_dict import mapping

from dose_core.readers.dicom.charset import decode
from dose_core.readers.dicom.tags import Tag

SEQUENCE, TEXT, NUMBER, PLAIN, BINARY, CHARACTER_SET, NOTHING, UNKNOWN = range(8)
_KIND_OF_VR = {
    "SQ": SEQUENCE,
    **dict.fromkeys(("SH", "LO", "ST", "LT", "UC", "UT", "PN"), TEXT),  # PS3.5, 6.1.2.3: in the stated character set
    **dict.fromkeys(("DS", "IS"), NUMBER),
    **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "TM", "UI", "UR"), PLAIN),
}
# By tag and not by the stated VR: archives write UN for what they do not know, and implicit VR states none.
_KINDS = {tag: _KIND_OF_VR.get(entry[0], BINARY) for tag, entry in DicomDictionary.items()}
_KINDS[int(Tag.SpecificCharacterSet)] = CHARACTER_SET
_KINDS[0xFFFCFFFC] = NOTHING  # Data Set Trailing Padding, which DCMTK also puts behind items
_WORD_BYTES = {
    **dict.fromkeys((b"US", b"SS", b"OW", b"AT"), 2),
    **dict.fromkeys((b"UL", b"SL", b"FL", b"OL", b"OF"), 4),
    **dict.fromkeys((b"FD", b"OD", b"OV", b"SV", b"UV"), 8),
}

TAG_BYTES, HEAD_BYTES = 4, 8
_head = struct.Struct(">II").pack
_number = struct.Struct(">IId").pack
_NUMBER_MARK, _SEQUENCE_MARK = 0xFFFFFFFE, 0xFFFFFFFF  # no value is so long
_ITEM, _END_OF_ITEMS = 0xFFFEE000, _head(0xFFFEE0DD, 0)
_ESCAPE = b"\x1b"
_PADDING = b"\0 "

_VALUE, _SCHEME, _VERSION, _MEANING = 0x00080100, 0x00080102, 0x00080103, 0x00080104  # of a code (PS3.3, 8)
_TAGS_OF_CODE = tuple(tag.to_bytes(TAG_BYTES) for tag in (_VALUE, _SCHEME, _VERSION, _MEANING))
_VALUE_TAG, _SCHEME_TAG = _TAGS_OF_CODE[:2]
_RETIRED_SCHEMES = (b"SRT", b"SNM3", b"99SDM")
_SCT_OF_SRT = {srt.encode("ascii"): sct.encode("ascii") for srt, sct in mapping["SRT"].items()}
_SCT = _head(_SCHEME, 3) + b"SCT"


def kind_of(tag: int) -> int:
    """Return what PS3.6 says that an element holds, ``UNKNOWN`` for a private one."""
    return _KINDS.get(tag, UNKNOWN)


def in_little_endian(vr: bytes | None, raw: bytes) -> bytes:
    """Return a value of a big endian data set as a little endian one holds it."""
    size = _WORD_BYTES.get(vr or b"", 1)
    return b"".join(raw[at : at + size][::-1] for at in range(0, len(raw), size))


def stated_bytes(tag: int, raw: bytes) -> bytes:
    """Return what an element states whose value is neither text nor number, nothing if it is empty."""
    if tag not in _KINDS:
        text = raw.rstrip(_PADDING)
        raw = text if text and b"\0" not in text else raw
    return _head(tag, len(raw)) + raw if raw else b""


def stated_text(tag: int, raw: bytes, *, terms: tuple[str, ...] | None) -> bytes:
    """
    Return what a text states, nothing if it is empty.

    ``terms`` are the values of (0008,0005), ``None`` for a VR that they do not apply to. What they cannot decode
    counts as it stands.
    """
    text = raw.strip(_PADDING)
    if b"\\" in text:
        text = b"\\".join(part.strip(b" ") for part in text.split(b"\\"))
    if terms is not None and needs_decoding(text):
        decoded, _ = decode(text, terms)
        text = text if "\ufffd" in decoded else decoded.encode("utf-8", "surrogatepass")
    return _head(tag, len(text)) + text if text else b""


def needs_decoding(raw: bytes) -> bool:
    """Test if a text reads otherwise in another character set."""
    return not raw.isascii() or _ESCAPE in raw


def stated_numbers(tag: int, raw: bytes) -> bytes:
    """Return what a DS or IS states by its value, one that is no number as a text."""
    try:
        values = [] if b"_" in raw else [float(part) for part in raw.strip(_PADDING).split(b"\\")]
    except ValueError:
        values = []
    if not values:
        return stated_text(tag, raw, terms=None)
    return b"".join(_number(tag, _NUMBER_MARK, value + 0.0) for value in values)  # -0 is 0


def stated_item(elements: list[bytes]) -> bytes:
    """Return what an item states whose elements state this, in ascending order."""
    content = b"".join(_in_sct(elements) if elements and elements[0][:TAG_BYTES] == _VALUE_TAG else elements)
    return _head(_ITEM, len(content)) + content


def stated_sequence(tag: int, items: list[bytes]) -> bytes:
    """Return what a sequence states, nothing if it is empty."""
    return b"".join((_head(tag, _SEQUENCE_MARK), *items, _END_OF_ITEMS)) if items else b""


def _in_sct(elements: list[bytes]) -> list[bytes]:
    """Return a code, one of SNOMED as SCT writes it: archives may convert it, with its meaning (PS3.4, B.4.1.3)."""
    stated = {element[:TAG_BYTES]: element[HEAD_BYTES:] for element in elements}
    scheme, value = stated.get(_SCHEME_TAG), stated[_VALUE_TAG]
    concept = _SCT_OF_SRT.get(value) if scheme in _RETIRED_SCHEMES else value if scheme == b"SCT" else None
    if concept is None:
        return elements
    others = [element for element in elements if element[:TAG_BYTES] not in _TAGS_OF_CODE]
    return [_head(_VALUE, len(concept)) + concept, _SCT, *others]
