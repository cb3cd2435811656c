"""
Validate each method and write its record: ``validate.py [--check]``.

The cases stand in ``tests/validation/``, the records in ``docs/validation/``. A record keeps its date as long as it
says the same. It ends with 1 if a case is off, and with ``--check``, which writes nothing, if a record is stale.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started by its path

from tests.support.validation import Record, Result, Told, records, results  # noqa: E402  found by the line above

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGES = ROOT / "docs" / "validation"
_DATE = re.compile(r"^\| validated \| (\S+),", re.MULTILINE)
_NO_DATE = "0000-00-00"
_SHOWN_FROM = 5e-5  # of a deviation: a smaller one is rounding, which may differ between machines


def main(*, is_check: bool) -> int:
    """Compute all cases, write the records or compare them, and return the exit code."""
    failed = 0
    for method_id, record in records().items():
        found = results(record)
        off = [one.case.name for one in found if not one.is_within]
        failed += bool(off)
        stale = is_stale(record, found)
        sys.stdout.write(f"{method_id} {record.method_version}: {len(found) - len(off)} of {len(found)} cases agree")
        sys.stdout.write(f"; off: {', '.join(off)}\n" if off else "\n")
        if stale and is_check:
            sys.stdout.write("  its record is stale: run make validate\n")
            failed += 1
        elif stale:
            today = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a program, whose record carries its day
            page_of(record).write_text(markdown(record, found, today), encoding="utf-8")
    return 1 if failed else 0


def page_of(record: Record) -> Path:
    """Return where the record of a method stands."""
    return PAGES / f"{record.method_id}.md"


def is_stale(record: Record, found: "Sequence[Result]") -> bool:
    """Tell if the record that stands says something else than the cases do; its date aside."""
    page = page_of(record)
    if not page.exists():
        return True
    stands = page.read_text(encoding="utf-8")
    dated = _DATE.search(stands)
    return stands != markdown(record, found, dated[1] if dated else _NO_DATE)


def markdown(record: Record, found: "Sequence[Result]", date: str) -> str:
    """Return the record of a method."""
    agree = sum(one.is_within for one in found)
    tolerance = f"{100 * record.tolerance:.6g} %" + (f": {record.tolerance_reason}" if record.tolerance_reason else "")
    unit = f", {record.unit}" if record.unit else ""
    name = record.method_id.replace("-", "_")
    lines = [
        f"# Validation: {record.title}",
        "",
        f"Written by `make validate` from [its cases](../../tests/validation/{name}.py).",
        "",
        "| | |",
        "|---|---|",
        f"| method | `{record.method_id}`, version {record.method_version} |",
        f"| source | {record.source} |",
        f"| tolerance | {tolerance} |",
        f"| result | {agree} of {len(found)} cases agree |",
        f"| validated | {date}, by `make validate` |",
        "",
        f"| case | expected{unit} | from | computed | deviation | agrees |",
        "|---|---|---|---|---|---|",
        *(_line(one) for one in found),
    ]
    return "\n".join(lines) + "\n" + (f"\n{record.about.strip()}\n" if record.about else "")


def _line(one: Result) -> str:
    cells = (
        one.case.name,
        _shown(one.case.expected),
        one.case.expected_from,
        _shown(one.computed),
        _deviation(one.deviation),
        "yes" if one.is_within else "**no**",
    )
    return f"| {' | '.join(cells)} |"


def _shown(told: Told) -> str:
    return told if isinstance(told, str) else f"{told:.6g}"


def _deviation(deviation: float | None) -> str:
    if deviation is None:
        return ""
    return f"{100 * deviation:.2f} %" if deviation >= _SHOWN_FROM else "none"


if __name__ == "__main__":
    sys.exit(main(is_check="--check" in sys.argv[1:]))
