"""Servers that outlived their supervisor."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_SHUTDOWN_S = 60.0
_KILL_S = 10.0


def end_leftover(cluster: Path) -> None:
    """
    End every PostgreSQL process that works in the cluster, and remove the pid file that no process backs.

    Call it only while holding the data folder's lock. A left-over server is stopped rather than adopted:
    it is no child of ours, so its end would go unnoticed, it would outlive us, and it may run with the
    settings of an older release. Stopping costs about a tenth of a second, and loses nothing.

    A pid file whose number now belongs to some other program would keep PostgreSQL from starting;
    it is removed only when no process of the cluster lives, for it also guards their shared memory.
    """
    if not _processes(cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        return
    with suppress(ProcessLookupError, OSError, ValueError):
        postmaster = int((cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        if postmaster in _processes(cluster):
            os.kill(postmaster, signal.SIGINT)
    if not _gone_within(cluster, _SHUTDOWN_S):
        for pid in _processes(cluster):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _gone_within(cluster, _KILL_S)
    if not _processes(cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _gone_within(cluster: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _processes(cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _processes(cluster: Path) -> set[int]:
    """Return the processes that run ``postgres`` with the cluster as working directory; zombies do not count."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        # A process that ended meanwhile, a zombie, or one of another account is none of ours.
        with suppress(OSError):
            if process.joinpath("cwd").samefile(cluster) and process.joinpath("exe").readlink().name == "postgres":
                found.add(int(process.name))
    return found
