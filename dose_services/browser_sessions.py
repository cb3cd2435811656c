"""
Sessions of people in browsers: opened by a sign-in, ended by a sign-out, by time, or by an administrator.

The secret has 256 random bits and stands in a cookie alone; its digest is kept. Forms carry a token that is derived
from the secret, so that no other site can make one up (synchroniser token).
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from db.repositories import browser_sessions, launches
from db.session import Session
from dose_core.errors import DoseError
from dose_services import users
from dose_services.audit import Action, Looker, Via, record_look
from dose_services.users import User

BY_SESSION = "display:session"  # whom views are issued to that somebody opens because they are signed in
_SECRET_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)  # a session that is used is written once a minute, not with each request


class NotSignedInError(DoseError):
    """Nobody is signed in here, or the session has ended; sign in."""


class Method(StrEnum):
    """By which way somebody signed in."""

    LOCAL = "local"
    DIRECTORY = "directory"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """
    How long a session lives: while it is used at least this often, and no longer than this in all.

    The defaults are those of NIST SP 800-63B, 4.2.4: thirty minutes without activity, twelve hours whatever is done.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is signed in, in one session."""

    id: UUID
    user_id: UUID
    login: str
    method: Method
    opened_at: datetime
    expires_at: datetime

    @property
    def subject(self) -> str:
        """The name under which the access log knows the person."""
        return f"user:{self.login}"


def open_session(
    session: Session, user: User, method: Method, *, limits: SessionLimits, now: datetime
) -> tuple[SignedIn, str]:
    """Open a session and return it with its secret, which is kept nowhere."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = browser_sessions.add(
        session,
        digest=_digest(secret),
        user_id=user.id,
        method=method,
        opened_at=now,
        expires_at=now + limits.absolute,
    )
    signed_in = SignedIn(
        id=row.id, user_id=user.id, login=user.login, method=method, opened_at=now, expires_at=row.expires_at
    )
    return signed_in, secret


def enter(session: Session, secret: str | None, *, limits: SessionLimits, now: datetime) -> SignedIn:
    """
    Return who is signed in by this secret.

    Raises:
        NotSignedInError: it is none of ours, or the session was ended, was not used for too long, or is over.
    """
    known = browser_sessions.open_by_digest(session, _digest(secret), idle_for=limits.idle, now=now) if secret else None
    if known is None:
        raise NotSignedInError("nobody is signed in here, or the session has ended; sign in")
    if now - known.seen_at >= _SEEN_EVERY:
        browser_sessions.touch(session, known.id, now=now)
    return SignedIn(
        id=known.id,
        user_id=known.user_id,
        login=known.login,
        method=Method(known.method),
        opened_at=known.opened_at,
        expires_at=known.expires_at,
    )


def sign_out(session: Session, signed_in: SignedIn, *, route: str, now: datetime) -> None:
    """End the session of who is signed in, and what views they opened by being so."""
    browser_sessions.end(session, signed_in.id, now=now)
    launches.end_views(session, signed_in.user_id, issued_to=BY_SESSION, now=now)
    record_look(session, looker_in(signed_in, route), Action.SIGN_OUT, now=now)


def end_all_of(session: Session, login: str, *, looker: Looker, now: datetime, but: UUID | None = None) -> int:
    """
    End all sessions of a person, but for one, and their views; return how many sessions there were.

    Raises:
        UnknownUserError: nobody has this login.
    """
    user = users.get_by_login(session, login, now=now)
    ended = end_all(session, user.id, now=now, but=but)
    record_look(session, looker, Action.END_SESSIONS, now=now, reason=f"{ended} of {user.subject}")
    return ended


def end_all(session: Session, user_id: UUID, *, now: datetime, but: UUID | None = None) -> int:
    """End all sessions of a person, but for one, and their views; return how many sessions there were."""
    launches.end_views(session, user_id, now=now)
    return browser_sessions.end_all(session, user_id, now=now, but=but)


def looker_in(signed_in: SignedIn, route: str) -> Looker:
    """Return who looks in a session."""
    return Looker(
        subject=signed_in.subject, user_id=signed_in.user_id, via=Via.SESSION, reference=signed_in.id, route=route
    )


def form_token(secret: str) -> str:
    """Return what a form of this session carries."""
    return hmac.new(secret.encode(), b"form", sha256).hexdigest()


def is_form_token(secret: str, token: str) -> bool:
    """Tell whether a form was made for this session."""
    return hmac.compare_digest(form_token(secret).encode(), token.encode())


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
