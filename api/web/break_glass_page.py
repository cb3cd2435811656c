"""The page that asks why somebody must see a restricted patient."""

from uuid import UUID

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web.pages import render, sentence
from dose_core.retention.wording import MAX_REASON, MIN_REASON


def break_glass_page(scope: Scope, view_id: UUID | str, *, refused: str | None = None) -> HTMLResponse:
    """Return the page; ``refused`` tells what was wrong with the reason before."""
    context = {
        "action": f"{scope['app'].state.settings.path_prefix}/view/{view_id}/break-glass",
        "shortest": MIN_REASON,
        "longest": MAX_REASON,
        "refused": sentence(refused) if refused else None,
    }
    return render(scope, "break_glass.html", context, status=403 if refused is None else 422)
