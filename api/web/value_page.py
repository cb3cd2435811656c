"""The page that says of one number where it comes from."""

from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.history_page import banner
from api.web.pages import render
from api.web.shown import ShownNumber, shown_as_stated, value_page
from dose_core.ledger.field_values import Number
from dose_services.exams import PatientView
from dose_services.explained import Provenance
from dose_services.launch import View
from dose_services.value_words import KINDS, SOURCES


def render_value(scope: Scope, view: View, told: Provenance, patient: PatientView, *, zone: ZoneInfo) -> HTMLResponse:
    """Return the page."""

    def number(value: Number | None, unit: str | None, value_id: str, what: str) -> ShownNumber | None:
        target = value_page(value_id)
        return None if value is None else shown_as_stated(value, unit, target=target, what=what)

    single = None if isinstance(told.value, tuple) else told.value
    context = {
        "view": view,
        "banner": banner(patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "told": told,
        "number": number,
        "own": number(single, told.unit, told.value_id, told.words),
        "unit": formatting.unit(told.unit),
        "kinds": KINDS,
        "sources": SOURCES,
        "local": lambda at: formatting.local_time(at.isoformat(), zone),
        "words": told.words[:1].upper() + told.words[1:],
    }
    return render(scope, "value.html", context)
