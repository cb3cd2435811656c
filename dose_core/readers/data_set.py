"""
A data set as it stood in the bytes: elements by tag, decoded only when asked for.

Nothing is validated that is not asked for; what is asked for and cannot be used is noted in the log.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from dose_core.readers.charset import decode, is_known
from dose_core.readers.tags import Tag, dictionary_vr, tag_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dose_core.readers.read_log import ReadLog

# An unlimited text (VR UT) such as a comment may be long; what is longer than this is no value that a
# reader asks for, and to take it apart would cost time and memory of the sender's choice.
MAX_VALUE_BYTES = 256 * 1024

# Binary number VRs (PS3.5, 6.2) -> struct letter.
_BINARY = {b"US": "H", b"SS": "h", b"UL": "I", b"SL": "i", b"FL": "f", b"FD": "d"}


@dataclass(slots=True)
class Element:
    """VR as stated (``None`` in implicit VR), and either the raw value or the items of a sequence."""

    vr: bytes | None
    raw: bytes
    items: list[DataSet]


class DataSet:
    """Elements of one data set or sequence item; text inherits the character set of the parent."""

    __slots__ = ("_elements", "_is_little", "_parent", "_terms", "log")

    def __init__(self, log: ReadLog, *, parent: DataSet | None = None, is_little: bool = True) -> None:
        self.log = log
        self._parent = parent
        self._is_little = is_little
        self._elements: dict[int, Element] = {}
        self._terms: tuple[str, ...] | None = None

    def put(self, tag: int, element: Element) -> None:
        """Add an element; of two with one tag the first one counts."""
        if tag in self._elements:
            self.log.add_warning(tag_text(tag), "", "the element stands twice; the first one is used")
            return
        self._elements[tag] = element

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

    def __iter__(self) -> Iterator[int]:
        return iter(self._elements)

    def element(self, tag: int) -> Element | None:
        """Return the element as it stood."""
        return self._elements.get(tag)

    def items(self, tag: int) -> list[DataSet]:
        """Return the items of a sequence, none if it is absent."""
        element = self._elements.get(tag)
        return element.items if element else []

    def text(self, tag: int) -> str | None:
        """Return the whole value as text without padding, ``None`` if absent or empty."""
        element = self._used(tag)
        if element is None:
            return None
        raw = element.raw.rstrip(b"\0 ")
        value, undecodable = decode(raw, self.terms)
        if undecodable:
            self.log.add_warning(tag_text(tag), "", f"{undecodable} characters are not in the stated character set")
        if "\0" in value:
            self.log.add_warning(tag_text(tag), "", "NUL characters inside the text were replaced")
            value = value.replace("\0", "\ufffd")
        return value.strip() or None

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the values of a multi-valued text element, empty ones left out."""
        return tuple(part.strip() for part in (self.text(tag) or "").split("\\") if part.strip())

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return the values of a number element; one that is no finite number is noted and left out."""
        element = self._used(tag)
        if element is None:
            return ()
        letter = self._letter(tag, element)
        if letter:
            size = struct.calcsize(letter)
            count = len(element.raw) // size
            order = "<" if self._is_little else ">"
            stated = list(struct.unpack(f"{order}{count}{letter}", element.raw[: count * size]))
            texts = [str(value) for value in stated]
        else:
            texts = list(self.texts(tag))
        values = [number_of(text) for text in texts]
        if None in values:
            self.log.add_warning(tag_text(tag), keyword(tag), "not a finite number")
        return tuple(value for value in values if value is not None)

    def text_of_number(self, tag: int) -> str:
        """Return a number element as it is written: the text as stated, a binary value in decimal."""
        element = self._elements.get(tag)
        if element is None or self._letter(tag, element):
            return "\\".join(str(value) for value in self.numbers(tag))
        return self.text(tag) or ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The character sets in force, see ``charset``."""
        if self._terms is None:
            self._terms = self._own_terms() or (self._parent.terms if self._parent else ())
        return self._terms

    @staticmethod
    def _letter(tag: int, element: Element) -> str | None:
        """Return how a binary number is packed; without a stated VR the dictionary's counts (PS3.6)."""
        if element.vr in (None, b"UN"):
            return _BINARY.get(dictionary_vr(tag))
        return _BINARY.get(element.vr or b"")

    def _used(self, tag: int) -> Element | None:
        """Return an element that has a value of usable length; a longer one is noted."""
        element = self._elements.get(tag)
        if element is None or not element.raw:
            return None
        if len(element.raw) > MAX_VALUE_BYTES:
            self.log.add_warning(tag_text(tag), keyword(tag), f"{len(element.raw)} bytes are too many; not used")
            return None
        return element

    def _own_terms(self) -> tuple[str, ...]:
        element = self._used(Tag.SpecificCharacterSet)
        if element is None:
            return ()
        terms = tuple(term.strip("\0 ") for term in element.raw.decode("ascii", errors="replace").split("\\"))
        if not all(is_known(term) for term in terms):
            self.log.add_warning(tag_text(Tag.SpecificCharacterSet), "SpecificCharacterSet", "unknown character set")
        return terms


def number_of(text: str) -> float | None:
    """Return a decimal string as a finite number, else ``None`` (PS3.5, VR DS and IS)."""
    # float() would also take "1_000", "infinity" and digits of other scripts.
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def keyword(tag: int) -> str:
    """Return the keyword of a tag the readers use, else an empty string."""
    return Tag(tag).name if tag in Tag._value2member_map_ else ""
