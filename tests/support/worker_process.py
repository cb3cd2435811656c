"""A worker in a process of its own, as `doseledger worker` runs one."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

_ROOT = Path(__file__).resolve().parents[2]
_STOP_S = 40


@dataclass
class WorkerProcess:
    """Started by ``with`` or ``start``; ended by SIGTERM, or by ``kill`` as a power cut would."""

    log: Path
    settings: dict[str, object]
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> Self:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.run_worker"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
            )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self.settings).encode())
        self._process.stdin.close()
        return self

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Take it away."""
        self._end(signal.SIGKILL)

    @property
    def is_running(self) -> bool:
        """Tell whether it lives."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            return self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
