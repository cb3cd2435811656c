"""
Cut bytes into data elements: iterative, bounded, and with every declared length checked.

Recursion would let a sender choose our stack depth, and a value cut short would be another number;
so an explicit stack, and an error as soon as a length leads out of what was delivered.

Source: PS3.5, 7.1 (elements) and 7.5 (sequences).
"""

import struct
from dataclasses import dataclass

from dose_core.readers.data_set import DataSet, Element
from dose_core.readers.errors import UnreadableError
from dose_core.readers.read_log import ReadLog
from dose_core.readers.tags import dictionary_vr, tag_text

MAX_SEQUENCE_DEPTH = 40  # a content item costs one level, its codes one more; dose SRs need about 8
# Everything before the pixel data; the largest in public collections has 1 MB.
MAX_HEADER_BYTES = 16 * 1024 * 1024
# The largest dose SR in public collections has 23,000, the largest we know of 160,000.
MAX_ELEMENTS = 250_000

_TOO_LONG = f"more than {MAX_HEADER_BYTES} bytes stand before the pixel data"
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
# Pixel data of any kind ends what a header can state (PS3.6: 7FE0,0008/0009/0010).
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
# PS3.5, table 7.1-1: these have two reserved bytes and a 32-bit length.
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_SHORT_VRS = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()  # PS3.5, table 7.1-2
)
KNOWN_VRS = _LONG_VRS | _SHORT_VRS


@dataclass(slots=True)
class _Level:
    """
    A data set or sequence that is being filled; ``end`` is ``None`` while its length is undefined.

    ``bound`` is where the nearest enclosing element of known length ends: nothing may lead out of it.
    """

    end: int | None
    bound: int
    is_explicit: bool
    data_set: DataSet
    items: list[DataSet] | None = None  # given for a sequence; data_set is then the one that holds it


def parse_elements(data: bytes, start: int, log: ReadLog, *, is_explicit: bool, is_little: bool) -> DataSet:
    """
    Return the data set that begins at ``start``, up to the pixel data or the end.

    Raises:
        UnreadableError: a length leads out of the object, the structure is broken, or a limit is passed.
    """
    return _Parser(data, log, is_little=is_little).parse(start, is_explicit=is_explicit)


