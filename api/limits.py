"""How much a request may send, and how long it may take: kept for every route, before any token is looked at."""

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dose_core.contract import API_PREFIX, MAX_OBJECT_BYTES

# The largest JSON that a route takes, a search for 20 identifiers, has some 20 KB.
MAX_JSON_BYTES = 64 * 1024
# A patient with a picture and a day of drafted orders; ours.
MAX_HOOK_BYTES = 1024 * 1024
BODY_S = 120.0  # 64 MB at 5 Mbit/s
HEAD_S = 20.0  # request line and headers, which any client sends at once
_HOOK_PATHS = "/cds-services/"
_OBJECT_PATHS = (f"{API_PREFIX}/instances/", f"{API_PREFIX}/series/")


class Limits:
    """
    Pure ASGI. Where a route wants JSON, FastAPI reads the body whole before it asks who calls.

    The routes for objects have limits of their own, and ask for the token first.
    """

    def __init__(self, app: ASGIApp, *, body_s: float = BODY_S) -> None:
        self._app = app
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            receive = _Body(receive, max_bytes=_most(scope["path"]), seconds=self._body_s)
        await self._app(scope, receive, send)


def _most(path: str) -> int:
    if path.startswith(_OBJECT_PATHS):
        return MAX_OBJECT_BYTES
    return MAX_HOOK_BYTES if path.startswith(_HOOK_PATHS) else MAX_JSON_BYTES


class _Body:
    """The body of one request; too large or too slow, it ends in an error that is answered as any other."""

    def __init__(self, receive: Receive, *, max_bytes: int, seconds: float) -> None:
        self._receive = receive
        self._bytes_left = max_bytes
        self._seconds = seconds
        self._deadline: float | None = None
        self._is_whole = False

    async def __call__(self) -> Message:
        if self._is_whole:  # what follows is the end of the connection, whenever it comes
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        self._bytes_left -= len(message.get("body", b""))
        if self._bytes_left < 0:
            raise HTTPException(413, headers={"Connection": "close"})
        self._is_whole = not message.get("more_body", False)
        return message


class PunctualHttp(HttpToolsProtocol):
    """Uvicorn's protocol, which itself waits for the head of a request as long as the sender likes."""

    head_s = HEAD_S
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own does
        """Expect the head of a request from now on."""
        super().connection_made(transport)
        self._expect_head()

    def on_message_begin(self) -> None:
        """Expect the rest of the head."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> Any:  # noqa: ANN401 - as uvicorn's own
        """Expect nothing more; the body has its own time."""
        self._expect_no_head()
        return super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_no_head()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._head_due is None:
            self._head_due = asyncio.get_running_loop().call_later(self.head_s, self.transport.close)

    def _expect_no_head(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
