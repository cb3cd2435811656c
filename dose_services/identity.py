"""
Who a patient is: patients under a key of ours, found by identifier and assigning authority.

HL7 says who somebody is; a DICOM object only names them. So what HL7 stated is never overwritten by
an object, nor by an older message. Nothing here commits.

Source: HL7 v2.5.1, chapter 3 (events A01, A04, A05, A08, A28, A31); IHE ITI TF-2, ITI-30.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from db.mapping import storable
from db.repositories import patients
from db.session import Session, lock_key
from dose_core.model import PatientStated
from dose_services.identity_journal import add_identifiers, apply_demographics, create_patient, fill_unknown
from dose_services.identity_values import (
    Change,
    MergedIdentifierError,
    Outcome,
    StatedIdentifier,
    StatedPerson,
    check_identifiers,
)


def update_patient(session: Session, stated: StatedPerson, change: Change) -> Outcome:
    """
    Bring a patient up to date, or create them. Safe to repeat.

    The patient is found by the first identifier alone: further ones are recorded if nobody has them,
    and never decide who it is, because real feeds repeat dummy numbers there.

    Raises:
        NoIdentifierError: there is none.
        UnusableIdentifierError: one is too long, or there are too many.
        MergedIdentifierError: the patient was merged into another before this event.
    """
    check_identifiers(stated.identifiers)
    patients.lock_identifiers(session, [identifier.key for identifier in stated.identifiers])
    patient = patients.find_by_identifier(session, *stated.identifiers[0].key)
    if patient is None:
        patient = create_patient(session, stated, change)
        return Outcome(warnings=add_identifiers(session, patient, stated.identifiers, change))
    if patient.merged_into_id is not None:
        merged_at = patients.merged_at(session, patient.id)
        if merged_at is not None and change.ordered_at <= merged_at:
            return Outcome(is_applied=False, reason="older than the merge of this patient into another")
        raise MergedIdentifierError("the identifier was merged into another; use the surviving one")
    warnings = add_identifiers(session, patient, stated.identifiers[1:], change, first_number=2)
    # The same second counts as newer: HL7 times are in seconds, and the feed is in order as a rule.
    if patient.demographics_at is not None and change.ordered_at < patient.demographics_at:
        reason = "older than the last update of this patient; the demographics stay"
        return Outcome(is_applied=False, reason=reason, warnings=warnings)
    apply_demographics(session, patient, stated, change)
    return Outcome(warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The patient that an object names; ``disagrees`` if it states another birth date than is known."""

    patient_id: UUID
    survivor_id: UUID
    disagrees: bool = False


def resolve_stated(
    session: Session,
    stated: PatientStated,
    *,
    study: str,
    evidence_id: UUID | None,
    now: datetime,
    authority: str,
) -> Named:
    """
    Return the patient that a DICOM object names, created if unknown. Safe to repeat.

    An object without Patient ID gets a patient of its own per study, so that its dose is counted for
    nobody else; once an object of the study names somebody, the next call returns them.

    Args:
        session: the unit of work.
        stated: the patient as the object states them.
        study: what tells one study from another.
        evidence_id: an object that names them, for the journal.
        now: the time.
        authority: the assigning authority of an identifier that names none.

    Raises:
        UnusableIdentifierError: Patient ID or its issuer is longer than any real one.

    Source: PS3.3, C.7.1.1 (Patient ID (0010,0020), Issuer of Patient ID (0010,0021)).
    """
    change = Change(event_at=None, ordered_at=now, now=now, evidence_id=evidence_id)
    value = storable((stated.id or "").strip(" \0"))
    identifier = StatedIdentifier(value=value, authority=storable((stated.issuer or "").strip(" \0")) or authority)
    person = StatedPerson(
        identifiers=(identifier,) if value else (),
        name=storable(stated.name),
        birth_date=stated.birth_date,
        sex=storable(stated.sex),
    )
    if not value:
        placeholder = _placeholder(session, person, storable(study), change)
        return Named(patient_id=placeholder, survivor_id=placeholder)
    check_identifiers(person.identifiers)
    patient = patients.identified(session, *identifier.key)
    while patient is None:
        patient_id = _create_named(session, person, identifier, change)
        if patient_id is not None:
            return Named(patient_id=patient_id, survivor_id=patient_id)
        patient = patients.identified(session, *identifier.key)
    if patient.lacks_demographics and (row := patients.get(session, patient.id)):
        fill_unknown(session, row, person, change)
    survivor_id = patient.id if patient.merged_into_id is None else patients.survivor_of(session, patient.id)
    # Names are spelt in many ways; two birth dates under one identifier mean one of them is wrong.
    disagrees = None not in (patient.birth_date, person.birth_date) and patient.birth_date != person.birth_date
    return Named(patient_id=patient.id, survivor_id=survivor_id or patient.id, disagrees=disagrees)


def placeholder_of(session: Session, *, study: str, now: datetime) -> UUID:
    """Return the patient who stands for a study of which nobody knows whose it is."""
    change = Change(event_at=None, ordered_at=now, now=now)
    return _placeholder(session, StatedPerson(identifiers=()), storable(study), change)


def _create_named(session: Session, person: StatedPerson, identifier: StatedIdentifier, change: Change) -> UUID | None:
    """Return the id of a new patient; ``None`` if somebody else has just made the identifier known."""
    patient_id = uuid4()
    values = {
        "id": patient_id,
        "name": person.name,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "value": identifier.value,
        "authority": identifier.authority,
        "evidence_id": change.evidence_id,
        "now": change.now,
    }
    return patient_id if patients.create_named(session, values) else None


def _placeholder(session: Session, person: StatedPerson, study: str, change: Change) -> UUID:
    lock_key(session, f"placeholder {study}")
    patient = patients.placeholder_of_study(session, study)
    if patient is None:
        patient = create_patient(session, person, change, placeholder_for_study=study)
    patient.expired_at = None  # an exam that is kept still needs them
    fill_unknown(session, patient, person, change)
    return patient.id
