"""Queries on what messages say of visits and accounts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert

from db.session import Session
from db.tables.order import StayEventRow
from dose_core.orders.said import Number
from dose_core.orders.visits import Register, StayEvent, StaySaid


def add(session: Session, said: Sequence[StaySaid], *, received_at: datetime) -> None:
    """Keep what a message says of visits and accounts, once."""
    rows = [
        {
            "hl7_message_id": one.message_id,
            "position": position,
            "event": one.event,
            "register": one.register,
            "number": one.number.value,
            "issuer": one.number.issuer,
            "new_number": one.new.value if one.new else None,
            "new_issuer": one.new.issuer if one.new else None,
            "from_patient_id": one.from_patient_id,
            "to_patient_id": one.to_patient_id,
            "said_at": one.said_at,
            "control_id": one.control_id,
            "received_at": received_at,
        }
        for position, one in enumerate(said)
    ]
    if rows:
        session.execute(insert(StayEventRow).values(rows).on_conflict_do_nothing())


def about(session: Session, register: Register, number: Number) -> list[StaySaid]:
    """Return what was said of a visit or account, and of all numbers that it was linked with, at any distance."""
    known: set[str] = set()
    found: list[StaySaid] = []
    wanted = {number.value}
    while wanted - known:
        known |= wanted
        query = select(StayEventRow).where(
            StayEventRow.register == register,
            or_(StayEventRow.number.in_(known), StayEventRow.new_number.in_(known)),
        )
        found = [_said(row) for row in session.scalars(query)]
        wanted = {each.value for one in found for each in (one.number, one.new) if each}
    return found


_WAKE_EXAMS = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, exam_id, at)
    SELECT 'revised', site, study_instance_uid, id, CAST(:now AS timestamptz) FROM exam
    WHERE admission_id = ANY(:numbers) AND state <> 'void' AND expired_at IS NULL
    """
)


def wake_exams(session: Session, numbers: Sequence[str], *, now: datetime) -> None:
    """Have the exams looked at anew whose objects name one of these visits or accounts."""
    session.execute(_WAKE_EXAMS, {"numbers": list(numbers), "now": now})


_WAKE_EXAMS_OF = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, exam_id, at)
    SELECT 'revised', e.site, e.study_instance_uid, e.id, CAST(:now AS timestamptz) FROM (
        SELECT id, site, study_instance_uid, admission_id, state, expired_at FROM exam
        WHERE patient_id = ANY(:patient_ids)
        UNION SELECT e.id, e.site, e.study_instance_uid, e.admission_id, e.state, e.expired_at
        FROM exam_named_patient n JOIN exam e ON e.id = n.exam_id WHERE n.patient_id = ANY(:patient_ids)
    ) AS e
    WHERE e.admission_id IS NOT NULL AND e.state <> 'void' AND e.expired_at IS NULL
        AND EXISTS (SELECT FROM stay_event s WHERE s.number = e.admission_id OR s.new_number = e.admission_id)
    """
)


def wake_exams_of(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have the exams of these patients looked at anew of whose visits something was said: it changed who is who."""
    session.execute(_WAKE_EXAMS_OF, {"patient_ids": list(patient_ids), "now": now})


def _said(row: StayEventRow) -> StaySaid:
    return StaySaid(
        message_id=row.hl7_message_id,
        said_at=row.said_at,
        control_id=row.control_id,
        event=StayEvent(row.event),
        register=Register(row.register),
        number=Number(value=row.number, issuer=row.issuer),
        new=Number(value=row.new_number, issuer=row.new_issuer or "") if row.new_number else None,
        from_patient_id=row.from_patient_id,
        to_patient_id=row.to_patient_id,
    )
