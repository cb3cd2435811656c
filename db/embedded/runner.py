"""Running PostgreSQL's programs without privileges, whoever we are."""

import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from db.embedded.errors import NoUnprivilegedWayError

Way = Literal["plain", "namespace", "account"]

_LAUNCH = Path(__file__).with_name("launch.py")
_ACCOUNTS = ("doseledger", "nobody")  # the first that exists
# Nothing of ours leaks into the server; its messages are in English, since we read them.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """
    How programs are run. ``way`` is one of those in ``launch.py``.

    ``cluster_fd`` is, for ``account`` only, an open handle of the data folder: PostgreSQL reaches
    it through ``/proc/self/fd``, for the account may not be able to walk the path to it.
    """

    bin_dir: Path
    way: Way
    uid: int = field(default=0)

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command line that runs a PostgreSQL program the chosen way."""
        launch = [sys.executable, "-I", "-S", str(_LAUNCH), self.way, str(os.getpid()), str(self.uid)]
        return [*launch, str(self.bin_dir / program), *arguments]

    def run(self, program: str, *arguments: str, pass_fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it wrote; standard error is part of standard output."""
        return subprocess.run(
            self.command(program, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=pass_fds,
            text=True,
            check=False,
        )

    def start(
        self, program: str, *arguments: str, log: IO[bytes], pass_fds: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C reaches us and not it."""
        return subprocess.Popen(
            self.command(program, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=pass_fds,
            start_new_session=True,
        )


def unprivileged_account() -> int | None:
    """Return the user id of the account that PostgreSQL may run as, or None if there is none."""
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next((known[name] for name in _ACCOUNTS if name in known), None)


def choose_runner(bin_dir: Path) -> Runner:
    """
    Return the plain runner for an ordinary account; for root a user namespace.

    Raises:
        NoUnprivilegedWayError: we are root, and user namespaces are closed here.
    """
    if os.geteuid() != 0:
        return Runner(bin_dir=bin_dir, way="plain")
    runner = Runner(bin_dir=bin_dir, way="namespace")
    trial = runner.run("postgres", "--version")
    if trial.returncode == 0:
        return runner
    raise NoUnprivilegedWayError(trial.stdout.strip())
