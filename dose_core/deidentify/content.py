"""
The content tree of a dose SR, built anew from items that the table knows.

Source: PS3.15, E.3.4 (Clean Structured Content Option): what the profile removes from the header is removed from
content items as well. Retired codes of a concept count as those of today (note 3).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_core.deidentify.dates import OLDEST_TOLD_YEARS, moved_date_time
from dose_core.deidentify.errors import NotDeidentifiableError
from dose_core.deidentify.profile import item_actions
from dose_core.deidentify.raw import ascii_of, items_of, text_of
from dose_core.deidentify.references import references
from dose_core.deidentify.replacing import REMOVED, Replacing, clean_number
from dose_core.deidentify.tables import clean_table
from dose_core.deidentify.vocabulary import (
    UNKNOWN,
    code_sequence,
    known_code,
    known_unit,
    modern_key,
    stated_code,
)
from dose_core.model import Code

MAX_DEPTH = 32  # of content items, as for the readers
# PS3.3, table C.17.3-8
_RELATIONSHIPS = frozenset(
    {
        "CONTAINS",
        "HAS OBS CONTEXT",
        "HAS CONCEPT MOD",
        "HAS PROPERTIES",
        "HAS ACQ CONTEXT",
        "INFERRED FROM",
        "SELECTED FROM",
    }
)
_CHARACTERISTICS = frozenset({"characteristic", "age"})
_YEARS = "a"
_PER_YEAR = MappingProxyType({_YEARS: 1.0, "mo": 12.0, "wk": 365.25 / 7, "d": 365.25})  # UCUM codes, Julian years
_OLDEST = Code(value=_YEARS, scheme="UCUM", meaning="year"), "90"

Value = str | Sequence | None


def clean_content(stated: Dataset, replacing: Replacing, terms: list[str], *, depth: int = 1) -> Sequence:
    """
    Return the content items below one that may leave; ``terms`` are the character sets of the object.

    Raises:
        NotDeidentifiableError: the tree is deeper than 32 levels, or has a table of which not all is known.
    """
    if depth > MAX_DEPTH:
        msg = f"the content tree is deeper than {MAX_DEPTH} levels"
        raise NotDeidentifiableError(msg)
    return Sequence(_items(stated, replacing, terms, depth))


def _items(stated: Dataset, replacing: Replacing, terms: list[str], depth: int) -> Iterator[Dataset]:
    for one in items_of(stated, "ContentSequence"):
        made = _item(one, replacing, terms)
        if made is None:
            continue
        below = clean_content(one, replacing, terms, depth=depth + 1)
        if below:
            made.ContentSequence = below
        yield made


def _item(stated: Dataset, replacing: Replacing, terms: list[str]) -> Dataset | None:
    value_type = ascii_of(stated, "ValueType")
    relationship = ascii_of(stated, "RelationshipType")
    name = known_code(stated_code(stated, "ConceptNameCodeSequence"))
    if value_type is None or name is None:
        return None
    action = item_actions().get((value_type, *modern_key(name)), "drop")
    if action == "drop" or (action in _CHARACTERISTICS and not replacing.policy.keeps_characteristics):
        return None
    keyword, value_of = _VALUES.get(value_type, ("", _nothing))
    value = value_of(stated, action, replacing, terms)
    if value is None and value_type == "TABLE":
        raise NotDeidentifiableError("the content tree has a table with columns or cells that are not known")
    if value is None:
        return None
    made = Dataset()
    made.RelationshipType = relationship if relationship in _RELATIONSHIPS else "CONTAINS"  # which devices leave out
    made.ValueType = value_type
    made.ConceptNameCodeSequence = code_sequence(name)
    setattr(made, keyword, value)
    qualifier = known_code(stated_code(stated, "NumericValueQualifierCodeSequence")) if value_type == "NUM" else None
    if qualifier is not None:
        made.NumericValueQualifierCodeSequence = code_sequence(qualifier)
    return made


def _nothing(_: Dataset, __: str, ___: Replacing, ____: list[str]) -> Value:
    return None


def _continuity(_: Dataset, __: str, ___: Replacing, ____: list[str]) -> Value:
    return "SEPARATE"


def _code(stated: Dataset, _: str, __: Replacing, ___: list[str]) -> Value:
    return code_sequence(known_code(stated_code(stated, "ConceptCodeSequence")) or UNKNOWN)


def _measured(stated: Dataset, action: str, _: Replacing, __: list[str]) -> Value:
    """Return the numbers with their units; the standard has one, devices put those of all pulses into one item."""
    found = [_one_measured(item) for item in items_of(stated, "MeasuredValueSequence")]
    known = [one for one in found if one is not None]
    if action != "age":
        return Sequence(known)
    ages = [age for one in known if (age := _age(one)) is not None]
    return Sequence(ages) if ages else None


def _one_measured(stated: Dataset) -> Dataset | None:
    values = [clean_number(one.strip()) for one in (ascii_of(stated, "NumericValue") or "").split("\\")]
    numbers = [one for one in values if one is not None]
    unit = known_unit(stated_code(stated, "MeasurementUnitsCodeSequence"))
    if unit is None or len(numbers) < len(values):
        return None
    made = Dataset()
    made.NumericValue = numbers
    made.MeasurementUnitsCodeSequence = code_sequence(unit)
    return made


def _age(measured: Dataset) -> Dataset | None:
    """Return an age as it is, that of the oldest as 90 years; ``None`` in a unit that no age is told in."""
    per_year = _PER_YEAR.get(measured.MeasurementUnitsCodeSequence[0].CodeValue)
    if per_year is None:
        return None
    values = measured.NumericValue
    ages = [values] if measured["NumericValue"].VM == 1 else values
    if any(float(one) / per_year > OLDEST_TOLD_YEARS for one in ages):
        unit, measured.NumericValue = _OLDEST
        measured.MeasurementUnitsCodeSequence = code_sequence(unit)
    return measured


def _text(stated: Dataset, action: str, replacing: Replacing, terms: list[str]) -> Value:
    return replacing.text(action, text_of(stated, "TextValue", terms))


def _person(_: Dataset, __: str, ___: Replacing, ____: list[str]) -> Value:
    return REMOVED


def _uid(stated: Dataset, _: str, replacing: Replacing, __: list[str]) -> Value:
    uid = ascii_of(stated, "UID")
    return replacing.uid(uid) if uid else None


def _date_time(stated: Dataset, _: str, replacing: Replacing, __: list[str]) -> Value:
    return moved_date_time(ascii_of(stated, "DateTime") or "", replacing.days)


def _table(stated: Dataset, _: str, replacing: Replacing, __: list[str]) -> Value:
    return clean_table(stated, replacing)


def _references(stated: Dataset, _: str, replacing: Replacing, __: list[str]) -> Value:
    return references(stated, "ReferencedSOPSequence", replacing)


_VALUES: Mapping[str, tuple[str, Callable[[Dataset, str, Replacing, list[str]], Value]]] = MappingProxyType(
    {
        "CONTAINER": ("ContinuityOfContent", _continuity),
        "CODE": ("ConceptCodeSequence", _code),
        "NUM": ("MeasuredValueSequence", _measured),
        "TEXT": ("TextValue", _text),
        "PNAME": ("PersonName", _person),
        "UIDREF": ("UID", _uid),
        "DATETIME": ("DateTime", _date_time),
        "COMPOSITE": ("ReferencedSOPSequence", _references),
        "IMAGE": ("ReferencedSOPSequence", _references),
        "TABLE": ("TabulatedValuesSequence", _table),
    }
)
