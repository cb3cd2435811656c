"""Handles that a program asks for on behalf of a person: one person, one window on one patient, one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import patients, restrictions
from db.session import Session
from dose_core.contract import HandleRequest
from dose_services import launch, launch_asking, users
from dose_services.launch import UnknownPatientError
from dose_services.launch_asking import Asked, Found
from dose_services.launch_windows import WantedExam, Window
from dose_services.roles import Permission, Purpose
from dose_services.site import Site

_NOBODY = "no patient has this identifier; perhaps no CT dose of theirs has come in yet"
_NO_WINDOW = "no patient has this identifier, or no counted exam of theirs is the one that is named"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedHandle:
    """A handle that was given out; ``handle`` itself is kept nowhere."""

    id: UUID
    handle: str
    user_id: UUID
    patient_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedWindow:
    """What a handle is to open of the patient that it names; see ``Opening``."""

    window: Window = Window.HISTORY
    accession_number: str | None = None
    exam_id: UUID | None = None
    purpose: Purpose | None = None


def grant_handle(
    session: Session,
    request: HandleRequest,
    wanted: WantedWindow = WantedWindow(),
    *,
    issued_to: str,
    valid_for: timedelta,
    site: Site,
    now: datetime,
) -> GrantedHandle:
    """
    Return a handle with which the named person may open the named patient's window once.

    Raises:
        UserNotAllowedError: the person is no user of DoseLedger, is disabled, or has no role for it.
        UnknownPatientError: nobody has this identifier, or they are restricted and the person may not break the
            glass, or the exam is none of theirs; the text does not say which.
    """
    user = launch.require_allowed(users.find_by_orthanc_user(session, request.person, now=now), wanted.purpose)
    patient_id = _patient(session, request, site)
    asked = _asked(request, wanted)
    opening = launch_asking.opening_of(session, patient_id, asked)
    is_hidden = bool(patient_id and restrictions.among(session, [patient_id]))
    if patient_id is None or opening is None or (is_hidden and not user.may(Permission.BREAK_GLASS)):
        raise UnknownPatientError(_NO_WINDOW if asked.exams else _NOBODY)
    found = Found(patient_id=patient_id, opening=opening)
    handle, row = launch.add_handle(session, found, user, issued_to=issued_to, valid_for=valid_for, now=now)
    return GrantedHandle(
        id=row.id, handle=handle, user_id=user.id, patient_id=row.patient_id, expires_at=row.expires_at
    )


def _patient(session: Session, request: HandleRequest, site: Site) -> UUID | None:
    value = request.patient_id.strip()
    authority = (request.issuer_of_patient_id or "").strip() or site.default_authority
    study = request.study_instance_uid or ""
    if value:
        row = patients.find_by_identifier(session, value, authority)
    else:
        # A study without Patient ID has a patient of its own, whom no other study shares.
        row = patients.placeholder_of_study(session, study)
    return row.id if row else None


def _asked(request: HandleRequest, wanted: WantedWindow) -> Asked:
    named = WantedExam(
        study_instance_uid=request.study_instance_uid,
        accession_number=wanted.accession_number,
        exam_id=wanted.exam_id,
    )
    # Of a history, the plugin names the study from which the button was pressed, and means the patient.
    is_named = wanted.window is not Window.HISTORY or wanted.accession_number or wanted.exam_id
    return Asked(exams=(named,) if is_named else (), window=wanted.window, purpose=wanted.purpose)
