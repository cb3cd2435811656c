"""A DICOMweb service that answers as it is told."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

from tests.support.tls import server_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class ScriptedStow:
    """Answers each store with ``status`` and ``body``, each search with ``search_status`` and ``found``."""

    status: int = 200
    body: bytes = b""
    search_status: int = 200
    found: bytes = b"[]"
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate: Path | None = None  # PEM with key: then it speaks https
    asked: list[Asked] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Yield its address."""
        with _Server(("127.0.0.1", 0), _Handler) as server:
            server.script = self
            if self.certificate:
                server.socket = server_context(self.certificate).wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            try:
                yield f"{'https' if self.certificate else 'http'}://127.0.0.1:{server.server_address[1]}/rs"
            finally:
                server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: ScriptedStow

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet about who does not like our certificate."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        script = cast("_Server", self.server).script
        self._answer(script.status, script.body)

    def do_GET(self) -> None:
        script = cast("_Server", self.server).script
        self._answer(script.search_status, script.found)

    def _answer(self, status: int, content: bytes) -> None:
        script = cast("_Server", self.server).script
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        script.asked.append(Asked(method=self.command, path=self.path, headers=dict(self.headers), body=body))
        self.send_response(status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if status != 204 else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay quiet."""
