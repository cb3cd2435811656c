"""Run a round trip over generated values, and show what it wrote to a validator that is not ours."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.support.dciodvfy import dciodvfy_errors

Value = TypeVar("Value")

_FEW, _MANY = 25, 500
_JUDGED = 25  # of the many; dciodvfy takes longer than the round trip itself


def few_times(values: SearchStrategy[Value], trip: Callable[[Value], bytes], folder: Path) -> None:
    """Run a trip, which returns the object that it wrote, over 25 values; dciodvfy judges each object."""
    _run(values, trip, folder, _FEW)


def many_times(values: SearchStrategy[Value], trip: Callable[[Value], bytes], folder: Path, times: int = _MANY) -> None:
    """Run a trip over 500 values, the same ones each time; dciodvfy judges 25 objects, evenly among them."""
    _run(values, trip, folder, times)


def _run(values: SearchStrategy[Value], trip: Callable[[Value], bytes], folder: Path, times: int) -> None:
    written = 0

    def one(value: Value) -> None:
        nonlocal written
        dicom = trip(value)
        if written % (times // _JUDGED) == 0:
            assert dciodvfy_errors(dicom, folder) == []
        written += 1

    phases = [Phase.explicit, Phase.generate]
    settings(max_examples=times, deadline=None, derandomize=True, phases=phases)(given(values)(one))()
    assert written >= times
