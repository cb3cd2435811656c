"""
What may happen to a few people on a hospital day. All people are invented, and their names say so.

A story is told in chapters: what is in one chapter may reach us in any order, what is in a later one comes later.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.builders.hospital_events import Change, Dose, Event, Foreign, Id, Link, Merge, Move, Said, Unmerge, Update

Chapters = list[list[Event]]

ADMISSIONS = ("A01", "A04", "A05", "A28")
UPDATES = ("A08", "A31", "A08", "A01", "A04")
# HL7 v2.5.1, 3.3.18, 3.3.34, 3.3.36, 3.3.39 and 3.3.40: older and newer ways of saying the same of two patients.
MERGES = ("A40", "A40", "A40", "A18", "A34", "A36", "A39")
FOREIGN = ("BAR^P01", "DFT^P03", "MDM^T02", "VXU^V04", "ADT^A60", "ADT^A20", "PPR^PC1")
_FIRST_NAMES = ("Alma", "Bodil", "Cajsa", "Åke", "Jürgen", "Zoë", "Märta", "Ove")
_STATED, _EMPTY = 0.75, 0.95  # of the fields of an update; the rest deletes
_XA = 0.25


@dataclass(slots=True)
class Person:
    """A person as the hospital's own system knows them."""

    mrn: Id
    name: str
    birth_date: str | None
    sex: str | None

    def said(self) -> Said:
        """Return all of it, as a system states it that sends what it holds."""
        return Said(name=self.name, birth_date=self.birth_date or "", sex=self.sex or "")


@dataclass
class Hospital:
    """Invents people, and counts them and their studies."""

    drawn: random.Random
    people: int = 0
    _doses: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def person(self) -> Person:
        """Return a new person."""
        self.people += 1
        born = f"{self.drawn.randrange(1930, 2020)}{self.drawn.randrange(1, 13):02}{self.drawn.randrange(1, 29):02}"
        name = f"Invented-{self.people}^{self.drawn.choice(_FIRST_NAMES)}"
        return Person(mrn=Id(f"DAY-{self.people:04}"), name=name, birth_date=born, sex=self.drawn.choice("MFO"))

    def identifier(self, kind: str, authority: str = "DEMO") -> Id:
        """Return an identifier that nobody has."""
        return Id(f"{kind}-{next(self._ids):04}", authority)

    def admitted(self, person: Person) -> Update:
        """Return a message that states all of a person."""
        return Update(trigger=self.drawn.choice(ADMISSIONS), ids=(person.mrn,), said=person.said())

    def updated(self, person: Person, *more: Id) -> Update:
        """Return a message on a change: what it leaves empty stays, what it deletes is gone."""
        values: dict[str, str | None] = {}
        for name, new in (
            ("name", f"{person.name.partition('^')[0]}^{self.drawn.choice(_FIRST_NAMES)} {self.drawn.randrange(100)}"),
            ("birth_date", f"{self.drawn.randrange(1930, 2020)}0{self.drawn.randrange(1, 10)}15"),
            ("sex", self.drawn.choice("MFO")),
        ):
            chance = self.drawn.random()
            if chance < _STATED:
                setattr(person, name, new)
                values[name] = new
            elif chance >= _EMPTY and name != "name":
                setattr(person, name, None)
                values[name] = ""
        return Update(trigger=self.drawn.choice(UPDATES), ids=(person.mrn, *more), said=Said(**values))

    def merged(self, old: Person, survivor: Person, trigger: str | None = None) -> Merge:
        """Return a message that one person is another."""
        said = self.drawn.choice((survivor.said(), Said()))
        return Merge(
            trigger=trigger or self.drawn.choice(MERGES), survivor=survivor.mrn, subsumed=(old.mrn,), said=said
        )

    def dose(self, of: Id) -> Dose:
        """Return a dose report of a new study."""
        return Dose(of=of, number=next(self._doses), is_xa=self.drawn.random() < _XA)

    def foreign(self) -> Foreign:
        """Return a message that is none of our business, about anybody."""
        anybody = Id(f"DAY-{self.drawn.randrange(1, self.people + 1):04}")
        return Foreign(message_type=self.drawn.choice(FOREIGN), of=anybody, said=Said(name="Invented-Foreign^Fia"))