class _Parser:
    def __init__(self, data: bytes, log: ReadLog, *, is_little: bool) -> None:
        self._data = data
        self._limit = len(data)
        self._log = log
        self._is_little = is_little
        order = "<" if is_little else ">"
        self._tag = struct.Struct(order + "HH")
        self._long = struct.Struct(order + "I")
        self._short = struct.Struct(order + "H")
        self._position = 0
        self._count = 0
        self._stack: list[_Level] = []

    def parse(self, start: int, *, is_explicit: bool) -> DataSet:
        root = DataSet(self._log, is_little=self._is_little)
        self._position = start
        self._stack = [_Level(end=self._limit, bound=self._limit, is_explicit=is_explicit, data_set=root)]
        while self._stack:
            level = self._stack[-1]
            if level.end is not None and self._position >= level.end:
                self._stack.pop()
            elif level.items is not None:
                self._sequence_step(level, level.items)
            elif self._element_step(level):
                break
        return root

    def _sequence_step(self, level: _Level, items: list[DataSet]) -> None:
        tag = self._read_tag()
        length = self._read_long()
        if tag == _SEQUENCE_END:
            self._stack.pop()
            return
        if tag != _ITEM:
            msg = f"broken sequence: {tag_text(tag)} stands where an item should begin"
            raise UnreadableError(msg)
        item = DataSet(self._log, parent=level.data_set, is_little=self._is_little)
        items.append(item)
        self._open(length, "a sequence item", is_explicit=level.is_explicit, data_set=item)
        self._check_limits()

    def _element_step(self, level: _Level) -> bool:
        """Read one element; tell if the data set ends before it."""
        start = self._position
        is_top = len(self._stack) == 1
        tag = self._read_tag()
        if is_top and self._ends_before(tag, start):
            return True
        if tag in (_ITEM, _ITEM_END, _SEQUENCE_END):
            self._position += 4
            if tag == _ITEM_END and level.end is None:
                self._stack.pop()
            else:
                self._log.add_warning(tag_text(tag), "", "a stray delimiter was skipped")
            return False
        vr, length = self._read_vr_and_length(level)
        is_sequence = vr == b"SQ" or (vr is None and dictionary_vr(tag) == b"SQ") or length == _UNDEFINED
        element = Element(vr, b"", [])
        if is_sequence:
            # An UN of undefined length holds implicit VR items (PS3.5, 6.2.2); Hologic's are explicit.
            first_vr = self._data[self._position + 12 : self._position + 14]
            is_explicit = level.is_explicit and (vr != b"UN" or first_vr in KNOWN_VRS)
            self._open(length, tag_text(tag), is_explicit=is_explicit, data_set=level.data_set, items=element.items)
        else:
            element.raw = self._data[self._position : self._end_of(length, tag_text(tag))]
            self._position += length
        level.data_set.put(tag, element)
        self._check_limits()
        return False

    def _ends_before(self, tag: int, start: int) -> bool:
        if tag in _PIXELS:
            return True
        if tag >> 16 == 0:  # command elements and zero padding are no part of a data set
            self._log.add_warning(tag_text(tag), "", f"{self._limit - start} bytes after the data set were not read")
            return True
        return False

    def _read_vr_and_length(self, level: _Level) -> tuple[bytes | None, int]:
        if not level.is_explicit:
            return None, self._read_long()
        vr = self._read_vr()
        if vr in _SHORT_VRS:
            return vr, self._read_short()
        if vr in _LONG_VRS or (vr.isalpha() and vr.isupper()):  # VRs to come have a long form (PS3.5, 7.1.2)
            self._step(2)
            return vr, self._read_long()
        # Some writers copy implicit elements into an explicit data set, others leave the VR blank.
        self._position -= 2
        length = self._read_long()
        if self._position + length <= level.bound or length == _UNDEFINED:
            return None, length
        self._position -= 2
        return b"UN", self._read_short()

    def _end_of(self, length: int, what: str) -> int | None:
        if length == _UNDEFINED:
            return None
        end = self._position + length
        around = self._stack[-1].bound
        if end > around:
            if self._limit > MAX_HEADER_BYTES:
                raise UnreadableError(_TOO_LONG)
            msg = (
                f"the object is cut short or damaged: {what} declares {length} bytes, "
                f"{around - self._position} were delivered"
            )
            raise UnreadableError(msg)
        return end

    def _open(
        self, length: int, what: str, *, is_explicit: bool, data_set: DataSet, items: list[DataSet] | None = None
    ) -> None:
        end = self._end_of(length, what)
        bound = self._stack[-1].bound if end is None else end
        self._stack.append(_Level(end, bound, is_explicit, data_set, items))

    def _check_limits(self) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            msg = f"the object has more than {MAX_ELEMENTS} elements"
            raise UnreadableError(msg)
        if len(self._stack) > 2 * MAX_SEQUENCE_DEPTH + 1:
            msg = f"sequences are nested deeper than {MAX_SEQUENCE_DEPTH} levels"
            raise UnreadableError(msg)

    def _read_tag(self) -> int:
        group, element = self._tag.unpack_from(self._data, self._step(4))
        return int(group) << 16 | int(element)

    def _read_long(self) -> int:
        return int(self._long.unpack_from(self._data, self._step(4))[0])

    def _read_short(self) -> int:
        return int(self._short.unpack_from(self._data, self._step(2))[0])

    def _read_vr(self) -> bytes:
        start = self._step(2)
        return self._data[start : start + 2]

    def _step(self, count: int) -> int:
        """Step over the next bytes of a header and return where they begin."""
        start = self._position
        end = start + count
        if end > self._limit:
            raise UnreadableError("the object is cut short: it ends inside the header of an element")
        if end > MAX_HEADER_BYTES:
            raise UnreadableError(_TOO_LONG)
        self._position = end
        return start
