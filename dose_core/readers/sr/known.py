"""
Parts of content items that were taken apart before, by their very bytes.

A report repeats itself by the thousand: the same concepts, units and codes in the same spelling, and the next
report of the device does so again. What the same bytes meant once, in the same character set, they mean again.
Kept are codes and what items are called, a vocabulary; no text, number or name of an object.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dose_core.model import Code
from dose_core.readers.dicom.charset import is_default

MAX_BYTES = 512  # a code with a meaning of 64 characters needs 150
_MAX_SPELLINGS = 20_000

# No code at all: what nothing is known of. Another thread may make room between two looks, so that one look must do.
UNKNOWN = Code(value="", scheme="")

# Whether VRs are stated, little endian, of undefined length; the bytes between head and end of the sequence.
CodeKey = tuple[bool, bool, bool, bytes]


class KnownNumber(NamedTuple):
    """What a NUM says before its number, and where the item and the sequence around the number end, from its head."""

    concept: Code | None
    unit: Code | None
    item_end: int | None  # None: by a delimiter
    sequence_end: int | None


@dataclass(slots=True)
class KnownParts:
    """What bytes mean in one character set; forgotten when it grows beyond what devices need."""

    terms: tuple[str, ...]
    is_ascii_only: bool  # of the default character set other bytes are a fault, to be noted each time
    codes: dict[CodeKey, Code | None] = field(default_factory=dict)
    # In little endian: the bytes of an item up to the end of its concept name -> value type, concept name.
    beginnings: dict[bytes, tuple[str, Code | None]] = field(default_factory=dict)
    # Likewise up to the head of the number of a NUM.
    numbers: dict[bytes, KnownNumber] = field(default_factory=dict)
    # Likewise up to the head of its content sequence, of a CONTAINER or CODE -> value type, concept name, code.
    openings: dict[bytes, tuple[str, Code | None, Code | None]] = field(default_factory=dict)

    def keep_code(self, key: CodeKey, code: Code | None) -> None:
        """Keep what a code sequence says."""
        if len(key[3]) <= MAX_BYTES and self._is_sound(code):
            _make_room(self.codes)
            self.codes[key] = code

    def keep_beginning(self, raw: bytes, value_type: str, concept: Code | None) -> None:
        """Keep what the beginning of an item says."""
        if len(raw) <= 2 * MAX_BYTES and self._is_sound(concept):
            _make_room(self.beginnings)
            self.beginnings[raw] = value_type, concept

    def keep_number(self, raw: bytes, number: KnownNumber) -> None:
        """Keep what a NUM says before its number, of which the parts are known."""
        _make_room(self.numbers)
        self.numbers[raw] = number

    def keep_opening(self, raw: bytes, value_type: str, concept: Code | None, code: Code | None) -> None:
        """Keep what an item says before its content."""
        if len(raw) <= 2 * MAX_BYTES and self._is_sound(concept) and self._is_sound(code):
            _make_room(self.openings)
            self.openings[raw] = value_type, concept, code

    def _is_sound(self, code: Code | None) -> bool:
        if code is None:
            return True
        text = code.value + code.scheme + (code.meaning or "")
        return text.isascii() or not (self.is_ascii_only or "\ufffd" in text)


_MAX_CHARACTER_SETS = 64
_by_terms: dict[tuple[tuple[str, ...], bool], KnownParts] = {}


def known_parts(terms: tuple[str, ...], *, is_explicit: bool) -> KnownParts:
    """Return what is known in a character set, by the values of (0008,0005), with VRs stated or not."""
    parts = _by_terms.get((terms, is_explicit))
    if parts is None:
        if len(_by_terms) >= _MAX_CHARACTER_SETS:
            _by_terms.clear()
        parts = _by_terms[terms, is_explicit] = KnownParts(terms, is_ascii_only=is_default(terms))
    return parts


def forget() -> None:
    """Forget everything; for measurements."""
    _by_terms.clear()


def _make_room(known: dict[Any, Any]) -> None:
    if len(known) >= _MAX_SPELLINGS:
        known.clear()
