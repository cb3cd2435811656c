"""Bearer tokens: issued with a record, checked against it at each use, and revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from db.repositories import grants as grant_rows
from db.repositories import tokens
from db.session import Session
from db.tables.user import IssuedTokenRow
from dose_core.errors import DoseError
from dose_services import grants
from dose_services.access import Access, access_from, access_of
from dose_services.audit import Looker, Via
from dose_services.browser_sessions import SignedIn
from dose_services.roles import Role, Scope
from dose_services.users import UserNotAllowedError, get_by_login

ALGORITHM = "HS256"  # the service that issues is the service that checks; no other party needs a key
_TYPE = "at+jwt"  # RFC 9068, 2.1: an access token, not any other JWT
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "jti")
_LEEWAY_S = 5  # two clocks of one host's processes differ by less
_USED_EVERY = timedelta(minutes=1)  # a token that is used is written once a minute, not with each request
MIN_SECRET_BYTES = 32  # RFC 7518, 3.2: a key of the size of the hash or larger


class WeakSecretError(DoseError):
    """The token secret is missing or shorter than 32 bytes; set one, such as from ``openssl rand -hex 32``."""


class TokenRejectedError(DoseError):
    """The bearer token is not valid, has expired or was revoked; ask for a new one."""


class UnknownTokenError(DoseError):
    """No token with this id was issued; see ``doseledger token list``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """What tokens are signed with and for whom they are; the secret has no default and is never shown."""

    secret: bytes = field(repr=False)
    issuer: str
    audience: str

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_BYTES:
            msg = f"the token secret has {len(self.secret)} bytes, fewer than {MIN_SECRET_BYTES}"
            raise WeakSecretError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """What is kept of a token."""

    jti: UUID
    subject: str
    scopes: frozenset[Scope]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who a valid token speaks for, and what they may do."""

    jti: UUID
    subject: str
    site: str  # where what it hands in belongs; "" is the only or main one
    user_id: UUID | None
    scopes: frozenset[Scope]
    access: Access
    via: Via = Via.TOKEN

    @property
    def roles(self) -> frozenset[Role]:
        """The duties that they have anywhere."""
        return self.access.roles


def issue(
    session: Session,
    settings: TokenSettings,
    *,
    scopes: Sequence[Scope],
    subject: str | None = None,
    login: str | None = None,
    site: str = "",
    valid_for: timedelta,
    now: datetime,
) -> tuple[TokenRecord, str]:
    """
    Record a token and return its record and the token itself, which is kept nowhere.

    Args:
        session: the unit of work.
        settings: the secret, the issuer, the audience.
        scopes: at least one.
        subject: the name of a program; give this or ``login``.
        login: the user that the token speaks for.
        site: where what it hands in belongs, if there are several sites.
        valid_for: how long it is valid.
        now: the time of issue.

    Raises:
        UserNotAllowedError: not exactly one of subject and login, no scope, no time, or a disabled user.
        UnknownUserError: nobody has this login.
    """
    if (subject is None) == (login is None):
        raise UserNotAllowedError("a token is either for a program (subject) or for a user (login)")
    if not scopes or valid_for <= timedelta(0):
        raise UserNotAllowedError("a token has at least one scope and is valid for some time")
    user = get_by_login(session, login, now=now) if login is not None else None
    if user is not None and not user.may_enter(now):
        raise UserNotAllowedError("this user is disabled, or their time is over")
    named = f"system:{subject}" if user is None else user.subject
    if user is None and Scope.READ in scopes and not grant_rows.has_any(session, named):
        # The first token of a program lets it read everywhere; what was given or ended before stays so.
        by = Looker.of_service("tokens", "issue")
        grants.give(session, named, Role.INTEGRATOR, looker=by, now=now)
    row = tokens.add(
        session,
        subject=named,
        site=site,
        user_id=None if user is None else user.id,
        scopes=sorted(set(scopes)),
        issued_at=now,
        expires_at=now + valid_for,
    )
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": row.subject,
        "jti": str(row.id),
        "iat": int(now.timestamp()),
        "exp": int(row.expires_at.timestamp()),
        "scope": " ".join(row.scopes),  # RFC 8693, 4.2
    }
    return _record(row), jwt.encode(claims, settings.secret, algorithm=ALGORITHM, headers={"typ": _TYPE})


def check(session: Session, settings: TokenSettings, token: str, *, now: datetime) -> Bearer:
    """
    Return who a token speaks for.

    The signature comes first; what the token may do is then read from its record, not from its claims.

    Raises:
        TokenRejectedError: any check failed; the text does not say which, the sender has no need to know.
    """
    jti = _verified_jti(settings, token)
    row = tokens.spoken(session, jti, now=now)
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        raise TokenRejectedError("the bearer token is not valid; ask for a new one")
    if row.user_id is not None and (row.disabled_at is not None or _is_over(row, now)):
        raise TokenRejectedError("the bearer token is not valid; ask for a new one")
    if row.last_used_at is None or now - row.last_used_at >= _USED_EVERY:
        tokens.touch(session, jti, now=now)
    return Bearer(
        jti=jti,
        subject=row.subject,
        site=row.site,
        user_id=row.user_id,
        scopes=frozenset(map(Scope, row.scopes)),
        access=access_from(session, row.granted),
    )


def bearer_of(session: Session, signed_in: SignedIn, *, now: datetime) -> Bearer:
    """Return who is signed in, in the place of whom a token speaks for: they may read and decide as their roles say."""
    return Bearer(
        jti=signed_in.id,
        subject=signed_in.subject,
        site="",
        user_id=signed_in.user_id,
        scopes=frozenset({Scope.READ}),
        access=access_of(session, signed_in.subject, now=now),
        via=Via.SESSION,
    )


def revoke(session: Session, jti: UUID, *, now: datetime) -> TokenRecord:
    """
    Revoke a token: it is refused from now on.

    Raises:
        UnknownTokenError: no such token was issued.
    """
    row = tokens.by_id(session, jti)
    if row is None:
        msg = f"no token has the id {jti}; see `doseledger token list`"
        raise UnknownTokenError(msg)
    row.revoked_at = row.revoked_at or now
    session.flush()
    return _record(row)


def list_tokens(session: Session) -> list[TokenRecord]:
    """Return the records of all tokens, newest first."""
    return [_record(row) for row in tokens.newest_first(session)]


def _is_over(row: tokens.Spoken, now: datetime) -> bool:
    return row.valid_until is not None and row.valid_until <= now


def _verified_jti(settings: TokenSettings, token: str) -> UUID:
    try:
        decoded = jwt.decode_complete(
            token,
            settings.secret,
            algorithms=[ALGORITHM],
            audience=settings.audience,
            issuer=settings.issuer,
            leeway=_LEEWAY_S,
            options={"require": list(_REQUIRED)},
        )
        if decoded["header"].get("typ") != _TYPE:
            raise TokenRejectedError("the bearer token is not valid; ask for a new one")
        return UUID(decoded["payload"]["jti"])
    except (jwt.PyJWTError, ValueError) as error:
        raise TokenRejectedError("the bearer token is not valid; ask for a new one") from error


def _record(row: IssuedTokenRow) -> TokenRecord:
    return TokenRecord(
        jti=row.id,
        subject=row.subject,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
