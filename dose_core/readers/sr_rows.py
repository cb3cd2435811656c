"""
Read the NUM children of a content item by a table: one row for each value that a template holds.

A template is then read as it is printed in the standard, row by row, and a reader has no list of calls
to keep in step with the fields of its model.
"""

from typing import NamedTuple

from dose_core.readers.codes import Concept
from dose_core.readers.data_set import number_of
from dose_core.readers.sr_tree import SrNode
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
    for row in rows:
        found = tuple(node.all(row.concept))
        if not found:
            continue
        field = f"{prefix}.{row.field}"
        if len(found) > 1:
            different = {(one.text_value, one.unit) for one in found if one.text_value is not None}
            if len(different) > 1:
                found[0].warn(row.concept, f"stands {len(found)} times with different values")
        values[row.field] = _value(found[0], row, field)
    return values


def _value(node: SrNode, row: Row, field: str) -> float | None:
    if node.unit is None and row.unit != row.template_unit and node.text_value is not None:
        return _without_unit(node, row, field, node.text_value)
    return node.as_number(row.concept, unit=row.unit, field=field, may_be_negative=row.may_be_negative)


def _without_unit(node: SrNode, row: Row, field: str, text: str) -> float | None:
    """Return a value whose unit is that of the template, which is not ours."""
    value = number_of(text)
    if value is None or (value < 0 and not row.may_be_negative):
        node.warn(row.concept, "is not a finite number" if value is None else f"{value} is negative")
        return None
    node.warn(row.concept, f"no unit is stated; read as {row.template_unit}")
    node.add_origin(field, text)
    return convert(value, from_=row.template_unit, to=row.unit)
