"""Who a patient is, as the tables tell: records, identifiers with their time, merges, links, and the journal."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from db.repositories import patients, people
from db.session import Session
from dose_services import restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import patient_view
from dose_services.launch import UnknownPatientError

NO_PATIENT = "no patient has this id"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldIdentifier:
    """
    An identifier of a record, theirs from ``since`` until ``ended_at``, by the times of the events that said so.

    With ``replaced_at`` another took its place, and it still finds them; ``is_listed`` if it only stood beside the one
    that named them.
    """

    value: str
    authority: str
    type: str | None
    since: datetime
    ended_at: datetime | None
    replaced_at: datetime | None
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRecord:
    """
    One of our records of a person. ``is_stated`` if HL7 or a person told of it, rather than DICOM objects alone.

    ``merged_into_id`` is the record that stands for it since ``merged_at``; ``deleted_at`` is when the source deleted
    the person, which removed nothing here.
    """

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    is_stated: bool
    merged_into_id: UUID | None
    merged_at: datetime | None
    deleted_at: datetime | None
    identifiers: tuple[HeldIdentifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLink:
    """Two records who are one person and both live on."""

    one_id: UUID
    other_id: UUID
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChange:
    """One line of the journal; ``by`` and ``reason`` are given of what a person did, else something said so."""

    kind: str
    patient_id: UUID
    other_patient_id: UUID | None
    event_at: datetime | None
    recorded_at: datetime
    hl7_message_id: UUID | None
    by: str | None
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """All who are one with a patient: the one who stands for them first."""

    id: UUID
    records: tuple[IdentityRecord, ...]
    links: tuple[IdentityLink, ...]
    journal: tuple[IdentityChange, ...]  # oldest first


def look_at_identity(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> Identity:
    """
    Return who a patient is, and how that came about.

    Raises:
        UnknownPatientError: no patient has this id, or they are restricted.
    """
    patient = patient_view(session, patient_id)
    if patient is None:
        raise UnknownPatientError(NO_PATIENT)
    restriction.check_look(session, patient, NO_PATIENT, looker=looker, now=now)
    record_look(session, looker, Action.READ_IDENTITY, now=now, patient_id=patient.id)
    family = sorted(patient.family, key=lambda one: (one != patient.id, one))
    return Identity(
        id=patient.id,
        records=tuple(
            IdentityRecord(**row, identifiers=_identifiers(session, row["id"])) for row in _rows(session, family)
        ),
        links=tuple(IdentityLink(**row) for row in people.links_of(session, family)),
        journal=tuple(_change(one) for one in patients.journal_of(session, family)),
    )


def _rows(session: Session, family: list[UUID]) -> list[dict[str, Any]]:
    found = {row["id"]: row for row in people.records(session, family)}
    return [found[one] for one in family]


def _identifiers(session: Session, patient_id: UUID) -> tuple[HeldIdentifier, ...]:
    return tuple(HeldIdentifier(**row) for row in people.identifiers_ever(session, patient_id))


def _change(one: patients.Journalled) -> IdentityChange:
    after = dict(one.after or {})
    return IdentityChange(
        kind=one.kind,
        patient_id=one.patient_id,
        other_patient_id=one.other_patient_id,
        event_at=one.event_at,
        recorded_at=one.recorded_at,
        hl7_message_id=one.hl7_message_id,
        by=after.pop("by", None),
        reason=after.pop("reason", None),
        before=one.before or {},
        after=after,
    )
