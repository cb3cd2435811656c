"""
The content tree of a structured report as plain values.

Readers see the tree through ``sr_tree.SrNode`` only, so what builds the items can be exchanged.

Source: PS3.3, C.17.3 (SR Document Content Module) and C.18 (value types).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dose_core.model import Code
from dose_core.readers.errors import UnreadableError
from dose_core.readers.tags import Tag

if TYPE_CHECKING:
    from dose_core.readers.data_set import DataSet

MAX_DEPTH = 32  # TID 10001 with all that it includes needs 6
MAX_ITEMS = 200_000  # the longest interventional report we know of has 15,000

# Value type -> the element that holds its text (PS3.3, C.18.1 to C.18.8).
_TEXT_OF = {
    "TEXT": Tag.TextValue,
    "UIDREF": Tag.UID,
    "DATETIME": Tag.DateTime,
    "PNAME": Tag.PersonName,
}


@dataclass(slots=True)
class SrItem:
    """
    One content item; ``path`` counts items from 1 ("1" is the root, "1.12.3" as dsrdump prints it).

    ``text`` is the value of a TEXT, UIDREF, DATETIME, PNAME or NUM item as it stands, ``code`` that
    of a CODE item, ``unit`` the unit of a NUM item; each is ``None`` if empty or absent.
    """

    path: str
    value_type: str
    concept: Code | None
    text: str | None
    code: Code | None
    unit: Code | None
    children: list[SrItem]


def build_items(root: DataSet) -> SrItem:
    """
    Return the content tree of a document.

    Raises:
        UnreadableError: it is deeper than 32 levels or has more than 200,000 items.
    """
    top = _item(root, "1")
    todo = [(root, top, 1)]
    count = 1
    while todo:
        data_set, item, depth = todo.pop()
        children = data_set.items(Tag.ContentSequence)
        count += len(children)
        if count > MAX_ITEMS:
            msg = f"the content tree has more than {MAX_ITEMS} items"
            raise UnreadableError(msg)
        if children and depth >= MAX_DEPTH:
            msg = f"the content tree is deeper than {MAX_DEPTH} levels"
            raise UnreadableError(msg)
        for number, child in enumerate(children, start=1):
            below = _item(child, f"{item.path}.{number}")
            item.children.append(below)
            todo.append((child, below, depth + 1))
    return top


def code_of(data_set: DataSet, tag: Tag) -> Code | None:
    """Return the first item of a code sequence, ``None`` if absent or without a value (PS3.3, 8.8)."""
    items = data_set.items(tag)
    if not items:
        return None
    entry = items[0]
    value = entry.text(Tag.CodeValue) or entry.text(Tag.LongCodeValue) or entry.text(Tag.URNCodeValue)
    if value is None:
        return None
    return Code(
        value=value,
        scheme=entry.text(Tag.CodingSchemeDesignator) or "",
        meaning=entry.text(Tag.CodeMeaning),
    )


def _item(data_set: DataSet, path: str) -> SrItem:
    value_type = data_set.text(Tag.ValueType) or ""
    text, unit = None, None
    if value_type == "NUM":
        measured = data_set.items(Tag.MeasuredValueSequence)
        if measured:
            text = measured[0].text(Tag.NumericValue)
            unit = code_of(measured[0], Tag.MeasurementUnitsCodeSequence)
    elif value_type in _TEXT_OF:
        text = data_set.text(_TEXT_OF[value_type])
    return SrItem(
        path=path,
        value_type=value_type,
        concept=code_of(data_set, Tag.ConceptNameCodeSequence),
        text=text,
        code=code_of(data_set, Tag.ConceptCodeSequence) if value_type == "CODE" else None,
        unit=unit,
        children=[],
    )
