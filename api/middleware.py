"""Around every request: security headers, the access log, metrics, and a stop for failures nobody foresaw."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logging import ACCESS, FAILURE, told
from api.metrics import Metrics
from api.problems import failure_response, has_form, is_framed
from api.settings import ApiSettings

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PUBLIC = frozenset(
    {"/static/doseledger.css", "/static/doseledger.svg", "/openapi.json"}
)  # may be cached: the same for everybody


class Doorway:
    """Pure ASGI, so that a failure becomes an answer here and never reaches the server's own log."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001  the last stop: logged by type and place, told without details
            FAILURE.error("a request failed in a way nobody foresaw", extra={"route": _route(scope), **told(error)})
            if status:
                raise BrokenAnswerError from None
            await failure_response(scope)(scope, receive, watched)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "(other)"
            self._metrics.answered(method=method, route=_route(scope), status=status, seconds=seconds)
            line = {"method": method, "route": _route(scope), "status": status, "ms": round(seconds * 1000, 1)}
            ACCESS.info("answered", extra=line)

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        route = _route(scope)
        framed_by = "'none'"
        sent_to = "'self'" if has_form(route) else "'none'"  # where a form may be sent
        if is_framed(route) and self._settings.frame_ancestors:
            framed_by = " ".join(self._settings.frame_ancestors)
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"form-action {sent_to}; frame-ancestors {framed_by}"
        )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Cache-Control"] = "public, max-age=3600" if route in _PUBLIC else "no-store"
        if self._settings.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"


class BrokenAnswerError(Exception):
    """An answer broke off after it had begun; the cause was logged by its type and place."""


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "(no route)"))
