"""A small HTTP server that stands where the service stands and remembers what the plugin brought it."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import unquote

from dose_core.contract import DELETIONS_PATH, LAUNCH_HANDLES_PATH, Envelope, decode_envelope, decode_series, unpack
from tests.support.orthanc import free_port
from tests.support.tls import server_context

WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # lower-case names
    body: bytes
    came_at: float
    connection: tuple[str, int]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    disable_nagle_algorithm = True
    service: "RecordingService"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = Call(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            came_at=time.monotonic(),
            connection=self.client_address,
        )
        status, content, headers = cast("_Server", self.server).service.receive(call)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay quiet."""


@dataclass
class RecordingService:
    """
    Keep every call; answer by ``refuse`` or, if that returns None, like the service.

    ``stop`` and ``start`` may be called in between to play an outage; the port stays.
    """

    refuse: Callable[[Call], int | None] = lambda _: None
    answer_headers: dict[str, str] = field(default_factory=dict)
    handle: dict[str, Any] = field(
        default_factory=lambda: {"url": "/launch/once", "expires_at": "2031-01-01T00:00:00Z"}
    )
    certificate: Path | None = None  # PEM with key: then it speaks https
    port: int = field(default_factory=free_port)
    calls: list[Call] = field(default_factory=list)
    _server: "_Server | None" = None
    _known: dict[str, Envelope] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listen."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.service = self
        if self.certificate:
            self._server.socket = server_context(self.certificate).wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening; what was recorded stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def receive(self, call: Call) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of the answer to a call."""
        refusal = self.refuse(call)
        with self._lock:
            self.calls.append(call)
            if refusal is not None:
                return refusal, b"{}", self.answer_headers
            if call.path == DELETIONS_PATH:
                return 204, b"", {}
            if call.path == LAUNCH_HANDLES_PATH:
                return 201, json.dumps(self.handle).encode(), {}
            is_new = False
            for envelope in envelopes_of(call):
                is_new = is_new or envelope.sop_instance_uid not in self._known
                self._known[envelope.sop_instance_uid] = envelope
            return (201 if is_new else 200), b"{}", {}

    @property
    def deleted(self) -> list[str]:
        """Which of its instances Orthanc was told to have deleted, in the order in which it was told."""
        with self._lock:
            bodies = [json.loads(call.body) for call in self.calls if call.path == DELETIONS_PATH]
        return [orthanc_id for body in bodies for orthanc_id in body["orthanc_ids"]]

    @property
    def received(self) -> dict[str, Envelope]:
        """What was accepted, by SOP Instance UID."""
        with self._lock:
            return dict(self._known)

    def forget(self) -> None:
        """Lose all that was recorded."""
        with self._lock:
            self._known.clear()
            self.calls.clear()

    def wait_for(self, *sop_instance_uids: str, seconds: float = WAIT_SECONDS) -> dict[str, Envelope]:
        """Return what was accepted as soon as it holds these UIDs."""
        deadline = time.monotonic() + seconds
        while not set(sop_instance_uids) <= self.received.keys():
            missing = set(sop_instance_uids) - self.received.keys()
            assert time.monotonic() < deadline, f"{len(missing)} of {len(sop_instance_uids)} did not come"
            time.sleep(0.02)
        return self.received

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def envelopes_of(call: Call) -> tuple[Envelope, ...]:
    """Return what a delivery carries, as the service would read it."""
    body = unpack(call.body, call.headers.get("content-encoding"))
    if call.path.startswith("/api/v1/series/"):
        return decode_series(call.headers["content-type"], body)
    return (decode_envelope(unquote(call.path.rpartition("/")[2]), call.headers, body),)
