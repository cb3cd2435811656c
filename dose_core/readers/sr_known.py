"""
Parts of content items that were taken apart before, by their very bytes.

A report repeats itself by the thousand: the same concepts, units and codes in the same spelling, and the next
report of the device does so again. What the bytes up to a delimiter meant once they mean again, so each
spelling is walked once. Only ASCII is kept, which reads the same in every character set; it is a vocabulary,
not data of one object.

The bytes are those of explicit VR little endian, in which practically all reports come, with sequences of
undefined length: of the others the lengths lead from code to code as quickly.
"""

from dataclasses import dataclass, field
from typing import Any

from dose_core.model import Code

ITEM_END = b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
UNDEFINED_LENGTH = b"\xff\xff\xff\xff"
_MAX_BYTES = 512  # a code with a meaning of 64 characters needs 150
_MAX_SPELLINGS = 20_000


@dataclass(slots=True)
class KnownParts:
    """What bytes mean; forgotten when it grows beyond what devices need, whatever a sender makes up."""

    # bytes from the beginning of an item to the end of its concept name -> value type, concept name
    beginnings: dict[bytes, tuple[str, Code | None]] = field(default_factory=dict)
    # bytes from the head of a measured value sequence to the end of its units -> unit
    units: dict[bytes, Code | None] = field(default_factory=dict)
    # bytes of a concept code sequence from its head to its end -> code
    values: dict[bytes, Code | None] = field(default_factory=dict)

    def keep_beginning(self, raw: bytes, value_type: str, concept: Code | None) -> None:
        """Keep what the beginning of an item says."""
        if _is_ascii(concept) and _has_room(self.beginnings, raw):
            self.beginnings[raw] = value_type, concept

    def keep_unit(self, raw: bytes, unit: Code | None) -> None:
        """Keep what the beginning of a measured value says."""
        if _is_ascii(unit) and _has_room(self.units, raw):
            self.units[raw] = unit

    def keep_value(self, raw: bytes, value: Code | None) -> None:
        """Keep what a concept code sequence says."""
        if _is_ascii(value) and _has_room(self.values, raw):
            self.values[raw] = value

    def forget(self) -> None:
        """Forget everything; for measurements."""
        for known in (self.beginnings, self.units, self.values):
            known.clear()


known_parts = KnownParts()


def up_to_delimiter(data: bytes, position: int, bound: int) -> bytes:
    """Return the bytes up to the end of the next sequence delimiter, none if there is none near."""
    stop = data.find(SEQUENCE_END, position, min(position + _MAX_BYTES, bound))
    return data[position : stop + 8] if stop >= 0 else b""


def _is_ascii(code: Code | None) -> bool:
    return code is None or (code.value + code.scheme + (code.meaning or "")).isascii()


def _has_room(known: dict[bytes, Any], raw: bytes) -> bool:
    if len(known) >= _MAX_SPELLINGS:
        known.clear()
    return len(raw) <= _MAX_BYTES + len(SEQUENCE_END)
