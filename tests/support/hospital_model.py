"""
Who is who after a hospital day, by an independent model: plain Python over the events in their true order.

It is written from HL7 v2.5.1, chapter 3 (3.3.18 A18 to 3.3.50 A50, 3.6.2 on merge, move and link) and the rules that
docs/how-to/hl7.md gives a site, and shares no code with the product: no database, no order of arrival, no retries.

The rules, in its own words. A person exists as soon as a message names one. A merge makes the subsumed person stand
behind the survivor; nothing moves. A message of later date that names a person who stands behind another is refused.
Demographics are what was said last, field by field. A link lets two people stand side by side. Dose objects only name
people: what messages say of an identifier holds, whenever the object came. An identifier that another one replaced is
no name for messages any more, and still one for objects. What was made at a visit goes where the visit goes. A report
that states a birth date which the person of its identifier never had is nobody's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.builders.hospital_events import (
    Change,
    Dose,
    Event,
    Id,
    Link,
    Merge,
    Move,
    MoveVisit,
    Order,
    Said,
    Unmerge,
    Update,
)

ACCEPTED = "AA"
UNKNOWN_KEY = "AE 204"
DUPLICATE_KEY = "AE 205"
_NOWHERE = Id("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """
    What is to be seen under one identifier.

    ``same`` are the identifiers that lead to the same person; ``doses`` the studies that are shown there.
    """

    same: frozenset[Id]
    name: str | None
    birth_date: str | None
    sex: str | None
    doses: frozenset[str]


@dataclass(eq=False, slots=True)
class _Person:
    name: str | None = None
    birth_date: str | None = None
    sex: str | None = None
    behind: "_Person | None" = None
    birth_dates: set[str] = field(default_factory=set)  # all that were ever said

    def hear(self, said: Said) -> None:
        for name in ("name", "birth_date", "sex"):
            value = getattr(said, name)
            if value is not None:
                setattr(self, name, value or None)
        self.birth_dates |= {said.birth_date} if said.birth_date else set()

    @property
    def speaker(self) -> "_Person":
        """The person behind whom this one stands in the end."""
        return self if self.behind is None else self.behind.speaker


@dataclass(slots=True)
class HospitalModel:
    """The hospital as it is."""

    _people: dict[Id, _Person] = field(default_factory=dict)
    _replaced: set[Id] = field(default_factory=set)
    _links: set[frozenset[_Person]] = field(default_factory=set)
    _doses: list[Dose] = field(default_factory=list)
    _visits: dict[int, Id] = field(default_factory=dict)  # by the number of the study
    _moved: dict[Id, _Person] = field(default_factory=dict)  # whose a visit became

    def happen(self, event: Event) -> str:
        """Let something happen, and return how a message about it has to be answered."""
        match event:
            case Update():
                return self._update(event)
            case Merge():
                return self._merge(event)
            case Change():
                return self._change(event)
        self._accept(event)
        return ACCEPTED

    def _accept(self, event: Event) -> None:
        """Let something happen that nothing speaks against."""
        match event:
            case Move():
                self._move(event)
            case Order():
                self._visits[event.study.number] = event.visit
            case MoveVisit():
                self._moved[event.visit] = self._person(event.to)
            case Link():
                self._link(event)
            case Unmerge():
                self._people[event.identifier].behind = None
            case Dose():
                self._doses.append(event)

    def shown(self) -> dict[Id, Shown]:
        """Return what is to be seen under each identifier that anything named."""
        people = dict(self._people)
        for dose in self._doses:
            if dose.of not in people:
                people[dose.of] = _Person()
            if dose.of not in self._people:
                people[dose.of].hear(dose.said)
        tied = [person for pair in self._links for person in pair]
        together = self._together([*people.values(), *tied, *self._moved.values()])
        doses: dict[_Person, set[str]] = {}
        for dose in self._doses:
            if not _may_be_of(dose, people[dose.of]):
                continue
            whose = self._moved.get(self._visits.get(dose.number, _NOWHERE), people[dose.of])
            doses.setdefault(together[whose.speaker], set()).add(dose.study_instance_uid)
        same: dict[_Person, set[Id]] = {}
        for identifier, person in people.items():
            same.setdefault(person.speaker, set()).add(identifier)
        return {
            identifier: Shown(
                same=frozenset(same[person.speaker]),
                name=person.speaker.name,
                birth_date=person.speaker.birth_date,
                sex=person.speaker.sex,
                doses=frozenset(doses.get(together[person.speaker], ())),
            )
            for identifier, person in people.items()
        }

    def _person(self, identifier: Id, said: Said | None = None) -> _Person:
        """Return who has an identifier; whom nobody has named so far is as said."""
        if identifier not in self._people:
            self._people[identifier] = _Person()
            self._people[identifier].hear(said or Said())
        return self._people[identifier]

    def _update(self, event: Update) -> str:
        person = self._person(event.ids[0])
        if person.behind is not None or event.ids[0] in self._replaced:
            return UNKNOWN_KEY
        person.hear(event.said)
        for identifier in event.ids[1:]:
            self._people.setdefault(identifier, person)
        return ACCEPTED

    def _merge(self, event: Merge) -> str:
        if event.survivor in event.subsumed:
            return DUPLICATE_KEY
        survivor = self._person(event.survivor, event.said)
        for identifier in event.subsumed:
            old = self._person(identifier)
            if old.behind is not None and old.speaker is not survivor.speaker:
                return UNKNOWN_KEY
            if old is survivor or (old.behind is not None):
                continue  # said before
            if survivor.speaker is old:  # the reverse of a merge before
                survivor.behind = None
            old.behind = survivor.speaker
        return ACCEPTED

    def _change(self, event: Change) -> str:
        person = self._person(event.old)
        if person.behind is not None:
            return UNKNOWN_KEY
        if self._people.setdefault(event.new, person) is not person:
            return DUPLICATE_KEY
        self._replaced.add(event.old)
        self._replaced.discard(event.new)
        return ACCEPTED

    def _move(self, event: Move) -> None:
        target = self._person(event.to)
        if self._people.get(event.identifier) is not target:
            self._people[event.identifier] = target
            self._replaced.discard(event.identifier)

    def _link(self, event: Link) -> None:
        pair = frozenset({self._person(event.one), self._person(event.other)})
        if event.is_broken:
            self._links.discard(pair)
        else:
            self._links.add(pair)

    def _together(self, people: Iterable[_Person]) -> dict[_Person, _Person]:
        """Return for each person who speaks for themselves one that stands for all who are linked with them."""
        stands = {person.speaker: person.speaker for person in people}
        for pair in self._links:
            one, *others = {stands[person.speaker] for person in pair}
            for other in others:
                stands = {person: one if now is other else now for person, now in stands.items()}
        return stands


def _may_be_of(dose: Dose, person: _Person) -> bool:
    stated = dose.said.birth_date
    return not stated or not person.birth_dates or stated in person.birth_dates
