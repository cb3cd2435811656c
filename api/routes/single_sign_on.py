"""Single sign-on: to the provider of identities, and back."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth.jwks import ForeignTokenRejectedError
from api.auth.oidc import Attempt, OidcProvider
from api.auth.origin import client_address
from api.auth.session_cookie import session_cookie
from api.deps import NowDep, RouteDep, SettingsDep, UnitOfWorkDep
from api.routes.sign_in import next_path
from api.settings import ApiSettings
from api.web.sign_in_pages import sign_in_page
from dose_core.errors import DoseError
from dose_services import directory_users, rates, used_once
from dose_services.browser_sessions import Method
from dose_services.rates import Rate, TooOftenError
from dose_services.reading import UnitOfWork
from dose_services.sign_in import SignInRefusedError, note_refusal

router = APIRouter(prefix="/sign-in/oidc", tags=["sign-in"], include_in_schema=False)

_COOKIE = "doseledger_oidc"
_VALID = timedelta(minutes=10)  # ours: to find a password, and perhaps a telephone
_PER_ADDRESS = Rate(times=600, window=timedelta(minutes=10))  # ours: a hospital behind one address, twice each


class _Where(TypedDict):
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


class NoProviderError(DoseError):
    """This site has no single sign-on."""


@router.get("", response_class=Response)
def begin(
    request: Request,
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
    next_: Annotated[str | None, Query(alias="next", max_length=1001)] = None,
) -> Response:
    """Go to the provider."""
    provider = _provider(settings)
    _count(request, settings, unit_of_work, now)
    attempt = Attempt.begin()
    answer = RedirectResponse(provider.address(attempt, _redirect_uri(settings)), status.HTTP_303_SEE_OTHER)
    answer.set_cookie(
        _COOKIE, f"{attempt.secret}~{next_path(next_)}", max_age=int(_VALID.total_seconds()), **_where(settings)
    )
    return answer


@router.get("/callback", response_class=HTMLResponse)
def come_back(
    request: Request,
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    route: RouteDep,
    now: NowDep,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Open a session for whom the provider vouches for, if this browser asked it to."""
    _count(request, settings, unit_of_work, now)
    secret, _, wanted = request.cookies.get(_COOKIE, "").partition("~")
    answer: Response
    try:
        opened = _opened(settings, unit_of_work, Attempt(secret), state=state, code=code, iss=iss, route=route, now=now)
    except (SignInRefusedError, ForeignTokenRejectedError) as error:
        answer = sign_in_page(request.scope, next_path=next_path(wanted), refused=error)
    else:
        answer = RedirectResponse(f"{settings.path_prefix}{next_path(wanted)}", status.HTTP_303_SEE_OTHER)
        answer.headers["set-cookie"] = session_cookie(settings, opened)
    answer.set_cookie(_COOKIE, "", max_age=0, **_where(settings))
    return answer


def _opened(
    settings: ApiSettings,
    unit_of_work: UnitOfWork,
    attempt: Attempt,
    *,
    state: str,
    code: str,
    iss: str | None,
    route: str,
    now: datetime,
) -> str:
    """Return the secret of the session that was opened."""
    provider = _provider(settings)
    if not attempt.secret or not attempt.is_answered_by(state) or not code:
        raise SignInRefusedError("this browser did not ask for that, or it took too long; sign in again")
    with unit_of_work() as session:
        is_first = used_once.use(session, provider.system, attempt.secret, until=now + _VALID, now=now)
    if not is_first:
        raise SignInRefusedError("this was used before; sign in again")
    found = provider.vouched(attempt, code, _redirect_uri(settings), issuer=iss)
    with unit_of_work() as session:
        user = directory_users.admit(
            session, system=provider.system, name=found.subject, login=found.login, duties=found.duties, now=now
        )
        if user is not None and user.may_enter(now):
            return settings.sign_in.admit(session, user, Method.OIDC, route=route, now=now)[1]
        note_refusal(session, user.subject if user else None, route=route, now=now)
    raise SignInRefusedError("the provider knows you, but you have no duty here; ask the administrator")


def _count(request: Request, settings: ApiSettings, unit_of_work: UnitOfWork, now: datetime) -> None:
    """Count one more from an address, before the provider is asked for it."""
    with unit_of_work() as session:
        wait = rates.take(session, f"single sign-on from {client_address(request, settings)}", _PER_ADDRESS, now=now)
    if wait is not None:
        raise TooOftenError("too many sign-ins from here; try again later", retry_after_s=wait)


def _provider(settings: ApiSettings) -> OidcProvider:
    if settings.oidc is None:
        raise NoProviderError("this site has no single sign-on")
    return settings.oidc


def _redirect_uri(settings: ApiSettings) -> str:
    return settings.address("/sign-in/oidc/callback")


def _where(settings: ApiSettings) -> _Where:
    return {
        "path": f"{settings.path_prefix}/sign-in/oidc",
        "secure": settings.is_https,
        "httponly": True,
        "samesite": "lax",  # the provider's page leads back here
    }
