"""One caller of the service: a connection that is kept, and a token."""

from http.client import HTTPConnection
from typing import Self

from doseledger.demo.doors import bearer

_TIMEOUT_S = 60


class Caller:
    """A connection that stays open from call to call, as programs hold it; http.client sets TCP_NODELAY."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        self._connection.connect()
        self._authorization = bearer(token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def put(self, path: str, body: bytes, media_type: str) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        headers = {"Authorization": self._authorization, "Content-Type": media_type}
        self._connection.request("PUT", path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def post_signed(self, path: str, body: bytes, token: str) -> tuple[int, bytes]:
        """Return status and body of the answer to JSON, with a token of this call alone."""
        headers = {"Authorization": bearer(token), "Content-Type": "application/json"}
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        self._connection.request("GET", path, headers={"Authorization": self._authorization})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to JSON."""
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()
