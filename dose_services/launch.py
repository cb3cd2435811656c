"""
Opening the dose view of one patient for one person, from inside another program.

A handle is asked for by a program and names the person and the patient; it works once and for a
short time. It opens a view: a session for this person and this patient, with no way to another one.
Handle and session secret have 256 random bits and are kept as digests only.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from db.repositories import launches, patients, restrictions
from db.session import Session
from db.tables.launch import ViewSessionRow
from db.tables.patient import PatientRow
from dose_core.contract import HandleRequest
from dose_core.errors import DoseError
from dose_services import users
from dose_services.roles import Permission, may
from dose_services.site import Site
from dose_services.users import User, UserNotAllowedError

_SECRET_BYTES = 32
_NOBODY = "no patient has this identifier; perhaps no CT dose of theirs has come in yet"


class UnknownPatientError(DoseError):
    """DoseLedger knows no patient by this identifier; perhaps no CT dose of theirs has come in yet."""


class HandleRejectedError(DoseError):
    """The link was used before, has expired, or never was one; open the view again where it came from."""


class ViewClosedError(DoseError):
    """The view has ended or belongs to another browser; open it again where it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedHandle:
    """A handle that was given out; ``handle`` itself is kept nowhere."""

    id: UUID
    handle: str
    user_id: UUID
    patient_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An open view: who looks at whom; ``break_glass`` is why, if they opened it although the patient is restricted."""

    id: UUID
    user: User
    patient_id: UUID
    expires_at: datetime
    break_glass: str | None

    @property
    def may_break_glass(self) -> bool:
        """Whether the person may see a restricted patient, with a written reason."""
        return may(self.user.roles, Permission.BREAK_GLASS)


def grant_handle(
    session: Session, request: HandleRequest, *, issued_to: str, valid_for: timedelta, site: Site, now: datetime
) -> GrantedHandle:
    """
    Return a handle with which the named person may open the named patient's view once.

    Raises:
        UserNotAllowedError: the person is no user of DoseLedger, is disabled, or has no role for it.
        UnknownPatientError: nobody has this identifier, or they are restricted and the person may not break the
            glass; the text does not say which.
    """
    user = _require_allowed(users.find_by_orthanc_user(session, request.person))
    found = _patient(session, request, site)
    if not may(user.roles, Permission.BREAK_GLASS) and restrictions.among(session, [found.id]):
        raise UnknownPatientError(_NOBODY)
    handle = secrets.token_urlsafe(_SECRET_BYTES)
    row = launches.add_handle(
        session,
        digest=_digest(handle),
        user_id=user.id,
        patient_id=found.id,
        issued_to=issued_to,
        issued_at=now,
        expires_at=now + valid_for,
    )
    return GrantedHandle(
        id=row.id, handle=handle, user_id=user.id, patient_id=row.patient_id, expires_at=row.expires_at
    )


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
    user = _require_allowed(users.find_by_id(session, row.user_id))
    return _view(row, user), secret


def enter_view(session: Session, view_id: UUID, secret: str | None, *, now: datetime) -> View:
    """
    Return the open view of this id for the browser that holds its secret.

    Raises:
        ViewClosedError: there is none, it has ended, or the secret is another; the text does not say which.
        UserNotAllowedError: the person was disabled meanwhile.
    """
    row = launches.view(session, view_id)
    is_ours = row is not None and hmac.compare_digest(row.digest, _digest(secret or ""))
    if row is None or not is_ours or row.expires_at <= now:
        raise ViewClosedError("this view has ended; open it again in the program you came from")
    user = _require_allowed(users.find_by_id(session, row.user_id))
    return _view(row, user)


def _view(row: ViewSessionRow, user: User) -> View:
    return View(id=row.id, user=user, patient_id=row.patient_id, expires_at=row.expires_at, break_glass=row.break_glass)


def _patient(session: Session, request: HandleRequest, site: Site) -> PatientRow:
    value = request.patient_id.strip()
    authority = (request.issuer_of_patient_id or "").strip() or site.default_authority
    if value:
        found = patients.find_by_identifier(session, value, authority)
    else:
        # A study without Patient ID has a patient of its own, whom no other study shares.
        found = patients.placeholder_of_study(session, request.study_instance_uid or "")
    if found is None:
        raise UnknownPatientError(_NOBODY)
    return found


def _require_allowed(user: User | None) -> User:
    if user is None:
        raise UserNotAllowedError("this person is not a user of DoseLedger; ask its administrator")
    if user.disabled_at is not None:
        raise UserNotAllowedError("this user is disabled; ask the administrator of DoseLedger")
    if not may(user.roles, Permission.VIEW_LAUNCHED_PATIENT):
        raise UserNotAllowedError("no role of this user allows reading patients; ask the administrator of DoseLedger")
    return user


def _digest(secret: str) -> str:
    # No salt and no stretching: the input has 256 random bits, so there is nothing to guess.
    return sha256(secret.encode()).hexdigest()
