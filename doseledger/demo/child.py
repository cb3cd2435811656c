"""Children of the demo: started in a session of their own, ended with it, also when it is killed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from doseledger.demo.place import DemoError

_STOP_S = 25.0
_TAIL_LINES = 12


class Child:
    """One process whose output goes to a log file."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._offset = log.stat().st_size if log.exists() else 0
        setpriv = shutil.which("setpriv")
        held = [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*held, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ or os.environ),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What this process has written since it was started."""
        with self.log.open("rb") as file:
            file.seek(self._offset)
            return file.read().decode("utf-8", "replace")

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def check(self) -> None:
        """
        Return if the process lives.

        Raises:
            DemoError: it has ended; the text holds its last words.
        """
        if not self.is_running:
            last = "\n  ".join(self.output.splitlines()[-_TAIL_LINES:])
            msg = (
                f"{self.name} ended (exit code {self._process.returncode}); its last words, from {self.log}:\n  {last}"
            )
            raise DemoError(msg)

    def stop(self) -> None:
        """End it: politely, and after a while not."""
        if not self.is_running:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
