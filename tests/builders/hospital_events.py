"""What happens to the identity of patients in a hospital, as values. The source of each is HL7 v2.5.1, chapter 3."""

from dataclasses import dataclass
from typing import NamedTuple


class Id(NamedTuple):
    """An identifier and who assigned it."""

    value: str
    authority: str = "DEMO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a message says of a person: ``None`` says nothing, ``""`` says that the value is to be deleted."""

    name: str | None = None  # DICOM PN
    birth_date: str | None = None  # YYYYMMDD
    sex: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A01, A04, A05, A08, A28, A31: this is the person who has the first identifier, and the others as well."""

    trigger: str
    ids: tuple[Id, ...]
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A18, A34, A36, A39, A40: the subsumed patients are the survivor."""

    trigger: str
    survivor: Id
    subsumed: tuple[Id, ...]
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A43: the identifier becomes one of another patient; the patient who had it lives on."""

    identifier: Id
    to: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A47: the identifier is replaced by a new one."""

    old: Id
    new: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A24: two living records are one person; A37 if ``is_broken``: they are not."""

    one: Id
    other: Id
    is_broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """ORM^O01: the study of this number is made at a visit of this patient."""

    visit: Id
    of: Id
    study: "Dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveVisit:
    """A45: the visit, and what was made there, is another patient's."""

    visit: Id
    source: Id
    to: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A message that is none of our business; ``of`` is the person in its PID."""

    message_type: str  # MSH-9
    of: Id
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    """An operator takes back the merge of the patient who has this identifier."""

    identifier: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose report of a study comes under this identifier; what it says of the person, if anything."""

    of: Id
    number: int
    said: Said = Said()
    is_xa: bool = False

    @property
    def study_instance_uid(self) -> str:
        """Study Instance UID (0020,000D)."""
        return f"2.25.500.{self.number}"


Event = Update | Merge | Move | Change | Link | Order | MoveVisit | Foreign | Unmerge | Dose


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """
    An event at its true moment. ``tick`` counts all moments of the day.

    ``retells`` tells that a message says again, under a control id of its own, what happened at a moment before. With
    ``has_open_answer`` its answer hangs on what else is known when it comes, so that no model can tell it.
    """

    number: int  # of the message or object
    tick: int
    event: Event
    retells: bool = False
    has_open_answer: bool = False
