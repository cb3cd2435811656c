"""Where in a database words can still be read: as text, in bytes, packed, or sealed under a key that is there."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, MetaData, Row, select

from db.packing import unpack
from db.sealed import unseal

_KEY_BYTES = 32


def traces(engine: Engine, words: Sequence[str]) -> list[str]:
    """Return ``table.column`` of each column in which one of the words can be read, whoever owns the table."""
    metadata = MetaData()
    metadata.reflect(engine)
    found = set()
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found |= {f"{table.name}.{name}" for name in _telling(row, words)}
    return sorted(found)


def _telling(row: Row[Any], words: Sequence[str]) -> Iterator[str]:
    keys = [bytes(v) for v in row if isinstance(v, (bytes, memoryview)) and len(v) == _KEY_BYTES]
    for name, value in row._mapping.items():
        told = list(_readings(value, keys)) if isinstance(value, (bytes, memoryview)) else [str(value).encode()]
        if any(word.lower().encode() in one.lower() for one in told for word in words):
            yield str(name)


def _readings(value: bytes | memoryview, keys: Iterable[bytes]) -> Iterator[bytes]:
    for plain in (bytes(value), *_unsealed(bytes(value), keys)):
        yield plain
        for unpacked in (unpack, zlib.decompress):
            try:
                yield unpacked(plain)
            except (zlib.error, KeyError, IndexError):
                continue


def _unsealed(value: bytes, keys: Iterable[bytes]) -> Iterator[bytes]:
    for key in keys:
        try:
            yield unseal(key, value)
        except (InvalidTag, ValueError):
            continue
