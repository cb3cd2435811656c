"""
A DICOM data set as a tree that a mutator can change: explicit VR little endian, cut and put together again.

It is no reader of ours, so that what it takes for sound does not depend on what it tests.
"""

import struct
from dataclasses import dataclass, field

_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_MAX_DEPTH = 60


@dataclass(slots=True)
class Node:
    """One element; ``items`` is given for a sequence. ``stated_length`` lies about the length, if it is given."""

    tag: int
    vr: bytes
    value: bytes = b""
    items: list[list["Node"]] | None = None
    is_undefined: bool = False
    stated_length: int | None = field(default=None)


class NotATreeError(Exception):
    """The bytes are no such data set."""


def parse(data: bytes, start: int = 0, end: int | None = None, depth: int = 0) -> list[Node]:
    """
    Return the elements from ``start`` to ``end``.

    Raises:
        NotATreeError: a length leads out of the bytes, or the nesting is too deep.
    """
    nodes, at = _elements(data, start, len(data) if end is None else end, depth, until=None)
    if at != (len(data) if end is None else end):
        raise NotATreeError
    return nodes


def _elements(data: bytes, at: int, end: int, depth: int, until: int | None) -> tuple[list[Node], int]:
    nodes: list[Node] = []
    while at < end:
        if at + 8 > end or depth > _MAX_DEPTH:
            raise NotATreeError
        group, element = struct.unpack_from("<HH", data, at)
        tag = group << 16 | element
        if tag == until:
            return nodes, at + 8
        vr = data[at + 4 : at + 6]
        if vr in _LONG_VRS:
            if at + 12 > end:
                raise NotATreeError
            (length,), at = struct.unpack_from("<I", data, at + 8), at + 12
        else:
            (length,), at = struct.unpack_from("<H", data, at + 6), at + 8
        if vr == b"SQ":
            items, at = _items(data, at, end, depth + 1, length)
            nodes.append(Node(tag, vr, items=items, is_undefined=length == _UNDEFINED))
            continue
        if at + length > end:
            raise NotATreeError
        nodes.append(Node(tag, vr, data[at : at + length]))
        at += length
    if until is not None:
        raise NotATreeError
    return nodes, at


def _items(data: bytes, at: int, end: int, depth: int, length: int) -> tuple[list[list[Node]], int]:
    if length != _UNDEFINED and at + length > end:
        raise NotATreeError
    stop = end if length == _UNDEFINED else at + length
    items: list[list[Node]] = []
    while at < stop:
        if at + 8 > stop:
            raise NotATreeError
        group, element, size = struct.unpack_from("<HHI", data, at)
        tag, at = group << 16 | element, at + 8
        if tag == _SEQUENCE_END and length == _UNDEFINED:
            return items, at
        if tag != _ITEM:
            raise NotATreeError
        if size == _UNDEFINED:
            nodes, at = _elements(data, at, stop, depth, until=_ITEM_END)
        elif at + size > stop:
            raise NotATreeError
        else:
            nodes, at = parse(data, at, at + size, depth), at + size
        items.append(nodes)
    if length == _UNDEFINED:
        raise NotATreeError
    return items, at


def encode(nodes: list[Node]) -> bytes:
    """Return the bytes of a data set, its lengths as they are or as a node says."""
    parts: list[bytes] = []
    for node in nodes:
        value = node.value if node.items is None else b"".join(_item(item, node.is_undefined) for item in node.items)
        length = len(value)
        if node.items is not None and node.is_undefined:
            value, length = value + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), _UNDEFINED
        if node.stated_length is not None:
            length = node.stated_length
        head = struct.pack("<HH", node.tag >> 16, node.tag & 0xFFFF) + node.vr
        is_long = node.vr in _LONG_VRS
        size = struct.pack("<HI", 0, length) if is_long else struct.pack("<H", length & 0xFFFF)
        parts.append(head + size + (value if is_long else value[:0xFFFF]))
    return b"".join(parts)


def _item(nodes: list[Node], is_undefined: bool) -> bytes:  # noqa: FBT001  of the sequence, handed on
    content = encode(nodes)
    if is_undefined:
        return struct.pack("<HHI", 0xFFFE, 0xE000, _UNDEFINED) + content + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content
