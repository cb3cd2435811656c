"""
Opening the dose view of one patient for one person, from inside another program.

A handle is asked for by a program and names the person and the patient; it works once and for a
short time. It opens a view: a session for this person and this patient, with no way to another one.
Handle and session secret have 256 random bits and are kept as digests only.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from db.reaching import Reach
from db.repositories import launches
from db.session import Session
from db.tables.launch import LaunchHandleRow, ViewSessionRow
from dose_core.errors import DoseError
from dose_services import launch_asking, users
from dose_services.access import PurposeNotAllowedError, Rights
from dose_services.launch_asking import Asked, Found
from dose_services.launch_windows import Opening, opening_from
from dose_services.roles import Permission, Purpose
from dose_services.users import User, UserNotAllowedError

_SECRET_BYTES = 32
_AT_ONCE = timedelta(seconds=1)  # of a handle that is used in the transaction that makes it


class UnknownPatientError(DoseError):
    """DoseLedger knows no patient by this identifier; perhaps no CT dose of theirs has come in yet."""


class HandleRejectedError(DoseError):
    """The link was used before, has expired, or never was one; open the view again where it came from."""


class ViewClosedError(DoseError):
    """The view has ended or belongs to another browser; open it again where it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    An open view: who looks at whom, and at what of them.

    ``break_glass`` is why, if they opened it although the patient is restricted.
    """

    id: UUID
    user: User
    patient_id: UUID
    expires_at: datetime
    break_glass: str | None
    opening: Opening = field(default_factory=Opening)

    @property
    def may_break_glass(self) -> bool:
        """Whether the person may see a restricted patient, with a written reason."""
        return self.rights.may(Permission.BREAK_GLASS)

    @property
    def rights(self) -> Rights:
        """What the person may do here, for the purpose that the launch states."""
        return self.user.access.rights_for(self.opening.purpose)


def open_view(session: Session, handle: str, *, valid_for: timedelta, now: datetime) -> tuple[View, str]:
    """
    Use a handle and return the view it opens, with the secret for the browser's cookie.

    Raises:
        HandleRejectedError: it is unknown, used or expired; the text does not say which.
        UserNotAllowedError: the person was disabled meanwhile.
    """
    granted = launches.use_handle(session, _digest(handle), now=now)
    if granted is None:
        raise HandleRejectedError(
            "this link was used before or has expired; open the view again in the program you came from"
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = launches.add_view(session, digest=_digest(secret), handle=granted, opened_at=now, expires_at=now + valid_for)
    return _view(row, granted, users.find_by_id(session, row.user_id, now=now)), secret


def open_at_once(
    session: Session,
    asked: Asked,
    user: User,
    *,
    issued_to: str,
    reach: Reach | None = None,
    valid_for: timedelta,
    now: datetime,
) -> tuple[View, str] | None:
    """
    Return the view that a person may open, with the secret for the browser's cookie; ``None`` if there is nothing.

    For launches that prove themselves in one step: no handle is given out. ``issued_to`` is who vouched for it; where
    nobody vouches for the patient, they have to be within ``reach`` of the person.

    Raises:
        UserNotAllowedError: the person is disabled, or has no role for it.
    """
    require_allowed(user, asked.purpose)
    found = launch_asking.find(session, asked, user, reach)
    if found is None:
        return None
    handle, _ = add_handle(session, found, user, issued_to=issued_to, valid_for=_AT_ONCE, now=now)
    return open_view(session, handle, valid_for=valid_for, now=now)


def add_handle(
    session: Session, found: Found, user: User, *, issued_to: str, valid_for: timedelta, now: datetime
) -> tuple[str, LaunchHandleRow]:
    """Record a handle for what was found and return it, with its row."""
    handle = secrets.token_urlsafe(_SECRET_BYTES)
    values = {
        "digest": _digest(handle),
        "user_id": user.id,
        "patient_id": found.patient_id,
        "issued_to": issued_to,
        "issued_at": now,
        "expires_at": now + valid_for,
        "opening": found.opening.columns(),
    }
    return handle, launches.add_handle(session, values)


def enter_view(session: Session, view_id: UUID, secret: str | None, *, now: datetime) -> View:
    """
    Return the open view of this id for the browser that holds its secret.

    Raises:
        ViewClosedError: there is none, it has ended, or the secret is another; the text does not say which.
        UserNotAllowedError: the person was disabled meanwhile.
    """
    known = launches.view(session, view_id)
    is_ours = known is not None and hmac.compare_digest(known[0].digest, _digest(secret or ""))
    if known is None or not is_ours or known[0].expires_at <= now:
        raise ViewClosedError("this view has ended; open it again in the program you came from")
    row, handle = known
    return _view(row, handle, users.find_by_id(session, row.user_id, now=now))


def require_allowed(user: User | None, purpose: Purpose | None = None) -> User:
    """
    Return a person who may open views for a purpose, or for what their roles are for.

    Raises:
        UserNotAllowedError: there is no such user, they are disabled, or have no role for it.
    """
    if user is None:
        raise UserNotAllowedError("this person is not a user of DoseLedger; ask its administrator")
    if user.disabled_at is not None:
        raise UserNotAllowedError("this user is disabled; ask the administrator of DoseLedger")
    if user.is_over:
        raise UserNotAllowedError(
            "the time for which this user was let in is over; ask the administrator of DoseLedger"
        )
    try:
        is_allowed = user.access.rights_for(purpose).may(Permission.VIEW_LAUNCHED_PATIENT)
    except PurposeNotAllowedError:
        is_allowed = False
    if not is_allowed:
        raise UserNotAllowedError("no role of this user allows reading patients; ask the administrator of DoseLedger")
    return user


def _view(row: ViewSessionRow, handle: LaunchHandleRow, user: User | None) -> View:
    opening = opening_from(handle.opening)
    return View(
        id=row.id,
        user=require_allowed(user, opening.purpose),
        patient_id=row.patient_id,
        expires_at=row.expires_at,
        break_glass=row.break_glass,
        opening=opening,
    )


def _digest(secret: str) -> str:
    # No salt and no stretching: the input has 256 random bits, so there is nothing to guess.
    return sha256(secret.encode()).hexdigest()
