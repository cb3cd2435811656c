"""Rendering: Jinja templates with everything escaped, no script, no inline style."""

import re
from collections.abc import Mapping

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.types import Scope

from api.web import formatting

INTENDED_USE = "For quality assurance and record keeping. Not a medical device; not for diagnosis or therapy decisions."


# Unicode Standard Annex 9, 2: embeddings, overrides and isolates. A name that holds one would turn the text after it,
# so that a number reads backwards; marks of direction (U+200E, U+200F), which real names hold, do not.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _keep_direction(value: object) -> object:
    """Return what is shown, with visible signs in place of characters that turn the direction of the text."""
    if not isinstance(value, str) or not _TURNS.search(value):
        return value
    shown = _TURNS.sub("\ufffd", value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 - escaped before, and still


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_keep_direction,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = formatting.number
    made.filters["person"] = formatting.person_name
    made.globals["intended_use"] = INTENDED_USE
    made.globals["interval"] = formatting.interval
    made.globals["input_words"] = formatting.input_words
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
    return render(scope, "message.html", {"title": title, "text": sentence(text)}, status=status, headers=headers)


def sentence(text: str) -> str:
    """Return the text of an error as a sentence."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
