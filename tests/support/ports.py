"""Ports for processes that take several in a row."""

import os
import socket

_FIRST, _LAST, _STEP = 21_000, 29_000, 10
_WORKERS = 8  # each process of a test run looks in a range of its own, or two could take the same ports at once


def free_base(count: int) -> int:
    """Return the first of ``count`` consecutive ports on which nothing listens now."""
    width = (_LAST - _FIRST) // _WORKERS
    first = _FIRST + width * (_worker() % _WORKERS)
    for base in range(first, first + width, _STEP):
        if all(_is_free(base + offset) for offset in range(count)):
            return base
    msg = f"no {count} free ports in a row"
    raise RuntimeError(msg)


def _worker() -> int:
    """Return the number of this process among those of a test run (pytest-xdist names them gw0, gw1, ...)."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
