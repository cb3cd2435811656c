"""Open a dose view from inside another program."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from api.auth.principals import LaunchPrincipalDep
from api.deps import NowDep, RouteDep, SessionDep, SettingsDep, SiteDep
from api.launch.opened import opened
from api.schemas.launch import HandleOut, HandleRequestIn
from dose_services import launch, launch_handles
from dose_services.audit import Action, record_look

router = APIRouter(tags=["launch"])


@router.post("/launch/handles", status_code=status.HTTP_201_CREATED, include_in_schema=False)  # the same, shorter
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
    Return an address that opens the named window on the named patient for the named person, once, within two minutes.

    403 if the person is no user of DoseLedger or may not read patients, 404 if nobody has the identifier or the exam
    that is named is none of theirs.
    """
    granted = launch_handles.grant_handle(
        session,
        wanted.request(),
        wanted.wanted(),
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
    return opened(session, settings, view, secret, route=route, now=now)
