"""
Tables of a dose SR, built anew: columns whose meaning is known, cells that are moments or numbers.

Source: PS3.3, C.18.10 (Table Content Item Macro); PS3.16, TID 10048.
"""

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from dose_core.deidentify.dates import moved_date_time
from dose_core.deidentify.raw import ascii_of, items_of
from dose_core.deidentify.replacing import Replacing
from dose_core.deidentify.vocabulary import code_sequence, known_code, known_unit, stated_code

_LARGEST = 250_000  # cells; as for the readers
_VRS = {"NumberOfTableRows": "UL", "NumberOfTableColumns": "UL", "TableColumnNumber": "UL", "TableRowNumber": "UL"}
_NUMBERS = {"FL": "SelectorFLValue", "FD": "SelectorFDValue"}


def clean_table(stated: Dataset, replacing: Replacing) -> Sequence | None:
    """Return the Tabulated Values of an item; ``None`` if it has none, or a column or cell that is not known."""
    for table in items_of(stated, "TabulatedValuesSequence")[:1]:
        rows, columns = _count(table, "NumberOfTableRows"), _count(table, "NumberOfTableColumns")
        definitions = [_column(one) for one in items_of(table, "TableColumnDefinitionSequence")]
        cells = [_cell(one, replacing) for one in items_of(table, "CellValuesSequence")]
        known_columns = [one for one in definitions if one is not None]
        known_cells = [one for one in cells if one is not None]
        is_known = len(known_columns) == len(definitions) and len(known_cells) == len(cells)
        if rows is None or columns is None or not is_known:
            return None
        made = Dataset()
        made.NumberOfTableRows, made.NumberOfTableColumns = rows, columns
        made.TableColumnDefinitionSequence = Sequence(known_columns)
        made.CellValuesSequence = Sequence(known_cells)
        return Sequence([made])
    return None


def _column(stated: Dataset) -> Dataset | None:
    number, name = _count(stated, "TableColumnNumber"), known_code(stated_code(stated, "ConceptNameCodeSequence"))
    if number is None or name is None:
        return None
    made = Dataset()
    made.TableColumnNumber = number
    made.ConceptNameCodeSequence = code_sequence(name)
    unit = known_unit(stated_code(stated, "MeasurementUnitsCodeSequence"))
    if unit is not None:
        made.MeasurementUnitsCodeSequence = code_sequence(unit)
    return made


def _cell(stated: Dataset, replacing: Replacing) -> Dataset | None:
    made = Dataset()
    for keyword in ("TableRowNumber", "TableColumnNumber"):
        number = _count(stated, keyword)
        if number is not None:
            setattr(made, keyword, number)
    vr = ascii_of(stated, "SelectorAttributeVR")
    if vr == "DT":
        moments = (ascii_of(stated, "SelectorDTValue") or "").split("\\")
        moved = [moved_date_time(one.strip(), replacing.days) for one in moments]
        made.SelectorDTValue = moved if None not in moved else None
    elif vr in _NUMBERS:
        setattr(made, _NUMBERS[vr], _numbers(stated, _NUMBERS[vr], vr))
    else:
        return None
    made.SelectorAttributeVR = vr
    return made if all(element.value is not None for element in made) else None


def _count(stated: Dataset, keyword: str) -> int | None:
    numbers = _numbers(stated, keyword, _VRS[keyword])
    is_count = numbers is not None and len(numbers) == 1 and isinstance(numbers[0], int) and numbers[0] <= _LARGEST
    return int(numbers[0]) if numbers is not None and is_count else None


def _numbers(stated: Dataset, keyword: str, vr: str) -> list[int | float] | None:
    """Return a binary value, if the element is of the representation that it should be of."""
    tag = tag_for_keyword(keyword)
    if tag is None or tag not in stated or stated.get_item(tag).VR not in {vr, None}:
        return None
    value = stated[tag].value
    numbers = list(value) if isinstance(value, MultiValue | list) else [value]
    return numbers if all(isinstance(one, int | float) for one in numbers) and numbers else None
