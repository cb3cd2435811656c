"""What goes wrong below ``/fhir`` is told as an OperationOutcome, whatever part of the service tells it."""

import orjson
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE as PROBLEM
from dose_core.fhir.bundles import outcome
from dose_core.fhir.terms import MEDIA_TYPE

PREFIX = "/fhir"


class Outcomes:
    """Pure ASGI: problem details (RFC 9457) on their way out become outcomes; all other answers pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_fhir(scope["path"]):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Translated(send))


class _Translated:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._end(self._start)

    async def _end(self, start: Message) -> None:
        told = orjson.loads(self._body)
        body = orjson.dumps(outcome(start["status"], told["detail"]))
        headers = MutableHeaders(scope=start)
        headers["content-type"] = MEDIA_TYPE
        headers["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def is_fhir(path: str) -> bool:
    """Tell whether an address is one of FHIR."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _is_problem(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith(PROBLEM)
