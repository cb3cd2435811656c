"""Each method gives what its cases expect, and its record in the documentation says so."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from dose_core.dosimetry.ct_dlp_from_images import METHOD_ID
from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.method import ENTRY_POINT
from tests.support.validation import REFUSED, Case, Record, Result, records, results

ROOT = Path(__file__).parents[2]
RECORDS = records()
CASES = [(record, one) for record in RECORDS.values() for one in results(record)]
OURS = {entry.name for entry in entry_points(group=ENTRY_POINT) if entry.dist and entry.dist.name == "doseledger"}


def outcome(case: Case) -> Result:
    """Return the result of a record that has this case alone, with a tolerance of 1 %."""
    record = Record(method_id="m", method_version="1", title="", source="", tolerance=0.01, cases=(case,))
    return results(record)[0]


@pytest.mark.parametrize(("record", "result"), CASES, ids=[f"{r.method_id}: {one.case.name}" for r, one in CASES])
def test_a_method_gives_what_its_case_expects(record: Record, result: Result) -> None:
    assert result.is_within, (record.method_id, result.computed, result.case.expected)


@pytest.mark.parametrize("record", RECORDS.values(), ids=list(RECORDS))
def test_a_record_says_from_where_each_case_knows_what_to_expect(record: Record) -> None:
    assert record.cases
    assert [case.name for case in record.cases if not case.expected_from] == []
    assert record.source


def test_the_records_are_those_that_the_runner_writes() -> None:
    program = [sys.executable, str(ROOT / "scripts" / "validate.py"), "--check"]
    ended = subprocess.run(program, capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("method_id", sorted(OURS | {METHOD_ID}))
def test_every_method_has_a_record(method_id: str) -> None:
    assert method_id in RECORDS


class TestTheRunner:
    @pytest.mark.parametrize(("computed", "is_within"), [(100.9, True), (99.1, True), (101.1, False), (0.0, False)])
    def test_compares_within_the_tolerance(self, computed: float, *, is_within: bool) -> None:
        assert outcome(Case(name="", expected=100.0, expected_from="", compute=lambda: computed)).is_within is is_within

    def test_takes_no_endless_number_for_any(self) -> None:
        assert not outcome(Case(name="", expected=1.0, expected_from="", compute=lambda: float("nan"))).is_within

    def test_knows_a_refusal_from_a_value(self) -> None:
        refusal = NotComputable(missing=("phantom",), reason="no phantom is stated")

        assert outcome(Case(name="", expected=REFUSED, expected_from="", compute=lambda: refusal)).is_within
        assert not outcome(Case(name="", expected=1.0, expected_from="", compute=lambda: refusal)).is_within
        assert not outcome(Case(name="", expected=REFUSED, expected_from="", compute=lambda: 1.0)).is_within
