"""
Content items of a structured report (PS3.3, C.17.3), for tests.

Concepts are pydicom's ``codes.DCM.X`` or triples (value, scheme, meaning).
"""

from collections.abc import Sequence
from typing import Any

from pydicom.sr.coding import Code

Item = dict[str, Any]
Concept = Code | tuple[str, str, str]


def coded(concept: Concept) -> Item:
    """Return the item of a code sequence."""
    value, scheme, meaning = concept[:3]
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


def num(concept: Concept, value: str | None, unit: str | None, *children: Item) -> Item:
    """Return a NUM item; without a value its MeasuredValueSequence is empty, without a unit it has none."""
    measured: list[Item] = []
    if value is not None:
        measured = [{"NumericValue": value}]
        if unit is not None:
            measured[0]["MeasurementUnitsCodeSequence"] = [coded((unit, "UCUM", unit))]
    return _item("NUM", "CONTAINS", concept, children, MeasuredValueSequence=measured)


def code(concept: Concept, value: Concept | None, *children: Item, relationship: str = "CONTAINS") -> Item:
    """Return a CODE item; without a value its code sequence is empty."""
    stated = [coded(value)] if value is not None else []
    return _item("CODE", relationship, concept, children, ConceptCodeSequence=stated)


def text(concept: Concept, value: str, *children: Item, relationship: str = "CONTAINS") -> Item:
    """Return a TEXT item."""
    return _item("TEXT", relationship, concept, children, TextValue=value)


def uidref(concept: Concept, value: str, *, relationship: str = "CONTAINS") -> Item:
    """Return a UIDREF item."""
    return _item("UIDREF", relationship, concept, (), UID=value)


def date_time(concept: Concept, value: str, *, relationship: str = "HAS OBS CONTEXT") -> Item:
    """Return a DATETIME item."""
    return _item("DATETIME", relationship, concept, (), DateTime=value)


def person(concept: Concept, value: str, *children: Item) -> Item:
    """Return a PNAME item."""
    return _item("PNAME", "CONTAINS", concept, children, PersonName=value)


def container(concept: Concept, *children: Item) -> Item:
    """Return a CONTAINER item."""
    return _item("CONTAINER", "CONTAINS", concept, children, ContinuityOfContent="SEPARATE")


def _item(value_type: str, relationship: str, concept: Concept, children: Sequence[Item], **value: object) -> Item:
    item: Item = {
        "RelationshipType": relationship,
        "ValueType": value_type,
        "ConceptNameCodeSequence": [coded(concept)],
        **value,
    }
    if children:
        item["ContentSequence"] = list(children)
    return item
