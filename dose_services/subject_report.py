"""
All that is kept of one person, and who has looked at it: what the person may ask for.

A restriction does not hide anybody from themselves. The report is an access like any other, and is in itself.

Source: GDPR, 15 (right of access, with the recipients); Patientdatalag (2008:355), 8 kap. 5 § (extract of the log).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from db import mapping
from db.repositories import legal_holds, patients, restrictions, subjects
from db.session import Session
from dose_core.ledger.totals import Basis, Quantity
from dose_services.audit import Action, Looker, record_look
from dose_services.exam_lines import event_rows
from dose_services.launch import UnknownPatientError


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One identifier that the person has or had."""

    value: str
    authority: str
    identifier_type: str | None
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of our records of the person: the one that stands for all, or one that was merged into it."""

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    merged_into_id: UUID | None
    created_at: datetime
    restricted_since: datetime | None
    expired_at: datetime | None
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTotal:
    """One total of an exam; its unit is in the name of the quantity."""

    quantity: Quantity
    of: str | None
    value: float | None
    basis: Basis | None
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedExam:
    """One exam, its doses, and the objects that state them; ``state`` other than ``counted`` is in no history."""

    id: UUID
    site: str
    study_instance_uid: str
    state: str
    state_reason: str | None
    modality: str
    region: str | None
    accession_number: str | None
    admission_id: str | None
    study_description: str | None
    device: dict[str, Any] | None
    started_at: datetime | None
    started_local: str | None
    revision: int
    known_since: datetime
    expired_at: datetime | None
    totals: tuple[ReportedTotal, ...]
    events: tuple[dict[str, Any], ...]  # the columns of exam_event that are stated
    objects: tuple[dict[str, Any], ...]  # see db.repositories.subjects.objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look at the person: who, when, at what, by which door, and why if a restriction was broken."""

    at: datetime
    subject: str
    action: str
    exam_id: UUID | None
    via: str
    route: str
    reference: UUID | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReport:
    """
    All that is kept of one person.

    ``journal`` tells what changed who they are, ``messages`` the HL7 messages that told of them. ``named_elsewhere``
    counts exams that name them among others and are nobody's yet. ``stated`` are all names and birth dates that were
    ever stated of them, ``observations`` weight, height and pregnancy, ``orders`` what was asked for,
    ``skin_reactions`` what was seen of their skin after exams, ``justifications`` what EHRs were advised while somebody
    ordered, and what was done about it, ``forwarded`` who got dose SRs of theirs, and whether these name them.
    ``expiries`` are audit entries of what was made unreadable.
    """

    made_at: datetime
    people: tuple[Person, ...]
    exams: tuple[ReportedExam, ...]
    named_elsewhere: int
    journal: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]
    stated: tuple[dict[str, Any], ...]
    observations: tuple[dict[str, Any], ...]
    orders: tuple[dict[str, Any], ...]
    skin_reactions: tuple[dict[str, Any], ...]
    justifications: tuple[dict[str, Any], ...]
    forwarded: tuple[dict[str, Any], ...]
    restrictions: tuple[dict[str, Any], ...]
    holds: tuple[dict[str, Any], ...]
    expiries: tuple[dict[str, Any], ...]
    accesses: tuple[Access, ...]


_REPORT = TypeAdapter(SubjectReport)
_OF_RESTRICTION = ("reason", "set_by", "set_at", "lifted_by", "lifted_at", "lift_reason")


def report_on(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> SubjectReport:
    """
    Return all that is kept of a patient and of all who were merged into them; this access is recorded first.

    Raises:
        UnknownPatientError: no patient has this id.
    """
    family = patients.family_of(session, patient_id)
    if not family:
        raise UnknownPatientError("no patient has this id")
    record_look(session, looker, Action.SUBJECT_REPORT, now=now, patient_id=family[0])
    exams = subjects.exams(session, family)
    exam_ids = [row["id"] for row in exams]
    return SubjectReport(
        made_at=now,
        people=_people(session, family),
        exams=_exams(session, family, exams),
        named_elsewhere=subjects.count_named_by(session, family),
        journal=tuple(asdict(one) for one in patients.journal_of(session, family)),
        messages=tuple(subjects.messages(session, family)),
        stated=tuple(subjects.stated(session, family)),
        observations=tuple(subjects.observations(session, family)),
        orders=tuple(subjects.orders(session, family)),
        skin_reactions=tuple(subjects.skin_reactions(session, family)),
        justifications=tuple(subjects.justifications(session, family)),
        forwarded=tuple(subjects.forwarded(session, family)),
        restrictions=_columns(restrictions.of_patients(session, family), ("patient_id", *_OF_RESTRICTION)),
        holds=_columns(
            legal_holds.of_patients(session, family, exam_ids), ("id", "patient_id", "exam_id", *_OF_RESTRICTION)
        ),
        expiries=tuple(subjects.expiries(session, family)),
        accesses=tuple(Access(**row) for row in subjects.accesses(session, family)),
    )


def report_json(report: SubjectReport) -> bytes:
    """Return a report as JSON."""
    return _REPORT.dump_json(report, indent=1)


def _people(session: Session, family: Sequence[UUID]) -> tuple[Person, ...]:
    identifiers: dict[UUID, list[Identifier]] = defaultdict(list)
    for row in subjects.identifiers(session, family):
        identifiers[row["patient_id"]].append(Identifier(**{k: v for k, v in row.items() if k != "patient_id"}))
    return tuple(Person(**row, identifiers=tuple(identifiers[row["id"]])) for row in subjects.people(session, family))


def _exams(session: Session, family: Sequence[UUID], rows: Sequence[Mapping[str, Any]]) -> tuple[ReportedExam, ...]:
    objects: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in subjects.objects(session, family):
        objects[row["exam_id"]].append({k: v for k, v in row.items() if k != "exam_id"})
    return tuple(_exam(row, objects[row["id"]]) for row in rows)


def _exam(row: Mapping[str, Any], objects: Sequence[dict[str, Any]]) -> ReportedExam:
    exam = mapping.exam_from_packed(bytes(row["content"]))
    others = {"content", "summary", "created_at"}
    return ReportedExam(
        **{name: value for name, value in row.items() if name not in others},
        known_since=row["created_at"],
        study_description=row["summary"].get("study_description"),
        device=row["summary"].get("device"),
        totals=tuple(
            ReportedTotal(quantity=one.quantity, of=one.of, value=one.value, basis=one.basis, missing=one.missing)
            for one in exam.totals
        ),
        events=tuple(
            {name: value for name, value in event.items() if name != "exam_id"} for event in event_rows(exam, row["id"])
        ),
        objects=tuple(objects),
    )


def _columns(rows: Sequence[object], names: Sequence[str]) -> tuple[dict[str, Any], ...]:
    return tuple({name: getattr(row, name) for name in names} for row in rows)
