"""
Read the NUM children of a content item by a table: one row for each value that a template holds.

A template is then read as it is printed in the standard, row by row, and a reader has no list of calls
to keep in step with the fields of its model.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dose_core.readers.dicom.data_set import number_of
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.tree import SrNode
from dose_core.units import convert


class Row(NamedTuple):
    """One NUM item: the field of the model, its concept, our unit, and the unit that the template fixes."""

    field: str
    concept: Concept
    unit: str
    template_unit: str  # assumed, with a warning, where a device states none
    may_be_negative: bool = False


def read_rows(node: SrNode, rows: tuple[Row, ...], prefix: str) -> dict[str, float | None]:
    """Return the stated values of the rows by their fields, in our units; ``prefix`` names the item in the log."""
    values: dict[str, float | None] = {}
    lacks = node.index.lacks
    for name, concept, unit, template_unit, may_be_negative in rows:
        found = () if lacks(concept) else node.all(concept)
        if not found:
            continue
        first = found[0] if len(found) == 1 else _first_stated(found, concept)
        field = f"{prefix}.{name}"
        if unit != template_unit and first.unit is None:
            values[name] = _without_unit(first, Row(name, concept, unit, template_unit, may_be_negative), field)
        else:
            values[name] = first.as_number(concept, unit=unit, field=field, may_be_negative=may_be_negative)
    return values


def _first_stated(found: Sequence[SrNode], concept: Concept) -> SrNode:
    """Return the first item that is not empty; several different ones are noted."""
    stated = [one for one in found if one.text_value is not None]
    if len({(one.text_value, one.unit) for one in stated}) > 1:
        stated[0].warn(concept, f"stands {len(stated)} times with different values")
    return stated[0] if stated else found[0]


def _without_unit(node: SrNode, row: Row, field: str) -> float | None:
    """Return a value whose unit is that of the template, which is not ours."""
    text = node.text_value
    if text is None or not node.is_number(row.concept):
        return None
    value = number_of(text)
    if value is None or (value < 0 and not row.may_be_negative):
        node.warn(row.concept, "is not a finite number" if value is None else f"{value} is negative")
        return None
    node.warn(row.concept, f"no unit is stated; read as {row.template_unit}")
    node.add_origin(field, text)
    return convert(value, from_=row.template_unit, to=row.unit)
