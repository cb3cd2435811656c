"""
Which EHR calls: by the token that it signs for each call (CDS Hooks 2.0, Trusting CDS Clients).

The issuer is looked up in the settings before anything of the token is believed, and its keys come from the address
that stands there: a ``jku`` is allowed if it is that address, and is never asked otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth.jwks import ForeignTokenRejectedError, KeySource, verified_claims
from api.auth.outgoing import AddressRefusedError, PeerFailedError
from api.auth.principals import MissingTokenError
from api.cds_hooks.settings import HookClient
from api.deps import NowDep, SettingsDep, UnitOfWorkDep
from dose_core.errors import DoseError
from dose_services import used_once

_REQUIRED = ("exp", "iat", "iss", "aud", "jti")
_MAX_JTI = 256
_LONGEST_S = 2 * 3600  # ours: how far ahead a token may end, since as long its jti is kept
_LEEWAY = timedelta(minutes=1)  # more than that of the signature's times


class HookTokenRejectedError(DoseError):
    """The token of the EHR is not valid for this address, or was used before; sign a new one for each call."""


class KeysUnavailableError(DoseError):
    """The keys of the EHR cannot be had now; try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCaller:
    """The EHR that calls."""

    client: HookClient


_scheme = HTTPBearer(auto_error=False, bearerFormat="JWT", description="a JWT that the EHR signs for this call alone")
_CredentialsDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]


def _caller(
    request: Request,
    credentials: _CredentialsDep,
    settings: SettingsDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
) -> HookCaller:
    if credentials is None:
        raise MissingTokenError("send a JWT that is signed for this address: Authorization: Bearer <token>")
    token = credentials.credentials
    candidates = _candidates(token, settings.hooks.clients)
    keys: KeySource | None = request.app.state.hook_keys.get(candidates[0].jwks_url) if candidates else None
    if keys is None:
        raise _rejected()
    address = settings.address(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
    try:
        claims = verified_claims(
            token,
            keys,
            issuer=candidates[0].issuer,
            audience=address,
            required=_REQUIRED,
            types=("jwt",),
            longest_s=_LONGEST_S,
        )
    except ForeignTokenRejectedError as error:
        raise _rejected() from error
    except (PeerFailedError, AddressRefusedError) as error:
        raise KeysUnavailableError("the keys of the EHR cannot be had now; try again in a moment") from error
    client = _client_of(claims, candidates)
    jti = claims["jti"]
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_JTI:
        raise _rejected()
    until = datetime.fromtimestamp(claims["exp"], UTC) + _LEEWAY
    # A unit of work of its own, so that a token is used up whatever becomes of the call.
    with unit_of_work() as session:
        if not used_once.use(session, client.issuer, jti, until=until, now=now):
            raise _rejected()
    return HookCaller(client=client)


def _candidates(token: str, clients: tuple[HookClient, ...]) -> list[HookClient]:
    """Return the clients of the issuer that the token names, none if its header names keys that are not theirs."""
    try:
        header = jwt.get_unverified_header(token)
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.PyJWTError, ValueError):
        return []
    found = [client for client in clients if client.issuer == issuer]
    addresses = {client.jwks_url for client in found}
    if len(addresses) != 1 or not isinstance(header.get("kid"), str) or header.get("jku") not in (None, *addresses):
        return []
    return found


def _client_of(claims: dict[str, Any], candidates: list[HookClient]) -> HookClient:
    """Return the client whose tenant the token names; a client without a tenant takes any."""
    for client in candidates:
        if client.tenant is None or client.tenant == claims.get("tenant"):
            return client
    raise _rejected()


def _rejected() -> HookTokenRejectedError:
    return HookTokenRejectedError("the token is not valid here; sign a new one for this address and this call")


HookCallerDep = Annotated[HookCaller, Depends(_caller)]
