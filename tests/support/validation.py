"""What the validation record of a method is made of: ``tests/validation/<method_id>.py`` defines one as ``RECORD``."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dose_core.dosimetry.estimate import Estimate, NotComputable

FOLDER = Path(__file__).parents[1] / "validation"
REFUSED = "not computable"  # what a case expects that the method must refuse

Told = float | str
Computed = float | str | Estimate | NotComputable


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One case: what is expected, and from where that is known, which is never our own output.

    ``expected`` is a number, or a text that must be the same, such as ``REFUSED``. ``tolerance`` stands in place of
    the record's.
    """

    name: str
    expected: Told
    expected_from: str
    compute: Callable[[], Computed]
    tolerance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """
    One method with its cases.

    ``tolerance`` is the largest deviation, as a part of what is expected; of an expected 0 the largest amount.
    ``about`` is markdown below the cases: what the method does, leaves out, and refuses.
    """

    method_id: str
    method_version: str
    title: str
    source: str
    tolerance: float
    cases: Sequence[Case]
    unit: str = ""
    tolerance_reason: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the method gives for a case; ``deviation`` is that of a number, as a part of what is expected."""

    case: Case
    computed: Told
    deviation: float | None
    is_within: bool


def records() -> dict[str, Record]:
    """Return the record of each method, by its id."""
    names = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("test_"))
    found: list[Record] = [import_module(f"tests.validation.{name}").RECORD for name in names]
    return {one.method_id: one for one in found}


def results(record: Record) -> list[Result]:
    """Compute each case and compare."""
    return [_result(record, case) for case in record.cases]


def _result(record: Record, case: Case) -> Result:
    computed = _told(case.compute())
    if isinstance(case.expected, str) or isinstance(computed, str):
        return Result(case=case, computed=computed, deviation=None, is_within=computed == case.expected)
    off = abs(computed - case.expected)
    deviation = off / abs(case.expected) if case.expected else off
    tolerance = record.tolerance if case.tolerance is None else case.tolerance
    return Result(
        case=case, computed=computed, deviation=deviation, is_within=math.isfinite(off) and deviation <= tolerance
    )


def _told(computed: Computed) -> Told:
    if isinstance(computed, Estimate):
        return computed.value
    return REFUSED if isinstance(computed, NotComputable) else computed
