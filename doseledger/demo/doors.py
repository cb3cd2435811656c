"""HTTP on loopback as an outsider would use it: status and JSON, no exceptions for refusals."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer; ``headers`` have lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:  # noqa: ANN401 JSON is what it is; the checks look at it field by field
        """Return the body as JSON, ``None`` when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A server on loopback and what to show it at the door."""

    port: int
    authorization: str | None = None

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to one call; ``body`` goes as bytes if it is bytes, else as JSON."""
        sent = dict(headers or {})
        if self.authorization:
            sent["Authorization"] = self.authorization
        content: bytes | None = None
        if isinstance(body, bytes):
            content = body
        elif body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_S)
        try:
            connection.request(method, path, body=content, headers=sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, body=answer.read(), headers=names)
        finally:
            connection.close()


def basic(user: str, password: str) -> str:
    """Return the header value of Basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def bearer(token: str) -> str:
    """Return the header value of a bearer token (RFC 6750)."""
    return f"Bearer {token}"
