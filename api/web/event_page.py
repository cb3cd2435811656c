"""The page of one event: each value, the text that stands in the object, and the place there."""

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.event_tables import about, source_words, title_of
from api.web.history_page import banner, line
from api.web.pages import render
from api.web.shown import ShownNumber, shown, shown_exactly, value_page
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.field_values import numbers_in
from dose_core.model import StatedValue
from dose_services.event_origins import EventOrigin
from dose_services.launch import View
from dose_services.value_ids import Placed, is_formed, placed_events, value_ids
from dose_services.value_words import KINDS, field_words
from dose_services.viewing import ExplainedExam, UnknownExamError

_NO_EVENT = "this exam has no event of this number"
# What images state is where slices lie, by their centres: the length between the two is a slice shorter than the scan.
_OF_SLICES = {"z_start_mm": "lowest slice centre (z)", "z_end_mm": "highest slice centre (z)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """One number with the place it was read from and the text that stands there."""

    name: str
    number: ShownNumber | None  # None of a list, whose numbers stand in ``listed``
    listed: tuple[ShownNumber, ...]
    path: str | None
    text: str | None
    is_filled: bool


def render_event(scope: Scope, view: View, explained: ExplainedExam, number: int, *, zone: ZoneInfo) -> HTMLResponse:
    """
    Return the page of the event with this number, from 1.

    Raises:
        UnknownExamError: the exam has no such event.
    """
    detail = explained.detail
    events = list(placed_events(detail.exam))
    if not 1 <= number <= len(events):
        raise UnknownExamError(_NO_EVENT)
    placed = events[number - 1]
    event = placed.event
    ids = value_ids(placed, detail.revision_id)
    origin = explained.origins.get(placed.field)
    estimate = event.dlp_estimate if isinstance(event, ExamEvent) else None
    context = {
        "view": view,
        "banner": banner(explained.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "line": line(detail.summary, zone),
        "number": number,
        "count": len(events),
        "title": title_of(event),
        "about": about(event, zone),
        "source": source_words(event),
        "event": event,
        "rows": _rows(placed, ids, origin),
        "facts": _facts(placed),
        "estimate": estimate if isinstance(estimate, Estimate) else None,
        "estimated": _estimated(estimate, ids),
        "refusal": estimate if isinstance(estimate, NotComputable) else None,
        "notes": getattr(event, "notes", ()),
        "origin": origin,
        "kinds": KINDS,
    }
    return render(scope, "event.html", context)


def _estimated(estimate: Estimate | NotComputable | None, ids: dict[str, str]) -> ShownNumber | None:
    if not isinstance(estimate, Estimate):
        return None
    target = value_page(ids["dlp_estimate.value"])
    return shown(estimate.value, estimate.unit, target=target, what="estimated DLP")


def _rows(placed: Placed, ids: dict[str, str], origin: EventOrigin | None) -> list[ValueRow]:
    places: dict[str, StatedValue] = {}
    for stated in origin.stated if origin else ():
        places.setdefault(stated.field, stated)
    formed = f"formed from {source_words(placed.event).rpartition(', ')[2]}" if is_formed(placed.event) else None
    filled = {one.field for one in placed.event.filled}
    return [
        _row(placed, field, value, ids[field], places.get(field), formed, is_filled=_top(field) in filled)
        for field, value in numbers_in(placed.event.event)
    ]


def _row(
    placed: Placed,
    field: str,
    value: float | tuple[float, ...],
    value_id: str,
    place: StatedValue | None,
    formed: str | None,
    *,
    is_filled: bool,
) -> ValueRow:
    name = (_OF_SLICES.get(field) if is_formed(placed.event) else None) or field_words(field)
    numbers = value if isinstance(value, tuple) else ()
    listed = tuple(shown_exactly(one, f"{field}[{n}]", value_id=f"{value_id}.{n}") for n, one in enumerate(numbers))
    # What no single slice states, such as the end of the scan, was formed from all of them.
    text = f"{place.text} {place.unit or ''}".strip() if place else formed
    return ValueRow(
        name=name[:1].upper() + name[1:],
        number=None if isinstance(value, tuple) else shown_exactly(value, field, value_id=value_id),
        listed=listed,
        path=place.path if place else None,
        text=text,
        is_filled=is_filled,
    )


def _facts(placed: Placed) -> list[tuple[str, str]]:
    """Return what is stated in words, such as the anode of a mammogram."""
    stated = placed.event.event
    found = []
    for field in fields(stated):
        value = getattr(stated, field.name)
        if field.name != "event_uid" and isinstance(value, str):
            name = field_words(field.name)
            found.append((name[:1].upper() + name[1:], value.replace("_", " ")))
    return found


def _top(field: str) -> str:
    return field.partition(".")[0].partition("[")[0]
