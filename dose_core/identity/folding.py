"""
What follows from facts, taken one by one in the order of their events.

The facts of all orders of arrival give the same people, because they are sorted before they are taken; a fact that
comes late has those that came before it taken anew (``dose_services.identity_facts``).

Source: HL7 v2.5.1, 3.6.2 (merge, move, link and change of identifier); table 0357 (204 unknown key, 205 duplicate key).
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from dose_core.identity.facts import DELETED, Fact, Identifier, Key, Kind
from dose_core.identity.people import Owner, People, Person


class Refusal(Enum):
    """Why a fact changes nothing; the text tells its sender."""

    MERGED = "the identifier was merged into another; use the surviving one"
    REPLACED = "the identifier was replaced by another; use the new one"
    MERGED_ELSEWHERE = "the subsumed identifier was merged into another patient before"
    LOOP = "these merges form a loop; a person has to say which of them was wrong"
    TAKEN = "the new identifier belongs to another patient"
    NOT_MERGED = "this patient is not merged into another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a fact came to; ``notes`` are warnings without patient data."""

    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()


_DONE = Verdict()


def fold(people: People, facts: Iterable[Fact]) -> dict[int, Verdict]:
    """
    Take facts into ``people`` in the order of their events, and return a verdict for each number.

    Facts of one number are of one message: all of them are taken, or none.
    """
    in_order = sorted(facts, key=lambda fact: fact.order)
    return {number: _take(people, list(said)) for (_, number), said in groupby(in_order, key=lambda fact: fact.order)}


def _take(people: People, said: list[Fact]) -> Verdict:
    # Only a merge can be refused when part of it is done.
    before = deepcopy(people) if any(fact.kind is Kind.MERGE for fact in said) else people
    notes: list[str] = []
    for fact in said:
        verdict = _STEPS[fact.kind](people, fact)
        if verdict.refusal is not None:
            people.persons, people.owners, people.links = before.persons, before.owners, before.links
            return verdict
        notes += verdict.notes
    return _noted(notes)


def _known(people: People, fact: Fact) -> Verdict:
    person = people.persons.setdefault(fact.who[0].key, Person(home=fact.who[0].key))
    if fact.merged_into is not None:
        people.persons.setdefault(fact.merged_into, Person(home=fact.merged_into))
        person.merged_into, person.merged_at = fact.merged_into, fact.at
    for identifier in fact.who:
        people.owners.setdefault(identifier.key, _owner(person, fact, identifier, is_listed=False))
    _state(person, fact, fact.stated)
    return _DONE


def _update(people: People, fact: Fact) -> Verdict:
    person = people.owner_of(fact.who[0].key)
    if person is None:
        return _noted(_created(people, fact)[1])
    refusal = _refusal(people, fact, person)
    if refusal is not None:
        return Verdict(refusal=refusal)
    owner = people.owners[fact.who[0].key]
    if not owner.is_listed:
        owner.since = min(owner.since, fact.at)
    person = people.living(person)
    _state(person, fact, fact.stated)
    return _noted(_list(people, person, fact, fact.who[1:]))


def _merge(people: People, fact: Fact) -> Verdict:
    survivor, notes = _found_or_created(people, fact)
    for identifier in fact.others:
        old = people.owner_of(identifier.key) or _stub(people, fact, identifier)
        if old is survivor:
            notes.append("both identifiers belong to one patient already")
            continue
        living = people.living(survivor)
        if people.living(old) is living:
            if old.merged_into is not None:
                notes.append("merged before")
                continue
            # The patient named as survivor is merged into the one named as subsumed: A into B, and now B into A.
            # Some systems undo a merge so. Who stands for the two changes, their doses stay together. With others in
            # between nobody can tell which of the merges is meant.
            if survivor.merged_into != old.home:
                return Verdict(refusal=Refusal.LOOP, notes=tuple(notes))
            survivor.merged_into = survivor.merged_at = None
            living = survivor
        elif old.merged_into is not None:
            return Verdict(refusal=Refusal.MERGED_ELSEWHERE, notes=tuple(notes))
        old.merged_into, old.merged_at = living.home, fact.at
    return _noted(notes)


def _move(people: People, fact: Fact) -> Verdict:
    target, notes = _found_or_created(people, fact)
    for identifier in fact.others:
        owner = people.owners.get(identifier.key)
        if owner is not None and owner.home == target.home:
            notes.append("the identifier belongs to this patient already")
            continue
        people.owners[identifier.key] = _owner(target, fact, identifier, is_listed=False)
    return _noted(notes)


def _change(people: People, fact: Fact) -> Verdict:
    new, old = fact.who[0], fact.others[0]
    person = people.owner_of(old.key)
    holder = people.owner_of(new.key)
    if person is not None and person.merged_into is not None:
        return Verdict(refusal=Refusal.MERGED)
    if person is not None and holder is not None and holder is not person:
        return Verdict(refusal=Refusal.TAKEN)
    if person is None:
        # Who has only the new identifier may be the one of whom we missed the old.
        person = holder or _stub(people, fact, old)
        if holder is None:
            _state(person, fact, fact.stated)
    since = people.owners[new.key].since if new.key in people.owners else fact.at
    people.owners[new.key] = _owner(person, fact, new, is_listed=False)
    people.owners[new.key].since = since
    if old.key not in people.owners:
        people.owners[old.key] = _owner(person, fact, old, is_listed=False)
    people.owners[old.key].replaced_at = fact.at
    return _noted(_list(people, person, fact, fact.who[1:]))


