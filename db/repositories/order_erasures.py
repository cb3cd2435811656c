"""Making orders unreadable for good, with the exams or the patients that they are of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from db.session import Session

# What tells of practice and names nobody stays: what was asked for and why, as codes, when, and how it stood.
_EXPIRE = """
    ), expired AS (
        UPDATE imaging_order SET placer_number = NULL, placer_issuer = NULL, filler_number = NULL, filler_issuer = NULL,
            indication = NULL, reason_text = NULL, referrer = NULL, visit_number = NULL, visit_issuer = NULL,
            account_number = NULL, account_issuer = NULL, due_at = NULL, expired_at = :now
        WHERE id IN (SELECT id FROM due)
    ), numberless AS (
        UPDATE order_procedure SET accession_number = NULL, accession_issuer = NULL, requested_procedure_id = NULL,
            step_ids = '{{}}'
        WHERE order_id IN (SELECT id FROM due)
    ), unsaid AS (
        UPDATE order_statement SET key = NULL WHERE order_id IN (SELECT id FROM due) RETURNING hl7_message_id
    ), uncommented AS (
        UPDATE order_decision SET comment = '' WHERE order_id IN (SELECT id FROM due) AND comment <> ''
    ), closed AS (
        UPDATE finding SET comment = NULL
        WHERE kind = 'order_without_dose' AND subject IN (SELECT CAST(id AS text) FROM due) AND comment IS NOT NULL
    )
    UPDATE hl7_message SET key = NULL, digest = NULL
    WHERE key IS NOT NULL AND id IN (SELECT hl7_message_id FROM unsaid{messages})
"""
_OF_EXAMS = text(
    f"""
    WITH due AS (
        SELECT o.id FROM imaging_order o
        WHERE o.expired_at IS NULL AND o.id IN (SELECT m.order_id FROM order_match m WHERE m.exam_id = ANY(:exam_ids))
            AND NOT EXISTS (
                SELECT FROM order_match m JOIN exam e ON e.id = m.exam_id
                WHERE m.order_id = o.id AND e.expired_at IS NULL AND NOT e.id = ANY(:exam_ids))
    {_EXPIRE.format(messages="")}
    """  # noqa: S608 - ours
)
_OF_PATIENTS = text(
    f"""
    WITH due AS (
        SELECT id FROM imaging_order WHERE patient_id = ANY(:patient_ids) AND expired_at IS NULL
    ), unmoved AS (
        DELETE FROM stay_event WHERE to_patient_id = ANY(:patient_ids) RETURNING hl7_message_id
    {_EXPIRE.format(messages=" UNION SELECT hl7_message_id FROM unmoved")}
    """  # noqa: S608 - ours
)


def of_exams(session: Session, exam_ids: Sequence[UUID], *, now: datetime) -> None:
    """Make the orders of these exams unreadable, but for those of which another exam is kept. Safe to repeat."""
    session.execute(_OF_EXAMS, {"exam_ids": list(exam_ids), "now": now})


def of_patients(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Make the orders of these patients unreadable, and forget their visits. Safe to repeat."""
    session.execute(_OF_PATIENTS, {"patient_ids": list(patient_ids), "now": now})
