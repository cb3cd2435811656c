"""
Patients that stand for somebody whose identity is not known yet, until they are merged or their exams are given on.

An HL7 merge (A40) or a moved visit (A45) ends most of them. What is left a person decides: they release an exam to
whom it belongs (``dose_services.desk``), or merge the placeholder here. Both can be taken back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import findings, patients, placeholders
from db.session import Session
from dose_core.errors import DoseError
from dose_services import restriction
from dose_services.audit import Action, Looker, record_look
from dose_services.exams import PatientView, patient_view
from dose_services.finding_kinds import FindingKind
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Change, StatedIdentifier, StatedMerge, StatedPerson
from dose_services.launch import UnknownPatientError
from dose_services.site import Site

_NO_PATIENT = "no patient has this id"


class NotMergeableError(DoseError):
    """The placeholder cannot be merged so; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """
    A placeholder that has exams, counted or held. ``rule`` says by which rule it is one, without patient data.

    ``is_overdue`` if an exam of it counts for longer than the site allows.
    """

    patient: PatientView
    rule: str
    since: datetime
    exam_ids: tuple[UUID, ...]
    is_overdue: bool


def waiting(
    session: Session, *, after: UUID | None, limit: int, looker: Looker, site: Site, now: datetime
) -> list[Placeholder]:
    """
    Return the placeholders that have exams, the longest known first; ``after`` is the last one of the page before.

    Those who are restricted are left out, but by break-glass. Each look is on record.
    """
    overdue = set(placeholders.overdue(session, before=now - site.placeholder_time))
    found: list[Placeholder] = []
    # The query left out what is out of reach; only who broke the glass may have got more.
    known = None if looker.break_glass else False
    for row in placeholders.waiting(session, reach=looker.sight, after=after, limit=limit):
        patient = patient_view(session, row["patient_id"])
        if patient is None or not restriction.may_look(session, patient, looker=looker, now=now, is_beyond=known):
            continue
        record_look(session, looker, Action.READ_PLACEHOLDERS, now=now, patient_id=patient.id)
        found.append(
            Placeholder(
                patient=patient,
                rule=row["rule"],
                since=row["since"],
                exam_ids=tuple(row["exam_ids"]),
                is_overdue=row["patient_id"] in overdue,
            )
        )
    return found


def merge(
    session: Session, placeholder_id: UUID, into_id: UUID, *, reason: str, looker: Looker, now: datetime
) -> PatientView:
    """
    Say who a placeholder was, and return that patient. All exams of the placeholder are theirs from then on.

    The merge stands in the journal of identities with who said so and why, and is taken back as any merge is.

    Raises:
        UnknownPatientError: one of the two is not known, or restricted.
        NotMergeableError: the first is no placeholder, both are one already, or one of them has no identifier.
    """
    placeholder = _seen(session, placeholder_id, looker=looker, now=now)
    into = _seen(session, into_id, looker=looker, now=now)
    if into.id in placeholder.family:
        raise NotMergeableError("both are one patient already")
    if not placeholders.is_one(session, placeholder_id):
        raise NotMergeableError("this patient is no placeholder; a merge of two known people is for the RIS to send")
    subsumed, survivor = _identifier(session, placeholder_id), _identifier(session, into.id)
    asked = StatedMerge(survivor=StatedPerson(identifiers=(survivor,)), subsumed=(subsumed,))
    change = Change(event_at=now, ordered_at=now, now=now, by=looker.subject, reason=reason)
    outcome = merge_patients(session, [asked], change)
    if outcome.refused is not None:
        raise NotMergeableError(str(outcome.refused))
    for patient_id in (placeholder_id, into.id):
        record_look(session, looker, Action.MERGE_PLACEHOLDER, now=now, patient_id=patient_id)
    return _seen(session, into_id, looker=looker, now=now)


def watch(session: Session, *, now: datetime, site: Site) -> None:
    """Bring the findings about placeholders whose exams count for too long up to date. Safe to repeat."""
    hours = int(site.placeholder_time.total_seconds() // 3600)
    text = f"exams of a placeholder have counted for more than {hours} hours"
    told = dict.fromkeys(placeholders.overdue(session, before=now - site.placeholder_time), text)
    findings.settle_subjects(session, kind=FindingKind.PLACEHOLDER, told=told, are_exams=False, now=now)


def _seen(session: Session, patient_id: UUID, *, looker: Looker, now: datetime) -> PatientView:
    patient = patient_view(session, patient_id)
    if patient is None:
        raise UnknownPatientError(_NO_PATIENT)
    restriction.check_look(session, patient, _NO_PATIENT, looker=looker, now=now)
    return patient


def _identifier(session: Session, patient_id: UUID) -> StatedIdentifier:
    rows = patients.identifiers_of(session, [patient_id])
    if not rows:
        raise NotMergeableError("one of the two has no identifier; release its exams instead")
    return StatedIdentifier(value=rows[0].value, authority=rows[0].authority, identifier_type=rows[0].identifier_type)
