"""The invented people of a hospital day, and the messages and reports about them that its stories are made of."""

import itertools
import random
from dataclasses import dataclass, field

from tests.builders.hospital_events import Dose, Foreign, Id, Merge, Said, Update

ADMISSIONS = ("A01", "A04", "A05", "A28")
UPDATES = ("A08", "A31", "A08", "A01", "A04")
# HL7 v2.5.1, 3.3.18, 3.3.34, 3.3.36, 3.3.39 and 3.3.40: older and newer ways of saying the same of two patients.
MERGES = ("A40", "A40", "A40", "A18", "A34", "A36", "A39")
FOREIGN = ("BAR^P01", "DFT^P03", "MDM^T02", "VXU^V04", "ADT^A60", "ADT^A20", "PPR^PC1")
FIRST_NAMES = ("Alma", "Bodil", "Cajsa", "Åke", "Jürgen", "Zoë", "Märta", "Ove")
_STATED, _EMPTY = 0.75, 0.95  # of the fields of an update; the rest deletes
_XA, _SAYS_WHO = 0.25, 0.5


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
        name = f"Invented-{self.people}^{self.drawn.choice(FIRST_NAMES)}"
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
            ("name", f"{person.name.partition('^')[0]}^{self.drawn.choice(FIRST_NAMES)} {self.drawn.randrange(100)}"),
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

    def dose(self, of: Person | Id, *, is_xa: bool | None = None) -> Dose:
        """Return a report of a new study, of an angiography or a CT; half of those of a person say who it is."""
        drawn = self.drawn.random() < _XA
        said = Said()
        if isinstance(of, Person) and self.drawn.random() < _SAYS_WHO:
            said = Said(name=of.name, birth_date=of.birth_date, sex=of.sex)
        identifier = of.mrn if isinstance(of, Person) else of
        return Dose(of=identifier, number=next(self._doses), said=said, is_xa=drawn if is_xa is None else is_xa)

    def foreign(self) -> Foreign:
        """Return a message that is none of our business, about anybody."""
        anybody = Id(f"DAY-{self.drawn.randrange(1, self.people + 1):04}")
        return Foreign(message_type=self.drawn.choice(FOREIGN), of=anybody, said=Said(name="Invented-Foreign^Fia"))
