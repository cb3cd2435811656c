"""The few routes of Orthanc's REST API that the plugin reads, over real HTTP, from plain dictionaries."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

from tests.support.tls import server_context


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    rest: "FakeOrthancRest"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, content = cast("_Server", self.server).rest.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay quiet."""


@dataclass
class FakeOrthancRest:
    """An archive: files, metadata and the change log."""

    files: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    certificate: Path | None = None  # PEM with key: then it speaks https
    _server: "_Server | None" = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def store(self, orthanc_id: str, dicom: bytes, **metadata: str) -> None:
        """Store an instance."""
        self.files[orthanc_id] = dicom
        self.metadata[orthanc_id] = metadata
        self.changes.append({"ChangeType": "NewInstance", "ID": orthanc_id, "Seq": len(self.changes) + 1})

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return status and body for a path."""
        self.asked.append(path)
        address = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        parts = address.path.strip("/").split("/")
        if parts[0] == "changes":
            return 200, json.dumps(self._changes(query)).encode()
        if parts[0] == "instances" and parts[1] in self.files:
            wants_file = parts[2] == "file"
            return 200, self.files[parts[1]] if wants_file else json.dumps(self.metadata[parts[1]]).encode()
        return 404, b"{}"

    def _changes(self, query: dict[str, str]) -> dict[str, Any]:
        last = len(self.changes)
        if "last" in query:
            return {"Changes": self.changes[-1:], "Done": True, "Last": last}
        since, limit = int(query["since"]), int(query["limit"])
        page = self.changes[since : since + limit]
        return {"Changes": page, "Done": since + limit >= last, "Last": since + len(page)}

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.rest = self
        if self.certificate:
            self._server.socket = server_context(self.certificate).wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
