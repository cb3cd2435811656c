"""Tokens for programs: OAuth 2.0 client credentials (RFC 6749, 4.4), by a secret or a signed assertion (RFC 7523)."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote_plus

import jwt
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from api.auth.jwks import FixedKeys, ForeignTokenRejectedError, verified_claims
from api.auth.origin import client_address
from api.bodies import read_body
from api.deps import NowDep, SettingsDep, UnitOfWorkDep
from api.settings import ApiSettings
from db.session import Session
from dose_services import rates, service_clients, tokens, used_once
from dose_services.rates import Rate, TooOftenError
from dose_services.roles import Scope
from dose_services.service_clients import ServiceClient

router = APIRouter(tags=["tokens"], include_in_schema=False)

PATH = "/oauth/token"
_MAX_FORM_BYTES = 16_384  # ours: an assertion has some thousand
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, 2.2
_REQUIRED = ("iss", "sub", "aud", "exp", "jti")  # SMART App Launch 2.2, client-confidential-asymmetric
_ALGORITHMS = ("RS384", "ES384")
_ASSERTION_S = 300  # the same: no more than five minutes in the future
_VALID_FOR = timedelta(minutes=5)  # SMART Backend Services: expires_in of 300 at most
_PER_ADDRESS = Rate(times=60, window=timedelta(minutes=1))  # ours: refusals; who has a token uses it for minutes


async def _form(request: Request) -> Mapping[str, str]:
    sent = (await read_body(request, _MAX_FORM_BYTES)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(sent, max_num_fields=20).items()}


@router.post(PATH)
def give_token(
    request: Request,
    form: Annotated[Mapping[str, str], Depends(_form)],
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
) -> JSONResponse:
    """Return a token of the scopes that the program asked for, or of all that it may have."""
    if form.get("grant_type") != "client_credentials":
        return _refused(400, "unsupported_grant_type")
    with unit_of_work() as session:
        client = _client(session, request, form, settings, now=now)
        wait = None
        if client is None:
            key = f"oauth refusals of {client_address(request, settings)}"
            wait = rates.take(session, key, _PER_ADDRESS, now=now)
    if wait is not None:
        raise TooOftenError("too many refusals; try again later", retry_after_s=wait)
    if client is None:
        return _refused(401, "invalid_client")
    asked = form.get("scope", "").split()
    if any(word not in client.scopes for word in asked):
        return _refused(400, "invalid_scope")
    scopes = [Scope(word) for word in asked] or sorted(client.scopes)
    with unit_of_work() as session:
        _, token = tokens.issue(
            session,
            settings.tokens,
            scopes=scopes,
            subject=client.client_id,
            site=client.site,
            valid_for=_VALID_FOR,
            now=now,
        )
    answer: dict[str, Any] = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(_VALID_FOR.total_seconds()),
        "scope": " ".join(scopes),
    }
    return JSONResponse(answer)


def _client(
    session: Session, request: Request, form: Mapping[str, str], settings: ApiSettings, *, now: datetime
) -> ServiceClient | None:
    """Return the program that asks, if it shows who it is in one way and no other."""
    header, assertion = request.headers.get("authorization"), form.get("client_assertion")
    if assertion is not None and header is None and form.get("client_assertion_type") == _ASSERTION:
        return _by_assertion(session, assertion, settings, now=now)
    if header is not None and assertion is None:
        shown = _basic(header)
        return service_clients.by_secret(session, *shown) if shown else None
    return None


def _by_assertion(session: Session, assertion: str, settings: ApiSettings, *, now: datetime) -> ServiceClient | None:
    try:
        # Only to find whose keys are asked; nothing of it is believed before they say so.
        stated = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
        client = service_clients.find(session, stated) if isinstance(stated, str) else None
        if client is None or client.jwks is None:
            return None
        claims = verified_claims(
            assertion,
            FixedKeys(client.jwks),
            issuer=client.client_id,
            audience=settings.address(PATH),
            algorithms=_ALGORITHMS,
            required=_REQUIRED,
            longest_s=_ASSERTION_S,
        )
    except (jwt.PyJWTError, ForeignTokenRejectedError):
        return None
    until = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(minutes=1)  # as long as it could be shown again
    is_first = used_once.use(session, f"oauth {client.client_id}", claims["jti"], until=until, now=now)
    return client if is_first and claims["sub"] == client.client_id else None


def _basic(header: str) -> tuple[str, str] | None:
    """Return id and secret of ``Authorization: Basic``, each form-encoded before they were joined (RFC 6749, 2.3.1)."""
    scheme, _, rest = header.partition(" ")
    try:
        shown = base64.b64decode(rest, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    client_id, colon, secret = shown.partition(":")
    return (unquote_plus(client_id), unquote_plus(secret)) if scheme.lower() == "basic" and colon else None


def _refused(status: int, error: str) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Basic realm="doseledger"'} if status == 401 else None  # noqa: PLR2004 - RFC 6749, 5.2
    return JSONResponse({"error": error}, status_code=status, headers=headers)
