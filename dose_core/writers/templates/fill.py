"""
Fill a template: values by the names of their concepts in, content items in the order of the template out.

What a template demands and nobody states is written as unknown where a number or a code can say so; what it forbids
under the circumstances is left out. The result breaks no row, so that an invalid tree cannot be built.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from dose_core import units
from dose_core.errors import DoseError
from dose_core.model import Code
from dose_core.writers import items
from dose_core.writers.concepts import UNKNOWN
from dose_core.writers.templates.conditions import Facts, Place, holds
from dose_core.writers.templates.demands import is_allowed, is_required
from dose_core.writers.templates.tree import Node, tree_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number in a unit of ours; ``None`` is written as unknown."""

    value: float | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUid:
    """A UID whose concept a row leaves open."""

    name: Code
    uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class With:
    """A value, or a container if there is none, and what stands below it."""

    value: "Value | None" = None
    below: "Given" = field(default_factory=dict)


Value: TypeAlias = Measured | Code | str | datetime | NamedUid
# A finished item is taken as it is.
Stated: TypeAlias = Value | With | Dataset
Given: TypeAlias = Mapping[str, Stated | Sequence[Stated]]

_SINGLE = (Measured, Code, str, datetime, NamedUid, With, Dataset)
_FITTING: Mapping[str, type | tuple[type, ...]] = {
    "NUM": Measured,
    "CODE": Code,
    "TEXT": str,
    "PNAME": str,
    "UIDREF": (str, NamedUid),
    "DATETIME": datetime,
    "CONTAINER": type(None),
}


_OF_TEXT = {"UIDREF": items.uid_ref, "TEXT": items.text, "PNAME": items.person_name}


class MissingValueError(DoseError):
    """A template demands a text, a time or a UID that nobody states; ``row`` names it."""

    def __init__(self, node: Node) -> None:
        row = node.row
        self.row = f"TID {row.tid}, row {row.number}"
        super().__init__(f"{self.row} demands {row.concept.meaning if row.concept else row.name_from}")


class UnknownConceptError(DoseError):
    """A value is given for a concept that the template does not have there."""


def filled(tid: str, given: Given, facts: Facts) -> Dataset:
    """
    Return the container that a template begins with, filled with what is given below it.

    Raises:
        MissingValueError: a mandatory value is not given and cannot be coded as unknown.
        UnknownConceptError: the template has no such concept.
    """
    (root,) = tree_of(tid)
    return _item(root, With(below=given), Place(facts=facts, codes={}), nth=0)


def _below(nodes: Sequence[Node], given: Given, above: Place) -> Iterator[Dataset]:
    stated = {name: _listed(one) for name, one in given.items()}
    known = {_name(node) for node in nodes}
    if not set(stated) <= known:
        msg = f"no row there is called {', '.join(sorted(set(stated) - known))}"
        raise UnknownConceptError(msg)
    place = Place(
        facts=above.facts,
        present=_present(nodes, stated),
        codes={**above.codes, **_codes(nodes, stated)},
        numbers=_numbers(nodes, stated),
    )
    done: set[str] = set()
    for number, node in enumerate(nodes):
        if node.key in done or not is_allowed(node, place):  # two included templates may have the same row
            continue
        if not holds(node.row.condition, place) and any(other.key == node.key for other in nodes[number + 1 :]):
            continue  # its due place is further down
        fitting = [one for one in stated.get(_name(node), ()) if _fits(node, one)]
        if not fitting and is_required(node, place, nodes) and not _has_coded_form(node, nodes):
            fitting = [_unknown(node)]
        for nth, one in enumerate(fitting):
            yield _item(node, one, place, nth=nth)
        if fitting:
            done.add(node.key)
            place = replace(place, present=place.present | {node.key})


