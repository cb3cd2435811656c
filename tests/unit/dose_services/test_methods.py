"""Tests of dose_services.methods: methods of others, found, refused, and kept from saying what must not be said."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from math import inf, nan
from pathlib import Path
from uuid import UUID

import pytest

from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.estimating.case import Case, Outcome, Subject
from dose_core.estimating.method import ENTRY_POINT
from dose_services.methods import UnusableOutcomeError, find_methods, is_effective_dose, outcomes_of
from tests.builders.exams import ct

CASE = Case(exam=ct(), revision_id=UUID(int=1), subject=Subject())
GOOD = Estimate(
    value=2.0,
    unit="mGy",
    interval=Interval(low=1.0, high=3.0, coverage=0.95, source="a paper, table 1"),
    method_id="m",
    method_version="1",
    inputs=(Input(name="DLP", value=100.0), Input(name="region", value="chest")),
    source="a paper",
)
SOURCE = """
class Method:
    id = {id!r}
    version = "1"
    is_effective_dose = False
    def outcomes(self, case):
        return ()
class Sizeless:
    id = "sizeless"
raise_here = {raises}
if raise_here:
    raise SystemExit(3)
"""


class Says:
    """A method that says this."""

    id = "m"
    version = "1"
    is_effective_dose = False

    def __init__(self, *outcomes: Outcome) -> None:
        """Take what it says."""
        self._outcomes = outcomes

    def outcomes(self, case: Case) -> tuple[Outcome, ...]:  # noqa: ARG002  it says the same of all
        """Return it."""
        return self._outcomes


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=ENTRY_POINT)


class TestFindMethods:
    def test_makes_a_method_and_leaves_out_by_name_what_cannot_be_imported_or_is_none(self, folder: Path) -> None:
        (folder / "good_method_a.py").write_text(SOURCE.format(id="acme", raises=False))
        (folder / "ending_method_a.py").write_text(SOURCE.format(id="x", raises=True))

        found = find_methods(
            [
                entry("a", "good_method_a:Method"),
                entry("b", "ending_method_a:Method"),
                entry("c", "good_method_a:Sizeless"),
                entry("d", "no_such_module_a:Method"),
            ]
        )

        assert [one.id for one in found.methods] == ["acme"]
        told = list(map(str, found.left_out))
        assert [text.split("'")[1] for text in told] == ["b", "c", "d"]
        assert "gives SystemExit" in told[0]
        assert "gives AttributeError" in told[1]
        assert "gives ModuleNotFoundError" in told[2]

    def test_takes_one_of_two_with_the_same_id_and_names_the_other(self, folder: Path) -> None:
        (folder / "first_method_b.py").write_text(SOURCE.format(id="acme", raises=False))
        (folder / "second_method_b.py").write_text(SOURCE.format(id="acme", raises=False))

        found = find_methods([entry("z", "second_method_b:Method"), entry("a", "first_method_b:Method")])

        assert [type(one).__module__ for one in found.methods] == ["first_method_b"]
        assert "another method has the id acme" in str(found.left_out[0])


class TestOutcomesOf:
    def test_returns_estimates_and_refusals(self) -> None:
        said = (
            Outcome(quantity="organ_dose_mgy", result=GOOD, of="liver"),
            Outcome(quantity="organ_dose_mgy", result=NotComputable(missing=("phantom",), reason="none is stated")),
        )
        assert outcomes_of(Says(*said), CASE) == said

    @pytest.mark.parametrize(
        "result",
        [
            pytest.param(replace(GOOD, value=nan), id="no number"),
            pytest.param(replace(GOOD, interval=replace(GOOD.interval, high=inf)), id="an endless interval"),
            pytest.param(replace(GOOD, interval=replace(GOOD.interval, low=4.0)), id="an interval upside down"),
            pytest.param(replace(GOOD, interval=replace(GOOD.interval, source="")), id="an interval from nowhere"),
            pytest.param(replace(GOOD, interval=replace(GOOD.interval, coverage=95)), id="a coverage above one"),
            pytest.param(replace(GOOD, inputs=(Input(name="DLP", value=nan),)), id="an input that is no number"),
            pytest.param(replace(GOOD, method_id="another"), id="another method's name"),
            pytest.param(replace(GOOD, method_version="2"), id="another version"),
            pytest.param(replace(GOOD, unit=""), id="no unit"),
            pytest.param(replace(GOOD, source=""), id="no source"),
            pytest.param(NotComputable(missing=(), reason=""), id="a refusal without reason"),
        ],
    )
    def test_refuses_an_estimate_that_does_not_say_how_sure_it_is_and_whose(
        self, result: Estimate | NotComputable
    ) -> None:
        with pytest.raises(UnusableOutcomeError):
            outcomes_of(Says(Outcome(quantity="organ_dose_mgy", result=result)), CASE)

    @pytest.mark.parametrize("quantity", ["Organ dose", "", "dose;drop"])
    def test_refuses_a_quantity_that_is_no_name(self, quantity: str) -> None:
        with pytest.raises(UnusableOutcomeError):
            outcomes_of(Says(Outcome(quantity=quantity, result=GOOD)), CASE)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(quantity="organ_dose_mgy", result=GOOD), False),
        (Outcome(quantity="anything", result=replace(GOOD, unit="uSv")), True),
        (Outcome(quantity="effective_dose_msv", result=NotComputable(missing=(), reason="no region")), True),
    ],
)
def test_what_is_in_sievert_is_known_whatever_its_method_says(outcome: Outcome, *, expected: bool) -> None:
    assert is_effective_dose(outcome) is expected
