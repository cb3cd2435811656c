"""
Walk the content tree of a structured report by coded concept.

Each value is asked for by concept and unit; one that is absent is ``None``, one that is present but
unusable is ``None`` too and noted in the log with its path. With ``field`` the log keeps where a used
value stood.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from dose_core.readers.dicom.data_set import number_of
from dose_core.readers.dicom.values import MAX_UID_LENGTH, parse_date_time
from dose_core.readers.sr.codes import Concept, is_meant, is_same, key_of
from dose_core.readers.sr.index import ChildIndex
from dose_core.units import UnknownUnitError, convert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from dose_core.model import Code
    from dose_core.readers.read_log import ReadLog
    from dose_core.readers.sr.items import SrItem


T = TypeVar("T")


class SrNode:
    """One content item; what it yields are its children and their values."""

    __slots__ = ("_item", "_log", "_offset")

    def __init__(self, item: SrItem, log: ReadLog, offset: tzinfo | None = None) -> None:
        self._item = item
        self._log = log
        self._offset = offset

    @property
    def path(self) -> str:
        """Item numbers from 1, such as "1.12.3"."""
        return self._item.path

    @property
    def concept(self) -> Code | None:
        """The concept name as stated."""
        return self._item.concept

    @property
    def coded_value(self) -> Code | None:
        """The value of this item if it is a CODE."""
        return self._item.code

    @property
    def text_value(self) -> str | None:
        """The value of this item if it is a TEXT, PNAME, UIDREF, DATETIME or NUM, as it stands."""
        return self._item.text

    @property
    def unit(self) -> str | None:
        """The unit of this item if it is a NUM, as it stands."""
        return self._item.unit.value if self._item.unit else None

    @property
    def children(self) -> Iterator[SrNode]:
        """The direct children in order."""
        return (self._node(child) for child in self._item.children)

    def all(self, concept: Concept) -> Sequence[SrNode]:
        """Return the direct children that have this concept name: by code, as the last resort by meaning (noted)."""
        found = self._with(concept)
        return [SrNode(item, self._log, self._offset) for item in found] if found else ()

    def first(self, concept: Concept) -> SrNode | None:
        """Return the first direct child with this concept name."""
        found = self._with(concept)
        return self._node(found[0]) if found else None

    def below(self, concept: Concept) -> Iterator[SrNode]:
        """Yield the descendants that have this concept name, in the order of the document."""
        todo = list(reversed(self._item.children))
        while todo:
            item = todo.pop()
            if is_same(item.concept, concept):
                yield self._node(item)
            todo.extend(reversed(item.children))

    def numbers(self, concept: Concept, *, unit: str, field: str | None = None) -> tuple[float, ...]:
        """
        Return all values of the NUM children with this concept, in ``unit`` and in order.

        Some devices state a value for each pulse: as items that repeat, or as several values in one item.
        """
        values: list[float] = []
        for node in self.all(concept):
            values.extend(node.as_numbers(concept, unit=unit, field=field))
        return tuple(values)

    def enum(self, concept: Concept, table: Sequence[tuple[Concept, T]], *, field: str | None = None) -> T | None:
        """Return what a table makes of the value of a CODE child; an unknown one is noted."""
        node = self._stated(concept)
        return node.as_enum(concept, table, field=field) if node else None

    def as_enum(self, concept: Concept, table: Sequence[tuple[Concept, T]], *, field: str | None = None) -> T | None:
        """Return what a table makes of the value of this CODE item: by code, as the last resort by meaning (noted)."""
        stated = self._item.code
        if stated is None:
            if self._item.text is not None:
                self.warn(concept, "is no CODE item")
            return None
        key = key_of(stated)
        member = None
        for known, one in table:
            if key in known.codes:
                member = one
                break
        if member is None:
            member = next((one for known, one in table if is_meant(stated, known)), None)
            said = "known by its meaning only" if member is not None else "unknown"
            self.warn(concept, f"code {stated.value[:16]!r} of {stated.scheme[:16]!r} is {said}")
        if member is not None:
            self._log.add_origin(field, self.path, stated.value, stated.scheme)
        return member

    def number(
        self, concept: Concept, *, unit: str, field: str | None = None, may_be_negative: bool = False
    ) -> float | None:
        """Return a NUM child in ``unit``; of several different ones, the first, with a warning."""
        nodes = self.all(concept)
        if len(nodes) > 1:  # one that is empty says nothing beside one that is not
            nodes = [node for node in nodes if node.text_value is not None] or nodes
        if len(nodes) > 1 and len({(node.text_value, node.unit) for node in nodes}) > 1:
            self._log.add_warning(nodes[0].path, concept.meaning, f"stands {len(nodes)} times with different values")
        return nodes[0].as_number(concept, unit=unit, field=field, may_be_negative=may_be_negative) if nodes else None

    def as_number(
        self, concept: Concept, *, unit: str, field: str | None = None, may_be_negative: bool = False
    ) -> float | None:
        """Return the value of this NUM item in ``unit``; ``None`` if it is empty, or unusable (noted)."""
        item = self._item
        if item.text is None or (item.value_type != "NUM" and not self.is_number(concept)):
            return None
        value = self._converted(concept, item.text, unit, may_be_negative)
        if value is not None:
            self._note_used(concept, unit, field)
        return value

    def is_number(self, concept: Concept) -> bool:
        """Tell if this item is a NUM; a value of another type is noted, since no reader uses it."""
        item = self._item
        if item.value_type != "NUM" and item.text is not None:
            self.warn(concept, "is no NUM item")
        return item.value_type == "NUM"

    def as_numbers(
        self, concept: Concept, *, unit: str, field: str | None = None, may_be_negative: bool = False
    ) -> tuple[float, ...]:
        """Return the values of this NUM item in ``unit``, more than one where a backslash parts them."""
        item = self._item
        if item.text is None or (item.value_type != "NUM" and not self.is_number(concept)):
            return ()
        values = [self._converted(concept, part, unit, may_be_negative) for part in item.text.split("\\")]
        usable = tuple(value for value in values if value is not None)
        if usable:
            self._note_used(concept, unit, field)
        return usable

    def _converted(self, concept: Concept, text: str, unit: str, may_be_negative: bool) -> float | None:  # noqa: FBT001  handed on
        value = number_of(text)
        if value is None:
            self.warn(concept, "holds several values" if "\\" in text else "is not a finite number")
            return None
        if value < 0 and not may_be_negative:
            self.warn(concept, f"{value} is not a dose" if "Gy" in unit else f"{value} is negative")
            return None
        stated = self._item.unit
        try:
            converted = convert(value, from_=unit if stated is None else stated.value, to=unit)
        except UnknownUnitError as error:
            self.warn(concept, str(error))
            return None
        if not isfinite(converted):
            self.warn(concept, "is not a finite number")
            return None
        return converted

    def _note_used(self, concept: Concept, unit: str, field: str | None) -> None:
        item = self._item
        if item.unit is None:
            self.warn(concept, f"no unit is stated; read as {unit}")
        self._log.add_origin(field, item.path, item.text or "", item.unit.value if item.unit else None)

    def count(self, concept: Concept, *, unit: str, field: str | None = None) -> int | None:
        """Return a NUM child that counts; a fraction is refused."""
        value = self.number(concept, unit=unit, field=field)
        if value is None or value.is_integer():
            return None if value is None else int(value)
        node = self.first(concept)
        self._log.add_warning(node.path if node else self.path, concept.meaning, f"{value} is not a count")
        return None

    def code(self, concept: Concept, *, field: str | None = None) -> Code | None:
        """Return the value of a CODE child, ``None`` if absent or empty."""
        node = self._stated(concept)
        code = node.coded_value if node else None
        if node and code:
            self._log.add_origin(field, node.path, code.value, code.scheme)
        elif node and node.text_value:
            node.warn(concept, "is no CODE item")
        return code

    def text(self, concept: Concept, *, field: str | None = None) -> str | None:
        """Return the value of a TEXT or PNAME child, ``None`` if absent or empty."""
        node = self._stated(concept)
        text = node.text_value if node else None
        if node and text:
            self._log.add_origin(field, node.path, text)
        elif node and node.coded_value:
            node.warn(concept, "is no TEXT item")
        return text

    def uid(self, concept: Concept, *, field: str | None = None) -> str | None:
        """Return the value of a UIDREF child, ``None`` if absent, empty or too long (noted)."""
        node = self._stated(concept)
        uid = node.text_value if node else None
        if node is None or uid is None:
            return None
        if len(uid) > MAX_UID_LENGTH:
            node.warn(concept, f"{len(uid)} characters are too long for a UID")
            return None
        self._log.add_origin(field, node.path, uid)
        return uid

    def moment(self, concept: Concept, *, field: str | None = None) -> datetime | None:
        """Return a DATETIME child, aware if it or the object states an offset from UTC."""
        node = self._stated(concept)
        if node is None or node.text_value is None:
            return None
        moment = parse_date_time(node.text_value, self._offset)
        if moment is None:
            node.warn(concept, "is not a date with a time of day (DT)")
        else:
            self._log.add_origin(field, node.path, node.text_value)
        return moment

    def add_origin(self, field: str, text: str) -> None:
        """Keep that a part of this item's text is the value of a field."""
        self._log.add_origin(field, self.path, text)

    @property
    def index(self) -> ChildIndex:
        """The children by what they are called, for those who ask for many."""
        item = self._item
        if item.index is None:
            item.index = ChildIndex(item.children)
        return item.index

    def _with(self, concept: Concept) -> Sequence[SrItem]:
        if not self._item.children:
            return ()
        index = self.index
        return index.by_code(concept) or (self._by_meaning(concept, index) if index.has_unknown else ())

    def _stated(self, concept: Concept) -> SrNode | None:
        """Return the child that states the value: one that is empty hides none; of different ones the first (noted)."""
        found = self._with(concept)
        if len(found) > 1:
            found = [item for item in found if item.text is not None or item.code is not None] or found
            values = {(item.text, key_of(item.code) if item.code else None) for item in found}
            if len(values) > 1:
                self._log.add_warning(
                    found[0].path, concept.meaning, f"stands {len(found)} times with different values"
                )
        return self._node(found[0]) if found else None

    def _by_meaning(self, concept: Concept, index: ChildIndex) -> Sequence[SrItem]:
        found = index.by_meaning(concept)
        for item in found:
            stated = item.concept
            if stated is not None:
                problem = f"code {stated.value[:16]!r} of {stated.scheme[:16]!r} is known by its meaning only"
                self._log.add_warning(item.path, concept.meaning, problem)
        return found

    def _node(self, item: SrItem) -> SrNode:
        return SrNode(item, self._log, self._offset)

    def warn(self, concept: Concept, problem: str) -> None:
        """Note a problem with this item."""
        self._log.add_warning(self.path, concept.meaning, problem)
