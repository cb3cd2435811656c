"""Running PostgreSQL's programs without privileges, whoever we are."""

import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from db.embedded.binaries import COPIES, copy_for_everybody
from db.embedded.errors import NoUnprivilegedWayError

Way = Literal["plain", "namespace", "account"]

_LAUNCH = Path(__file__).with_name("launch.py")
_ACCOUNTS = ("doseledger", "nobody")  # the first that exists
# Nothing of ours leaks into the server; its messages are in English, since we read them.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """How programs are run; ``way`` is one of those in ``launch.py``, ``uid`` and ``gid`` own the server's files."""

    bin_dir: Path
    way: Way
    uid: int
    gid: int

    def run(self, program: str, *arguments: str, pass_fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it wrote; standard error is part of standard output."""
        return subprocess.run(
            self._command(program, *arguments),
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
            self._command(program, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=pass_fds,
            start_new_session=True,
        )

    def _command(self, program: str, *arguments: str) -> list[str]:
        launch = [sys.executable, "-I", "-S", str(_LAUNCH), self.way, str(os.getpid()), str(self.uid), str(self.gid)]
        return [*launch, str(self.bin_dir / program), *arguments]


def choose_runner(bin_dir: Path) -> Runner:
    """
    Return the plain runner for an ordinary account; for root a user namespace, else another account.

    Raises:
        NoUnprivilegedWayError: we are root, and neither way is open here.
    """
    if os.geteuid() != 0:
        return Runner(bin_dir=bin_dir, way="plain", uid=os.geteuid(), gid=os.getegid())
    runner = Runner(bin_dir=bin_dir, way="namespace", uid=0, gid=0)
    trial = runner.run("postgres", "--version")
    return runner if trial.returncode == 0 else account_runner(bin_dir, instead_of=trial.stdout.strip())


def account_runner(bin_dir: Path, *, instead_of: str = "", copies: Path = COPIES) -> Runner:
    """
    Return a runner that becomes an unprivileged account, from a copy of the programs if it cannot reach them.

    Raises:
        NoUnprivilegedWayError: there is no such account, or it may not run the programs.
    """
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = next((known[name] for name in _ACCOUNTS if name in known), None)
    if account is None:
        raise NoUnprivilegedWayError(instead_of, f"no account {' or '.join(_ACCOUNTS)}")
    uid, gid = account.pw_uid, account.pw_gid
    in_place = Runner(bin_dir=bin_dir, way="account", uid=uid, gid=gid)
    if in_place.run("postgres", "--version").returncode == 0:
        return in_place
    copied = Runner(bin_dir=copy_for_everybody(bin_dir, copies), way="account", uid=uid, gid=gid)
    trial = copied.run("postgres", "--version")
    if trial.returncode != 0:
        raise NoUnprivilegedWayError(instead_of, trial.stdout.strip())
    return copied
