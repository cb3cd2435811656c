"""
Who is who, by the time of the event: what is said is kept as facts, and what follows is written to the tables.

A fact that comes in the order of events is taken into what the tables hold. One that comes late, when something was
said meanwhile of a later time, has all facts that concern each other taken anew, so that the order in which messages
come decides nothing. A fact that is refused is kept as well: an older one may come that makes it right. Nothing here
commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from db.repositories import identity_facts, patients, people
from db.repositories.identity_facts import FactKey
from db.repositories.people import KnownPerson
from db.session import Session
from dose_core.errors import DoseError
from dose_core.identity.facts import Fact, Key, Kind
from dose_core.identity.folding import Refusal, Verdict, fold, named_in
from dose_core.identity.people import People, Person
from dose_services.identity_kept import keys_of, packed, unpacked
from dose_services.identity_loops import settle_loops
from dose_services.identity_values import (
    Change,
    IdentifierTakenError,
    MergedIdentifierError,
    MergeLoopError,
    NotMergedError,
    Outcome,
    Told,
)
from dose_services.identity_writing import people_of, stands_as, write

_ERRORS: Mapping[Refusal, type[DoseError]] = {
    Refusal.MERGED: MergedIdentifierError,
    Refusal.REPLACED: MergedIdentifierError,
    Refusal.MERGED_ELSEWHERE: MergedIdentifierError,
    Refusal.LOOP: MergeLoopError,
    Refusal.TAKEN: IdentifierTakenError,
    Refusal.NOT_MERGED: NotMergedError,
}


def tell(session: Session, facts: Sequence[Fact], change: Change) -> Outcome:
    """
    Keep what one message or one act of a person says, and carry it out: all of it or nothing. Safe to repeat.

    Return what became of it; ``refused`` if it cannot be so, in which case the tables tell the same as before.
    """
    keys = keys_of(facts)
    asked = [(key.value, key.authority) for key in keys]
    is_structural = any(key.is_structural for key in keys)
    if is_structural:
        patients.lock_merges(session)
    patients.lock_identifiers(session, asked)
    known = people.concerned(session, asked)
    # Messages that name one record by different identifiers hold no common one.
    shared = [one.id for one in known if not {(of.value, of.authority) for of in one.identifiers} <= set(asked)]
    if shared:
        patients.lock_records(session, shared)
        known = people.concerned(session, asked)
    number, is_late = identity_facts.add(
        session,
        keys,
        packed(facts),
        concerning=_concerning(keys, known, is_structural=is_structural),
        at=facts[0].at,
        hl7_message_id=change.hl7_message_id,
        now=change.now,
    )
    if is_late:
        return _take_anew(session, asked, number, change)
    standing = _standing(session, known)
    verdict = fold(standing, [replace(fact, number=number) for fact in facts])[number]
    if verdict.refusal is None:
        write(session, known, standing, change)
    if is_structural:
        settle_loops(session, _all_of(asked, known), _looped({number: verdict}), now=change.now)
    return replace(_outcome(verdict, facts, standing), told=_told_of(known, facts, standing))


def _told_of(known: Sequence[KnownPerson], facts: Sequence[Fact], standing: People) -> Told | None:
    """Return the one patient of whom facts tell, as they stand now; ``None`` if there is another, or they are new."""
    if len(known) != 1 or len(facts) != 1:
        return None
    row, person = known[0], standing.owner_of(facts[0].who[0].key)
    if person is None or person.home != row.home or person.merged_into is not None:
        return None
    name, birth_date = stands_as(person, row)
    return Told(patient_id=row.id, name=name, birth_date=birth_date, known=row.told, is_placeholder=row.is_placeholder)


def _take_anew(session: Session, asked: Sequence[tuple[str, str]], number: int, change: Change) -> Outcome:
    """Take all facts anew that concern each other. No two do so at once, so that they see each other's facts."""
    patients.lock_merges(session)
    held: set[Key] = set()
    reached = set(asked)
    while True:
        while not reached <= held:
            patients.lock_identifiers(session, reached - held)
            held |= reached
            reached = set(identity_facts.reached(session, held))
        facts = [fact for kept in identity_facts.of(session, held) for fact in unpacked(kept)]
        listed = {key for fact in facts for key in fact.listed} - held
        patients.lock_identifiers(session, listed)
        known = people.concerned(session, held | listed)
        told_of = named_in(facts)
        # Whoever is not told of here has an identifier that is listed here too.
        standing = _standing(session, [one for one in known if one.home not in told_of])
        verdicts = fold(standing, facts)
        reached = _left(listed, [one for one in known if one.home in told_of], standing)
        if not reached:
            break
    decided = {key for fact in facts for key in fact.named | fact.listed}
    write(session, known, standing, change, decided=decided)
    settle_loops(session, _all_of(held | listed, known), _looped(verdicts), now=change.now)
    return _outcome(verdicts[number], [fact for fact in facts if fact.number == number], standing)


def _all_of(keys: Iterable[Key], known: Iterable[KnownPerson]) -> set[Key]:
    return {*keys, *((one.value, one.authority) for person in known for one in person.identifiers)}


def _looped(verdicts: Mapping[int, Verdict]) -> list[int]:
    return [number for number, verdict in verdicts.items() if verdict.refusal is Refusal.LOOP]


def _left(listed: Iterable[Key], known: Sequence[KnownPerson], standing: People) -> set[Key]:
    """Return the listed identifiers that somebody has not had so early after all: then others listed them before."""
    since = {(of.value, of.authority): of.since for one in known for of in one.identifiers if of.ended_at is None}
    return {
        key
        for key in listed
        if key in since and (key not in standing.owners or standing.owners[key].since > since[key])
    }


def _standing(session: Session, known: Sequence[KnownPerson]) -> People:
    is_family = any(one.family_id != one.id or other.id != one.id for one in known for other in known[:1])
    return people_of(known, people.links_among(session, [one.id for one in known]) if is_family else [])


def _concerning(keys: Sequence[FactKey], known: Iterable[KnownPerson], *, is_structural: bool) -> list[FactKey]:
    """Return the identifiers of facts, and those by which facts concern the same people."""
    asked = {(key.value, key.authority) for key in keys}
    beside = {(one.value, one.authority) for person in known for one in person.identifiers} - asked
    return [
        *keys,
        *(
            FactKey(value=value, authority=authority, is_named=None, is_structural=is_structural)
            for value, authority in sorted(beside)
        ),
    ]


def _outcome(verdict: Verdict, facts: Sequence[Fact], standing: People) -> Outcome:
    if verdict.refusal is not None:
        error = _ERRORS[verdict.refusal](verdict.refusal.value)
        return Outcome(is_applied=False, reason=str(error), warnings=verdict.notes, refused=error)
    reason = next((reason for fact in facts if (reason := _why_without_effect(fact, standing))), None)
    return Outcome(is_applied=reason is None, reason=reason, warnings=verdict.notes)


def _why_without_effect(fact: Fact, standing: People) -> str | None:
    person = standing.owner_of(fact.who[0].key)
    if fact.kind is not Kind.UPDATE or person is None:
        return None
    if person.merged_into is not None and not fact.redirects:
        return "older than the merge of this patient into another"
    if fact.stated and not any(_stands(fact, name, standing.living(person)) for name in fact.stated):
        return "older than the last update of this patient; the demographics stay"
    return None


def _stands(fact: Fact, name: str, person: Person) -> bool:
    register = person.stated.get(name)
    return register is not None and register.at == (fact.stated_at or fact.at) and register.value == fact.stated[name]
