"""The journal of who is who, and the small steps by which DICOM objects change a patient."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from db.repositories import patients
from db.session import Session
from db.tables.patient import PatientRow
from dose_services.identity_values import Change, StatedPerson


class Kind(StrEnum):
    """What a line of the journal says of a patient."""

    CREATED = "created"
    DEMOGRAPHICS = "demographics"
    IDENTIFIER_ADDED = "identifier_added"
    IDENTIFIER_MOVED = "identifier_moved"  # from the other patient to this one
    IDENTIFIER_REPLACED = "identifier_replaced"
    IDENTIFIER_ENDED = "identifier_ended"  # a message that came late made it nobody's
    MERGED = "merged"  # into the other patient
    SURVIVES_AGAIN = "survives_again"  # by a message
    SPLIT = "split"  # by a person: a merge was wrong
    LINKED = "linked"
    UNLINKED = "unlinked"
    DELETED = "deleted"  # by the source; nothing was removed
    RESTORED = "restored"


def create_patient(
    session: Session, stated: StatedPerson, change: Change, *, placeholder_for_study: str | None = None
) -> PatientRow:
    """Return a new patient as DICOM objects tell of them, with no identifier."""
    patient_id = uuid4()
    patient = PatientRow(
        id=patient_id,
        family_id=patient_id,
        is_stated=False,
        stated={},
        name=stated.name,
        birth_date=stated.birth_date,
        sex=stated.sex,
        placeholder_for_study=placeholder_for_study,
        created_at=change.now,
    )
    session.add(patient)
    session.flush()
    record(session, Kind.CREATED, patient.id, change, after=_demographics(patient))
    return patient


def fill_unknown(session: Session, patient: PatientRow, stated: StatedPerson, change: Change) -> None:
    """Set what nobody stated so far; for what DICOM objects tell of patients where no message told it."""
    before = _demographics(patient)
    for name in ("name", "birth_date", "sex"):
        if name not in patient.stated and getattr(patient, name) is None:
            setattr(patient, name, getattr(stated, name))
    after = _demographics(patient)
    if after != before:
        record(session, Kind.DEMOGRAPHICS, patient.id, change, before=before, after=after)


def correct_unstated(session: Session, patient: PatientRow, stated: StatedPerson, change: Change) -> bool:
    """Set what DICOM objects state now where no message told it, and tell whether anything changed."""
    before = _demographics(patient)
    for name in ("name", "birth_date", "sex"):
        value = getattr(stated, name)
        if name not in patient.stated and value is not None:
            setattr(patient, name, value)
    after = _demographics(patient)
    if after != before:
        record(session, Kind.DEMOGRAPHICS, patient.id, change, before=before, after=after)
    return after != before


def record(
    session: Session,
    kind: Kind,
    patient_id: UUID,
    change: Change,
    *,
    other_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one change of identity into the journal; who did it and why stand beside what came of it."""
    told = {"by": change.by, "reason": change.reason} if change.by is not None else {}
    event = {
        "kind": kind.value,
        "patient_id": patient_id,
        "other_patient_id": other_id,
        "message_id": change.hl7_message_id,
        "evidence_id": change.evidence_id,
        "event_at": change.event_at,
        "recorded_at": change.now,
    }
    patients.add_to_journal(session, event, before=before or {}, after=(after or {}) | told)


def _demographics(patient: PatientRow) -> dict[str, Any]:
    birth_date = patient.birth_date.isoformat() if patient.birth_date else None
    return {"name": patient.name, "birth_date": birth_date, "sex": patient.sex}
