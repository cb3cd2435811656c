"""A real Orthanc on loopback, for tests that need one."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from tests.support.basic_auth import basic_auth

ORTHANC = Path("/usr/sbin/Orthanc")
PLUGINS = Path("/usr/share/orthanc/plugins")
USER, PASSWORD = "tester", "only-for-tests"
START_SECONDS = 60
STOP_SECONDS = 30


def is_installed() -> bool:
    """Tell whether this machine has Orthanc with its Python plugin."""
    return ORTHANC.exists() and (PLUGINS / "libOrthancPython.so").exists()


def free_port() -> int:
    """Return a TCP port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return cast("int", probe.getsockname()[1])


@dataclass
class RealOrthanc:
    """
    An Orthanc of our own: private folder, free ports, one user, killed at the end.

    ``configuration`` is laid over the defaults. ``start``, ``stop`` and ``kill`` may be called in between, the ports
    and the folder stay. ``command`` may name another Orthanc, such as one in a chroot.
    """

    folder: Path
    configuration: Mapping[str, Any] = field(default_factory=dict)
    command: Sequence[str] = (str(ORTHANC),)
    config_path_inside: str | None = None  # the path of orthanc.json as the command sees it
    http_port: int = field(default_factory=free_port)
    dicom_port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address of its REST API."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def log(self) -> str:
        """All that it wrote so far."""
        path = self.folder / "orthanc.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def pid(self) -> int:
        """The process id of the running Orthanc."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Start it and return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "orthanc.json"
        config.write_text(json.dumps(self._defaults() | dict(self.configuration), indent=1))
        with (self.folder / "orthanc.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self.command, self.config_path_inside or str(config)],
                stdout=log,
                stderr=subprocess.STDOUT,
                # DCMTK's own switch; without it each C-STORE on loopback waits 40 ms for a delayed ACK
                env={**os.environ, "TCP_NODELAY": "1"},
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        return self

    def stop(self) -> int:
        """Stop it as systemd would and return its exit code."""
        self._end(signal.SIGTERM)
        assert self._process is not None
        return self._process.returncode

    def kill(self) -> None:
        """Take its process away, as a power cut would."""
        self._end(signal.SIGKILL)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        user: tuple[str, str] | None = (USER, PASSWORD),
    ) -> tuple[int, bytes]:
        """Return status and body of one HTTP call, as the test's user unless ``user`` says otherwise."""
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        try:
            sent = dict(headers or {}) | ({"Authorization": basic_auth(*user)} if user else {})
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON is what it is
        """Return the JSON of a call that must succeed."""
        sent = None if body is None else json.dumps(body).encode()
        status, content = self.request(method, path, sent, {"Content-Type": "application/json"})
        assert status < 300, (status, content)
        return json.loads(content)

    def upload(self, dicom: bytes) -> dict[str, str]:
        """Store one instance by REST and return Orthanc's answer."""
        status, content = self.request("POST", "/instances", dicom)
        assert status == 200, (status, content)
        return cast("dict[str, str]", json.loads(content))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGKILL)  # an orderly stop takes seconds, and the folder is thrown away

    def _defaults(self) -> dict[str, Any]:
        return {
            "Name": "test",
            "StorageDirectory": "storage",  # relative to the configuration file
            "HttpPort": self.http_port,
            "DicomPort": self.dicom_port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {USER: PASSWORD},
            "StableAge": 1,
            "Plugins": [str(PLUGINS / "libOrthancPython.so")],
        }

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"Orthanc ended at start:\n{self.log[-3000:]}"
            try:
                if self.request("GET", "/system")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        msg = f"Orthanc does not answer:\n{self.log[-3000:]}"
        raise AssertionError(msg)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_SECONDS)
