"""Looking at, and ending, processes that a test started."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def processes_in(folder: Path) -> set[int]:
    """Return the living processes whose working directory is the folder."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.joinpath("cwd").samefile(folder):
                found.add(int(process.name))
    return found


def command_lines_in(folder: Path) -> list[bytes]:
    """Return the command lines of the living processes whose working directory is the folder."""
    found = []
    for pid in processes_in(folder):
        with suppress(OSError):  # it may end between the two looks
            found.append(Path(f"/proc/{pid}/cmdline").read_bytes())
    return found


def family(pid: int) -> set[int]:
    """Return a living process and all that descend from it."""
    parents: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name in parentheses may hold anything; the parent is the second field behind it (proc(5)).
            state, parent = process.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(process.name)] = int(parent)
    found = {pid} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def started_at(pid: int) -> int | None:
    """Return when a living process was started, in ticks since boot; numbers of processes are given again."""
    with suppress(OSError):
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if state == "Z" else int(rest[18])  # fields 3 and 22 (proc(5))
    return None


def kill_at_once(*pids: int) -> None:
    """Send SIGKILL to all of them; one that is gone already is no matter."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def eventually(is_true: Callable[[], bool], *, within_s: float = 10) -> bool:
    """Tell whether it became true in time."""
    deadline = time.monotonic() + within_s
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
