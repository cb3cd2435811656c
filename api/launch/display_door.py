"""The door of IHE Invoke Image Display, for who is signed in or for what a program signed."""

import base64
from contextlib import nullcontext
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import RedirectResponse

from api.auth.sessions import MaybeSignedInDep
from api.deps import NowDep, RouteDep, SettingsDep, SiteDep, UnitOfWorkDep
from api.launch import parked
from api.launch.arriving import Arrival, arrive, on_record
from api.launch.display import read_display
from api.launch.signed import (
    LinkNotUnderstoodError,
    LinkRejectedError,
    Pairs,
    Proof,
    by_signature,
    by_token,
    canonical,
    pairs_of,
)
from api.settings import ApiSettings
from db.session import Session
from dose_services import launch, launch_people, used_once, users
from dose_services.browser_sessions import BY_SESSION
from dose_services.roles import Permission
from dose_services.users import User, UserNotAllowedError

PATH, RESUMED = "/IHEInvokeImageDisplay", "/launch/display"

_USED = "this link does not hold, was used before or has expired; open the view again"
_MOST_PARKED = 900  # what the page of signing in takes along

router = APIRouter(tags=["launch"], include_in_schema=False)


@router.get(PATH, response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def invoke(
    request: Request,
    unit_of_work: UnitOfWorkDep,
    settings: SettingsDep,
    site: SiteDep,
    signed: MaybeSignedInDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Go to the view that a request for display asks for; who is not signed in signs in first."""
    pairs = pairs_of(request.url.query)
    proof = _proof(pairs, settings, now)
    authority = (proof.client.authority if proof else None) or site.default_authority
    asked = read_display(pairs, default_authority=authority, zone=site.timezone)
    if proof is None and signed is None:
        sealed = parked.seal(settings.tokens.secret, request.url.query, now=now)
        if len(sealed) > _MOST_PARKED:
            raise LinkNotUnderstoodError("this names too much to wait for a sign-in; sign in first")
        way = f"{settings.path_prefix}/sign-in?next={quote(f'{RESUMED}?q={sealed}', safe='')}"
        return RedirectResponse(way, status_code=status.HTTP_303_SEE_OTHER)
    by = f"display:{proof.client.name}" if proof else BY_SESSION
    with on_record(unit_of_work, by=by, route=route, now=now) if proof else nullcontext():
        if proof is not None:
            with unit_of_work() as session:
                if not used_once.use(session, by, proof.once, until=proof.until, now=now):
                    raise LinkRejectedError(_USED)
        with unit_of_work() as session:
            user = _user(session, proof, signed.person.user_id if signed else None, now)
            arrival = Arrival(user=user, by=by, asked=asked, route=route, within_reach=proof is None)
            return arrive(session, arrival, scope=request.scope, settings=settings, now=now)


@router.get(RESUMED, response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def resume(
    request: Request,
    q: Annotated[str, Query(max_length=4096)],
    unit_of_work: UnitOfWorkDep,
    settings: SettingsDep,
    site: SiteDep,
    signed: MaybeSignedInDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Go on after signing in with what was asked for before."""
    pairs = pairs_of(parked.unseal(settings.tokens.secret, q, now=now))
    asked = read_display(pairs, default_authority=site.default_authority, zone=site.timezone)
    with unit_of_work() as session:
        user = _user(session, None, signed.person.user_id if signed else None, now)
        arrival = Arrival(user=user, by=BY_SESSION, asked=asked, route=route, within_reach=True)
        return arrive(session, arrival, scope=request.scope, settings=settings, now=now)


def _proof(pairs: Pairs, settings: ApiSettings, now: datetime) -> Proof | None:
    """Return who signed the request; ``None`` if nobody claims to have."""
    said, door = dict(pairs), settings.address(PATH)
    if "token" in said:
        proof = by_token(said["token"], settings.launch, door)
        others = canonical([pair for pair in pairs if pair[0] != "token"])
        covered = base64.urlsafe_b64encode(sha256(others.encode()).digest()).rstrip(b"=").decode()
        if proof.claims.get("query") != covered:  # a token says who comes; the digest says for what
            raise LinkRejectedError(_USED)
        return proof
    return by_signature(pairs, settings.launch, door, now=now) if "signature" in said else None


def _user(session: Session, proof: Proof | None, user_id: UUID | None, now: datetime) -> User:
    if proof is not None:
        return launch_people.find_person(session, proof.client.people, proof.person, now=now)
    user = launch.require_allowed(users.find_by_id(session, user_id, now=now) if user_id else None)
    # Nobody vouches for the patient here, so that only who may search for anybody may ask.
    if not user.may(Permission.SEARCH_PATIENTS):
        raise UserNotAllowedError("open this from the program in which you look at the patient")
    return user
