"""
The content tree of a structured report as plain values, in one walk over its bytes.

Of an element only what the tree needs is decoded, the rest is stepped over by its length. Codes repeat
by the thousand, within a report and from one report of a device to the next, so each spelling is taken
apart once. Readers see the tree through ``sr_tree.SrNode`` only.

Source: PS3.3, C.17.3 (SR Document Content Module) and C.18 (value types).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dose_core.model import Code
from dose_core.readers import elements
from dose_core.readers.data_set import DataSet
from dose_core.readers.errors import UnreadableError
from dose_core.readers.sr_known import ITEM_END, SEQUENCE_END, known_parts, up_to_delimiter
from dose_core.readers.tags import Tag

if TYPE_CHECKING:
    from dose_core.readers.elements import Place
    from dose_core.readers.sr_index import ChildIndex

MAX_DEPTH = 32  # TID 10001 with all that it includes needs 6
MAX_ITEMS = 200_000  # the longest interventional report we know of has 15,000

_CONTENT, _VALUE_TYPE = int(Tag.ContentSequence), int(Tag.ValueType)
_CONCEPT_NAME, _CONCEPT_CODE = int(Tag.ConceptNameCodeSequence), int(Tag.ConceptCodeSequence)
_MEASURED, _UNITS, _NUMERIC = (
    int(Tag.MeasuredValueSequence),
    int(Tag.MeasurementUnitsCodeSequence),
    int(Tag.NumericValue),
)
_MEASURE_END = ITEM_END + SEQUENCE_END
_CHARSET = int(Tag.SpecificCharacterSet)
# Value type -> the element that holds its text (PS3.3, C.18.1 to C.18.8).
_TEXT_OF = {
    "TEXT": int(Tag.TextValue),
    "UIDREF": int(Tag.UID),
    "DATETIME": int(Tag.DateTime),
    "PNAME": int(Tag.PersonName),
}
_WANTED = frozenset({_VALUE_TYPE, _CONCEPT_NAME, _CONCEPT_CODE, _MEASURED, _CHARSET, *_TEXT_OF.values()})
_VALUE_TYPES = {
    name.ljust(len(name) + len(name) % 2).encode("ascii"): name
    for name in (*_TEXT_OF, "NUM", "CODE", "CONTAINER", "DATE", "TIME", "COMPOSITE", "IMAGE", "TABLE")
}

# Code sequences by encoding and bytes, see sr_known.
_MAX_KNOWN_CODES = 20_000
_MAX_CODE_BYTES = 512
_known_codes: dict[tuple[bool, bool, bytes], Code | None] = {}


@dataclass(slots=True)
class SrItem:
    """
    One content item; ``path`` counts items from 1 ("1" is the root, "1.12.3" as dsrdump prints it).

    ``text`` is the value of a TEXT, UIDREF, DATETIME, PNAME or NUM item as it stands, ``code`` that
    of a CODE item, ``unit`` the unit of a NUM item; each is ``None`` if empty or absent.
    """

    path: str
    children: list[SrItem]
    value_type: str = ""
    concept: Code | None = None
    text: str | None = None
    code: Code | None = None
    unit: Code | None = None
    index: ChildIndex | None = None  # of the children, made by sr_tree when first asked


def build_items(root: DataSet) -> SrItem:
    """
    Return the content tree of a document.

    Raises:
        UnreadableError: it is damaged, deeper than 32 levels or has more than 200,000 items.
    """
    return _TreeWalk(root).run()


def forget_codes() -> None:
    """Forget the spellings of codes that were taken apart before; for measurements."""
    _known_codes.clear()
    known_parts.forget()
    elements.forget_codes()


def code_of(data_set: DataSet, tag: int) -> Code | None:
    """Return the first item of a code sequence, ``None`` if absent or without a value (PS3.3, 8.8)."""
    items = data_set.items(tag)
    return _code_in(items[0]) if items else None


def _code_in(entry: DataSet) -> Code | None:
    value = entry.text(Tag.CodeValue) or entry.text(Tag.LongCodeValue) or entry.text(Tag.URNCodeValue)
    if value is None:
        return None
    return Code(
        value=value,
        scheme=entry.text(Tag.CodingSchemeDesignator) or "",
        meaning=entry.text(Tag.CodeMeaning),
    )


def _is_ascii(code: Code | None) -> bool:
    """Test if a code reads the same in every character set."""
    return code is None or (code.value + code.scheme + (code.meaning or "")).isascii()


@dataclass(slots=True)
class _OpenItem:
    """An item whose elements are being walked; ``end`` is ``None`` while only a delimiter will tell it."""

    item: SrItem
    start: int
    end: int | None
    bound: int  # nothing of the item stands behind it
    scope: DataSet  # whose character set is in force
    found: dict[int, Place] | None = None
    is_begun: bool = False  # value type and concept name are known already
    is_valued: bool = False  # and so is the value

    def inner_scope(self) -> DataSet:
        """Return what says the character set for the content of the item."""
        return (
            DataSet(self.scope.walker, self.found, parent=self.scope)
            if self.found and _CHARSET in self.found
            else self.scope
        )


@dataclass(slots=True)
class _OpenSequence:
    """A content sequence that is being walked; ``outer`` is the item that goes on behind it."""

    parent: SrItem
    bound: int
    has_length: bool
    is_explicit: bool
    scope: DataSet
    outer: _OpenItem | None


class _TreeWalk:
    def __init__(self, root: DataSet) -> None:
        self._root = root
        self._walker = root.walker
        self._data = root.walker.data
        self._is_plain = root.walker.is_little
        self._count = 0

    def run(self) -> SrItem:
        """Walk the document; its own elements are known already."""
        top = SrItem(path="1", children=[])
        content = self._root.place(_CONTENT)
        if content is not None:
            self._walk(self._content(content, top, self._root, None), content.start)
        found = {tag: place for tag in _WANTED if (place := self._root.place(tag))}
        self._finish(_OpenItem(top, 0, None, 0, self._root, found))
        return top

    def _walk(self, whole: _OpenSequence, position: int) -> None:
        """Walk a content sequence and all below it, without recursion: its depth is the sender's choice."""
        walker = self._walker
        open_sequences = [whole]
        while open_sequences:
            sequence = open_sequences[-1]
            bounds = walker.item_at(position, sequence.bound) if position < sequence.bound else None
            if bounds is not None:
                current = self._open(sequence, bounds)
                position = bounds[0]
                if self._is_plain and sequence.is_explicit:
                    position, is_done = self._known(current, position)
                    if is_done:
                        continue
            else:
                if position >= sequence.bound and not sequence.has_length:
                    walker.note_missing_end(sequence.bound)
                position = sequence.bound if sequence.has_length else min(position + 8, sequence.bound)
                open_sequences.pop()
                if sequence.outer is None:
                    return
                current = sequence.outer
                sequence = open_sequences[-1]
            position, inner = self._elements(current, position, is_explicit=sequence.is_explicit)
            if inner is None:
                self._finish(current)
            elif len(open_sequences) >= MAX_DEPTH - 1:
                msg = f"the content tree is deeper than {MAX_DEPTH} levels"
                raise UnreadableError(msg)
            else:
                open_sequences.append(inner)

    def _open(self, sequence: _OpenSequence, bounds: tuple[int, int | None]) -> _OpenItem:
        self._count += 1
        if self._count > MAX_ITEMS:
            msg = f"the content tree has more than {MAX_ITEMS} items"
            raise UnreadableError(msg)
        siblings = sequence.parent.children
        item = SrItem(path=f"{sequence.parent.path}.{len(siblings) + 1}", children=[])
        siblings.append(item)
        end = bounds[1]
        return _OpenItem(item, bounds[0], end, sequence.bound if end is None else end, sequence.scope)

    def _elements(self, current: _OpenItem, position: int, *, is_explicit: bool) -> tuple[int, _OpenSequence | None]:
        """Walk the elements of an item up to its end or its content, and return where, and the content if there is."""
        walker = self._walker
        found, position = walker.elements(position, current.bound, is_explicit=is_explicit, to_content=True)
        content = found.pop(_CONTENT, None)
        current.found = found if current.found is None else found | current.found
        if content is None:
            if current.end is None and position >= current.bound:
                walker.note_missing_end(current.bound)
            return position, None
        return content.start, self._content(content, current.item, current.inner_scope(), current)

    def _known(self, current: _OpenItem, position: int) -> tuple[int, bool]:
        """Take what is known of an item by its bytes; return where the rest begins, and whether there is none."""
        data, bound, item = self._data, current.bound, current.item
        known = known_parts.beginnings.get(up_to_delimiter(data, position, bound))
        if known is None:
            return position, False
        position = data.find(SEQUENCE_END, position) + 8
        item.value_type, item.concept = known
        current.is_begun = True
        if item.value_type == "CODE":
            raw = up_to_delimiter(data, position, bound)
            if raw in known_parts.values:
                item.code = known_parts.values[raw]
                current.is_valued = True
                position += len(raw)
        elif item.value_type == "NUM":
            position = self._known_measure(current, position)
        if current.end is None:
            if data[position : position + 8] == ITEM_END and position + 8 <= bound:
                return position + 8, current.is_valued
            return position, False
        return position, current.is_valued and position == current.end

    def _known_measure(self, current: _OpenItem, position: int) -> int:
        data = self._data
        raw = up_to_delimiter(data, position, current.bound)
        start = position + len(raw) + 8
        if raw not in known_parts.units or start > current.bound:
            return position
        group, element, vr, length = self._walker.explicit_head(data, start - 8)
        end: int = start + length
        number = data[start:end]
        is_whole = data[end : end + 16] == _MEASURE_END and end + 16 <= current.bound
        if group << 16 | element != _NUMERIC or vr != b"DS" or not is_whole or not number.isascii():
            return position
        current.item.unit = known_parts.units[raw]
        current.item.text = number.decode("ascii").strip("\0 ") or None
        current.is_valued = True
        return end + 16

    def _content(self, content: Place, parent: SrItem, scope: DataSet, outer: _OpenItem | None) -> _OpenSequence:
        is_explicit = self._walker.is_explicit_inside(content.vr, content.start, is_explicit=content.is_explicit)
        has_length = self._data[content.start - 4 : content.start] != b"\xff\xff\xff\xff"
        return _OpenSequence(parent, content.end, has_length, is_explicit, scope, outer)

    def _finish(self, done: _OpenItem) -> None:
        """Take from the found elements what the item states."""
        found, item, scope = done.found or {}, done.item, done.scope
        if not done.is_begun:
            self._begin(done, found)
        if not done.is_valued:
            self._value(found, item, scope)

    def _begin(self, done: _OpenItem, found: dict[int, Place]) -> None:
        item, scope = done.item, done.scope
        place = found.get(_VALUE_TYPE)
        if place is not None:
            raw = self._data[place.start : place.end]
            item.value_type = (
                _VALUE_TYPES.get(raw) or DataSet(self._walker, found, parent=scope).text(_VALUE_TYPE) or ""
            )
        place = found.get(_CONCEPT_NAME)
        if place is not None:
            item.concept = self._code(place, item, scope)
            raw = up_to_delimiter(self._data, done.start, done.bound)
            if done.start + len(raw) == place.end + 8 and _CHARSET not in found:
                known_parts.keep_beginning(raw, item.value_type, item.concept)

    def _value(self, found: dict[int, Place], item: SrItem, scope: DataSet) -> None:
        value_type = item.value_type
        if value_type == "NUM":
            self._measure(found.get(_MEASURED), item, scope)
        elif value_type == "CODE":
            place = found.get(_CONCEPT_CODE)
            if place is not None:
                item.code = self._code(place, item, scope)
                raw = up_to_delimiter(self._data, place.start - 12, len(self._data))
                if len(raw) == place.end + 8 - (place.start - 12):
                    known_parts.keep_value(raw, item.code)
        elif value_type in _TEXT_OF:
            tag = _TEXT_OF[value_type]
            if tag in found:
                item.text = DataSet(self._walker, found, parent=scope).text(tag)

    def _measure(self, place: Place | None, item: SrItem, scope: DataSet) -> None:
        if place is None:
            return
        measured = next(self._walker.items(place), None)
        if measured is None:
            return
        numeric, units = measured.get(_NUMERIC), measured.get(_UNITS)
        if numeric is not None:
            item.text = DataSet(self._walker, measured, parent=scope).text(_NUMERIC)
        if units is not None:
            item.unit = self._code(units, item, scope)
            raw = up_to_delimiter(self._data, place.start - 12, len(self._data))
            if len(raw) == units.end + 8 - (place.start - 12):
                known_parts.keep_unit(raw, item.unit)

    def _code(self, place: Place, item: SrItem, scope: DataSet) -> Code | None:
        """Return the first code of a sequence."""
        walker = self._walker
        raw = self._data[place.start : place.end]
        is_explicit = walker.is_explicit_inside(place.vr, place.start, is_explicit=place.is_explicit)
        key = is_explicit, walker.is_little, raw
        if key in _known_codes:
            return _known_codes[key]
        entries = [DataSet(walker, entry, parent=scope) for entry in walker.items(place)]
        code = _code_in(entries[0]) if entries else None
        if len(entries) > 1:
            walker.log.add_warning(item.path, "", f"{len(entries)} codes stand where one should; the first is used")
        elif len(raw) <= _MAX_CODE_BYTES and _is_ascii(code):
            if len(_known_codes) >= _MAX_KNOWN_CODES:
                _known_codes.clear()
            _known_codes[key] = code
        return code
