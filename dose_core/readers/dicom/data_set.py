"""
A data set as it stood in the bytes: elements by tag, decoded only when asked for.

Nothing is validated that is not asked for; what is asked for and cannot be used is noted in the log.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dose_core.readers.dicom.charset import decode, is_known
from dose_core.readers.dicom.tags import Tag, dictionary_vr, tag_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dose_core.readers.dicom.elements import Place, Walker

# An unlimited text (VR UT) such as a comment may be long; what is longer than this is no value that a
# reader asks for, and to take it apart would cost time and memory of the sender's choice.
MAX_VALUE_BYTES = 256 * 1024

# What devices state lies between 1e-12 (an air kerma-area product in Gy.m2) and 1e12 (an activity in Bq). Sums,
# products and conversions of numbers in these limits neither overflow nor vanish: nobody after us has to expect that.
_SMALLEST, _LARGEST = 1e-60, 1e60

# Binary number VRs (PS3.5, 6.2) -> struct letter.
_BINARY = {b"US": "H", b"SS": "h", b"UL": "I", b"SL": "i", b"FL": "f", b"FD": "d"}


@dataclass(slots=True)
class Element:
    """VR as stated (``None`` in implicit VR) and the value as it stood."""

    vr: bytes | None
    raw: bytes


class DataSet:
    """Elements of one data set or sequence item; text inherits the character set of the parent."""

    __slots__ = ("_elements", "_parent", "_terms", "_walker", "log")

    def __init__(self, walker: Walker, elements: dict[int, Place], *, parent: DataSet | None = None) -> None:
        self.log = walker.log
        self._walker = walker
        self._parent = parent
        self._elements = elements
        self._terms: tuple[str, ...] | None = None

    @property
    def walker(self) -> Walker:
        """What found the elements; for those who walk a part of the object by themselves."""
        return self._walker

    @property
    def is_cut_short(self) -> bool:
        """Whether less was delivered than is declared, as far as was looked."""
        return self._walker.is_cut_short

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

    def __iter__(self) -> Iterator[int]:
        return iter(self._elements)

    def place(self, tag: int) -> Place | None:
        """Return where the value of an element stands."""
        return self._elements.get(tag)

    def element(self, tag: int) -> Element | None:
        """Return the element as it stood."""
        place = self._elements.get(tag)
        return Element(place.vr, self._walker.data[place.start : place.end]) if place else None

    def items(self, tag: int) -> list[DataSet]:
        """
        Return the items of a sequence, none if it is absent.

        Raises:
            UnreadableError: the sequence is damaged.
        """
        place = self._elements.get(tag)
        if place is None:
            return []
        return [DataSet(self._walker, elements, parent=self) for elements in self._walker.items(place)]

    def text(self, tag: int) -> str | None:
        """Return the whole value as text without padding, ``None`` if absent or empty."""
        place = self._elements.get(tag)
        if place is None or place.start == place.end:
            return None
        if place.end - place.start > MAX_VALUE_BYTES:
            self._note_length(tag, place)
            return None
        raw = self._walker.data[place.start : place.end]
        if raw.isascii() and b"\x1b" not in raw and b"\0" not in raw[:-1]:  # nothing to decode, nothing to note
            return raw.decode("ascii").strip("\0 \t\n\r\f\v") or None
        raw = raw.rstrip(b"\0 ")
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
        place = self._elements.get(tag)
        if place is None or place.start == place.end:
            return ()
        letter = _letter(tag, place.vr)
        texts: Iterable[str]
        if letter is None:
            text = self.text(tag)
            texts = () if text is None else [part for part in map(str.strip, text.split("\\")) if part]
        elif place.end - place.start > MAX_VALUE_BYTES:
            self._note_length(tag, place)
            return ()
        else:
            texts = map(str, self._unpacked(place, letter))
        values = [number_of(text) for text in texts]
        if None in values:
            self.log.add_warning(tag_text(tag), keyword(tag), "not a finite number")
        return tuple(value for value in values if value is not None)

    def text_of_number(self, tag: int) -> str:
        """Return a number element as it is written: the text as stated, a binary value in decimal."""
        place = self._elements.get(tag)
        letter = _letter(tag, place.vr) if place else None
        if place and letter:
            return "\\".join(map(str, self._unpacked(place, letter)))
        return self.text(tag) or ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The character sets in force, see ``charset``."""
        if self._terms is None:
            self._terms = self._own_terms() or (self._parent.terms if self._parent else ())
        return self._terms

    def _unpacked(self, place: Place, letter: str) -> tuple[float, ...]:
        size = struct.calcsize(letter)
        count = (place.end - place.start) // size
        order = "<" if self._walker.is_little else ">"
        return struct.unpack_from(f"{order}{count}{letter}", self._walker.data, place.start)

    def _note_length(self, tag: int, place: Place) -> None:
        problem = f"{place.end - place.start} bytes are too many; not used"
        self.log.add_warning(tag_text(tag), keyword(tag), problem)

    def _own_terms(self) -> tuple[str, ...]:
        element = self.element(Tag.SpecificCharacterSet)
        if element is None or not element.raw or len(element.raw) > MAX_VALUE_BYTES:
            return ()
        terms = tuple(term.strip("\0 ") for term in element.raw.decode("ascii", errors="replace").split("\\"))
        if not all(is_known(term) for term in terms):
            self.log.add_warning(tag_text(Tag.SpecificCharacterSet), "SpecificCharacterSet", "unknown character set")
        return terms


def _letter(tag: int, vr: bytes | None) -> str | None:
    """Return how a binary number is packed; without a stated VR the dictionary's counts (PS3.6)."""
    return _BINARY.get(dictionary_vr(tag) if vr is None or vr == b"UN" else vr)


def number_of(text: str) -> float | None:
    """
    Return a decimal string as a finite number, else ``None`` (PS3.5, VR DS and IS).

    One that is finite only as long as nobody reckons with it is none either.
    """
    # float() would also take "1_000", "infinity" and digits of other scripts.
    if not text.isascii() or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    if value == 0:
        return 0.0  # also of "-0"
    return value if _SMALLEST <= abs(value) <= _LARGEST else None


def keyword(tag: int) -> str:
    """Return the keyword of a tag the readers use, else an empty string."""
    return Tag(tag).name if tag in Tag._value2member_map_ else ""
