"""Run our processes as children: start them, start again what dies, stop them all."""

import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dose_core.errors import DoseError

# A child that dies this often within this time does not recover by being started once more.
_MAX_DEATHS = 5
_WITHIN_S = 60.0
_STOP_S = 10.0
_LOOK_S = 0.2


class ChildFailedError(DoseError):
    """A process keeps dying; its own log says why."""


@dataclass(slots=True)
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=_MAX_DEATHS))


class Supervisor:
    """
    Children that live as long as this process: they get SIGTERM when it dies, in whichever way.

    ``environ`` is all that they see of the environment. Their output goes where ours goes.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._children: list[_Child] = []
        self._stopping = False

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start ``doseledger ARGUMENTS`` as a child."""
        command = [*_dies_with_us(), sys.executable, "-m", "doseledger", *arguments]
        self._children.append(_Child(name=name, command=command, process=self._spawn(command)))

    def wait_until(self, holds: Callable[[], bool], *, timeout_s: float, what: str) -> None:
        """
        Wait until ``holds`` returns true, while the children are kept alive.

        Raises:
            ChildFailedError: it does not hold in time, or a child keeps dying.
        """
        deadline = time.monotonic() + timeout_s
        while not holds():
            if self._stopping:
                return
            if time.monotonic() > deadline:
                msg = f"{what} did not answer within {timeout_s:.0f} s; see the log above"
                raise ChildFailedError(msg)
            self._look_after()
            time.sleep(_LOOK_S)

    def watch(self, also: Callable[[], None]) -> None:
        """
        Keep the children alive until ``stop`` is called or SIGTERM or SIGINT arrives; meanwhile call ``also`` often.

        Raises:
            ChildFailedError: a child keeps dying.
        """
        while not self._stopping:
            also()
            self._look_after()
            time.sleep(_LOOK_S)

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT end ``watch``."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.request_stop())

    def request_stop(self) -> None:
        """Ask ``watch`` to return."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopping

    def stop(self) -> None:
        """Stop all children, the last started first; what does not go is killed."""
        self._stopping = True
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + _STOP_S
        for child in reversed(self._children):
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def _look_after(self) -> None:
        for child in self._children:
            code = child.process.poll()
            if code is None or self._stopping:
                continue
            child.deaths.append(time.monotonic())
            if len(child.deaths) == _MAX_DEATHS and child.deaths[-1] - child.deaths[0] < _WITHIN_S:
                msg = f"the process '{child.name}' died {_MAX_DEATHS} times (exit code {code}); its log says why"
                raise ChildFailedError(msg)
            child.process = self._spawn(child.command)

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
        return subprocess.Popen(command, env=self._environ, start_new_session=True)


def _dies_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
