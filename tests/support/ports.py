"""Ports for processes that take several in a row."""

import socket

_BASES = range(21_000, 29_000, 10)


def free_base(count: int) -> int:
    """Return the first of ``count`` consecutive ports on which nothing listens now."""
    for base in _BASES:
        if all(_is_free(base + offset) for offset in range(count)):
            return base
    msg = f"no {count} free ports in a row"
    raise RuntimeError(msg)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True
