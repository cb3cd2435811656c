"""Queries on restrictions of patients. ``patient.restricted_since`` says the same to whoever looks at a patient."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from db.session import Session
from db.tables.patient import PatientRow
from db.tables.retention import PatientRestrictionRow

_AMONG = text(
    """
    SELECT DISTINCT asked.id FROM patient asked JOIN patient p ON p.family_id = asked.family_id
    WHERE asked.id = ANY(:patient_ids) AND p.restricted_since IS NOT NULL
    """
)


def current(session: Session, patient_ids: Sequence[UUID]) -> list[PatientRestrictionRow]:
    """Return the restrictions in force on these patients, for this transaction alone, oldest first."""
    query = select(PatientRestrictionRow).where(
        PatientRestrictionRow.patient_id.in_(patient_ids), PatientRestrictionRow.lifted_at.is_(None)
    )
    return list(session.scalars(query.order_by(PatientRestrictionRow.set_at).with_for_update()))


def add(session: Session, patient_id: UUID, *, reason: str, by: str, now: datetime) -> PatientRestrictionRow:
    """Restrict a patient and return the row."""
    row = PatientRestrictionRow(patient_id=patient_id, reason=reason, set_by=by, set_at=now)
    session.add(row)
    session.flush()
    session.execute(update(PatientRow).where(PatientRow.id == patient_id).values(restricted_since=now))
    return row


def lift(session: Session, row: PatientRestrictionRow, *, reason: str, by: str, now: datetime) -> None:
    """Lift a restriction."""
    row.lifted_at, row.lifted_by, row.lift_reason = now, by, reason
    session.flush()
    session.execute(update(PatientRow).where(PatientRow.id == row.patient_id).values(restricted_since=None))


def in_force(session: Session) -> list[PatientRestrictionRow]:
    """Return the restrictions that are not lifted, oldest first."""
    query = select(PatientRestrictionRow).where(PatientRestrictionRow.lifted_at.is_(None))
    return list(session.scalars(query.order_by(PatientRestrictionRow.set_at, PatientRestrictionRow.id)))


def of_patients(session: Session, patient_ids: Sequence[UUID]) -> list[PatientRestrictionRow]:
    """Return all restrictions there ever were on these patients, oldest first."""
    query = select(PatientRestrictionRow).where(PatientRestrictionRow.patient_id.in_(patient_ids))
    return list(session.scalars(query.order_by(PatientRestrictionRow.set_at, PatientRestrictionRow.id)))


def among(session: Session, patient_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of these patients who are restricted, or are one with somebody who is."""
    return frozenset(session.scalars(_AMONG, {"patient_ids": list(patient_ids)})) if patient_ids else frozenset()
