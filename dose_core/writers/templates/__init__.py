"""
The templates of dose SRs as one table: what is written, what is checked and what is documented are the same rows.

Source: PS3.16, Annex A. ``rows.csv`` has a line for each row of a template, and says in its column ``seen`` where the
row was read. Rows of a template that dose reports of ours never hold, such as effective doses of CT, are left out.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf

from dose_core.model import Code

INCLUDE = "INCLUDE"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """
    One row of a template.

    ``number`` is that of the standard; one that begins with ``x`` is an extension of ours, which these templates
    allow (PS3.16 calls them Extensible). ``concept`` is ``None`` where a row includes the template ``includes``, takes
    its name from a context group (``name_from``), or has no name at all. ``value_set`` is what PS3.16 calls Value Set
    Constraint.
    """

    tid: str
    number: str
    level: int  # of nesting below the first row of the template
    relationship: str | None
    value_type: str
    concept: Code | None
    legacy: tuple[str, str] | None  # value and scheme of the same concept before SNOMED CT codes
    includes: str | None
    name_from: str | None
    at_least: int
    at_most: float
    requirement: str  # M, MC, U, UC
    condition: str | None
    is_exclusive: bool  # the row is forbidden where its condition does not hold (IFF, and each UC)
    value_set: str
    seen: str

    @property
    def unit(self) -> str | None:
        """The UCUM code of a number."""
        return self.value_set.removeprefix("UNIT ") if self.value_set.startswith("UNIT ") else None

    @property
    def is_mandatory(self) -> bool:
        """Whether the row is required, be it on its condition."""
        return self.requirement.startswith("M")


def _row(cells: dict[str, str]) -> TemplateRow:
    includes = cells["code"] if cells["value_type"] == INCLUDE else None
    name_from = cells["code"] if cells["code"].startswith("CID ") else None
    least, _, most = cells["vm"].partition("-")
    kind, _, condition = cells["condition"].partition(":")
    return TemplateRow(
        tid=cells["tid"],
        number=cells["row"],
        level=int(cells["level"]),
        relationship=cells["relationship"] or None,
        value_type=cells["value_type"],
        concept=None
        if includes or name_from or not cells["code"]
        else Code(value=cells["code"], scheme=cells["scheme"], meaning=cells["meaning"]),
        legacy=_pair(cells["legacy"]),
        includes=includes,
        name_from=name_from,
        at_least=int(least),
        at_most=inf if most == "n" else int(most or least),
        requirement=cells["requirement"],
        condition=condition or None,
        is_exclusive=kind == "iff",
        value_set=cells["values"],
        seen=cells["seen"],
    )


def _pair(text: str) -> tuple[str, str] | None:
    value, _, scheme = text.partition(" ")
    return (value, scheme) if scheme else None


def _read(name: str) -> tuple[dict[str, str], ...]:
    text = (files(__name__) / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


ROWS: tuple[TemplateRow, ...] = tuple(_row(cells) for cells in _read("rows"))


@cache
def rows_of(tid: str) -> tuple[TemplateRow, ...]:
    """
    Return the rows of a template in their order.

    Raises:
        KeyError: the table has no such template.
    """
    found = tuple(row for row in ROWS if row.tid == tid)
    if not found:
        raise KeyError(tid)
    return found
