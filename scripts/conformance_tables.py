"""
Write the tables of ``docs`` that the readers' own tables hold: ``conformance_tables.py [--check]``.

A page names a table between two comments, and this program puts its rows there::

    <!-- table dose_core.readers.projection.event.EVENT_ROWS -->
    <!-- end -->

``--check`` writes nothing, and ends with 1 if a page tells something else than the readers do.
"""

import math
import re
import sys
from collections.abc import Callable, Iterable
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_REFERENCE = ROOT / "docs" / "reference"
PAGES = (
    *(ROOT / "docs" / "conformance").glob("*.md"),
    _REFERENCE / "reading.md",
    _REFERENCE / "de-identification.md",
)
_MANY = {math.inf: "n"}
_TABLE = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main(*, is_check: bool) -> int:
    """Write the pages, or compare them, and return the exit code."""
    stale = [page for page in PAGES if filled(_text(page)) != _text(page)]
    for page in stale:
        if not is_check:
            page.write_text(filled(_text(page)), encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)} {'is stale: run make conformance' if is_check else 'written'}\n")
    return 1 if is_check and stale else 0


def filled(page: str) -> str:
    """Return a page with its tables as the readers have them now."""
    return _TABLE.sub(lambda found: f"{found[1]}{_rendered(_named(found[2]))}{found[3]}", page)


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _named(name: str) -> Any:  # noqa: ANN401  whatever the module holds
    sys.path.insert(0, str(ROOT))  # started by its path
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def _rendered(table: Iterable[Any]) -> str:
    rows = list(table)
    head, cells = next(
        (head, cells) for attribute, head, cells in _FORMS if not attribute or hasattr(rows[0], attribute)
    )
    return _markdown(head, map(cells, rows))


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def _of_report(row: Any) -> tuple[str, ...]:  # noqa: ANN401  rows of several kinds that share no base
    return f"`{row.field}`", row.unit, _item(row.concept), row.template_unit


def _of_pulses(row: Any) -> tuple[str, ...]:  # noqa: ANN401  likewise
    return f"`{row.field}`", f"`{row.list_field}`", row.unit, _item(row.concept)


def _of_estimate(row: Any) -> tuple[str, ...]:  # noqa: ANN401  likewise
    return row.quantity or "of the organ or the skin", row.statistic or "", row.unit, _item(row.concept)


def _of_image(row: Any) -> tuple[str, ...]:  # noqa: ANN401  likewise
    elements = "; ".join(
        f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {tag.name}{f' in {macro.name}' if macro else ''}, {unit}"
        for macro, tag, unit in row.choices
    )
    return f"`{row.field}`", row.to, elements


def _of_template(row: Any) -> tuple[object, ...]:  # noqa: ANN401  likewise
    included = f"TID {row.includes}" if row.includes else "(no name)"
    name = f"{row.concept.value} {row.concept.meaning}" if row.concept else row.name_from or included
    count = row.at_least if row.at_least == row.at_most else f"{row.at_least}-{_MANY.get(row.at_most, row.at_most)}"
    demand = f"{row.requirement}: {'only if' if row.is_exclusive else 'if'} {row.condition}" if row.condition else None
    where = f"{'&gt;' * row.level} {row.relationship or ''}".strip()
    return row.tid, row.number, where, row.value_type, name, count, demand or row.requirement, row.value_set, row.seen


def _of_element(row: Any) -> tuple[object, ...]:  # noqa: ANN401  likewise
    action = f"{row.action.replace('_', ' ')} {row.value}".strip()
    return f"{row.tag} {row.keyword}", row.profile, row.option, action, row.why


def _of_item(row: Any) -> tuple[object, ...]:  # noqa: ANN401  likewise
    scheme = "" if row.scheme == "DCM" else f" {row.scheme}"
    return row.value_type, f"{row.code}{scheme} {row.meaning}", row.action, row.why


def _item(concept: Any) -> str:  # noqa: ANN401  likewise
    return f"{_codes(concept)} {concept.meaning}"


def _codes(concept: Any) -> str:  # noqa: ANN401  likewise
    by_scheme = sorted(concept.codes, key=lambda code: (code[1], code[0]))
    return ", ".join(value if scheme == "DCM" else f"{value} {scheme}" for value, scheme in by_scheme)


def _concept(pair: Iterable[Any]) -> Any:  # noqa: ANN401  likewise
    return next(one for one in pair if hasattr(one, "codes"))


def _value(pair: Iterable[Any]) -> str:
    value = next(one for one in pair if not hasattr(one, "codes"))
    return (
        f"`{value.value}`"
        if isinstance(value, Enum)
        else "yes"
        if value is True
        else "no"
        if value is False
        else f"`{value}`"
    )


# What tells a kind of row, the head of its table, its cells; the first that fits.
_FORMS: tuple[tuple[str, tuple[str, ...], Callable[[Any], tuple[object, ...]]], ...] = (
    (
        "requirement",
        ("TID", "row", "relationship", "type", "concept", "times", "required", "values", "seen"),
        _of_template,
    ),
    ("profile", ("element", "PS3.15 E.1-1", "with the option", "what we do", "why"), _of_element),
    ("value_type", ("type", "concept", "what we do", "why"), _of_item),
    ("choices", ("field", "unit", "element, best first"), _of_image),
    ("template_unit", ("field", "unit", "item", "unit of the template"), _of_report),
    ("list_field", ("field", "of each pulse", "unit", "item"), _of_pulses),
    ("statistic", ("quantity", "statistic", "unit", "item"), _of_estimate),
    ("quantity", ("quantity", "unit", "item"), lambda row: (row.quantity, row.unit, _item(row.concept))),
    ("codes", ("meaning", "codes"), lambda concept: (concept.meaning, _codes(concept))),
    ("", ("value", "codes"), lambda pair: (_value(pair), _codes(_concept(pair)))),
)


if __name__ == "__main__":
    sys.exit(main(is_check="--check" in sys.argv[1:]))
