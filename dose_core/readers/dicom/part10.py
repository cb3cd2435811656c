"""
Read a DICOM file or a bare data set, up to the pixel data.

A missing preamble or file meta information is tolerated, and so is a transfer syntax that contradicts
the bytes: both are noted. What is cut short, inflates beyond the limit, or nests without end is refused.

Source: PS3.10, 7.1 (file meta information); PS3.5, A.5 (deflate).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.elements import KNOWN_VRS, MAX_HEADER_BYTES, TOO_LONG, Walker
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.errors import UnreadableError
from dose_core.readers.read_log import ReadLog

_PREAMBLE_BYTES = 128
_IMPLICIT = {"1.2.840.10008.1.2", "1.2.840.113619.5.2"}  # default; GE private, big endian in the pixels only
_BIG_ENDIAN = {"1.2.840.10008.1.2.2"}
_DEFLATED = {"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"}
_META_GROUP, _META_TAG = b"\x02\x00", 0x00020000
_META_UIDS = frozenset({Tag.MediaStorageSOPClassUID, Tag.MediaStorageSOPInstanceUID, Tag.TransferSyntaxUID})
_GROUP_LENGTH_BYTES = 12  # (0002,0000) itself: UL, short form
_LONG_META_VRS = frozenset({b"OB", b"OW", b"UN", b"UT"})
# Real data sets begin with (0008,xxxx); old ones and fragments at times with a later group.
_FIRST_GROUP, _LAST_FIRST_GROUP = 0x0004, 0x0050
_BYTE_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part10:
    """The data set before the pixel data, with the log that its reading began."""

    data_set: DataSet
    log: ReadLog
    transfer_syntax_uid: str | None
    media_storage_sop_class_uid: str | None = None
    media_storage_sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An object whose data set is about to be walked: what walks it, where it begins, and what the file says of it."""

    walker: Walker
    start: int
    is_explicit: bool
    meta: Mapping[int, str]


def parse_part10(data: bytes) -> Part10:
    """
    Return the data set of a DICOM object, without its pixel data.

    Raises:
        UnreadableError: it is no DICOM object, or cut short, damaged, or beyond the limits.
    """
    opened = open_part10(data)
    walker, meta, log = opened.walker, opened.meta, opened.walker.log
    end = len(walker.data)
    elements, reached = walker.elements(opened.start, end, is_explicit=opened.is_explicit, is_top=True, to_content=True)
    walker.count(len(elements))
    if list(elements) != sorted(elements):
        # PS3.5, 7.1. A wrong length makes elements of the middle of a value, until by chance they fit again.
        log.add_warning("", "", "the elements are not in ascending order: values may be parts of others")
    content = elements.get(Tag.ContentSequence)
    if max(reached, content.end if content else 0) > MAX_HEADER_BYTES:
        raise UnreadableError(TOO_LONG)
    return Part10(
        data_set=DataSet(walker, elements),
        log=log,
        transfer_syntax_uid=meta.get(Tag.TransferSyntaxUID),
        media_storage_sop_class_uid=meta.get(Tag.MediaStorageSOPClassUID),
        media_storage_sop_instance_uid=meta.get(Tag.MediaStorageSOPInstanceUID),
    )


def open_part10(data: bytes) -> Opened:
    """
    Return where the data set of a DICOM object begins and how it is encoded; of the elements none is looked at yet.

    Raises:
        UnreadableError: it is no DICOM object, or it cannot be inflated.
    """
    if not data:
        raise UnreadableError("the object has no bytes at all")
    log = ReadLog()
    start, meta = _read_meta(data, log)
    transfer_syntax = meta.get(Tag.TransferSyntaxUID)
    if transfer_syntax in _DEFLATED:
        data, start = _inflate(data[start:]), 0
    if not _may_begin(data, start):
        raise UnreadableError("this is no DICOM object: it does not begin with a data element")
    is_little = transfer_syntax not in _BIG_ENDIAN
    is_explicit = _looks_explicit(data, start)
    if transfer_syntax is None:
        log.add_warning(tag_text(Tag.TransferSyntaxUID), "TransferSyntaxUID", "not stated; taken from the bytes")
        is_little = not _looks_big_endian(data, start)
    elif is_explicit == (transfer_syntax in _IMPLICIT):
        log.add_warning(
            tag_text(Tag.TransferSyntaxUID), "TransferSyntaxUID", "contradicts the bytes, which were believed"
        )
    return Opened(walker=Walker(data, log, is_little=is_little), start=start, is_explicit=is_explicit, meta=meta)


def _read_meta(data: bytes, log: ReadLog) -> tuple[int, dict[int, str]]:
    """Return where the data set begins and the UIDs of the file (always explicit little endian, PS3.10, 7.1)."""
    start = _PREAMBLE_BYTES + 4
    if data[_PREAMBLE_BYTES:start] != b"DICM":
        log.add_warning("", "", "preamble and prefix of a DICOM file are missing")
        start = 0
    position, meta = start, dict[int, str]()
    while data[position : position + 2] == _META_GROUP:
        element, vr = int.from_bytes(data[position + 2 : position + 4], "little"), data[position + 4 : position + 6]
        is_long = vr in _LONG_META_VRS or (vr not in KNOWN_VRS and data[position + 6 : position + 8] == b"\0\0")
        value, length_bytes = (position + 12, 4) if is_long else (position + 8, 2)
        length = int.from_bytes(data[value - length_bytes : value], "little")
        if _META_TAG | element in _META_UIDS:
            meta[_META_TAG | element] = data[value : value + length].decode("ascii", errors="replace").strip("\0 ")
        position = value + length
    if not _may_begin(data, position):
        # An unknown VR makes the length of one element doubtful; the group length leaps over all of them.
        by_group_length = start + _GROUP_LENGTH_BYTES + int.from_bytes(data[start + 8 : start + 12], "little")
        if data[start : start + 4] == _META_GROUP + b"\0\0" and _may_begin(data, by_group_length):
            log.add_warning("", "", "the file meta information is damaged; it was skipped by its length")
            return by_group_length, {}
    if position >= len(data):
        raise UnreadableError("the object is cut short: it ends inside or with its file meta information")
    return position, {tag: uid for tag, uid in meta.items() if uid}


def _may_begin(data: bytes, position: int) -> bool:
    """Test if the bytes at a position can be the first tag of a data set, in either byte order."""
    first = data[position : position + 2]
    return any(_FIRST_GROUP <= int.from_bytes(first, order) <= _LAST_FIRST_GROUP for order in _BYTE_ORDERS)


def _inflate(deflated: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)  # raw deflate without zlib header (PS3.5, A.5)
    try:
        inflated = inflater.decompress(deflated, MAX_HEADER_BYTES + 1)
    except zlib.error as error:
        raise UnreadableError("the deflated data set cannot be inflated; it is damaged") from error
    if len(inflated) > MAX_HEADER_BYTES:
        msg = f"the deflated data set grows beyond {MAX_HEADER_BYTES} bytes"
        raise UnreadableError(msg)
    if not inflater.eof:
        raise UnreadableError("the deflated data set is cut short")
    return inflated


def _looks_explicit(data: bytes, start: int) -> bool:
    return data[start + 4 : start + 6] in KNOWN_VRS


def _looks_big_endian(data: bytes, start: int) -> bool:
    return data[start : start + 1] == b"\0" and data[start + 1 : start + 2] != b"\0"
