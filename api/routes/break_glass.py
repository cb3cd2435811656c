"""Break the glass in a view: see a patient all the same who is restricted."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth.cookies import ViewDep
from api.auth.principals import NotPermittedError
from api.bodies import read_body
from api.deps import SessionDep, SettingsDep
from api.web.break_glass_page import break_glass_page
from dose_core.retention.wording import NoReasonError
from dose_services import restriction

router = APIRouter(prefix="/view/{view_id}", tags=["view"], include_in_schema=False)

_MAX_FORM_BYTES = 16_384  # ours: a reason of 500 characters, percent-encoded, and room


async def _reason(request: Request) -> str:
    # A page of ours alone may send this; browsers that do not tell have no cookie of a view to send from elsewhere.
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotPermittedError("this can be sent from its own page only")
    form = parse_qs((await read_body(request, _MAX_FORM_BYTES)).decode("utf-8", "replace"), keep_blank_values=True)
    return form.get("reason", [""])[0]


@router.post("/break-glass", response_class=HTMLResponse)
def break_glass(
    request: Request,
    view: ViewDep,
    reason: Annotated[str, Depends(_reason)],
    session: SessionDep,
    settings: SettingsDep,
) -> Response:
    """Open a view although its patient is restricted, and go there."""
    try:
        restriction.break_glass(session, view, reason)
    except NoReasonError as error:
        return break_glass_page(request.scope, view.id, refused=str(error))
    page = f"{settings.path_prefix}/view/{view.id}{view.opening.first_page}"
    return RedirectResponse(page, status_code=status.HTTP_303_SEE_OTHER)
