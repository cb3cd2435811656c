"""
Where the elements of a data set stand in its bytes: lengths checked, nothing decoded, nothing copied.

A data set is walked once and without recursion: a sequence of known length is stepped over and looked into
only when it is asked for. So what costs time is what is read, and what a sender hides in a private
sequence costs nothing. What is cut short is read as far as it was delivered; a value that is cut is no
value, for it would be another number.

Source: PS3.5, 7.1 (elements) and 7.5 (sequences).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.errors import UnreadableError
from dose_core.readers.read_log import ReadLog

MAX_SEQUENCE_DEPTH = 40  # a content item costs one level, its codes one more; dose SRs need about 8
# Everything before the pixel data; the largest in public collections has 1 MB.
MAX_HEADER_BYTES = 16 * 1024 * 1024
# Elements and items that are kept for being asked. A multi-frame image of 4,000 frames has 300,000; a kept one
# costs a quarter of a kilobyte. Those of a content tree are not kept.
MAX_ELEMENTS = 400_000

TOO_LONG = f"more than {MAX_HEADER_BYTES} bytes stand before the pixel data"
_TOO_MANY = f"the object has more than {MAX_ELEMENTS} elements"
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_CONTENT = int(Tag.ContentSequence)
# Pixel data of any kind ends what a header can state (PS3.6: 7FE0,0008/0009/0010).
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
# Groups that are more than elements: command set and zero padding, pixels, delimiters.
SPECIAL_GROUPS = frozenset({0x0000, 0x7FE0, 0xFFFE})
# PS3.5, table 7.1-1: these have two reserved bytes and a 32-bit length.
LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
SHORT_VRS = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()  # PS3.5, table 7.1-2
)
KNOWN_VRS = LONG_VRS | SHORT_VRS


# Code sequences of undefined length whose end was once found by walking them. Most of a report is such
# sequences, the same few again and again; where the same bytes stand before a delimiter, it is the same end.
_CodeSequence = tuple[bool, bool, bytes]  # whether VRs are explicit, the byte order, the bytes
_MAX_KNOWN_CODES = 20_000
_MAX_CODE_BYTES = 512
_SHALLOW = 20  # levels; however the bytes of a code nest, 20 for one, what is stepped over here breaks no limit
_known_codes: set[_CodeSequence] = set()


def forget_codes() -> None:
    """Forget the code sequences that were walked before; for measurements."""
    _known_codes.clear()


class Place(NamedTuple):
    """Where the value of an element stands; for a sequence also how its items are encoded."""

    vr: bytes | None  # as stated; None in implicit VR
    start: int
    end: int
    is_explicit: bool


_new_place = tuple.__new__  # what Place() does, without the call in Python: one for each element of each header


class _Level(NamedTuple):
    """An open sequence, in which items are expected, or an open item, in which elements are."""

    is_sequence: bool
    is_explicit: bool


Head = tuple[int, bytes | None, int, int]  # tag, VR, where the value begins, its length


class Walker:
    """Walks the elements of one object; counts them, so that an object cannot cost what its sender likes."""

    def __init__(self, data: bytes, log: ReadLog, *, is_little: bool) -> None:
        self.data = data
        self.log = log
        self.is_little = is_little
        self.is_cut_short = False
        order = "<" if is_little else ">"
        self.explicit_head = struct.Struct(order + "HH2sH").unpack_from
        self.implicit_head = struct.Struct(order + "HHI").unpack_from
        self._long = struct.Struct(order + "I").unpack_from
        self._limit = len(data)
        self._code_value = b"\x08\x00\x00\x01" if is_little else b"\x00\x08\x01\x00"
        self._sequence_end = struct.pack(order + "HHI", 0xFFFE, 0xE0DD, 0)
        self._count = 0

    def elements(
        self, start: int, end: int, *, is_explicit: bool, is_top: bool = False, to_content: bool = False
    ) -> tuple[dict[int, Place], int]:
        """
        Return the elements between two places by tag, and where what follows them stands.

        Of two with one tag the first one counts (noted). A data set of undefined length ends with its
        delimiter. With ``to_content`` a content sequence ends the walk, where its items begin.

        Raises:
            UnreadableError: a length leads out of its sequence, the structure is broken, or a limit is passed.
        """
        found: dict[int, Place] = {}
        position = start
        while (position := self._plain_elements(found, position, end, is_explicit=is_explicit)) < end:
            head = self.head(position, end, is_explicit=is_explicit)
            if head is None:
                return found, end
            tag, vr, value, length = head
            if tag >> 16 in SPECIAL_GROUPS:
                if self.ends_at(tag, position, is_top=is_top):
                    position = value if tag == ITEM_END else position
                    break
                if tag >= ITEM:
                    self.count(1)
                    self.log.add_warning(tag_text(tag), "", "a stray delimiter was skipped")
                    position = value
                    continue
            if tag == _CONTENT and to_content:
                found[tag] = Place(vr, value, self.end_of(tag, length, value, end), is_explicit)
                return found, value
            position = value + length
            place: Place | None = _new_place(Place, (vr, value, position, is_explicit))
            if position > end or length == UNDEFINED:
                place, position = self._without_end(head, end, is_explicit=is_explicit)
            if place is None:
                break
            if found.setdefault(tag, place) is not place:
                self.count(1)
                self.log.add_warning(tag_text(tag), "", "the element stands twice; the first one is used")
        return found, position

    def _plain_elements(self, found: dict[int, Place], position: int, end: int, *, is_explicit: bool) -> int:
        """Add the elements that have the short form, are whole and new; return where the first other one stands."""
        unpack, data = self.explicit_head, self.data
        last = end - 8 if is_explicit else position - 1
        while position <= last:
            group, element, vr, length = unpack(data, position)
            tag = group << 16 | element
            stop = position + 8 + length
            if vr not in SHORT_VRS or stop > end or tag in found or group in SPECIAL_GROUPS:
                break
            if len(found) > MAX_ELEMENTS:
                raise UnreadableError(_TOO_MANY)
            found[tag] = _new_place(Place, (vr, position + 8, stop, True))
            position = stop
        return position

    def items(self, place: Place) -> Iterator[dict[int, Place]]:
        """Yield the elements of each item of a sequence."""
        is_explicit = self.is_explicit_inside(place.vr, place.start, is_explicit=place.is_explicit)
        position, end = place.start, place.end
        while position < end:
            item = self.item_at(position, end)
            if item is None:
                return
            start, stop = item
            found, reached = self.elements(start, end if stop is None else stop, is_explicit=is_explicit)
            self.count(len(found) + 1)
            yield found
            position = reached if stop is None else stop

    def head(self, position: int, end: int, *, is_explicit: bool) -> Head | None:
        """Return tag, VR, where the value begins and its length; ``None`` where the object is cut short."""
        if position + 8 > end:
            self.note_missing_end(end)
            return None
        if not is_explicit:
            group, element, length = self.implicit_head(self.data, position)
            return group << 16 | element, None, position + 8, length
        group, element, vr, length = self.explicit_head(self.data, position)
        if vr in SHORT_VRS:
            return group << 16 | element, vr, position + 8, length
        if vr == b"SQ" and position + 12 <= end:
            return group << 16 | element, vr, position + 12, self._long(self.data, position + 8)[0]
        return self._long_head(position, end)

    def _long_head(self, position: int, end: int) -> Head | None:
        """Return the head of an element whose length has 32 bits, or whose VR nobody knows."""
        group, element, vr, short = self.explicit_head(self.data, position)
        tag = group << 16 | element
        length = self._long(self.data, position + 4)[0]
        if tag >= ITEM:  # delimiters have no VR
            return tag, None, position + 8, length
        if vr in LONG_VRS or (vr.isalpha() and vr.isupper()):  # VRs to come have a long form (PS3.5, 7.1.2)
            if position + 12 > end:
                self.note_missing_end(end)
                return None
            return tag, vr, position + 12, self._long(self.data, position + 8)[0]
        # Some writers copy implicit elements into an explicit data set, others leave the VR blank.
        if tag >> 16 not in SPECIAL_GROUPS:
            self.log.add_warning(tag_text(tag), "", "states no VR that is known; told from its length")
        if position + 8 + length <= end or length == UNDEFINED:
            return tag, None, position + 8, length
        return tag, b"UN", position + 8, short

    def item_at(self, position: int, end: int) -> tuple[int, int | None] | None:
        """Return where an item's elements begin and end (``None``: at its delimiter); ``None`` if no item follows."""
        if position + 8 > end:
            self.note_missing_end(end)
            return None
        group, element, length = self.implicit_head(self.data, position)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            return None
        if tag != ITEM:
            msg = f"broken sequence: {tag_text(tag)} stands where an item should begin"
            raise UnreadableError(msg)
        start = position + 8
        return start, None if length == UNDEFINED else self.end_of(ITEM, length, start, end)

    def is_explicit_inside(self, vr: bytes | None, start: int, *, is_explicit: bool) -> bool:
        """Tell how the items of a sequence are encoded: one of VR UN holds implicit ones (PS3.5, 6.2.2), or should."""
        return is_explicit and (vr != b"UN" or self.data[start + 12 : start + 14] in KNOWN_VRS)

    def end_of(self, tag: int, length: int, start: int, end: int) -> int:
        """
        Return where a value ends: where ``end`` is, if no length is declared, or less was delivered (noted).

        Raises:
            UnreadableError: it leads out of its sequence, which goes on: a length is wrong, and nobody knows which.
        """
        if length == UNDEFINED or start + length <= end:
            return end if length == UNDEFINED else start + length
        if self._limit > MAX_HEADER_BYTES:
            raise UnreadableError(TOO_LONG)
        what = "a sequence item" if tag == ITEM else tag_text(tag)
        if end < self._limit:
            msg = f"the object is damaged: {what} declares {length} bytes, its sequence has {end - start} left"
            raise UnreadableError(msg)
        problem = f"the object is cut short: {length} bytes are declared, {end - start} were delivered"
        self._note_cut("" if tag == ITEM else tag_text(tag), problem)
        return end

    def count(self, more: int) -> None:
        """
        Count things that are kept.

        Raises:
            UnreadableError: there are too many.
        """
        self._count += more
        if self._count > MAX_ELEMENTS:
            raise UnreadableError(_TOO_MANY)

    def undefined(self, vr: bytes | None, start: int, end: int, *, is_explicit: bool) -> tuple[Place, int]:
        """Return the place of a sequence that ends with a delimiter, and where the next element begins."""
        inside = self.is_explicit_inside(vr, start, is_explicit=is_explicit)
        code = self._code_ahead(start, end, is_explicit=inside)
        if code is not None and code in _known_codes:
            stop = start + len(code[2])
            return Place(vr, start, stop, inside), stop + 8
        noted = self.log.noted
        stop, after = self._end_of_sequence(start, end, is_explicit=inside)
        if code is not None and stop == start + len(code[2]) and self.log.noted == noted:
            if len(_known_codes) >= _MAX_KNOWN_CODES:
                _known_codes.clear()
            _known_codes.add(code)
        return Place(vr, start, stop, inside), after

    def _code_ahead(self, start: int, end: int, *, is_explicit: bool) -> _CodeSequence | None:
        """Return what stands up to the next delimiter, if it begins like a code and is no longer than one."""
        data = self.data
        if data[start + 8 : start + 12] != self._code_value:
            return None
        stop = data.find(self._sequence_end, start, min(end, start + _MAX_CODE_BYTES))
        return None if stop < 0 else (is_explicit, self.is_little, data[start:stop])

    def _without_end(self, head: Head, end: int, *, is_explicit: bool) -> tuple[Place | None, int]:
        """Return the place of a value that ends with a delimiter, none for one that is cut, and what follows it."""
        tag, vr, value, length = head
        if length != UNDEFINED:
            return None, self.end_of(tag, length, value, end)
        place, after = self.undefined(vr, value, end, is_explicit=is_explicit)
        return (place if place.end < after else None), after  # a part of a code would be another code

    def _end_of_sequence(self, start: int, end: int, *, is_explicit: bool) -> tuple[int, int]:
        """Return where the items of such a sequence end, and where its delimiter does."""
        position = start
        open_levels = [_Level(is_sequence=True, is_explicit=is_explicit)]
        while position < end:
            level = open_levels[-1]
            head = self.head(position, end, is_explicit=level.is_explicit and not level.is_sequence)
            if head is None:
                return end, end
            tag, vr, value, length = head
            if tag == (SEQUENCE_END if level.is_sequence else ITEM_END):
                open_levels.pop()
                if not open_levels:
                    return position, value
                position = value
            elif level.is_sequence and tag != ITEM:
                msg = f"broken sequence: {tag_text(tag)} stands where an item should begin"
                raise UnreadableError(msg)
            elif length == UNDEFINED:
                inside = level.is_explicit
                if not level.is_sequence:
                    inside = self.is_explicit_inside(vr, value, is_explicit=inside)
                    code = self._code_ahead(value, end, is_explicit=inside)
                    if code is not None and code in _known_codes and len(open_levels) < _SHALLOW:
                        position = value + len(code[2]) + 8
                        continue
                open_levels.append(_Level(is_sequence=not level.is_sequence, is_explicit=inside))
                if len(open_levels) > 2 * MAX_SEQUENCE_DEPTH:
                    msg = f"sequences are nested deeper than {MAX_SEQUENCE_DEPTH} levels"
                    raise UnreadableError(msg)
                position = value
            else:
                position = self.end_of(tag, length, value, end)
        self.note_missing_end(end)
        return end, end

    def note_missing_end(self, end: int) -> None:
        """
        Note that the object is cut short where an element or a delimiter should stand.

        Raises:
            UnreadableError: it is a sequence that is cut, while the object goes on.
        """
        if self._limit > MAX_HEADER_BYTES:
            raise UnreadableError(TOO_LONG)
        if end < self._limit:
            raise UnreadableError("the object is damaged: a sequence ends inside an element")
        self._note_cut("", "the object is cut short: it ends inside an element or a sequence")

    def _note_cut(self, path: str, problem: str) -> None:
        if self.is_cut_short:  # what encloses the place is cut short as well
            self.log.note_again()
        else:
            self.log.add_warning(path, "", problem)
        self.is_cut_short = True

    def ends_at(self, tag: int, start: int, *, is_top: bool) -> bool:
        """Tell if a data set ends before, or with, an element of a special group."""
        if not is_top:
            return tag == ITEM_END
        if tag >> 16 == 0:  # command elements and zero padding are no part of a data set
            self.log.add_warning(tag_text(tag), "", f"{self._limit - start} bytes after the data set were not read")
            return True
        return tag in _PIXELS
