"""
What was said about who is who: facts, each with the time of its event.

A fact is never changed. What holds follows from all facts in the order of their events, whatever the order in which
they came (``dose_core.identity.folding``).

Source: HL7 v2.5.1, chapter 3 (trigger events) and 3.6.2 (merge, move, link, change of identifier).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

Key = tuple[str, str]
"""What tells one identifier from another: its value and the authority that assigned it."""

FIELDS = ("name", "birth_date", "sex")
"""What is stated of a patient: PID-5 (as PN), PID-7 (as ISO 8601) and PID-8."""
DELETED = "deleted"
"""The register that says that the source deleted the person (A29)."""


class Identifier(NamedTuple):
    """An identifier with its authority; ``type`` is of HL7 table 0203."""

    value: str
    authority: str
    type: str | None = None

    @property
    def key(self) -> Key:
        """Return what tells it from another."""
        return self.value, self.authority


class Kind(StrEnum):
    """What a fact says. The comments name the trigger events, or who else says so."""

    KNOWN = "known"  # what was known before facts were kept
    UPDATE = "update"  # A01 and its kin
    MERGE = "merge"  # A18, A34, A36, A39, A40
    MOVE = "move"  # A43
    CHANGE = "change"  # A46, A47, A51
    LINK = "link"  # A24
    UNLINK = "unlink"  # A37
    DELETE = "delete"  # A29
    SPLIT = "split"  # an operator: a merge was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """
    One thing that was said at ``at``; of two at the same time the one with the higher ``number`` came later.

    ``who`` is the patient of whom it speaks: the survivor of a merge, the target of a move, the new identifiers of a
    change; the first identifier says who it is, the others are listed beside it. ``others`` are the subsumed, moved or
    replaced identifiers, or the one to link with. ``stated`` are the demographics, ``None`` for deleted, as of
    ``stated_at``. ``others_stated`` is what is said of an unknown patient among ``others`` (MRG-7).

    With ``is_by_home`` the first of ``who``, and ``others`` of a link, name records by their homes (see
    ``dose_core.identity.people.Person``), whoever has the identifiers now. ``redirects`` tells that a statement about
    a merged patient is meant for the survivor. ``known`` is given for what was known before.
    """

    kind: Kind
    at: datetime
    who: tuple[Identifier, ...]
    number: int = 0
    others: tuple[Identifier, ...] = ()
    stated: Mapping[str, str | None] = field(default_factory=dict)
    stated_at: datetime | None = None
    others_stated: Mapping[str, str | None] = field(default_factory=dict)
    is_by_home: bool = False
    redirects: bool = False
    merged_into: Key | None = None  # of KNOWN alone: the home of the survivor

    @property
    def order(self) -> tuple[datetime, int]:
        """Return the place among all facts."""
        return self.at, self.number

    @property
    def named(self) -> frozenset[Key]:
        """Return the identifiers of which the fact decides whose they are; the rest are listed at most."""
        if self.kind is Kind.KNOWN:
            return frozenset({one.key for one in self.who} | ({self.merged_into} if self.merged_into else set()))
        return frozenset({self.who[0].key, *(one.key for one in self.others)})

    @property
    def listed(self) -> frozenset[Key]:
        """Return the identifiers that are listed beside."""
        return frozenset(one.key for one in self.who[1:]) - self.named
