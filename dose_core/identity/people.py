"""Who is who, as it stands after some facts: records of people, whose each identifier is, merges and links."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from dose_core.identity.facts import DELETED, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A value with the time as of which it was stated; of two the newer one stands. ``None`` is a statement too."""

    value: str | None
    at: datetime


@dataclass(slots=True, kw_only=True)
class Owner:
    """
    Whose an identifier is, since the time of the event that said so.

    ``is_listed`` if it only stood beside the one that named the person. ``replaced_at`` once another identifier took
    its place: objects that come late still find the person by it.
    """

    home: Key
    since: datetime
    is_listed: bool
    type: str | None = None
    replaced_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Person:
    """
    One record of a person. ``home`` is the identifier that was first to name it, and never changes.

    ``merged_into`` is the home of the record that stands for it since ``merged_at``.
    """

    home: Key
    stated: dict[str, Register] = field(default_factory=dict)
    merged_into: Key | None = None
    merged_at: datetime | None = None

    def state(self, name: str, value: str | None, at: datetime) -> None:
        """Take a value in, if none is newer."""
        known = self.stated.get(name)
        if known is None or known.at <= at:
            self.stated[name] = Register(value=value, at=at)

    def value(self, name: str) -> str | None:
        """Return what is stated."""
        register = self.stated.get(name)
        return register.value if register else None

    @property
    def deleted_at(self) -> datetime | None:
        """Return when the source deleted the person; ``None`` if it did not, or told of them again."""
        register = self.stated.get(DELETED)
        return register.at if register and register.value else None


@dataclass(slots=True, kw_only=True)
class People:
    """All records that concern each other, by their homes; ``links`` are pairs of homes."""

    persons: dict[Key, Person] = field(default_factory=dict)
    owners: dict[Key, Owner] = field(default_factory=dict)
    links: set[frozenset[Key]] = field(default_factory=set)

    def owner_of(self, key: Key) -> Person | None:
        """Return the record that has an identifier."""
        owner = self.owners.get(key)
        return self.persons[owner.home] if owner else None

    def living(self, person: Person) -> Person:
        """Return the record that stands for this one after all merges."""
        while person.merged_into is not None:  # no loop can come to be, see dose_core.identity.folding
            person = self.persons[person.merged_into]
        return person

    def families(self) -> list[frozenset[Key]]:
        """Return the homes of those whose doses are shown together: all that merges and links connect."""
        merges = [(one.home, one.merged_into) for one in self.persons.values() if one.merged_into is not None]
        return connected(self.persons, merges + [(min(link), max(link)) for link in self.links])


Node = TypeVar("Node")


def connected(nodes: Iterable[Node], pairs: Iterable[tuple[Node, Node]]) -> list[frozenset[Node]]:
    """Return what hangs together by these pairs, in the order of ``nodes``."""
    beside: dict[Node, set[Node]] = defaultdict(set)
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    seen: set[Node] = set()
    groups = []
    for node in nodes:
        if node in seen:
            continue
        group, waiting = {node}, [node]
        while waiting:
            new = beside[waiting.pop()] - group
            group |= new
            waiting += new
        seen |= group
        groups.append(frozenset(group))
    return groups
