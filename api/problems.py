"""Problem details (RFC 9457) and their page for people."""

from http import HTTPStatus

from fastapi.responses import JSONResponse
from starlette.responses import Response
from starlette.types import Scope

from api.web.pages import message_page

MEDIA_TYPE = "application/problem+json"  # RFC 9457, 6.1
_PAGES = ("/view", "/launch", "/IHEInvokeImageDisplay", "/sign-in", "/sign-out", "/account")
_TYPE_PREFIX = "urn:doseledger:problem:"


def is_page(route: str) -> bool:
    """Tell whether people see this route in a browser."""
    return route.startswith(_PAGES) and route != "/launch/handles"


def is_framed(route: str) -> bool:
    """Tell whether a viewer may show this route in a frame; never one where somebody signs in."""
    return is_page(route) and route.startswith(("/view", "/launch"))


def has_form(route: str) -> bool:
    """Tell whether a page under this route may send a form, to ourselves."""
    return route.startswith(("/view/", "/sign-in", "/sign-out", "/account"))


def problem(
    status: int,
    *,
    slug: str,
    detail: str,
    headers: dict[str, str] | None = None,
    extensions: dict[str, object] | None = None,
) -> JSONResponse:
    """Return problem details. ``slug`` names the kind of problem for programs, ``detail`` tells people what to do."""
    body = {
        "type": _TYPE_PREFIX + slug,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(extensions or {}),
    }
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def failure_response(scope: Scope) -> Response:
    """Return the answer to a failure that nobody foresaw: it tells nothing of it."""
    detail = "the service failed; its log names the place. Try again, and tell the administrator if it stays"
    if is_page(str(getattr(scope.get("route"), "path", ""))):
        return message_page(scope, status=500, title="Something went wrong", text=detail)
    return problem(500, slug="failure", detail=detail)
