"""Open a dose view from inside another program."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from fastapi.responses import RedirectResponse

from api.auth.cookies import view_cookie
from api.auth.principals import LaunchPrincipalDep
from api.deps import NowDep, RouteDep, SessionDep, SettingsDep, SiteDep
from api.schemas.launch import HandleOut, HandleRequestIn
from dose_services import launch
from dose_services.audit import Action, Looker, Via, record_look

router = APIRouter(tags=["launch"])


@router.post("/api/v1/launch/handles", summary="Ask for a launch handle", status_code=status.HTTP_201_CREATED)
def request_handle(
    wanted: HandleRequestIn,
    principal: LaunchPrincipalDep,
    session: SessionDep,
    settings: SettingsDep,
    site: SiteDep,
    now: NowDep,
) -> HandleOut:
    """
    Return an address that opens the named patient's view for the named person, once, within two minutes.

    403 if the person is no user of DoseLedger or may not read patients, 404 if nobody has the identifier.
    """
    granted = launch.grant_handle(
        session,
        wanted.request(),
        issued_to=principal.looker.subject,
        valid_for=settings.handle_valid_for,
        site=site,
        now=now,
    )
    record_look(session, principal.looker, Action.REQUEST_LAUNCH, now=now, patient_id=granted.patient_id)
    return HandleOut(
        handle_id=granted.id, url=settings.address(f"/launch?t={granted.handle}"), expires_at=granted.expires_at
    )


@router.get("/launch", summary="Use a launch handle", response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def use_handle(
    t: Annotated[str, Query(min_length=1, max_length=200)],
    session: SessionDep,
    settings: SettingsDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Exchange the handle for a session of this browser, this person and this patient, and go to the view."""
    view, secret = launch.open_view(session, t, valid_for=settings.view_valid_for, now=now)
    looker = Looker(subject=view.user.subject, user_id=view.user.id, via=Via.LAUNCH, reference=view.id, route=route)
    record_look(session, looker, Action.OPEN_VIEW, now=now, patient_id=view.patient_id)
    answer = RedirectResponse(f"{settings.path_prefix}/view/{view.id}", status_code=status.HTTP_303_SEE_OTHER)
    answer.headers["set-cookie"] = view_cookie(settings, view.id, secret)
    return answer