def plain(hospital: Hospital) -> Chapters:
    """Admission, updates and exams of one patient."""
    one = hospital.person()
    updates = [hospital.updated(one) for _ in range(hospital.drawn.randrange(1, 7))]
    first: list[Event] = [hospital.admitted(one), *updates[:2]]
    return [first, [*updates[2:], hospital.dose(one.mrn)]]


def only_dicom(hospital: Hospital) -> Chapters:
    """A patient of whom no message ever tells."""
    one = hospital.person()
    return [[Dose(of=one.mrn, number=hospital.dose(one.mrn).number, said=one.said())], [hospital.dose(one.mrn)]]


def exam_before_admission(hospital: Hospital) -> Chapters:
    """What a message says of a person counts more than what a report said."""
    one = hospital.person()
    early = Dose(of=one.mrn, number=hospital.dose(one.mrn).number, said=Said(name=one.name, birth_date=one.birth_date))
    return [[early], [hospital.admitted(one), hospital.dose(one.mrn)]]


def new_identifier(hospital: Hospital) -> Chapters:
    """A patient gets a second identifier, of another authority, under which reports come as well, even before it."""
    one = hospital.person()
    second = hospital.identifier("NAT", "NATIONAL")
    learned = Update(trigger="A31", ids=(one.mrn, second), said=one.said())
    return [
        [hospital.admitted(one), hospital.dose(one.mrn)],
        [learned, hospital.dose(second)],
        [hospital.updated(one, second), hospital.dose(second)],
    ]


def merge(hospital: Hospital) -> Chapters:
    """Two records become one; reports under the old identifier come before, with and after it; a late system errs."""
    old, survivor = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(old), hospital.admitted(survivor), hospital.dose(old.mrn)]
    second: list[Event] = [hospital.updated(old), hospital.updated(survivor), hospital.merged(old, survivor)]
    stale = Update(trigger="A08", ids=(old.mrn,), said=Said(name="Invented-Stale^Stine"))
    return [
        first,
        [*second, hospital.dose(old.mrn), hospital.dose(survivor.mrn)],
        [stale, hospital.dose(old.mrn)],
        [hospital.updated(survivor), hospital.merged(old, survivor)],
    ]


def chain(hospital: Hospital) -> Chapters:
    """A into B and B into C, told in any order."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    admitted: list[Event] = [hospital.admitted(one) for one in (first, middle, last)]
    doses: list[Event] = [hospital.dose(one.mrn) for one in (first, middle, last)]
    links = [hospital.merged(first, middle), hospital.merged(middle, last)]
    return [admitted, [*doses[:2], *links, doses[2]], [hospital.dose(first.mrn), hospital.updated(last)]]


def into_one_who_was_merged(hospital: Hospital) -> Chapters:
    """B into C, and after it A into B."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    admitted: list[Event] = [hospital.admitted(one) for one in (first, middle, last)]
    links = [hospital.merged(middle, last), hospital.merged(first, middle)]
    return [[*admitted, hospital.dose(first.mrn)], [*links, hospital.dose(middle.mrn)]]


def several_at_once(hospital: Hospital) -> Chapters:
    """One message that merges two records into a third."""
    one, other, survivor = hospital.person(), hospital.person(), hospital.person()
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(one.mrn, other.mrn), said=survivor.said())
    doses: list[Event] = [hospital.dose(who.mrn) for who in (one, other, survivor)]
    return [[hospital.admitted(who) for who in (one, other, survivor)], [*doses, merged]]


def reverse(hospital: Hospital) -> Chapters:
    """A into B, then B into A: A speaks for both, and is brought up to date again."""
    one, other = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(one), hospital.admitted(other), hospital.dose(one.mrn)]
    there, back = hospital.merged(one, other), hospital.merged(other, one)
    return [first, [hospital.updated(one), there, back, hospital.dose(other.mrn)], [hospital.updated(one)]]


