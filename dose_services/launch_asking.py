"""Whom and what a launch asks for, and what of it there is: found by identifiers, never by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.mapping import storable
from db.reaching import Reach
from db.repositories import launches, patients, restrictions
from db.session import Session
from dose_core.ledger.standing import Standing
from dose_services import exams, reaching
from dose_services.launch_windows import ALL_EXAMS, Narrowing, Opening, WantedExam, Window, named_exams
from dose_services.roles import Permission, Purpose
from dose_services.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What a program asks to open.

    ``identifiers`` (value, authority) are those of one patient; without them, whose the ``exams`` are is looked up.
    Of a history the first of ``exams`` that is known is shown first; of other windows each must be known.
    """

    identifiers: tuple[tuple[str, str], ...] = ()
    exams: tuple[WantedExam, ...] = ()
    window: Window = Window.HISTORY
    needs_banner: bool = True
    purpose: Purpose | None = None
    narrowing: Narrowing = ALL_EXAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The patient that was asked for, and what of them opens."""

    patient_id: UUID
    opening: Opening


def find(session: Session, asked: Asked, user: User, reach: Reach | None = None) -> Found | None:
    """
    Return whom and what a launch opens for a person; ``None`` if there is no such patient or exam.

    It is ``None`` as well if the patient has no exam within ``reach``, is restricted and the person may not break the
    glass, if the identifiers are of several people, and if an exam is another patient's. The work is about the same.
    """
    patient_id = _patient(session, asked)
    hidden = restrictions.among(session, [patient_id] if patient_id else [])
    opening = opening_of(session, patient_id, asked)
    if patient_id and not reaching.has_patient(session, patients.family_of(session, patient_id), reach):
        return None
    if patient_id is None or opening is None or (hidden and not user.may(Permission.BREAK_GLASS)):
        return None
    return Found(patient_id=patient_id, opening=opening)


def opening_of(session: Session, patient_id: UUID | None, asked: Asked) -> Opening | None:
    """Return what opens of this patient, merges followed; ``None`` if an exam that has to be there is not."""
    known: tuple[UUID, ...] | None = ()
    if asked.exams:
        history = exams.history(session, patient_id) if patient_id else None
        known = named_exams(history.exams if history else (), asked.exams)
    if asked.window is Window.HISTORY:
        known = (known or ())[:1]
    if known is None or (asked.window is not Window.HISTORY and not known):
        return None
    if asked.window is Window.SKIN_MAP and len(known) > 1:
        return None
    return Opening(
        window=asked.window,
        exam_ids=known,
        needs_banner=asked.needs_banner,
        purpose=asked.purpose,
        narrowing=asked.narrowing,
    )


def patient_of_study(session: Session, study_instance_uid: str) -> UUID | None:
    """Return whose the counted exams of a study are; ``None`` if there are none, or of several people."""
    return _only(
        session,
        [
            summary.patient_id
            for summary, _ in exams.exams_of_study(session, study_instance_uid)
            if summary.state is Standing.COUNTED
        ],
    )


def _patient(session: Session, asked: Asked) -> UUID | None:
    if asked.identifiers:
        found = patients.identified(session, asked.identifiers)
        return found[0].id if len({one.family_id for one in found}) == 1 else None
    named = [_patient_of(session, one) for one in asked.exams]
    return None if None in named else _only(session, [one for one in named if one])


def _patient_of(session: Session, wanted: WantedExam) -> UUID | None:
    if wanted.study_instance_uid:
        return patient_of_study(session, wanted.study_instance_uid)
    return _only(session, launches.patients_of_accession(session, storable(wanted.accession_number or "")))


def _only(session: Session, patient_ids: Sequence[UUID]) -> UUID | None:
    """Return the one patient of all these, if they are one by merges and links."""
    if not patient_ids:
        return None
    first = patient_ids[0]
    others = set(patient_ids) - {first}
    return first if not others or others <= set(patients.family_of(session, first)) else None
