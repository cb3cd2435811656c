"""Rendering: Jinja templates with everything escaped, no script, no inline style."""

from collections.abc import Mapping

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.types import Scope

from api.web import formatting

INTENDED_USE = "For quality assurance and record keeping. Not a medical device; not for diagnosis or therapy decisions."


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = formatting.number
    made.filters["person"] = formatting.person_name
    made.globals["intended_use"] = INTENDED_USE
    return made


_PAGES = _environment()


def render(
    scope: Scope,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """Return a page. Addresses in it begin with the public path of the service."""
    prefix = scope["app"].state.settings.path_prefix
    return HTMLResponse(
        _PAGES.get_template(template).render(prefix=prefix, **context), status_code=status, headers=headers
    )


def message_page(
    scope: Scope, *, status: int, title: str, text: str, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """Return a page that says one thing, such as why a link no longer works."""
    sentence = text[:1].upper() + text[1:].rstrip(".") + "."
    return render(scope, "message.html", {"title": title, "text": sentence}, status=status, headers=headers)
