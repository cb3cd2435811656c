"""The page of the skin dose of one exam: the peak with its interval, the map, and all that bears on it."""

from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.history_page import banner, line
from api.web.pages import render
from api.web.shown import shown, value_page
from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.skin_dose import SkinDose
from dose_core.estimating.skin_follow_up import words_of
from dose_services.launch import View
from dose_services.skin_views import SkinState, SkinView

_STATES = {
    SkinState.COMPUTED: "",
    SkinState.PENDING: "It is being computed; what stands here is of an earlier state of the examination.",
    SkinState.NOT_COUNTED: "The examination is not counted, so no skin dose is shown.",
    SkinState.NO_PROJECTION: "Nothing in the examination needs a map of skin dose.",
}
_WAYS = {(1, 0): "to the left", (-1, 0): "to the right", (0, 1): "towards the head", (0, -1): "towards the feet"}


def render_skin(scope: Scope, view: View, skin: SkinView, *, zone: ZoneInfo) -> HTMLResponse:
    """Return the page."""
    result = skin.result
    peak = result.peak if result and isinstance(result.peak, Estimate) else None
    number = None
    if peak is not None and skin.value_id is not None:
        number = shown(peak.value, peak.unit, target=value_page(skin.value_id), what="peak skin dose")
    context = {
        "view": view,
        "banner": banner(skin.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "line": line(skin.summary, zone),
        "note": _STATES[skin.state],
        "result": result,
        "peak": peak,
        "number": number,
        "refusal": result.peak if result and peak is None else None,
        "shifts": _shifts(result),
        "follow_up": words_of(skin.follow_up) if skin.follow_up else None,
        "due_on": formatting.day(skin.follow_up.due_on) if skin.follow_up else None,
        "is_looked_at": skin.is_looked_at,
    }
    return render(scope, "skin.html", context)


def _shifts(result: SkinDose | None) -> list[tuple[str, str]]:
    """Return how the peak would be with the patient elsewhere, over the peak: a dose would need an interval."""
    if result is None or not isinstance(result.peak, Estimate) or not result.peak.value:
        return []
    told = []
    for one in result.shifts:
        way = _WAYS[_sign(one.left_mm), _sign(one.head_mm)]
        ratio = "no beam meets the body" if one.peak_mgy is None else f"{one.peak_mgy / result.peak.value:.0%}"
        told.append((f"{max(abs(one.left_mm), abs(one.head_mm)) / 10:.0f} cm {way}", ratio))
    return told


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
