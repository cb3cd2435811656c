"""
Encode DICOM data sets byte by byte, so that tests can also make what no library would write.

Elements are given by keyword in any order: ``{"PatientID": "A1", "ContentSequence": [{...}, {...}]}``.
Text, numbers, lists of items and raw ``bytes`` (which go in as they are) can be values.
"""

import struct
import zlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword

Elements = Mapping[str, Any]

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"

_LONG_VRS = ("OB", "OW", "SQ", "UC", "UN", "UR", "UT")
_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}


def encode(
    elements: Elements, *, explicit: bool = True, little: bool = True, defined: bool = True, charset: str = "utf-8"
) -> bytes:
    """Return a data set in the given encoding; ``defined`` chooses the form of sequence lengths."""
    order = "<" if little else ">"

    def item(content: bytes) -> bytes:
        if defined:
            return struct.pack(order + "HHI", 0xFFFE, 0xE000, len(content)) + content
        head = struct.pack(order + "HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
        return head + content + struct.pack(order + "HHI", 0xFFFE, 0xE00D, 0)

    def raw_value(vr: str, value: object) -> bytes:
        if isinstance(value, bytes):
            return value
        values = value if isinstance(value, (list, tuple)) else [value]
        if vr in _BINARY:
            return struct.pack(f"{order}{len(values)}{_BINARY[vr]}", *values)
        raw = "\\".join(str(one) for one in values).encode(charset)
        return raw + (b"\0" if vr == "UI" else b" ") * (len(raw) % 2)

    encoded = b""
    for tag, keyword in sorted((tag_for_keyword(keyword) or 0, keyword) for keyword in elements):
        vr, value = dictionary_VR(tag), elements[keyword]
        is_sequence = vr == "SQ" and not isinstance(value, bytes)
        if is_sequence:
            again = partial(encode, explicit=explicit, little=little, defined=defined, charset=charset)
            raw = b"".join(item(again(one)) for one in value)
            raw += b"" if defined else struct.pack(order + "HHI", 0xFFFE, 0xE0DD, 0)
        else:
            raw = raw_value(vr, value)
        length = 0xFFFFFFFF if is_sequence and not defined else len(raw)
        encoded += struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
        if not explicit:
            encoded += struct.pack(order + "I", length)
        elif vr in _LONG_VRS:
            encoded += vr.encode() + b"\0\0" + struct.pack(order + "I", length)
        else:
            encoded += vr.encode() + struct.pack(order + "H", length)
        encoded += raw
    return encoded


def part10(elements: Elements, *, transfer_syntax: str = EXPLICIT_LITTLE, defined: bool = True) -> bytes:
    """Return a DICOM file with preamble and file meta information (PS3.10, 7.1)."""
    body = encode(
        elements,
        explicit=transfer_syntax != IMPLICIT_LITTLE,
        little=transfer_syntax != EXPLICIT_BIG,
        defined=defined,
    )
    if transfer_syntax == DEFLATED:
        body = deflate(body)
    return meta(elements, transfer_syntax) + body


def meta(elements: Elements, transfer_syntax: str) -> bytes:
    """Return preamble, prefix and file meta information."""
    group = encode(
        {
            "FileMetaInformationVersion": b"\0\1",
            "MediaStorageSOPClassUID": elements.get("SOPClassUID", ""),
            "MediaStorageSOPInstanceUID": elements.get("SOPInstanceUID", ""),
            "TransferSyntaxUID": transfer_syntax,
            "ImplementationClassUID": "2.25.1",
        }
    )
    return b"\0" * 128 + b"DICM" + encode({"FileMetaInformationGroupLength": len(group)}) + group


def deflate(raw: bytes) -> bytes:
    """Return raw deflated bytes (PS3.5, A.5)."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(raw) + deflater.flush()


def deflate_bomb(beginning: bytes, *, inflated_megabytes: int) -> bytes:
    """Return few bytes, about 1 kB per MB, that inflate to the beginning and very many zeros."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = deflater.compress(beginning) + deflater.flush(zlib.Z_FULL_FLUSH)
    # A full flush forgets what went before, so that one block can stand any number of times.
    megabyte = deflater.compress(bytes(1_000_000)) + deflater.flush(zlib.Z_FULL_FLUSH)
    return first + megabyte * inflated_megabytes + deflater.flush(zlib.Z_FINISH)
