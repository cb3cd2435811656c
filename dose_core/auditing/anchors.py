"""Anchors: what all chains had come to at one moment, each telling the digest of the anchor before it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last look of a chain."""

    position: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What the chains had come to that had grown since the anchor before. Numbers begin at 1 and leave none out."""

    number: int
    at: datetime
    heads: Mapping[UUID, Head]
    digest: bytes = b""


def digest_of_anchor(previous: bytes, anchor: Anchor) -> bytes:
    """Return the SHA-256 of the digest before it and what the anchor tells, written as a look is (see ``chain``)."""
    told = {
        "at": anchor.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "heads": {str(chain): [head.position, head.digest.hex()] for chain, head in anchor.heads.items()},
        "number": anchor.number,
    }
    return sha256(previous + json.dumps(told, sort_keys=True, separators=(",", ":")).encode("ascii")).digest()


def grown(heads: Mapping[UUID, Head], before: Mapping[UUID, int]) -> dict[UUID, Head]:
    """Return the heads of the chains that came further than the positions at which anchors saw them."""
    return {chain: head for chain, head in heads.items() if head.position > before.get(chain, 0)}
