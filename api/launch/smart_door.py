"""The doors of SMART App Launch 2.2: an EHR opens the first, its authorisation server sends back to the second."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.auth.cookies import framing
from api.auth.origin import client_address
from api.deps import NowDep, RouteDep, SettingsDep, UnitOfWorkDep
from api.launch import smart_context
from api.launch.arriving import Arrival, arrive, on_record
from api.launch.smart import Ehrs, authorization_address, exchange, rejected
from api.settings import ApiSettings
from dose_services import launch_people, smart_launches

START, CALLBACK = "/launch/smart", "/launch/smart/callback"

router = APIRouter(tags=["launch"], include_in_schema=False)


async def _ehrs(request: Request) -> Ehrs:
    ehrs: Ehrs = request.app.state.ehrs
    return ehrs


EhrsDep = Annotated[Ehrs, Depends(_ehrs)]
_Given = Annotated[str | None, Query(max_length=4096)]


@router.get(START, response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def start(
    request: Request,
    iss: Annotated[str, Query(min_length=1, max_length=500)],
    launch: Annotated[str, Query(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f]+$")],
    unit_of_work: UnitOfWorkDep,
    settings: SettingsDep,
    ehrs: EhrsDep,
    now: NowDep,
) -> Response:
    """Send the person of an EHR that the site names to its authorisation server."""
    issuer = ehrs.named(iss)
    with unit_of_work() as session:
        smart_launches.admit(session, client_address(request, settings), now=now)
    configuration = ehrs.configuration(issuer)
    with unit_of_work() as session:
        begun = smart_launches.begin(session, issuer.iss, now=now)
    address = authorization_address(
        issuer,
        configuration,
        launch=launch,
        state=begun.state,
        secret=begun.secret,
        redirect_uri=settings.address(CALLBACK),
    )
    answer = RedirectResponse(address, status_code=status.HTTP_303_SEE_OTHER)
    seconds = int(smart_launches.VALID_FOR.total_seconds())
    answer.headers["set-cookie"] = _set_cookie(settings, begun.state, begun.secret, seconds=seconds)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a browser comes back with: what the authorisation server gave it, and the cookie that we did."""

    state: str
    code: str | None
    iss: str | None  # RFC 9207, 2
    secret: str = field(repr=False)


async def _returned(request: Request, state: _Given = None, code: _Given = None, iss: _Given = None) -> Returned:
    secret = request.cookies.get(_cookie(state or ""), "")
    return Returned(state=state or "", code=code, iss=iss, secret=secret)


@router.get(CALLBACK, response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def come_back(
    request: Request,
    returned: Annotated[Returned, Depends(_returned)],
    unit_of_work: UnitOfWorkDep,
    settings: SettingsDep,
    ehrs: EhrsDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Exchange the code of a launch that this browser began, and go to the view of the patient in its context."""
    with unit_of_work() as session:
        begun_at = smart_launches.take(session, returned.state, returned.secret, now=now)
    if begun_at is None or not returned.code:
        raise rejected()
    issuer = ehrs.named(begun_at)
    configuration = ehrs.configuration(issuer)
    # RFC 9207, 2.4: the answer of another server.
    if returned.iss != configuration.issuer if returned.iss is not None else configuration.states_issuer:
        raise rejected()
    redirect_uri = settings.address(CALLBACK)
    given = exchange(
        ehrs.outgoing, issuer, configuration, code=returned.code, secret=returned.secret, redirect_uri=redirect_uri
    )
    by = f"smart:{issuer.iss}"
    # Who is nobody here is told so before the EHR is asked for a patient.
    with on_record(unit_of_work, by=by, route=route, now=now), unit_of_work() as session:
        user = launch_people.find_person(session, issuer.iss, given.person, now=now)
    asked = smart_context.asked_of(ehrs.outgoing, issuer, given)
    with unit_of_work() as session:
        arrival = Arrival(user=user, by=by, asked=asked, route=route)
        answer = arrive(session, arrival, scope=request.scope, settings=settings, now=now)
    answer.headers.append("set-cookie", _set_cookie(settings, returned.state, "", seconds=0))
    return answer


def _set_cookie(settings: ApiSettings, state: str, secret: str, *, seconds: int) -> str:
    place = f"{settings.path_prefix}{CALLBACK}"
    return f"{_cookie(state)}={secret}; Path={place}; Max-Age={seconds}; HttpOnly; {framing(settings)}"


def _cookie(state: str) -> str:
    # One for each launch, so that two in two tabs do not end each other.
    return f"doseledger_smart_{sha256(state.encode()).hexdigest()[:16]}"
