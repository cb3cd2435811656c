"""
What an object states, as one number: equal for two versions of it that differ in encoding or administration alone.

An archive may hand out another version of an object under its SOP Instance UID. Two kinds of change say nothing about
dose: another encoding (``stated_content``), and corrected or coerced attributes of patient, study and request
(``administrative``). Neither changes the digest; all else does, the whole content tree of a report with its events,
numbers, observers and dates among it.

The order of items counts, that of elements does not. An object is walked once, from its beginning to its end.

Source: PS3.5, 7.5 and 7.8; PS3.4, B.4.1.3.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from dose_core.readers import stated_content as content
from dose_core.readers.administrative import ARCHIVE_CREATORS, is_administrative
from dose_core.readers.dicom.elements import (
    ITEM,
    ITEM_END,
    MAX_HEADER_BYTES,
    MAX_SEQUENCE_DEPTH,
    SHORT_VRS,
    SPECIAL_GROUPS,
    UNDEFINED,
    Head,
    Walker,
)
from dose_core.readers.dicom.part10 import open_part10
from dose_core.readers.errors import UnreadableError

_ITEM_LITTLE, _ITEM_BIG = b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_CODE_VALUE = b"\x08\x00\x00\x01"
_NO_LENGTH = b"\xff\xff\xff\xff"

# Most of a report is the same few elements and items again and again: their bytes in little endian, and what they
# state. Explicit and implicit ones do not get mixed up: short as they are, no length of theirs has the bytes of a VR.
_MAX_KNOWN, _MAX_KNOWN_BYTES = 20_000, 256
_known: dict[bytes, bytes] = {}


def content_digest(dicom: bytes) -> bytes | None:
    """
    Return the SHA-256 (32 bytes) of what an object states up to its pixel data, however it is encoded.

    ``None`` if that cannot be told: the object is damaged, cut short or beyond the limits of the readers. What
    was delivered of a part is no content that the whole could be compared with.
    """
    try:
        opened = open_part10(dicom)
        walker = opened.walker
        top = _Level(len(walker.data), (), 0, is_explicit=opened.is_explicit)
        reached = _Walk(walker).elements(top, opened.start)
    except UnreadableError:
        return None
    if walker.is_cut_short or reached > MAX_HEADER_BYTES:
        return None
    return sha256(b"".join(_without_archive_blocks(top.in_order()))).digest()


@dataclass(slots=True)
class _Level:
    """A data set that is being walked, and what its elements were found to state."""

    end: int
    terms: tuple[str, ...]  # the character sets in force
    depth: int
    is_explicit: bool = field(kw_only=True)
    stated: list[bytes] = field(default_factory=list)
    last: int = -1
    is_in_order: bool = True

    def note(self, tag: int, stated: bytes) -> None:
        """Add what an element states, if it states anything that is not administrative."""
        if tag <= self.last:
            self.is_in_order = False
        self.last = tag
        if stated and (self.depth or not is_administrative(tag)):
            self.stated.append(stated)

    def in_order(self) -> list[bytes]:
        """Return what was stated in ascending order, of elements with one tag the first (PS3.5, 7.1)."""
        if self.is_in_order:
            return self.stated
        first = {stated[: content.TAG_BYTES]: stated for stated in reversed(self.stated)}
        return [first[tag] for tag in sorted(first)]


class _Walk:
    """Walks the elements of an object in one byte order and writes down what each states."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._data = walker.data
        self._known = _known if walker.is_little else {}
        self._decoded = 0  # how many values were met that read otherwise in another character set

    def elements(self, level: _Level, position: int) -> int:
        """
        Write down what the elements of a data set state, and return where what follows them stands.

        Raises:
            UnreadableError: the structure is broken or a limit is passed.
        """
        walker = self._walker
        while True:
            if level.is_explicit:
                position = self._short_elements(level, position)
            head = walker.head(position, level.end, is_explicit=level.is_explicit) if position < level.end else None
            if head is None:
                break
            tag = head[0]
            if tag >> 16 in SPECIAL_GROUPS:
                if walker.ends_at(tag, position, is_top=not level.depth):
                    position = head[2] if tag == ITEM_END else position
                    break
                if tag >= ITEM:  # a stray delimiter
                    position = head[2]
                    continue
            position = self._element(level, head, position)
        walker.count(len(level.stated) + 1)
        return position

    def _short_elements(self, level: _Level, position: int) -> int:
        """Write down what has the short explicit form and codes that are known; return where anything else stands."""
        unpack, data, known, end = self._walker.explicit_head, self._data, self._known, level.end
        append, is_top, last = level.stated.append, not level.depth, level.last
        while position <= end - 8:
            group, element, vr, length = unpack(data, position)
            if vr in SHORT_VRS:
                stop = position + 8 + length
            elif vr == b"SQ":
                stop = self._end_of_code(position, position + 12)
            else:
                break
            if stop > end or group in SPECIAL_GROUPS:
                break
            spelling = data[position:stop]
            stated = known.get(spelling)
            tag = group << 16 | element
            if stated is None:
                if vr == b"SQ":
                    break
                decoded = self._decoded
                stated = self._value(level, tag, vr, spelling[8:])
                self._remember(spelling, stated, decoded)
            if tag <= last:
                level.is_in_order = False
            last = tag
            if stated and not (is_top and is_administrative(tag)):
                append(stated)
            position = stop
        level.last = last
        return position

    def _element(self, level: _Level, head: Head, position: int) -> int:
        """Write down what one element of any form states, and return where what follows it stands."""
        tag, vr, start, length = head
        is_sequence = self._is_sequence(head)
        stop = self._end_of_code(position, start) if is_sequence else self._walker.end_of(tag, length, start, level.end)
        stated = self._known.get(self._data[position:stop]) if stop <= level.end else None
        if stated is None:
            decoded = self._decoded
            if is_sequence:
                stated, stop = self._sequence(level, head)
            else:
                stated = self._value(level, tag, vr, self._data[start:stop])
            self._remember(self._data[position:stop], stated, decoded)
        level.note(tag, stated)
        return stop

    def _is_sequence(self, head: Head) -> bool:
        tag, vr, start, length = head
        if vr == b"SQ" or length == UNDEFINED:
            return True
        if vr not in {None, b"UN"} or content.kind_of(tag) not in {content.SEQUENCE, content.UNKNOWN}:
            return False
        is_little = self._walker.is_little or vr == b"UN"
        return self._data[start : start + 4] == (_ITEM_LITTLE if is_little else _ITEM_BIG)

    def _end_of_code(self, position: int, start: int) -> int:
        """Return where a short little endian sequence ends that begins with a code value, ``position`` for others."""
        data = self._data
        if data[start + 8 : start + 12] != _CODE_VALUE:
            return position
        if data[start - 4 : start] != _NO_LENGTH:
            return start + int.from_bytes(data[start - 4 : start], "little")
        return max(data.find(_SEQUENCE_END, start, position + _MAX_KNOWN_BYTES) + len(_SEQUENCE_END), position)

    def _sequence(self, level: _Level, head: Head) -> tuple[bytes, int]:
        """Return what a sequence states, nothing if it is empty, and where what follows it stands."""
        tag, vr, start, length = head
        if vr == b"UN" and not self._walker.is_little:  # an UN holds little endian always (PS3.5, 6.2.2)
            inside = _Walk(Walker(self._data, self._walker.log, is_little=True))
            return inside._sequence(level, (tag, None, start, length))
        if level.depth == MAX_SEQUENCE_DEPTH:
            msg = f"sequences are nested deeper than {MAX_SEQUENCE_DEPTH} levels"
            raise UnreadableError(msg)
        is_explicit = vr is not None and self._walker.is_explicit_inside(vr, start, is_explicit=level.is_explicit)
        end = level.end if length == UNDEFINED else self._walker.end_of(tag, length, start, level.end)
        items, position = [], start
        while position < end and (item := self._walker.item_at(position, end)) is not None:
            first, stop = item
            spelling = self._data[first - 8 : stop] if stop is not None and stop - first <= _MAX_KNOWN_BYTES else b""
            stated = self._known.get(spelling)
            if stated is None:
                decoded = self._decoded
                inner = _Level(end if stop is None else stop, level.terms, level.depth + 1, is_explicit=is_explicit)
                reached = self.elements(inner, first)
                stated = content.stated_item(inner.in_order())
                self._remember(spelling, stated, decoded)
            position = reached if stop is None else stop
            items.append(stated)
        after = position + len(_SEQUENCE_END) if length == UNDEFINED else end
        return content.stated_sequence(tag, items), after

    def _value(self, level: _Level, tag: int, vr: bytes | None, raw: bytes) -> bytes:
        if not self._walker.is_little:
            raw = content.in_little_endian(vr, raw)
        kind = content.kind_of(tag)
        if kind == content.CHARACTER_SET:
            level.terms = tuple(term.strip("\0 ") for term in raw.decode("latin-1").split("\\"))
            self._decoded += 1
            return b""
        if kind == content.NUMBER:
            return content.stated_numbers(tag, raw)
        if kind == content.PLAIN:
            return content.stated_text(tag, raw, terms=None)
        if kind == content.TEXT:
            self._decoded += content.needs_decoding(raw)
            return content.stated_text(tag, raw, terms=level.terms)
        if kind == content.NOTHING or not tag & 0xFFFF:  # padding; a group length
            return b""
        return content.stated_bytes(tag, raw)

    def _remember(self, spelling: bytes, stated: bytes, decoded_before: int) -> None:
        if not 0 < len(spelling) <= _MAX_KNOWN_BYTES or self._decoded > decoded_before or self._walker.is_cut_short:
            return
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[spelling] = stated


def _without_archive_blocks(stated: list[bytes]) -> list[bytes]:
    """Leave out the private blocks of archives (PS3.5, 7.8.1: the creator of gggg,xx00 to xxFF stands in gggg,00xx)."""
    tag = slice(content.TAG_BYTES)
    blocks = {one[tag] for one in stated if one[1] & 1 and one[content.HEAD_BYTES :] in ARCHIVE_CREATORS}
    if not blocks:
        return stated
    return [one for one in stated if one[tag] not in blocks and one[:2] + b"\0" + one[2:3] not in blocks]
