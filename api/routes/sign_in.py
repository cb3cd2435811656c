"""Sign in, sign out, and one's own account."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth.origin import client_address
from api.auth.session_cookie import no_cookie, session_cookie
from api.auth.sessions import FormDep, MaybeSignedInDep, OwnFormDep, SignedInDep
from api.deps import NowDep, RouteDep, SessionDep, SettingsDep, UnitOfWorkDep
from api.settings import ApiSettings
from api.web.sign_in_pages import account_page, sign_in_page
from dose_services import browser_sessions
from dose_services.password_hashing import PasswordRefusedError
from dose_services.rates import TooOftenError
from dose_services.sign_in import SignInRefusedError

router = APIRouter(tags=["sign-in"], include_in_schema=False)

# A path of ours and nothing else: one stroke, no backslash, which browsers take for one, and no control character.
_OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_ACCOUNT = "/account"


def next_path(stated: str | None) -> str:
    """Return where to go after signing in: a path of ours, whatever was stated."""
    return stated if stated and _OUR_PATH.fullmatch(stated) else _ACCOUNT


@router.get("/sign-in", response_class=HTMLResponse)
def show_sign_in(
    request: Request,
    settings: SettingsDep,
    signed: MaybeSignedInDep,
    next_: Annotated[str | None, Query(alias="next", max_length=1001)] = None,
) -> Response:
    """Show the form, or go on if somebody is signed in."""
    if signed is not None:
        return _go(settings, next_path(next_))
    return sign_in_page(request.scope, next_path=next_path(next_))


@router.post("/sign-in", response_class=HTMLResponse)
def open_session(
    request: Request,
    form: FormDep,
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Open a session for who has this login and password, and go where they wanted to."""
    wanted = next_path(form.get("next"))
    try:
        _, secret = settings.sign_in.by_password(
            unit_of_work,
            form.get("login", ""),
            form.get("password", ""),
            address=client_address(request, settings),
            route=route,
            now=now,
        )
    except (SignInRefusedError, TooOftenError) as error:
        return sign_in_page(request.scope, next_path=wanted, refused=error)
    answer = _go(settings, wanted)
    answer.headers["set-cookie"] = session_cookie(settings, secret)
    return answer


@router.post("/sign-out", response_class=HTMLResponse)
def sign_out(
    _: OwnFormDep, signed: SignedInDep, settings: SettingsDep, session: SessionDep, route: RouteDep, now: NowDep
) -> Response:
    """End this session."""
    browser_sessions.sign_out(session, signed.person, route=route, now=now)
    answer = _go(settings, "/sign-in")
    answer.headers["set-cookie"] = no_cookie(settings)
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


@router.get("/account", response_class=HTMLResponse)
def show_account(request: Request, signed: SignedInDep) -> Response:
    """Show who is signed in, and what they can do about it."""
    return account_page(request.scope, signed)


@router.post("/account/password", response_class=HTMLResponse)
def change_password(
    request: Request,
    form: OwnFormDep,
    signed: SignedInDep,
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Change one's own password, by the one before; all other sessions end."""
    try:
        settings.sign_in.change_password(
            unit_of_work,
            signed.person,
            current=form.get("current", ""),
            new=form.get("new", ""),
            again=form.get("again", ""),
            route=route,
            now=now,
        )
    except (SignInRefusedError, PasswordRefusedError, TooOftenError) as error:
        return account_page(request.scope, signed, refused=error)
    return account_page(request.scope, signed, is_changed=True)


@router.post("/account/sign-out-elsewhere", response_class=HTMLResponse)
def sign_out_elsewhere(
    _: OwnFormDep, request: Request, signed: SignedInDep, session: SessionDep, route: RouteDep, now: NowDep
) -> Response:
    """End one's own sessions in other browsers."""
    person = signed.person
    looker = browser_sessions.looker_in(person, route)
    ended = browser_sessions.end_all_of(session, person.login, looker=looker, now=now, but=person.id)
    return account_page(request.scope, signed, ended=ended)


def _go(settings: ApiSettings, path: str) -> RedirectResponse:
    return RedirectResponse(f"{settings.path_prefix}{path}", status_code=status.HTTP_303_SEE_OTHER)
