"""
The chain of looks: each tells the digest of the one before it, so that none can be changed, taken out or put between.

A look is written as JSON (RFC 8259) in one way only: its names in their order, without spaces, in ASCII, what is not
stated left out; times in UTC with microseconds. Its digest is the SHA-256 (FIPS 180-4) of the digest before it and this
text, so that anybody can compute a chain anew with tools of their own.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

# Before the first of a chain.
NOTHING_BEFORE = bytes(32)

Stated = str | int | UUID | datetime | None


def digest_of(previous: bytes, look: Mapping[str, Stated]) -> bytes:
    """
    Return the 32 bytes that stand for a look and all before it in its chain.

    Args:
        previous: the digest of the look before, ``NOTHING_BEFORE`` for the first.
        look: all that is kept of it by name, its chain and its position among them. A name that is added later and is
            not stated changes no digest.
    """
    return sha256(previous + written(look)).digest()


def written(look: Mapping[str, Stated]) -> bytes:
    """Return the one text that stands for a look."""
    stated = {name: _told(value) for name, value in look.items() if value is not None}
    return json.dumps(stated, sort_keys=True, separators=(",", ":")).encode("ascii")


def _told(value: Stated) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, int) else str(value)