def _item(node: Node, stated: Stated, place: Place, *, nth: int) -> Dataset:
    if nth >= node.at_most:
        msg = f"{_name(node)} stands more than {node.at_most:g} times"
        raise UnknownConceptError(msg)
    if isinstance(stated, Dataset):
        return stated
    value, given = (stated.value, stated.below) if isinstance(stated, With) else (stated, {})
    item = _made(node, value)
    below = list(_below(node.below, given, place))
    if below:
        item.ContentSequence = Items(below)
    elif "ContentSequence" in item:
        del item.ContentSequence  # a container may be empty, the sequence may not (PS3.3, C.17.3)
    return item


def _made(node: Node, value: Value | None) -> Dataset:
    row = node.row
    relationship = row.relationship or (node.includes[-1].relationship if node.includes else None)
    if isinstance(value, NamedUid):
        return items.uid_ref(value.name, value.uid, relationship or items.HAS_PROPERTIES)
    if row.concept is None:
        raise MissingValueError(node)
    if value is None:
        return items.container(row.concept, (), relationship)
    name, place = row.concept, relationship or items.CONTAINS
    if isinstance(value, Measured):
        number = _in_unit(value, row.unit or "")
        return items.number(name, number, Code(value=row.unit or "", scheme="UCUM", meaning=_words(row.unit)), place)
    if isinstance(value, Code):
        return items.coded(name, value, place)
    if isinstance(value, datetime):
        return items.date_time(name, value, place)
    return _OF_TEXT[row.value_type](name, value, place)


def _in_unit(measured: Measured, unit: str) -> float | None:
    if measured.value is None or measured.unit == unit:
        return measured.value
    factor = units.factor(from_=unit, to=measured.unit)
    if factor is None:
        msg = f"no conversion from {measured.unit} to {unit}"
        raise units.UnknownUnitError(msg)
    return float(Decimal(repr(float(measured.value))) / factor)


def _words(unit: str | None) -> str:
    """Return the meaning of a unit as PS3.16 prints it."""
    return {"1": "no units"}.get(unit or "", (unit or "").replace("{", "").replace("}", ""))


def _unknown(node: Node) -> Stated:
    if node.row.value_type == "NUM":
        return Measured(value=None, unit=node.row.unit or "")
    if node.row.value_type == "CODE" and node.row.value_set.startswith("CID "):
        return UNKNOWN
    raise MissingValueError(node)


def _has_coded_form(node: Node, siblings: Sequence[Node]) -> bool:
    """Test if a text may stand as a code instead, which can say that it is unknown."""
    return node.row.value_type == "TEXT" and any(
        other.row.value_type == "CODE" and other.row.concept == node.row.concept for other in siblings
    )


def _listed(stated: Stated | Sequence[Stated]) -> Sequence[Stated]:
    return (stated,) if isinstance(stated, _SINGLE) else stated


def _fits(node: Node, stated: Stated) -> bool:
    if isinstance(stated, Dataset):
        return bool(stated.ValueType == node.row.value_type)
    value = stated.value if isinstance(stated, With) else stated
    return isinstance(value, _FITTING[node.row.value_type])


def _name(node: Node) -> str:
    return (node.row.concept.meaning if node.row.concept else node.row.name_from) or ""


def _present(nodes: Sequence[Node], stated: Mapping[str, Sequence[Stated]]) -> frozenset[str]:
    return frozenset(node.key for node in nodes if any(_fits(node, one) for one in stated.get(_name(node), ())))


def _numbers(nodes: Sequence[Node], stated: Mapping[str, Sequence[Stated]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for node in nodes:
        for one in stated.get(_name(node), ()):
            value = one.value if isinstance(one, With) else one
            if node.row.concept and isinstance(value, Measured):
                number = _in_unit(value, node.row.unit or "")
                found |= {} if number is None else {node.row.concept.value: number}
    return found


def _codes(nodes: Sequence[Node], stated: Mapping[str, Sequence[Stated]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        for one in stated.get(_name(node), ()):
            value = one.value if isinstance(one, With) else one
            if node.row.concept and isinstance(value, Code):
                found[node.row.concept.value] = value.value
            elif node.row.concept and isinstance(value, Dataset) and value.ValueType == "CODE":
                found[node.row.concept.value] = value.ConceptCodeSequence[0].CodeValue
    return found
