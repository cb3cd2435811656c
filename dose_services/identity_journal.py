"""The small steps by which a patient changes. Each writes what was before into the journal."""

from typing import Any
from uuid import UUID, uuid4

from db.repositories import patients
from db.session import Session
from db.tables.patient import IdentityEventRow, PatientIdentifierRow, PatientRow
from dose_services.identity_values import Change, StatedIdentifier, StatedPerson


def create_patient(
    session: Session, stated: StatedPerson, change: Change, *, placeholder_for_study: str | None = None
) -> PatientRow:
    """Return a new patient with these demographics and no identifier yet."""
    patient = PatientRow(
        id=uuid4(),
        name=stated.name,
        birth_date=stated.birth_date,
        sex=stated.sex,
        # What only a DICOM object told gives way to the first message, however old.
        demographics_at=change.ordered_at if change.hl7_message_id is not None else None,
        placeholder_for_study=placeholder_for_study,
        created_at=change.now,
    )
    session.add(patient)
    session.flush()
    record(session, "created", patient, change, after=_demographics(patient))
    return patient


def add_identifiers(
    session: Session,
    patient: PatientRow,
    identifiers: tuple[StatedIdentifier, ...],
    change: Change,
    *,
    first_number: int = 1,
) -> tuple[str, ...]:
    """Record the identifiers that nobody has, and return a warning for each that somebody else has."""
    warnings = []
    for number, identifier in enumerate(identifiers, start=first_number):
        owner = patients.find_by_identifier(session, *identifier.key)
        if owner is None:
            row = PatientIdentifierRow(
                patient_id=patient.id,
                value=identifier.value,
                authority=identifier.authority,
                identifier_type=identifier.identifier_type,
                since=change.now,
            )
            session.add(row)
            session.flush()
            after = {"value": identifier.value, "authority": identifier.authority}
            record(session, "identifier_added", patient, change, after=after)
        elif owner.id != patient.id:
            warnings.append(f"identifier {number} of the list belongs to another patient and was left there")
    return tuple(warnings)


def apply_demographics(session: Session, patient: PatientRow, stated: StatedPerson, change: Change) -> None:
    """Set what is stated, delete what is cleared, leave the rest."""
    before = _demographics(patient)
    for name in ("name", "birth_date", "sex"):
        value = getattr(stated, name)
        if value is not None or name in stated.cleared:
            setattr(patient, name, value)
    patient.demographics_at = change.ordered_at
    _record_if_changed(session, patient, change, before)


def fill_unknown(session: Session, patient: PatientRow, stated: StatedPerson, change: Change) -> None:
    """Set what nobody stated so far; for what DICOM objects tell of patients that no message has told of."""
    if patient.demographics_at is not None:
        return
    before = _demographics(patient)
    for name in ("name", "birth_date", "sex"):
        if getattr(patient, name) is None:
            setattr(patient, name, getattr(stated, name))
    _record_if_changed(session, patient, change, before)


def record(
    session: Session,
    kind: str,
    patient: PatientRow,
    change: Change,
    *,
    other_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one change of identity into the journal."""
    event = IdentityEventRow(
        kind=kind,
        patient_id=patient.id,
        other_patient_id=other_id,
        hl7_message_id=change.hl7_message_id,
        evidence_id=change.evidence_id,
        event_at=change.event_at,
        recorded_at=change.now,
        **patients.sealed_change(before or {}, after or {}),
    )
    session.add(event)
    session.flush()


def _record_if_changed(session: Session, patient: PatientRow, change: Change, before: dict[str, Any]) -> None:
    after = _demographics(patient)
    if after != before:
        record(session, "demographics", patient, change, before=before, after=after)


def _demographics(patient: PatientRow) -> dict[str, Any]:
    birth_date = patient.birth_date.isoformat() if patient.birth_date else None
    return {"name": patient.name, "birth_date": birth_date, "sex": patient.sex}
