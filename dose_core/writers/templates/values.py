"""
The members of the context groups that rows ask for, and the words that our model has for them.

Source: PS3.16, Annex B, as pydicom's dictionary prints it; ``values.csv``. Groups of anatomy are too long for the
table: their codes are written as a source states them.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from dose_core.model import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A code of a context group; ``word`` is what a field of our model says for it, "" if none does."""

    code: Code
    word: str
    legacy: tuple[str, str] | None  # value and scheme before SNOMED CT codes


@cache
def members(group: str) -> tuple[Member, ...]:
    """Return the members of a context group such as ``"10003"``, none if the table does not hold the group."""
    return _groups().get(group, ())


@cache
def words(group: str) -> Mapping[str, Code]:
    """Return the codes of a context group by the words of our model."""
    return MappingProxyType({member.word: member.code for member in members(group) if member.word})


@cache
def modern() -> Mapping[tuple[str, str], str]:
    """Return the SNOMED CT codes by value and scheme of those before them."""
    return MappingProxyType({one.legacy: one.code.value for group in _groups().values() for one in group if one.legacy})


@cache
def _groups() -> Mapping[str, tuple[Member, ...]]:
    text = (files("dose_core.writers.templates") / "values.csv").read_text(encoding="utf-8")
    groups: dict[str, list[Member]] = {}
    for cells in csv.DictReader(text.splitlines()):
        value, _, scheme = cells["legacy"].partition(" ")
        member = Member(
            code=Code(value=cells["code"], scheme=cells["scheme"], meaning=cells["meaning"]),
            word=cells["word"],
            legacy=(value, scheme) if scheme else None,
        )
        groups.setdefault(cells["group"], []).append(member)
    return {group: tuple(found) for group, found in groups.items()}
