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
from dose_core.readers.dicom import elements
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.errors import UnreadableError
from dose_core.readers.sr import known as sr_known
from dose_core.readers.sr.known import UNKNOWN, KnownParts, known_parts
from dose_core.readers.sr.leaves import EXPLICIT, IMPLICIT, Form, beginning, known_leaf, opening

if TYPE_CHECKING:
    from dose_core.readers.dicom.elements import Place
    from dose_core.readers.sr.index import ChildIndex

MAX_DEPTH = 32  # TID 10001 with all that it includes needs 6
MAX_ITEMS = 200_000  # the longest interventional report we know of has 15,000

_CONTENT, _VALUE_TYPE = int(Tag.ContentSequence), int(Tag.ValueType)
_CONCEPT_NAME, _CONCEPT_CODE = int(Tag.ConceptNameCodeSequence), int(Tag.ConceptCodeSequence)
_MEASURED, _UNITS, _NUMERIC = (
    int(Tag.MeasuredValueSequence),
    int(Tag.MeasurementUnitsCodeSequence),
    int(Tag.NumericValue),
)
_CHARSET, _REFERENCED_SOP = int(Tag.SpecificCharacterSet), int(Tag.ReferencedSOPSequence)
# Value type -> the element that holds its text (PS3.3, C.18.1 to C.18.8).
_TEXT_OF = {
    "TEXT": int(Tag.TextValue),
    "UIDREF": int(Tag.UID),
    "DATETIME": int(Tag.DateTime),
    "PNAME": int(Tag.PersonName),
}
_WANTED = frozenset({_VALUE_TYPE, _CONCEPT_NAME, _CONCEPT_CODE, _MEASURED, _CHARSET, *_TEXT_OF.values()})
_CALLED = frozenset({_VALUE_TYPE, _CONCEPT_NAME})  # what an item says before its value, where the tags are in order
_VALUE_TYPES = {
    name.ljust(len(name) + len(name) % 2).encode("ascii"): name
    for name in (*_TEXT_OF, "NUM", "CODE", "CONTAINER", "DATE", "TIME", "COMPOSITE", "IMAGE", "TABLE")
}


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
    sr_known.forget()
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


@dataclass(slots=True)
class _OpenItem:
    """An item whose elements are being walked; ``end`` is ``None`` while only a delimiter will tell it."""

    item: SrItem
    start: int
    end: int | None
    bound: int  # nothing of the item stands behind it
    scope: DataSet  # whose character set is in force
    found: dict[int, Place] | None = None
    content_head: int | None = None  # where its content sequence begins
    is_known: bool = False  # what stands before its content was known by its bytes
    is_explicit: bool = True
    noted: int = 0  # what had been noted when it was opened
    is_sound: bool = True  # nothing was noted of what stands before its content

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
    form: Form
    parts: KnownParts  # in the character set of the scope
    outer: _OpenItem | None


