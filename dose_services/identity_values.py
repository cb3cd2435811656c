"""What is stated about a patient's identity, and what can be wrong with it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from dose_core.errors import DoseError
from dose_core.identity.agreement import Known

# Ours: HL7 v2.5.1 allows 15 characters for the value (CX-1) and 227 for the authority (CX-4), DICOM 64 for each.
MAX_IDENTIFIER_CHARACTERS = 250
# Ours: real lists have up to a handful; each one costs a lock and a query.
MAX_IDENTIFIERS = 100


class NoIdentifierError(DoseError):
    """The patient is named by no identifier."""


class UnusableIdentifierError(DoseError):
    """An identifier, or a list of them, is longer than any real one."""


class MergedIdentifierError(DoseError):
    """The identifier belongs to a patient who was merged into another before this happened."""


class SameIdentifierError(DoseError):
    """A patient cannot be merged into themselves."""


class IdentifierTakenError(DoseError):
    """The new identifier belongs to another patient, whom HL7 or a person told of."""


class MergeLoopError(DoseError):
    """The patient who is to live on is merged, by others in between, into the one who is to be merged into them."""


class NotMergedError(DoseError):
    """The patient is not merged into another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedIdentifier:
    """An identifier with the namespace of the authority that assigned it."""

    value: str
    authority: str
    identifier_type: str | None = None  # HL7 table 0203

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells one identifier from another."""
        return self.value, self.authority


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPerson:
    """
    A patient as a message states them. The first identifier is the one that says who it is.

    ``None`` leaves a value as it is; ``cleared`` names those that are to be deleted (``"name"``,
    ``"birth_date"``, ``"sex"``). ``stated_at`` is as of when they hold (PID-33). ``identity_unknown`` is PID-31,
    ``reliability`` PID-32.
    """

    identifiers: tuple[StatedIdentifier, ...]
    name: str | None = None  # DICOM PN
    birth_date: date | None = None
    sex: str | None = None  # M, F, O
    cleared: frozenset[str] = field(default_factory=frozenset)
    stated_at: datetime | None = None
    identity_unknown: bool | None = None
    reliability: frozenset[str] = field(default_factory=frozenset)  # HL7 table 0445


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMerge:
    """These patients (MRG-1) are the survivor (PID-3); ``prior_name`` (MRG-7) is of a patient whom nobody knew."""

    survivor: StatedPerson
    subsumed: tuple[StatedIdentifier, ...]
    prior_name: str | None = None  # DICOM PN


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    When something changed, and what said so.

    ``event_at`` is the stated time if it is certain; ``ordered_at`` decides which of two messages is
    newer, and is always given. ``by`` and ``reason`` are given of what a person did.
    """

    event_at: datetime | None
    ordered_at: datetime
    now: datetime
    hl7_message_id: UUID | None = None
    evidence_id: UUID | None = None
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A patient as they stand after a statement about them alone; ``known`` is what messages stated before it."""

    patient_id: UUID
    name: str | None
    birth_date: date | None
    known: Known
    is_placeholder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What became of a statement; ``reason`` tells why it was not applied. No text holds patient data.

    ``refused`` is why it cannot be so; it is kept all the same, since an older statement may come that makes it right.
    ``told`` is whom it concerned, if it was one who stands alone: asking for them again is spared.
    """

    is_applied: bool = True
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    refused: DoseError | None = None
    told: Told | None = None


def check_identifiers(identifiers: tuple[StatedIdentifier, ...]) -> None:
    """
    Refuse what the tables would refuse, before they do.

    Raises:
        NoIdentifierError: there is none.
        UnusableIdentifierError: one is too long, or there are too many.
    """
    if not identifiers:
        raise NoIdentifierError("no patient identifier is stated")
    if len(identifiers) > MAX_IDENTIFIERS:
        msg = f"more than {MAX_IDENTIFIERS} identifiers for one patient"
        raise UnusableIdentifierError(msg)
    if any(len(part) > MAX_IDENTIFIER_CHARACTERS for identifier in identifiers for part in identifier.key):
        msg = f"an identifier or its authority has more than {MAX_IDENTIFIER_CHARACTERS} characters"
        raise UnusableIdentifierError(msg)
