"""Waiting for what real parts do in their own time."""

from collections.abc import Callable

from tests.support.processes import eventually


def until(holds: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Return as soon as ``holds`` is true; fail the test, naming what was awaited, if it does not become so."""
    assert eventually(holds, within_s=within_s), f"waited {within_s:.0f} s for {what}"
