"""The pages of signing in and of one's own account."""

from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.auth.sessions import Signed
from api.web.pages import render, sentence
from dose_core.errors import DoseError
from dose_services.browser_sessions import Method
from dose_services.password_hashing import MAX_PASSWORD, MIN_PASSWORD
from dose_services.rates import TooOftenError

_BY = {
    Method.LOCAL: "with a password of DoseLedger",
    Method.DIRECTORY: "with the password of the directory",
    Method.OIDC: "by single sign-on",
}


def sign_in_page(scope: Scope, *, next_path: str, refused: DoseError | None = None) -> HTMLResponse:
    """Return the form; ``refused`` is why somebody was not let in before."""
    oidc = scope["app"].state.settings.oidc
    context = {
        "sso": oidc.settings.label if oidc else None,
        "sso_path": f"/sign-in/oidc?{urlencode({'next': next_path})}",
        "next": next_path,
        "refused": sentence(str(refused)) if refused else None,
        "longest": MAX_PASSWORD,
    }
    return render(scope, "sign_in.html", context, status=_status(refused), headers=_headers(refused))


def account_page(
    scope: Scope,
    signed: Signed,
    *,
    refused: DoseError | None = None,
    is_changed: bool = False,
    ended: int | None = None,
) -> HTMLResponse:
    """Return the page of who is signed in; it says what was just done or refused."""
    context = {
        "person": signed.person,
        "by": _BY[signed.person.method],
        "token": signed.form_token,
        "has_password": signed.person.method is Method.LOCAL,
        "shortest": MIN_PASSWORD,
        "longest": MAX_PASSWORD,
        "refused": sentence(str(refused)) if refused else None,
        "is_changed": is_changed,
        "ended": ended,
    }
    return render(scope, "account.html", context, status=_status(refused), headers=_headers(refused))


def _status(refused: DoseError | None) -> int:
    if refused is None:
        return 200
    return 429 if isinstance(refused, TooOftenError) else 403


def _headers(refused: DoseError | None) -> dict[str, str] | None:
    return {"Retry-After": str(refused.retry_after_s)} if isinstance(refused, TooOftenError) else None
