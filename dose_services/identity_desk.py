"""
What a person decides about who is who, where no message does: HL7 has no event that takes a merge back.

Each is a fact like those of messages, with the time at which it was decided, so that a message of an earlier time that
comes late changes nothing about it. Each stands in the journal with who decided it and why, and is undone by another.
"""

from datetime import datetime
from uuid import UUID

from db.repositories import people
from db.session import Session
from dose_core.errors import DoseError
from dose_core.identity.facts import Fact, Identifier, Kind
from dose_core.retention.wording import reason_of
from dose_services import restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import PatientView, patient_view
from dose_services.identity_facts import tell
from dose_services.identity_said import identifier_of
from dose_services.identity_values import Change, StatedIdentifier, check_identifiers
from dose_services.identity_view import NO_PATIENT
from dose_services.launch import UnknownPatientError


class IdentityRefusedError(DoseError):
    """The decision does not fit who is who as it stands; nothing was changed."""


def unmerge(session: Session, patient_id: UUID, *, reason: str, looker: Looker, now: datetime) -> None:
    """
    Take a merge back: the patient who was merged lives on, with the exams that came under their identifiers.

    Raises:
        UnknownPatientError: no patient has this id, or they are restricted.
        IdentityRefusedError: the patient is not merged into another by a message or a person.
        NoReasonError: the reason is none.
    """
    patient = _seen(session, patient_id, looker=looker, now=now)
    fact = Fact(kind=Kind.SPLIT, at=now, who=(_home(session, patient_id),), is_by_home=True)
    _decide(session, fact, Action.UNMERGE_PATIENT, [patient_id, patient.id], [patient], reason, looker, now)


def link(
    session: Session, one_id: UUID, other_id: UUID, *, reason: str, looker: Looker, now: datetime, is_link: bool = True
) -> None:
    """
    Show the doses of two patients together, who both live on; or, without ``is_link``, no more.

    Raises:
        UnknownPatientError: somebody is not known, or restricted.
        IdentityRefusedError: both are the same, one has no identifier, or there is no link to take back.
        NoReasonError: the reason is none.
    """
    seen = [_seen(session, id_, looker=looker, now=now) for id_ in (one_id, other_id)]
    if one_id == other_id:
        raise IdentityRefusedError("both are the same patient")
    one, other = (_home(session, id_) for id_ in (one_id, other_id))
    if not is_link and tuple(sorted((one_id, other_id))) not in people.links_among(session, [one_id]):
        raise IdentityRefusedError("there is no link between the two")
    kind, action = (Kind.LINK, Action.LINK_PATIENTS) if is_link else (Kind.UNLINK, Action.UNLINK_PATIENTS)
    fact = Fact(kind=kind, at=now, who=(one,), others=(other,), is_by_home=True)
    _decide(session, fact, action, [one_id, other_id], seen, reason, looker, now)


def move_identifier(
    session: Session,
    identifier: StatedIdentifier,
    to_patient_id: UUID,
    *,
    reason: str,
    looker: Looker,
    now: datetime,
) -> None:
    """
    Give an identifier to a patient; the exams that came under it follow. Who had it lives on.

    Raises:
        UnknownPatientError: somebody is not known, or restricted.
        UnusableIdentifierError: the identifier is too long.
        IdentityRefusedError: nobody has the identifier, the patient has it, or they have none of their own.
        NoReasonError: the reason is none.
    """
    check_identifiers((identifier,))
    to = _seen(session, to_patient_id, looker=looker, now=now)
    target = _home(session, to_patient_id)
    moved = identifier_of(identifier)
    whose = people.owner_id(session, *moved.key)
    if whose is None:
        raise IdentityRefusedError("nobody has this identifier")
    if whose == to_patient_id:
        raise IdentityRefusedError("the patient has this identifier already")
    seen = [_seen(session, whose, looker=looker, now=now), to]
    fact = Fact(kind=Kind.MOVE, at=now, who=(target,), others=(moved,), is_by_home=True)
    _decide(session, fact, Action.MOVE_IDENTIFIER, [whose, to_patient_id], seen, reason, looker, now)


def _decide(
    session: Session,
    fact: Fact,
    action: Action,
    concerned: list[UUID],
    seen: list[PatientView],
    reason: str,
    looker: Looker,
    now: datetime,
) -> None:
    names = [one.name for one in seen if one.name]
    worded = reason_of(reason, names=names, numbers=[one.value for each in seen for one in each.identifiers])
    change = Change(event_at=now, ordered_at=now, now=now, by=looker.subject, reason=worded)
    refused = tell(session, [fact], change).refused
    if refused is not None:
        raise IdentityRefusedError(str(refused))
    for patient_id in dict.fromkeys(concerned):
        record_look(session, looker, action, now=now, patient_id=patient_id, reason=worded)


def _seen(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> PatientView:
    patient = patient_view(session, patient_id)
    if patient is None:
        raise UnknownPatientError(NO_PATIENT)
    restriction.check_look(session, patient, NO_PATIENT, looker=looker, now=now)
    return patient


def _home(session: Session, patient_id: UUID) -> Identifier:
    home = people.home_of(session, patient_id)
    if home is None:
        raise IdentityRefusedError("this patient has no identifier; release their exams instead")
    return Identifier(*home)
