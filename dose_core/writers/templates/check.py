"""
Tell which rows of its templates a dose SR breaks.

It looks at what PS3.16 asks of the content tree; attributes and value representations are for dciodvfy. Items that no
row knows are no fault, since the templates are extensible; codes before SNOMED CT are read as those of today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydicom.dataset import Dataset

from dose_core.errors import DoseError
from dose_core.writers.templates.conditions import Facts, Place
from dose_core.writers.templates.demands import is_allowed, is_required
from dose_core.writers.templates.facts import code_of, facts_of, modern_value
from dose_core.writers.templates.tree import Node, tree_of
from dose_core.writers.templates.values import members

_UNKNOWN = "261665006"


class UnknownTemplateError(DoseError):
    """The document names no root template, or one that the table does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that a document breaks; ``path`` counts content items from 1, joined by dots. No patient data."""

    tid: str
    row: str
    concept: str
    path: str
    problem: str


def broken_rows(document: Dataset) -> tuple[BrokenRow, ...]:
    """
    Return the rows that the content tree of a dose SR breaks, in the order of the tree.

    Raises:
        UnknownTemplateError: it names no root template of ours.
    """
    templates = document.get("ContentTemplateSequence") or []
    tid = str(templates[0].get("TemplateIdentifier", "")) if templates else ""
    try:
        nodes = tree_of(tid)
    except KeyError:
        msg = f"the table of templates has no TID {tid or '(none named)'}"
        raise UnknownTemplateError(msg) from None
    found = _level(nodes, [document], facts_of(document), {}, "")
    return tuple(dict.fromkeys(found))


def _level(
    nodes: Sequence[Node], items: Sequence[Dataset], facts: Facts, above: Mapping[str, str], path: str
) -> Iterator[BrokenRow]:
    keyed = [(_key(item), f"{path}{number}", item) for number, item in enumerate(items, start=1)]
    own = {_code_value(key): value for key, _, item in keyed if (value := _coded(item)) is not None}
    numbers = {_code_value(key): number for key, _, item in keyed if (number := _number_of(item)) is not None}
    place = Place(facts=facts, present=frozenset(key for key, _, _ in keyed), codes={**above, **own}, numbers=numbers)
    allowed = {node.key for node in nodes if is_allowed(node, place)}
    known = {node.key for node in nodes} | {_also(node) for node in nodes}
    concepts = {_code_value(key): node for node in nodes for key in (node.key, _also(node)) if _code_value(key)}
    for node in nodes:
        matched = [(where, item) for key, where, item in keyed if _is_of(node, key)]
        yield from _count(node, len(matched), place, nodes, path)
        if matched and node.key not in allowed:
            yield _broken(node, matched[0][0], f"is not allowed: its condition {_condition(node)} does not hold")
        if not is_allowed(node, place):
            continue
        for where, item in matched:
            yield from _item(node, where, item)
            yield from _level(node.below, item.get("ContentSequence", []), facts, place.codes, f"{where}.")
    for key, where, _ in keyed:
        node_of_concept = concepts.get(_code_value(key))
        if key not in known and node_of_concept is not None and node_of_concept.row.name_from is None:
            yield _broken(node_of_concept, where, f"has the value type {key.split()[0]}")


def _count(node: Node, number: int, place: Place, nodes: Sequence[Node], path: str) -> Iterator[BrokenRow]:
    where = path.rstrip(".") or "1"
    if number > node.at_most:
        yield _broken(node, where, f"stands {number} times, at most {node.at_most:g} are allowed")
    if number < node.at_least and is_required(node, place, nodes):
        yield _broken(node, where, "is missing" if number == 0 else f"stands {number} times only")


def _item(node: Node, where: str, item: Dataset) -> Iterator[BrokenRow]:
    row = node.row
    stated = item.get("RelationshipType")
    relationship = row.relationship or (node.includes[-1].relationship if node.includes else None)
    if stated != relationship:
        yield _broken(node, where, f"has the relationship {stated or '(none)'} instead of {relationship or '(none)'}")
    if row.unit is not None:
        yield from _number(node, where, item)
    if row.value_type == "CODE" and row.value_set:
        value = code_of(item, "ConceptCodeSequence")
        if value is None:
            yield _broken(node, where, "has no coded value")
        elif not _is_in(row.value_set, value):
            yield _broken(node, where, f"has the value {value[0]}, which is not in {row.value_set}")


def _number(node: Node, where: str, item: Dataset) -> Iterator[BrokenRow]:
    measured = item.get("MeasuredValueSequence") or []
    if not measured:
        if code_of(item, "NumericValueQualifierCodeSequence") is None:
            yield _broken(node, where, "has neither a value nor a reason why there is none")
        return
    unit = code_of(measured[0], "MeasurementUnitsCodeSequence")
    if unit != (node.row.unit, "UCUM"):
        yield _broken(node, where, f"has the unit {unit[0] if unit else '(none)'} instead of {node.row.unit}")


def _is_in(value_set: str, value: tuple[str, str]) -> bool:
    """Test a coded value; groups may be extended (PS3.16), so that only a foreign code of DICOM's own is wrong."""
    if value[0] == _UNKNOWN:
        return True
    if value_set.startswith("CODE "):
        listed = {tuple(pair) for one in value_set.removeprefix("CODE ").split(";") for pair in _pairs(one.split())}
        return value in listed
    groups = [members(one.removeprefix("CID ")) for one in value_set.split(";")]
    if value[1] != "DCM" or not all(groups):
        return True
    return any(value == (one.code.value, one.code.scheme) for group in groups for one in group)


def _pairs(words: list[str]) -> list[list[str]]:
    return [words[index : index + 2] for index in range(0, len(words), 2)]


def _key(item: Dataset) -> str:
    concept = code_of(item, "ConceptNameCodeSequence")
    return f"{item.get('ValueType', '')} {modern_value(concept) if concept else ''}"


def _code_value(key: str) -> str:
    return key.partition(" ")[2]


def _coded(item: Dataset) -> str | None:
    value = code_of(item, "ConceptCodeSequence")
    return modern_value(value) if value and item.get("ConceptNameCodeSequence") else None


def _number_of(item: Dataset) -> float | None:
    measured = item.get("MeasuredValueSequence") or []
    value = measured[0].get("NumericValue") if measured else None
    return float(value) if isinstance(value, float | Decimal) else None


def _is_of(node: Node, key: str) -> bool:
    if node.row.name_from is None:
        return key in {node.key, _also(node)}
    value_type, value = key.split(" ", 1)
    group = members(node.row.name_from.removeprefix("CID "))
    return value_type == node.row.value_type and any(value == one.code.value for one in group)


def _also(node: Node) -> str:
    return f"{node.row.value_type} {node.row.legacy[0]}" if node.row.legacy else node.key


def _condition(node: Node) -> str:
    names = [row.condition for row in (*node.includes, node.row) if row.is_exclusive and row.condition]
    return " and ".join(names)


def _broken(node: Node, path: str, problem: str) -> BrokenRow:
    row = node.row
    concept = row.concept.meaning if row.concept else row.name_from
    return BrokenRow(tid=row.tid, row=row.number, concept=concept or "", path=path, problem=problem)
