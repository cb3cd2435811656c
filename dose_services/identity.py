"""
Who a patient is: patients under a key of ours, found by identifier and assigning authority.

HL7 says who somebody is; a DICOM object only names them. So what HL7 stated is never overwritten by
an object, nor by an older message (``dose_services.identity_facts``). Nothing here commits.

Source: HL7 v2.5.1, chapter 3 (events A01, A04, A05, A08, A28, A31); IHE ITI TF-2, ITI-30.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from db.mapping import storable
from db.repositories import patients
from db.session import Session, lock_key
from dose_core.identity.facts import Kind
from dose_core.identity.placeholder import PlaceholderRules, why_placeholder
from dose_core.model import PatientStated
from dose_services.identity_facts import tell
from dose_services.identity_journal import create_patient, fill_unknown
from dose_services.identity_named import NO_EXAM, Named, Within, disagreement_among, named_by, other_keys
from dose_services.identity_said import fact_of
from dose_services.identity_stated import judge_placeholder, remember_stated
from dose_services.identity_values import Change, Outcome, StatedIdentifier, StatedPerson, check_identifiers


def update_patient(
    session: Session,
    stated: StatedPerson,
    change: Change,
    *,
    redirects: bool = False,
    rules: PlaceholderRules | None = None,
) -> Outcome:
    """
    Bring a patient up to date, or create them. Safe to repeat.

    The patient is found by the first identifier alone: further ones are recorded if nobody has them,
    and never decide who it is, because real feeds repeat dummy numbers there. It is refused if the patient was merged
    into another before this event, unless it ``redirects`` to the survivor. With the site's ``rules`` it is kept
    whether they are a placeholder.

    Raises:
        NoIdentifierError: there is none.
        UnusableIdentifierError: one is too long, or there are too many.
    """
    check_identifiers(stated.identifiers)
    outcome = tell(session, [fact_of(Kind.UPDATE, stated, change, redirects=redirects)], change)
    if outcome.refused is None:
        remember_stated(session, stated, change, rules, told=outcome.told)
    return outcome


def resolve_stated(
    session: Session,
    stated: PatientStated,
    *,
    study: str,
    evidence_id: UUID | None,
    now: datetime,
    authority: str,
    within: Within = NO_EXAM,
) -> Named:
    """
    Return the patient that a DICOM object names, created if unknown. Safe to repeat.

    An object without Patient ID gets a patient of its own per study, so that its dose is counted for
    nobody else; once an object of the study names somebody, the next call returns them. Where nobody has
    the Patient ID, another one that names its issuer (0010,1002) leads to the patient.

    Args:
        session: the unit of work, which holds ``stated_keys`` of them.
        stated: the patient as the object states them.
        study: what tells one study from another.
        evidence_id: an object that names them, for the journal.
        now: the time.
        authority: the assigning authority of an identifier that names none.
        within: the exam whose objects name them.

    Raises:
        UnusableIdentifierError: Patient ID or its issuer is longer than any real one.

    Source: PS3.3, C.7.1.1 (Patient ID (0010,0020), Issuer of Patient ID (0010,0021), Other Patient IDs (0010,1002)).
    """
    change = Change(event_at=None, ordered_at=now, now=now, evidence_id=evidence_id)
    value, issuer = _key(stated, authority)
    identifier = StatedIdentifier(value=value, authority=issuer)
    person = StatedPerson(
        identifiers=(identifier,) if value else (),
        name=storable(stated.name),
        birth_date=stated.birth_date,
        sex=storable(stated.sex),
    )
    if not value:
        placeholder = _placeholder(session, person, storable(study), change)
        return Named(patient_id=placeholder, survivor_id=placeholder, family_id=placeholder)
    check_identifiers(person.identifiers)
    people = (stated, *within.also_stated)
    keys = (identifier.key, *(key for key in other_keys(people) if key != identifier.key))
    found = patients.identified(session, keys)
    # Messages that name them by another identifier hold no common one, but the record.
    shared = [one.id for one in found if one.is_named_otherwise]
    if shared:
        patients.lock_records(session, shared)
        found = patients.identified(session, keys)
    while not found:
        patient_id = _create_named(session, person, identifier, change, within.rules)
        if patient_id is not None:
            disagreement = disagreement_among(people, within.rules)
            return Named(patient_id=patient_id, survivor_id=patient_id, family_id=patient_id, disagreement=disagreement)
        found = patients.identified(session, keys)
    return named_by(session, found, people, person, change, within)


def stated_keys(people: Iterable[PatientStated], authority: str) -> frozenset[tuple[str, str]]:
    """
    Return the identifiers (value, authority) by which DICOM objects name people; whoever resolves them holds these.

    ``authority`` is the assigning authority of a Patient ID that names none.
    """
    people = list(people)
    named = {_key(one, authority) for one in people}
    return frozenset((*(key for key in named if key[0]), *other_keys(people)))


def placeholder_of(session: Session, *, study: str, now: datetime) -> UUID:
    """Return the patient who stands for a study of which nobody knows whose it is."""
    change = Change(event_at=None, ordered_at=now, now=now)
    return _placeholder(session, StatedPerson(identifiers=()), storable(study), change)


def _key(stated: PatientStated, authority: str) -> tuple[str, str]:
    issuer = storable((stated.issuer or "").strip(" \0")) or authority
    return storable((stated.id or "").strip(" \0")), issuer


def _create_named(
    session: Session, person: StatedPerson, identifier: StatedIdentifier, change: Change, rules: PlaceholderRules
) -> UUID | None:
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
    if not patients.create_named(session, values):
        return None
    rule = why_placeholder(person.name, person.birth_date, rules=rules)
    if rule is not None:
        judge_placeholder(session, patient_id, rule, change)
    return patient_id


def _placeholder(session: Session, person: StatedPerson, study: str, change: Change) -> UUID:
    lock_key(session, f"placeholder {study}")
    patient = patients.placeholder_of_study(session, study)
    if patient is None:
        patient = create_patient(session, person, change, placeholder_for_study=study)
    patient.expired_at = None  # an exam that is kept still needs them
    fill_unknown(session, patient, person, change)
    return patient.id