class _TreeWalk:
    def __init__(self, root: DataSet) -> None:
        self._root = root
        self._walker = root.walker
        self._data = root.walker.data
        self._is_little = root.walker.is_little
        self._count = 0

    def run(self) -> SrItem:
        """Walk the document; its own elements are known already."""
        top = SrItem(path="1", children=[])
        content = self._root.place(_CONTENT)
        if content is not None:
            self._walk(self._content(content, top, self._root, None), content.start)
        found = {tag: place for tag in _WANTED if (place := self._root.place(tag))}
        self._finish(_OpenItem(top, 0, None, 0, self._root, found, is_sound=False))
        return top

    def _walk(self, whole: _OpenSequence, position: int) -> None:
        """Walk a content sequence and all below it, without recursion: its depth is the sender's choice."""
        walker = self._walker
        open_sequences = [whole]
        while open_sequences:
            sequence = open_sequences[-1]
            if self._is_little:
                position = self._leaves(sequence, position)
            bounds = walker.item_at(position, sequence.bound) if position < sequence.bound else None
            if bounds is not None:
                current, position = self._open(sequence, bounds)
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

    def _open(self, sequence: _OpenSequence, bounds: tuple[int, int | None]) -> tuple[_OpenItem, int]:
        """Open an item; return it, and where the elements begin that are not known by their bytes."""
        self._count_item()
        siblings = sequence.parent.children
        item = SrItem(path=f"{sequence.parent.path}.{len(siblings) + 1}", children=[])
        siblings.append(item)
        start, end = bounds
        current = _OpenItem(item, start, end, sequence.bound if end is None else end, sequence.scope)
        current.noted, current.is_explicit = self._walker.log.noted, sequence.is_explicit
        if self._is_little:
            raw = opening(self._data, start, sequence.form)
            known = sequence.parts.openings.get(raw)
            if known is not None and start + len(raw) < current.bound:
                item.value_type, item.concept, item.code = known
                current.is_known = True
                return current, start + len(raw)
        return current, start

    def _elements(self, current: _OpenItem, position: int, *, is_explicit: bool) -> tuple[int, _OpenSequence | None]:
        """Walk the elements of an item up to its end or its content, and return where, and the content if there is."""
        walker = self._walker
        found, position = walker.elements(position, current.bound, is_explicit=is_explicit, to_content=True)
        content = found.pop(_CONTENT, None)
        current.found = found if current.found is None else found | current.found
        current.is_sound = current.is_sound and walker.log.noted == current.noted
        if content is None:
            if current.end is None and position >= current.bound:
                walker.note_missing_end(current.bound)
            return position, None
        if current.content_head is None:
            current.content_head = content.start - (8 if content.vr is None else 12)
        return content.start, self._content(content, current.item, current.inner_scope(), current)

    def _leaves(self, sequence: _OpenSequence, position: int) -> int:
        """Take the items that are known by their bytes, and return where the first other one begins."""
        walker, bound, parent, parts = self._walker, sequence.bound, sequence.parent, sequence.parts
        siblings = parent.children
        while position < bound and (leaf := known_leaf(walker, position, bound, sequence.form, parts)):
            self._count_item()
            value_type, concept, text, code, unit, position = leaf
            siblings.append(SrItem(f"{parent.path}.{len(siblings) + 1}", [], value_type, concept, text, code, unit))
        return position

    def _count_item(self) -> None:
        self._count += 1
        if self._count > MAX_ITEMS:
            msg = f"the content tree has more than {MAX_ITEMS} items"
            raise UnreadableError(msg)

    def _content(self, content: Place, parent: SrItem, scope: DataSet, outer: _OpenItem | None) -> _OpenSequence:
        is_explicit = self._walker.is_explicit_inside(content.vr, content.start, is_explicit=content.is_explicit)
        has_length = not self._is_undefined(content)
        form = EXPLICIT if is_explicit else IMPLICIT
        return _OpenSequence(
            parent,
            content.end,
            has_length,
            is_explicit,
            scope,
            form,
            known_parts(scope.terms, is_explicit=is_explicit),
            outer,
        )

    def _finish(self, done: _OpenItem) -> None:
        """Take from the found elements what the item states."""
        found, item, scope = done.found or {}, done.item, done.inner_scope()
        noted = self._walker.log.noted
        if done.is_known:
            if _WANTED.isdisjoint(found):
                return
            # Something stands behind the content that belongs before it: only the whole item says which counts.
            before, _ = self._walker.elements(done.start, done.bound, is_explicit=done.is_explicit, to_content=True)
            found = found | before
        item.value_type = self._value_type(found)
        place = found.get(_CONCEPT_NAME)
        if place is not None:
            item.concept = self._code(place, item, scope)
        value_type = item.value_type
        if value_type == "NUM":
            self._measure(found.get(_MEASURED), item, scope)
        elif value_type == "CODE":
            place = found.get(_CONCEPT_CODE)
            if place is not None:
                item.code = self._code(place, item, scope)
        elif value_type in _TEXT_OF:
            tag = _TEXT_OF[value_type]
            if tag in found:
                item.text = DataSet(self._walker, found, parent=scope).text(tag)
        is_sound = done.is_sound and self._walker.log.noted == noted
        if self._is_little and is_sound and _CHARSET not in found and not done.is_known:
            self._keep(done, found)

    def _value_type(self, found: dict[int, Place]) -> str:
        place = found.get(_VALUE_TYPE)
        raw = self._data[place.start : place.end] if place else b""
        return _VALUE_TYPES.get(raw) or DataSet(self._walker, found, parent=self._root).text(_VALUE_TYPE) or ""

    def _keep(self, done: _OpenItem, found: dict[int, Place]) -> None:
        """Keep what the bytes of an item said, for the next one that begins so."""
        data, item, name = self._data, done.item, found.get(_CONCEPT_NAME)
        if name is None or name.vr not in (b"SQ", None):
            return
        form = IMPLICIT if name.vr is None else EXPLICIT
        parts = known_parts(done.scope.terms, is_explicit=form.is_explicit)
        if done.content_head is None:
            reference = found.get(_REFERENCED_SOP)  # names one image, so that no other item begins with it
            start = reference.end + (8 if self._is_undefined(reference) else 0) if reference else done.start
            raw = beginning(data, start, form)
            end = name.end + (8 if self._is_undefined(name) else 0)
            if start + len(raw) == end and _wanted_between(found, start, end) == _CALLED:
                parts.keep_beginning(raw, item.value_type, item.concept)
        elif item.value_type in ("CONTAINER", "CODE"):
            raw = opening(data, done.start, form)
            all_before = _wanted_between(found, done.start, done.content_head) == _WANTED & found.keys()
            if done.start + len(raw) == done.content_head and all_before:
                parts.keep_opening(raw, item.value_type, item.concept, item.code)

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

    def _code(self, place: Place, item: SrItem, scope: DataSet) -> Code | None:
        """Return the first code of a sequence."""
        walker = self._walker
        is_explicit = walker.is_explicit_inside(place.vr, place.start, is_explicit=place.is_explicit)
        raw = self._data[place.start : place.end]
        key = is_explicit, walker.is_little, self._is_undefined(place), raw
        parts = known_parts(scope.terms, is_explicit=is_explicit)
        known = parts.codes.get(key, UNKNOWN)
        if known is not UNKNOWN:
            return known
        noted = walker.log.noted
        entries = [DataSet(walker, entry, parent=scope) for entry in walker.items(place)]
        code = _code_in(entries[0]) if entries else None
        if len(entries) > 1:
            walker.log.add_warning(item.path, "", f"{len(entries)} codes stand where one should; the first is used")
        if walker.log.noted == noted:
            parts.keep_code(key, code)
        return code

    def _is_undefined(self, place: Place) -> bool:
        """Tell if a sequence ends with a delimiter: its length then stands as a mark (PS3.5, 7.5.1)."""
        return self._data[place.start - 4 : place.start] == b"\xff\xff\xff\xff"


def _wanted_between(found: dict[int, Place], start: int, end: int) -> set[int]:
    """Return which of the wanted elements stand between two places: nobody makes a writer keep the order of tags."""
    return {tag for tag in _WANTED if (place := found.get(tag)) and start <= place.start < end}
