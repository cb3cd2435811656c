"""
Merging patients.

A merge only says who stands for whom: ``merged_into_id`` is set and journalled; exams and
identifiers stay where they are and are found under the survivor. So a merge can be undone, and a
DICOM object that still comes under the merged identifier is found under the survivor as well.

Source: HL7 v2.5.1, 3.3.40 (A40: PID-3 survives, MRG-1 is subsumed) and 3.6.2 (merge definitions).
"""

from collections.abc import Sequence

from db.repositories import desk, patients
from db.session import Session
from db.tables.patient import PatientRow
from dose_services.identity_journal import add_identifiers, create_patient, record
from dose_services.identity_values import (
    Change,
    MergedIdentifierError,
    Outcome,
    SameIdentifierError,
    StatedIdentifier,
    StatedMerge,
    StatedPerson,
    check_identifiers,
)


def merge_patients(session: Session, merges: Sequence[StatedMerge], change: Change) -> Outcome:
    """
    Merge patients, all or none. Safe to repeat.

    An unknown survivor is created as stated. An unknown subsumed patient is created as merged, so
    that objects that come late under it find the survivor. A survivor who was merged themselves
    stands for those who now stand for them. Demographics of known patients stay: an A40 means none.

    Raises:
        NoIdentifierError: survivor or subsumed patient is not named.
        UnusableIdentifierError: an identifier is too long, or there are too many.
        SameIdentifierError: both are the same identifier.
        MergedIdentifierError: the subsumed patient was already merged into somebody else.
    """
    for merge in merges:
        check_identifiers(merge.survivor.identifiers)
        check_identifiers(merge.subsumed)
    patients.lock_merges(session)
    patients.lock_identifiers(session, [identifier.key for merge in merges for identifier in _named(merge)])
    warnings: list[str] = []
    for merge in merges:
        survivor = _survivor(session, merge, change)
        for identifier in merge.subsumed:
            warnings += _merge(session, survivor, identifier, change)
    return Outcome(warnings=tuple(warnings))


def _named(merge: StatedMerge) -> tuple[StatedIdentifier, ...]:
    return (*merge.survivor.identifiers, *merge.subsumed)


def _survivor(session: Session, merge: StatedMerge, change: Change) -> PatientRow:
    named = merge.survivor.identifiers[0]
    if named.key in {identifier.key for identifier in merge.subsumed}:
        raise SameIdentifierError("the surviving and the subsumed identifier are the same")
    known = patients.find_by_identifier(session, *named.key)
    if known is not None:
        return known
    created = create_patient(session, merge.survivor, change)
    # Some senders list the subsumed identifier among the survivor's; it belongs to the stub below.
    subsumed = {identifier.key for identifier in merge.subsumed}
    own = tuple(identifier for identifier in merge.survivor.identifiers if identifier.key not in subsumed)
    add_identifiers(session, created, own, change)
    return created


def _merge(session: Session, survivor: PatientRow, identifier: StatedIdentifier, change: Change) -> list[str]:
    """Merge one patient and return warnings."""
    old = patients.find_by_identifier(session, *identifier.key)
    if old is None:
        old = create_patient(session, StatedPerson(identifiers=(identifier,)), change)
        old.demographics_at = None  # nothing was stated about them
        add_identifiers(session, old, (identifier,), change)
    if old.id == survivor.id:
        return ["both identifiers belong to one patient already"]
    living_id = patients.survivor_of(session, survivor.id)
    if patients.survivor_of(session, old.id) == living_id:
        if old.merged_into_id is not None:
            return ["merged before"]
        # The patient named as survivor is merged into the one named as subsumed: A into B, and now B
        # into A. Some systems undo a merge so. Who stands for the two changes, their doses stay together.
        before = {"merged_into_id": str(survivor.merged_into_id)}
        survivor.merged_into_id = None
        record(session, "survives_again", survivor, change, other_id=old.id, before=before)
        living_id = survivor.id
    elif old.merged_into_id is not None:
        raise MergedIdentifierError("the subsumed identifier was merged into another patient before")
    old.merged_into_id = living_id
    record(session, "merged", old, change, other_id=living_id, after={"merged_into_id": str(living_id)})
    # Objects of a held exam may name both; then they name one patient now.
    desk.refile_held(session, patients.family_of(session, old.id), now=change.now)
    return []
