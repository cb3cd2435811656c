"""
Who a patient is: patients under a key of ours, found by identifier and assigning authority.

HL7 says who somebody is; a DICOM object only names them. So what HL7 stated is never overwritten by
an object, nor by an older message. Nothing here commits.

Source: HL7 v2.5.1, chapter 3 (events A01, A04, A05, A08, A28, A31); IHE ITI TF-2, ITI-30.
"""

from datetime import datetime
from uuid import UUID

from db.mapping import storable
from db.repositories import findings, patients
from db.session import Session, lock_key
from db.tables.patient import PatientRow
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
from dose_services.site import Site

DISAGREEMENT = "patient_disagrees"


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


def resolve_stated(
    session: Session,
    stated: PatientStated,
    *,
    study_instance_uid: str,
    evidence_id: UUID,
    now: datetime,
    site: Site,
) -> UUID:
    """
    Return the patient that a DICOM object names, created if unknown. Safe to repeat.

    A merged patient is returned as such; ``patients.survivor_of`` tells who stands for them. An
    object without Patient ID gets a patient of its own per study, so that its dose is counted for
    nobody else; once an object of the study names somebody, the next call returns them.

    Raises:
        UnusableIdentifierError: Patient ID or its issuer is longer than any real one.

    Source: PS3.3, C.7.1.1 (Patient ID (0010,0020), Issuer of Patient ID (0010,0021)).
    """
    change = Change(event_at=None, ordered_at=now, now=now, evidence_id=evidence_id)
    value = storable((stated.id or "").strip(" \0"))
    identifier = StatedIdentifier(
        value=value, authority=storable((stated.issuer or "").strip(" \0")) or site.default_authority
    )
    person = StatedPerson(
        identifiers=(identifier,) if value else (),
        name=storable(stated.name),
        birth_date=stated.birth_date,
        sex=storable(stated.sex),
    )
    if not value:
        return _placeholder(session, person, storable(study_instance_uid), change)
    check_identifiers(person.identifiers)
    patients.lock_identifiers(session, [identifier.key])
    patient = patients.find_by_identifier(session, *identifier.key)
    if patient is None:
        patient = create_patient(session, person, change)
        add_identifiers(session, patient, person.identifiers, change)
        return patient.id
    fill_unknown(session, patient, person, change)
    _compare_birth_dates(session, patient, person, study_instance_uid, change)
    return patient.id


def _placeholder(session: Session, person: StatedPerson, study_instance_uid: str, change: Change) -> UUID:
    lock_key(session, f"placeholder {study_instance_uid}")
    patient = patients.placeholder_of_study(session, study_instance_uid)
    if patient is None:
        patient = create_patient(session, person, change, placeholder_for_study=study_instance_uid)
    fill_unknown(session, patient, person, change)
    return patient.id


def _compare_birth_dates(
    session: Session, patient: PatientRow, person: StatedPerson, study_instance_uid: str, change: Change
) -> None:
    """Names are spelt in many ways; two birth dates under one identifier mean one of them is wrong."""
    subject = storable(study_instance_uid)
    if None in (patient.birth_date, person.birth_date) or patient.birth_date == person.birth_date:
        findings.resolve(session, kind=DISAGREEMENT, subject=subject, now=change.now)
        return
    text = "the objects of this study state another birth date than the patient of this identifier has; check who it is"
    findings.raise_once(session, kind=DISAGREEMENT, subject=subject, text=text, now=change.now)
