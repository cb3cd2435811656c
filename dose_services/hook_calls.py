"""What an EHR asks when it calls a hook, and what it is advised, as values."""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from dose_core.observations.values import Statement
from dose_core.orders.procedures import Procedure
from dose_services.hook_values import CardKind
from dose_services.prior_similar import Links, PriorExam
from dose_services.viewing import WantedIdentifier


class Hook(StrEnum):
    """What somebody does in the EHR."""

    PATIENT_VIEW = "patient-view"
    ORDER_SELECT = "order-select"
    ORDER_SIGN = "order-sign"


class PregnancyState(StrEnum):
    """What is known of a pregnancy, of what is worth a card."""

    PREGNANT = "pregnant"
    POSSIBLE = "possible"  # an exam states it so
    NOT_EXCLUDED = "not_excluded"  # nobody stated anything that still holds


class StatedBy(StrEnum):
    """Who stated it."""

    EHR = "ehr"
    MESSAGE = "message"
    EXAM = "exam"


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyFact:
    """What is known of a pregnancy; ``by`` and ``on`` are given where somebody stated it."""

    state: PregnancyState
    by: StatedBy | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """
    An order that is being written. ``procedure`` is ``None`` if no table knows what it asks for.

    ``reference`` names it in the EHR (``ServiceRequest/1``), ``numbers`` are those by which the RIS may know it later.
    """

    reference: str | None
    numbers: tuple[str, ...]
    procedure: Procedure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPatient:
    """The patient as the EHR states them; pregnancies are those that it knows of."""

    identifiers: tuple[WantedIdentifier, ...]
    birth_date: date | None
    sex: str | None
    pregnancies: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a hook. ``acting`` is who is at work, as the EHR states it; ``orders`` are those to look at."""

    hook: Hook
    instance: UUID
    client: str
    acting: str
    patient: StatedPatient
    orders: tuple[DraftOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the site wants advice; see ``api.cds_hooks.settings``."""

    links: Links
    timezone: tzinfo
    prior_within: timedelta
    asked_from_years: int
    asked_to_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """
    One card: about which exams, orders or pregnancy.

    ``id`` is the same whenever the same call is repeated. ``suggestion_id`` names the suggestion to do without the
    order, where there is one.
    """

    id: UUID
    kind: CardKind
    is_warning: bool
    orders: tuple[DraftOrder, ...] = ()
    exams: tuple[PriorExam, ...] = ()
    pregnancy: PregnancyFact | None = None
    due_on: date | None = None
    suggestion_id: UUID | None = None
