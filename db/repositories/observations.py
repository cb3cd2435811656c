"""Queries on what was observed of patients."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.session import Session
from db.tables.observation import PatientObservationRow
from dose_core.observations.values import ObservationState, Observed, Pregnancy, Statement

_KEY = ("patient_id", "observed", "observed_at", "state", "stated_value", "stated_unit")


def keep(
    session: Session, patient_id: UUID, statements: Sequence[Statement], *, hl7_message_id: UUID, now: datetime
) -> None:
    """Keep what was observed of a patient; what comes again is kept once, with the newest time of the statement."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in statements:
        row = {
            "patient_id": patient_id,
            "observed": one.observed,
            "state": one.state,
            "reason": one.reason,
            "observed_at": one.observed_at,
            "is_time_of_message": one.is_time_of_message,
            "stated_at": one.stated_at,
            "value": one.value,
            "pregnancy": one.pregnancy,
            "stated_value": one.stated_value,
            "stated_unit": one.stated_unit,
            "code": one.code,
            "hl7_message_id": hl7_message_id,
            "recorded_at": now,
        }
        rows[tuple(row[name] for name in _KEY)] = row
    if not rows:
        return
    new = insert(PatientObservationRow).values(list(rows.values()))
    changed = {name: new.excluded[name] for name in ("stated_at", "hl7_message_id", "reason", "code")}
    session.execute(
        new.on_conflict_do_update(
            index_elements=list(_KEY),
            set_=changed,
            where=new.excluded.stated_at > PatientObservationRow.stated_at,
        )
    )


def of_patients(session: Session, patient_ids: Sequence[UUID], *, since: datetime, until: datetime) -> list[Statement]:
    """Return what was stated of these patients for times between these two."""
    query = select(PatientObservationRow).where(
        PatientObservationRow.patient_id.in_(patient_ids),
        PatientObservationRow.observed_at >= since,
        PatientObservationRow.observed_at <= until,
    )
    return [_statement(row) for row in session.scalars(query)]


def all_of(session: Session, patient_ids: Sequence[UUID]) -> list[PatientObservationRow]:
    """Return all that was stated of these patients, the oldest first."""
    query = select(PatientObservationRow).where(PatientObservationRow.patient_id.in_(patient_ids))
    return list(session.scalars(query.order_by(PatientObservationRow.observed_at, PatientObservationRow.id)))


def _statement(row: PatientObservationRow) -> Statement:
    return Statement(
        observed=Observed(row.observed),
        state=ObservationState(row.state),
        observed_at=row.observed_at,
        stated_at=row.stated_at,
        value=row.value,
        pregnancy=Pregnancy(row.pregnancy) if row.pregnancy else None,
        stated_value=row.stated_value,
        stated_unit=row.stated_unit,
        code=row.code,
        reason=row.reason,
        is_time_of_message=row.is_time_of_message,
    )