def _link(people: People, fact: Fact) -> Verdict:
    one, notes = _found_or_created(people, fact)
    for identifier in fact.others:
        other = _named(people, fact, identifier) or _stub(people, fact, identifier)
        if other is one:
            notes.append("both identifiers belong to one patient already")
        else:
            people.links.add(frozenset({one.home, other.home}))
    return _noted(notes)


def _unlink(people: People, fact: Fact) -> Verdict:
    one = _named(people, fact, fact.who[0])
    notes = []
    for identifier in fact.others:
        other = _named(people, fact, identifier)
        pair = frozenset({one.home, other.home}) if one and other else frozenset()
        if pair not in people.links:
            notes.append("there was no link between the two")
        people.links.discard(pair)
    return _noted(notes)


def _delete(people: People, fact: Fact) -> Verdict:
    person = people.owner_of(fact.who[0].key)
    if person is None:
        return Verdict(notes=("nobody knows this patient",))
    refusal = _refusal(people, fact, person)
    if refusal is not None:
        return Verdict(refusal=refusal)
    people.living(person).state(DELETED, "Y", fact.at)
    return _DONE


def _split(people: People, fact: Fact) -> Verdict:
    person = _named(people, fact, fact.who[0])
    if person is None or person.merged_into is None:
        return Verdict(refusal=Refusal.NOT_MERGED)
    person.merged_into = person.merged_at = None
    return _DONE


_STEPS: Mapping[Kind, Callable[[People, Fact], Verdict]] = {
    Kind.KNOWN: _known,
    Kind.UPDATE: _update,
    Kind.MERGE: _merge,
    Kind.MOVE: _move,
    Kind.CHANGE: _change,
    Kind.LINK: _link,
    Kind.UNLINK: _unlink,
    Kind.DELETE: _delete,
    Kind.SPLIT: _split,
}


def _refusal(people: People, fact: Fact, person: Person) -> Refusal | None:
    """Return why nothing may be said of this patient under the identifier that the fact names."""
    if fact.redirects:
        return None
    if person.merged_into is not None:
        return Refusal.MERGED
    return Refusal.REPLACED if people.owners[fact.who[0].key].replaced_at is not None else None


def _named(people: People, fact: Fact, identifier: Identifier) -> Person | None:
    return people.persons.get(identifier.key) if fact.is_by_home else people.owner_of(identifier.key)


def _found_or_created(people: People, fact: Fact) -> tuple[Person, list[str]]:
    """Return the patient of whom a fact speaks, created as stated if unknown, and warnings."""
    known = _named(people, fact, fact.who[0])
    return (known, []) if known is not None else _created(people, fact)


def _created(people: People, fact: Fact) -> tuple[Person, list[str]]:
    # Some senders list the subsumed identifier among the survivor's; it belongs to the subsumed patient.
    subsumed = {one.key for one in fact.others}
    person = _new(people, fact, fact.who[0])
    _state(person, fact, fact.stated)
    return person, _list(people, person, fact, [one for one in fact.who[1:] if one.key not in subsumed])


def _stub(people: People, fact: Fact, identifier: Identifier) -> Person:
    """Return a new record of somebody of whom little more is known than an identifier."""
    person = _new(people, fact, identifier)
    _state(person, fact, fact.others_stated)
    return person


def _new(people: People, fact: Fact, identifier: Identifier) -> Person:
    person = people.persons.setdefault(identifier.key, Person(home=identifier.key))
    people.owners.setdefault(identifier.key, _owner(person, fact, identifier, is_listed=False))
    return person


def _owner(person: Person, fact: Fact, identifier: Identifier, *, is_listed: bool) -> Owner:
    return Owner(home=person.home, since=fact.at, is_listed=is_listed, type=identifier.type)


def _state(person: Person, fact: Fact, stated: Mapping[str, str | None]) -> None:
    for name, value in stated.items():
        person.state(name, value, fact.stated_at or fact.at)
    if fact.kind is Kind.UPDATE:
        person.state(DELETED, None, fact.at)  # who is told of again is there again


def _list(people: People, person: Person, fact: Fact, identifiers: Iterable[Identifier]) -> list[str]:
    """
    Give the person the identifiers that nobody has, and return a warning for each that somebody else has.

    They never decide who it is, because real feeds repeat dummy numbers there; whoever listed one first has it.
    """
    warnings = []
    for number, identifier in enumerate(identifiers, start=2):
        owner = people.owners.get(identifier.key)
        if owner is None or (owner.is_listed and owner.since > fact.at):
            people.owners[identifier.key] = _owner(person, fact, identifier, is_listed=True)
        elif owner.home != person.home:
            warnings.append(f"identifier {number} of the list belongs to another patient and was left there")
    return warnings


def _noted(notes: list[str]) -> Verdict:
    return Verdict(notes=tuple(notes)) if notes else _DONE


def named_in(facts: Iterable[Fact]) -> frozenset[Key]:
    """Return the identifiers of which these facts decide whose they are."""
    return frozenset(key for fact in facts for key in fact.named)
