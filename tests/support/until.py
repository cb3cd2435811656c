"""Waiting for what real parts do in their own time."""

import time
from collections.abc import Callable

_LOOK_S = 0.1


def until(holds: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Return as soon as ``holds`` is true; fail the test, naming what was awaited, if it does not become so."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {within_s:.0f} s for {what}"
        time.sleep(_LOOK_S)
