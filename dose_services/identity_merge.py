"""
Merging patients.

A merge only says who stands for whom: ``merged_into_id`` is set and journalled; exams and
identifiers stay where they are and are found under the survivor. So a merge can be undone, and a
DICOM object that still comes under the merged identifier is found under the survivor as well.

Source: HL7 v2.5.1, 3.3.40 (A40: PID-3 survives, MRG-1 is subsumed) and 3.6.2 (merge definitions).
"""

from collections.abc import Sequence

from db.session import Session
from dose_core.identity.facts import Kind
from dose_services.identity_facts import tell
from dose_services.identity_said import fact_of
from dose_services.identity_stated import remember_prior_name, remember_stated
from dose_services.identity_values import Change, Outcome, SameIdentifierError, StatedMerge, check_identifiers


def merge_patients(session: Session, merges: Sequence[StatedMerge], change: Change) -> Outcome:
    """
    Merge patients, all or none. Safe to repeat.

    An unknown survivor is created as stated. An unknown subsumed patient is created as merged, so
    that objects that come late under it find the survivor. A survivor who was merged themselves
    stands for those who now stand for them. Demographics of known patients stay: an A40 means none.
    It is refused if a subsumed patient was already merged into somebody else, and if merges would form a loop of more
    than two.

    Raises:
        NoIdentifierError: survivor or subsumed patient is not named.
        UnusableIdentifierError: an identifier is too long, or there are too many.
        SameIdentifierError: both are the same identifier.
    """
    for merge in merges:
        check_identifiers(merge.survivor.identifiers)
        check_identifiers(merge.subsumed)
        if merge.survivor.identifiers[0].key in {identifier.key for identifier in merge.subsumed}:
            raise SameIdentifierError("the surviving and the subsumed identifier are the same")
    facts = [
        fact_of(Kind.MERGE, merge.survivor, change, others=merge.subsumed, others_name=merge.prior_name)
        for merge in merges
    ]
    outcome = tell(session, facts, change)
    if outcome.refused is None:
        for merge in merges:
            remember_stated(session, merge.survivor, change)
            if merge.prior_name:
                remember_prior_name(session, merge.subsumed[0], merge.prior_name, change)
    return outcome
