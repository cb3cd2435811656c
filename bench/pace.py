"""Calls at a steady pace, whatever the answers take, as many users make them."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from bench.caller import Caller

_CALLERS = 8
_AHEAD_S = 0.2  # until all callers wait for their first turn


Asking = Callable[[Caller], tuple[int, bytes]]  # returns status and body


def paced(port: int, token: str, paths: Sequence[str], *, per_s: float) -> list[float]:
    """Get each address once and return the seconds that each took, as ``at_pace`` has it."""
    return at_pace(port, token, [partial(Caller.get, path=path) for path in paths], per_s=per_s)


def at_pace(port: int, token: str, asked: Sequence[Asking], *, per_s: float) -> list[float]:
    """
    Make each call once and return the seconds from the time at which its turn was to the end of its answer.

    A call that waits for an earlier one waits on the account of its own latency.

    Raises:
        RuntimeError: an answer was not 200.
    """
    latencies_s = [0.0] * len(asked)
    refused: list[str] = []
    turns = iter(range(len(asked)))
    lock = threading.Lock()
    start = time.perf_counter() + _AHEAD_S

    def call() -> None:
        with Caller(port, token) as caller:
            while not refused:
                with lock:
                    turn = next(turns, None)
                if turn is None:
                    return
                due = start + turn / per_s
                time.sleep(max(0.0, due - time.perf_counter()))
                status, body = asked[turn](caller)
                latencies_s[turn] = time.perf_counter() - due
                if status != 200:  # noqa: PLR2004 - HTTP
                    refused.append(f"{status} {body[:300]!r}")

    callers = [threading.Thread(target=call) for _ in range(_CALLERS)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    if refused:
        raise RuntimeError(refused[0])
    return latencies_s


def quantile_ms(latencies_s: Sequence[float], part: float) -> float:
    """Return a quantile in milliseconds: the smallest latency that so great a part does not exceed."""
    ordered = sorted(latencies_s)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 2)