def unknown_to_all(hospital: Hospital) -> Chapters:
    """A merge of two of whom nobody has told; a report comes late under the old identifier."""
    old, survivor = hospital.person(), hospital.person()
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(old.mrn,), said=survivor.said())
    return [[merged, hospital.dose(survivor.mrn)], [hospital.dose(old.mrn), hospital.updated(survivor)]]


def into_itself(hospital: Hospital) -> Chapters:
    """A merge of a patient into themselves is refused."""
    one = hospital.person()
    return [[hospital.admitted(one)], [hospital.merged(one, one, "A40"), hospital.dose(one.mrn)]]


def merge_of_other_name(hospital: Hospital) -> Chapters:
    """A merge changes no demographics of a patient who is known, whatever its PID says."""
    old, survivor = hospital.person(), hospital.person()
    odd = Said(name="Invented-Other^Otto", birth_date="19010101", sex="O")
    merged = Merge(trigger="A40", survivor=survivor.mrn, subsumed=(old.mrn,), said=odd)
    return [[hospital.admitted(old), hospital.admitted(survivor)], [merged, hospital.dose(old.mrn)]]


def emergency(hospital: Hospital) -> Chapters:
    """Somebody without a name is irradiated, and turns out to be a patient; sometimes one who is just being made."""
    patient = hospital.person()
    number = hospital.drawn.randrange(24)
    unknown = Person(
        mrn=hospital.identifier("EMERGENCY"), name=f"Unknown^Motorbike {number}:10", birth_date=None, sex="M"
    )
    known: list[Event] = [hospital.admitted(patient)] if hospital.drawn.random() < 0.5 else []
    told = Merge(trigger="A40", survivor=patient.mrn, subsumed=(unknown.mrn,), said=patient.said())
    return [
        [hospital.admitted(unknown), hospital.dose(unknown.mrn), *known],
        [told, hospital.dose(unknown.mrn)],
        [hospital.updated(patient), hospital.dose(patient.mrn)],
    ]


def unmerge(hospital: Hospital) -> Chapters:
    """A merge was wrong and an operator takes it back; sometimes it was right after all, and is told anew."""
    old, survivor = hospital.person(), hospital.person()
    first: list[Event] = [hospital.admitted(old), hospital.admitted(survivor), hospital.dose(old.mrn)]
    wrong = hospital.merged(old, survivor)
    after: list[Event] = [hospital.updated(old), hospital.updated(survivor), hospital.dose(old.mrn)]
    told: Chapters = [
        [*first, hospital.dose(survivor.mrn)],
        [wrong, hospital.updated(survivor), hospital.dose(old.mrn)],
        [Unmerge(identifier=old.mrn)],
        after,
    ]
    anew: list[Event] = [hospital.merged(old, survivor)]
    return [*told, anew] if hospital.drawn.random() < 0.3 else told


def unmerge_in_a_chain(hospital: Hospital) -> Chapters:
    """A into B into C; an operator takes B back out of C, and A comes along."""
    first, middle, last = hospital.person(), hospital.person(), hospital.person()
    people = (first, middle, last)
    merges = [hospital.merged(first, middle), hospital.merged(middle, last)]
    return [
        [*(hospital.admitted(one) for one in people), *(hospital.dose(one.mrn) for one in people)],
        [*merges],
        [Unmerge(identifier=middle.mrn)],
        [hospital.updated(middle), hospital.updated(last), hospital.dose(first.mrn)],
    ]


def link(hospital: Hospital) -> Chapters:
    """Two living records are linked; both go on by themselves, and half of the links are broken again."""
    one, other = hospital.person(), hospital.person()
    other.mrn = hospital.identifier("WEST", "WEST-HOSPITAL")
    tied = Link(one=one.mrn, other=other.mrn)
    doses: list[Event] = [hospital.dose(one.mrn), hospital.dose(other.mrn)]
    broken: list[Event] = []
    if hospital.drawn.random() < 0.5:
        broken = [Link(one=one.mrn, other=other.mrn, is_broken=True)]
    updates: list[Event] = [hospital.updated(one), hospital.updated(other)]
    return [[hospital.admitted(one), hospital.admitted(other)], [tied, *doses, *broken], updates]


