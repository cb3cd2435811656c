"""
Programs that get short tokens by themselves, by a secret or by keys of their own (OAuth 2.0 client credentials).

A secret has 256 random bits and is kept as its digest; of keys the public part alone is known here.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from db.repositories import service_clients
from db.session import Session, lock_key
from db.tables.service_client import ServiceClientRow
from dose_core.errors import DoseError
from dose_services.audit import Action, Looker, record_look
from dose_services.roles import Scope

_NOBODYS = "0" * 64


class ClientRefusedError(DoseError):
    """The client cannot be made or changed so; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClient:
    """A program; ``jwks`` are its public keys, if it signs."""

    client_id: str
    scopes: frozenset[Scope]
    site: str
    jwks: Mapping[str, Any] | None
    created_at: datetime
    disabled_at: datetime | None


def add(
    session: Session,
    client_id: str,
    *,
    scopes: Sequence[Scope],
    site: str = "",
    jwks: Mapping[str, Any] | None = None,
    looker: Looker,
    now: datetime,
) -> str | None:
    """
    Add a program and return its secret, which is kept nowhere, or ``None`` if it signs by keys.

    Raises:
        ClientRefusedError: the id is taken or has blanks, or there is no scope.
    """
    if not client_id or any(c.isspace() or not c.isprintable() or c == ":" for c in client_id):
        raise ClientRefusedError("the id of a client is one word without blanks and colons")
    if not scopes:
        raise ClientRefusedError("a client has at least one scope")
    lock_key(session, f"service_client {client_id}")
    if service_clients.by_client_id(session, client_id) is not None:
        raise ClientRefusedError("a client of this id is there already")
    secret = None if jwks is not None else secrets.token_urlsafe(32)
    row = ServiceClientRow(
        client_id=client_id,
        scopes=sorted(set(scopes)),
        site=site,
        secret_digest=_digest(secret) if secret else None,
        jwks=None if jwks is None else dict(jwks),
        created_at=now,
        disabled_at=None,
    )
    service_clients.add(session, row)
    record_look(session, looker, Action.CHANGE_CLIENT, now=now, reason=f"system:{client_id} added")
    return secret


def disable(session: Session, client_id: str, *, looker: Looker, now: datetime) -> None:
    """
    Give a program no more tokens.

    Raises:
        ClientRefusedError: there is none of this id.
    """
    row = service_clients.by_client_id(session, client_id)
    if row is None:
        raise ClientRefusedError("no client has this id; see `doseledger client list`")
    row.disabled_at = row.disabled_at or now
    session.flush()
    record_look(session, looker, Action.CHANGE_CLIENT, now=now, reason=f"system:{client_id} disabled")


def find(session: Session, client_id: str) -> ServiceClient | None:
    """Return a program that may ask for tokens."""
    row = _row(session, client_id)
    return None if row is None or row.disabled_at is not None else _client(row)


def by_secret(session: Session, client_id: str, secret: str) -> ServiceClient | None:
    """Return the program whose secret this is."""
    row = _row(session, client_id)
    is_right = hmac.compare_digest((row.secret_digest if row else None) or _NOBODYS, _digest(secret))
    return _client(row) if row is not None and is_right and row.disabled_at is None else None


def listed(session: Session) -> list[ServiceClient]:
    """Return all programs, disabled ones too."""
    return [_client(row) for row in service_clients.everyone(session)]


def _row(session: Session, client_id: str) -> ServiceClientRow | None:
    # As `add` has it; a NUL is none that the database could look for.
    return service_clients.by_client_id(session, client_id) if client_id.isprintable() else None


def _client(row: ServiceClientRow) -> ServiceClient:
    return ServiceClient(
        client_id=row.client_id,
        scopes=frozenset(map(Scope, row.scopes)),
        site=row.site,
        jwks=row.jwks,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _digest(secret: str) -> str:
    # No salt and no stretching: the input has 256 random bits, so there is nothing to guess.
    return sha256(secret.encode()).hexdigest()
