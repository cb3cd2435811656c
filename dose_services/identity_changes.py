"""
What happens to identifiers beside merges: they move, are replaced, and two patients who both live on are linked.

Source: HL7 v2.5.1, chapter 3 (A24, A29, A37, A43, A46, A47, A51) and 3.6.2.
"""

from collections.abc import Sequence

from db.session import Session
from dose_core.identity.facts import Kind
from dose_services.identity_facts import tell
from dose_services.identity_said import fact_of
from dose_services.identity_values import (
    Change,
    Outcome,
    SameIdentifierError,
    StatedMerge,
    StatedPerson,
    check_identifiers,
)


def move_identifiers(session: Session, moves: Sequence[StatedMerge], change: Change) -> Outcome:
    """
    Give identifiers (``subsumed``) to the patient who is named (A43); who had them lives on. Safe to repeat.

    Exams that came under a moved identifier follow it.

    Raises:
        NoIdentifierError: somebody is not named.
        UnusableIdentifierError: an identifier is too long, or there are too many.
        SameIdentifierError: an identifier moves to the patient whom it names itself.
    """
    return _of_two(session, Kind.MOVE, moves, change)


def change_identifiers(session: Session, changes: Sequence[StatedMerge], change: Change) -> Outcome:
    """
    Let an identifier of a patient be replaced by a new one (A46, A47, A51). Safe to repeat.

    The old one still finds them. It is refused if the new one belongs to another patient of whom HL7 or a person told;
    who is known from DICOM objects alone becomes one with them.

    Raises:
        NoIdentifierError: somebody is not named.
        UnusableIdentifierError: an identifier is too long, or there are too many.
        SameIdentifierError: both are the same identifier.
    """
    return _of_two(session, Kind.CHANGE, changes, change)


def link_patients(session: Session, one: StatedPerson, other: StatedPerson, change: Change) -> Outcome:
    """
    Show the doses of two patients together, who both live on (A24). Safe to repeat.

    Raises:
        NoIdentifierError: somebody is not named.
        UnusableIdentifierError: an identifier is too long, or there are too many.
        SameIdentifierError: both are the same identifier.
    """
    return _linked(session, Kind.LINK, one, other, change)


def unlink_patients(session: Session, one: StatedPerson, other: StatedPerson, change: Change) -> Outcome:
    """Take a link back (A37), and nothing but a link. Safe to repeat. Raises as ``link_patients`` does."""
    return _linked(session, Kind.UNLINK, one, other, change)


def delete_person(session: Session, stated: StatedPerson, change: Change, *, redirects: bool = False) -> Outcome:
    """
    Mark a patient as deleted by the source (A29); nothing is removed, and the doses stay. Safe to repeat.

    Raises:
        NoIdentifierError: there is none.
        UnusableIdentifierError: one is too long, or there are too many.
    """
    check_identifiers(stated.identifiers)
    return tell(session, [fact_of(Kind.DELETE, stated, change, redirects=redirects)], change)


def _of_two(session: Session, kind: Kind, said: Sequence[StatedMerge], change: Change) -> Outcome:
    for one in said:
        check_identifiers(one.survivor.identifiers)
        check_identifiers(one.subsumed)
        if one.survivor.identifiers[0].key in {identifier.key for identifier in one.subsumed}:
            raise SameIdentifierError("both identifiers are the same")
    return tell(session, [fact_of(kind, one.survivor, change, others=one.subsumed) for one in said], change)


def _linked(session: Session, kind: Kind, one: StatedPerson, other: StatedPerson, change: Change) -> Outcome:
    check_identifiers(one.identifiers)
    check_identifiers(other.identifiers)
    if one.identifiers[0].key == other.identifiers[0].key:
        raise SameIdentifierError("both identifiers are the same")
    return tell(session, [fact_of(kind, one, change, others=other.identifiers[:1], others_name=other.name)], change)