def link_and_merge(hospital: Hospital) -> Chapters:
    """A is linked with B, and B is merged into C: one history of three."""
    one, other, survivor = hospital.person(), hospital.person(), hospital.person()
    people = (one, other, survivor)
    events: list[Event] = [Link(one=one.mrn, other=other.mrn), hospital.merged(other, survivor)]
    return [
        [*(hospital.admitted(who) for who in people)],
        [*events, *(hospital.dose(who.mrn) for who in people)],
        [hospital.updated(one), hospital.updated(survivor)],
    ]


def changed_identifier(hospital: Hospital) -> Chapters:
    """An identifier is replaced; reports come under the old and the new one, messages under the new one."""
    one = hospital.person()
    old, new = one.mrn, hospital.identifier("NEW")
    first: list[Event] = [hospital.admitted(one), hospital.dose(old)]
    second: list[Event] = [hospital.updated(one), Change(old=old, new=new), hospital.dose(old), hospital.dose(new)]
    one.mrn = new
    return [first, [*second, hospital.updated(one)], [hospital.updated(one), hospital.dose(old)]]


def change_to_a_known_one(hospital: Hospital) -> Chapters:
    """An identifier that somebody has can replace none."""
    one, other = hospital.person(), hospital.person()
    events: list[Event] = [Change(old=one.mrn, new=other.mrn), hospital.dose(one.mrn)]
    return [[hospital.admitted(one), hospital.admitted(other)], [*events, hospital.dose(other.mrn)]]


def moved_identifier(hospital: Hospital) -> Chapters:
    """One of two identifiers of a patient was another's; what came under it goes along."""
    source, target = hospital.person(), hospital.person()
    second = hospital.identifier("SECOND")
    known = Update(trigger="A31", ids=(source.mrn, second), said=source.said())
    doses: list[Event] = [hospital.dose(source.mrn), hospital.dose(second)]
    move = Move(identifier=second, to=target.mrn)
    return [
        [hospital.admitted(source), hospital.admitted(target), known],
        doses,
        [hospital.updated(source), move, hospital.updated(target), hospital.dose(second)],
    ]


def confusion(hospital: Hospital) -> Chapters:
    """Anything happens to four people at once, and arrives in any order."""
    drawn = hospital.drawn
    people = [hospital.person() for _ in range(4)]
    mrns = [one.mrn for one in people]
    happened: list[Event] = []
    for _ in range(10):
        one, other = drawn.sample(mrns, 2)
        said = Said(name=f"Invented-{hospital.people}^{drawn.choice(_FIRST_NAMES)}", sex=drawn.choice("MFO"))
        happened.append(
            drawn.choice(
                (
                    Update(trigger="A08", ids=(one,), said=said),
                    Update(trigger="A31", ids=(one,), said=said),
                    Merge(trigger="A40", survivor=one, subsumed=(other,), said=Said()),
                    Merge(trigger="A40", survivor=one, subsumed=(other,), said=Said()),
                    Move(identifier=one, to=other),
                    Change(old=one, new=hospital.identifier("NEW")),
                    Link(one=one, other=other),
                    Link(one=one, other=other, is_broken=True),
                )
            )
        )
    return [[*map(hospital.admitted, people), *map(hospital.dose, mrns)], happened, [*map(hospital.dose, mrns)]]


Story = Callable[[Hospital], Chapters]

# Of these the answers hang on the order in which they come.
OPEN_ANSWERS: frozenset[Story] = frozenset({confusion})
# How often each happens; the rest of the people have plain days.
HOW_OFTEN: dict[Story, int] = {
    only_dicom: 10,
    exam_before_admission: 15,
    new_identifier: 20,
    merge: 35,
    chain: 10,
    into_one_who_was_merged: 6,
    several_at_once: 5,
    reverse: 12,
    unknown_to_all: 8,
    into_itself: 4,
    merge_of_other_name: 6,
    emergency: 25,
    confusion: 10,
    link: 12,
    link_and_merge: 6,
    changed_identifier: 15,
    change_to_a_known_one: 4,
    moved_identifier: 12,
}
