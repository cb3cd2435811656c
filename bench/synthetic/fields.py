"""
Fields of rows as PostgreSQL's binary COPY takes them: a length and the bytes, both most significant byte first.

Source: PostgreSQL documentation, COPY (Binary Format); the send functions of each type in src/backend/utils/adt.
"""

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
END = struct.pack("!h", -1)
NULL = struct.pack("!i", -1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_pack_length = struct.Struct("!i").pack
_pack_long = struct.Struct("!iq").pack
_pack_double = struct.Struct("!id").pack


def row_head(columns: int) -> bytes:
    """Return what a row of so many columns begins with."""
    return struct.pack("!h", columns)


def raw(content: bytes) -> bytes:
    """Return a field of these bytes: text in UTF-8, bytea, or a UUID."""
    return _pack_length(len(content)) + content


def jsonb(text: bytes) -> bytes:
    """Return a field of JSONB, in the first version of its form."""
    return _pack_length(len(text) + 1) + b"\x01" + text


def double(value: float) -> bytes:
    """Return a field of double precision."""
    return _pack_double(8, value)


def microseconds(at: datetime) -> int:
    """Return an instant, or a local time, as PostgreSQL counts it."""
    return (at.replace(tzinfo=at.tzinfo or UTC) - _EPOCH) // _MICROSECOND


def instant(count: int) -> bytes:
    """Return a field of a timestamp, with or without time zone, from its microseconds."""
    return _pack_long(8, count)


def field(kind: str, value: object) -> bytes:
    """
    Return the field of a value that psycopg2 read from a column of this type; JSONB is given as text.

    Raises:
        KeyError: no column of this type was there when this was written.
    """
    return NULL if value is None else _FIELDS[kind](value)


_FIELDS: dict[str, Callable[[Any], bytes]] = {
    "bigint": lambda value: _pack_long(8, value),
    "boolean": lambda value: raw(bytes([value])),
    "bytea": lambda value: raw(bytes(value)),
    "date": lambda value: struct.pack("!ii", 4, (value - _EPOCH.date()).days),
    "double precision": double,
    "integer": lambda value: struct.pack("!ii", 4, value),
    "jsonb": lambda value: jsonb(value.encode()),
    "text": lambda value: raw(value.encode()),
    "timestamp with time zone": lambda value: instant(microseconds(value)),
    "timestamp without time zone": lambda value: instant(microseconds(value)),
    "uuid": lambda value: raw(UUID(value).bytes),
}
