"""
The cells of TABLE content items, which the content tree does not hold.

Source: PS3.3, C.18.10 (Table Content Item Macro) and C.18.10.1.2 (Cell Values): a cell stands by itself, or a
whole column in one item with as many values as the table has rows.
"""

from collections.abc import Iterator

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.sr.items import code_of

Cells = dict[tuple[int, int], str]  # by row and column, both from 1

# An hour of fluoroscopy at 30 pulses/s has 108,000; a table of two columns and more rows than this is no record.
MAX_CELLS = 250_000


class TableSource:
    """Finds the TABLE items of one document by their paths; each level of the document is listed once."""

    def __init__(self, document: DataSet) -> None:
        self._items: dict[str, list[DataSet]] = {"": [document]}

    def table(self, path: str) -> DataSet | None:
        """Return the Tabulated Values of the content item with this path, ``None`` if it has none."""
        item = self._item(path)
        tables = item.items(Tag.TabulatedValuesSequence) if item else []
        return tables[0] if tables else None

    def _item(self, path: str) -> DataSet | None:
        parent_path, _, number = path.rpartition(".")
        if parent_path not in self._items:
            parent = self._item(parent_path)
            self._items[parent_path] = parent.items(Tag.ContentSequence) if parent else []
        siblings = self._items[parent_path]
        return siblings[int(number) - 1] if int(number) <= len(siblings) else None


def cells_of(table: DataSet) -> Cells | None:
    """
    Return the cells that hold a moment or a number, as text; those given by rows are left out.

    ``None`` if there are more than 250,000.
    """
    cells: Cells = {}
    for item in table.items(Tag.CellValuesSequence):
        column, row = _number(item, Tag.TableColumnNumber), _number(item, Tag.TableRowNumber)
        if column is None:
            continue
        for number, value in enumerate(_values(item), start=1 if row is None else row):
            cells[number, column] = value
        if len(cells) > MAX_CELLS:
            return None
    return cells


def unit_of(table: DataSet, column: int) -> str | None:
    """Return the unit of a column as it stands."""
    definitions = table.items(Tag.TableColumnDefinitionSequence)
    own = next((one for one in definitions if _number(one, Tag.TableColumnNumber) == column), None)
    unit = code_of(own, Tag.MeasurementUnitsCodeSequence) if own else None
    return unit.value if unit else None


def _values(item: DataSet) -> Iterator[str]:
    if Tag.SelectorDTValue in item:
        stated = item.text(Tag.SelectorDTValue)
        return iter(stated.split("\\") if stated else ())
    tag = Tag.SelectorFLValue if Tag.SelectorFLValue in item else Tag.SelectorFDValue
    if not item.numbers(tag):  # absent, or longer than any value that is read
        return iter(())
    return iter(item.text_of_number(tag).split("\\"))


def _number(item: DataSet, tag: Tag) -> int | None:
    numbers = item.numbers(tag)
    return int(numbers[0]) if numbers else None
