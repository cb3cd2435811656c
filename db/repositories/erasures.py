"""Making data unreadable for good: keys are destroyed, names deleted. Each step writes its own audit entry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text

from db.repositories import order_erasures
from db.session import Session

# Orthanc's id of an instance is a SHA-1 over Patient ID and UIDs, which leads back to the Patient ID: it goes too.
_EXAMS = text(
    """
    WITH due AS (
        SELECT id, site, study_instance_uid, patient_id, expired_at FROM exam WHERE id = ANY(:exam_ids)
    ), said AS (
        SELECT d.id AS exam_id, s.id, s.evidence_id, s.identity_key IS NOT NULL AS is_open
        FROM due d JOIN statement s ON s.study_instance_uid = d.study_instance_uid AND s.site = d.site
    ), nameless AS (
        UPDATE statement SET identity_key = NULL WHERE id IN (SELECT id FROM said WHERE is_open)
    ), unreadable AS (
        UPDATE evidence v SET key = NULL, orthanc_id = NULL
        FROM (SELECT DISTINCT exam_id, evidence_id FROM said) o
        WHERE v.id = o.evidence_id AND v.key IS NOT NULL
        RETURNING o.exam_id
    ), emptied AS (
        UPDATE exam SET accession_number = NULL, accession_issuer = NULL, admission_id = NULL, admission_issuer = NULL,
            expired_at = coalesce(expired_at, :now) WHERE id = ANY(:exam_ids)
    ), unsaid AS (
        UPDATE exam_decision SET comment = '' WHERE exam_id = ANY(:exam_ids) AND comment <> ''
    ), unplaced AS (
        UPDATE skin_place SET reason = '' WHERE exam_id = ANY(:exam_ids) AND reason <> ''
    ), unseen AS (
        UPDATE skin_reaction SET place = '', photo_reference = '', comment = ''
        WHERE exam_id = ANY(:exam_ids) AND place || photo_reference || comment <> ''
    ), uncommented AS (
        UPDATE finding SET comment = NULL WHERE exam_id = ANY(:exam_ids) AND comment IS NOT NULL
    ), unpublished AS (
        UPDATE publication SET orthanc_id = NULL,
            state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,
            ended_at = CASE WHEN state = 'waiting' THEN :now ELSE ended_at END
        WHERE exam_id = ANY(:exam_ids) AND (orthanc_id IS NOT NULL OR state = 'waiting')
    ), untold AS (
        UPDATE outbound_message SET key = NULL,
            state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'dropped' END, ended_at = coalesce(ended_at, :now)
        WHERE exam_id = ANY(:exam_ids) AND key IS NOT NULL
    ), counted AS (
        SELECT d.id, d.patient_id, d.expired_at,
            (SELECT count(*) FROM unreadable u WHERE u.exam_id = d.id) AS objects,
            (SELECT count(*) FROM said s WHERE s.exam_id = d.id AND s.is_open) AS statements
        FROM due d
    )
    INSERT INTO retention_event (kind, at, by, rule, patient_id, exam_id, detail)
    SELECT 'exam', :now, :by, :rule, patient_id, id, jsonb_build_object('objects', objects, 'statements', statements)
    FROM counted WHERE expired_at IS NULL OR objects > 0 OR statements > 0
    """
)
_PATIENTS = text(
    """
    WITH counted AS (
        UPDATE exam e SET
            age_years = CASE WHEN p.birth_date <= CAST(left(e.started_local, 10) AS date) THEN
                least(extract(year FROM age(CAST(left(e.started_local, 10) AS date), p.birth_date)), 90) END,
            sex = CASE WHEN p.sex IN ('M', 'F', 'O') THEN p.sex END
        FROM patient p WHERE p.id = e.patient_id AND p.id = ANY(:patient_ids) AND p.expired_at IS NULL
    ), numbers AS (
        SELECT value, authority FROM patient_identifier WHERE patient_id = ANY(:patient_ids)
    ), unsaid AS (
        DELETE FROM identity_fact WHERE id IN (
            SELECT k.fact_id FROM numbers n JOIN identity_fact_key k ON k.value = n.value AND k.authority = n.authority
            WHERE k.is_named
        )
    ), unnumbered AS (
        DELETE FROM patient_identifier WHERE patient_id = ANY(:patient_ids)
    ), unremembered AS (
        DELETE FROM patient_alias WHERE patient_id = ANY(:patient_ids)
    ), placed AS (
        DELETE FROM patient_placeholder WHERE patient_id = ANY(:patient_ids)
    ), unobserved AS (
        DELETE FROM patient_observation WHERE patient_id = ANY(:patient_ids) RETURNING hl7_message_id
    ), told AS (
        UPDATE identity_event SET key = NULL WHERE patient_id = ANY(:patient_ids) RETURNING hl7_message_id
    ), messages AS (
        UPDATE hl7_message SET key = NULL, digest = NULL
        WHERE id IN (SELECT hl7_message_id FROM told UNION SELECT hl7_message_id FROM unobserved) AND key IS NOT NULL
        RETURNING id
    ), uncommented AS (
        UPDATE finding SET comment = NULL
        WHERE kind = 'break_glass' AND subject = ANY(CAST(:patient_ids AS text[])) AND comment IS NOT NULL
    ), unordered AS (
        UPDATE hook_card SET order_numbers = '{}' WHERE patient_id = ANY(:patient_ids) AND order_numbers <> '{}'
    ), unjustified AS (
        UPDATE hook_feedback SET comment = '' FROM hook_card c
        WHERE c.id = hook_feedback.card_id AND c.patient_id = ANY(:patient_ids) AND comment <> ''
    ), emptied AS (
        UPDATE patient SET name = NULL, birth_date = NULL, sex = NULL, demographics_at = NULL, stated = '{}',
            is_stated = false, expired_at = :now
        WHERE id = ANY(:patient_ids)
    )
    INSERT INTO retention_event (kind, at, by, rule, patient_id, detail)
    SELECT 'patient', :now, :by, :rule, :root,
        jsonb_build_object('patients', cardinality(:patient_ids), 'messages', (SELECT count(*) FROM messages))
    """
)
_IS_LOOSE = """
    v.received_at < :before AND v.key IS NOT NULL AND v.read_status <> 'pending' AND NOT EXISTS (
        SELECT FROM statement s JOIN exam e ON e.study_instance_uid = s.study_instance_uid AND e.site = s.site
        WHERE s.evidence_id = v.id)
"""
_LOOSE_OBJECTS = text(
    f"""
    WITH due AS (
        SELECT v.id FROM evidence v WHERE {_IS_LOOSE} LIMIT :limit
    ), nameless AS (
        UPDATE statement SET identity_key = NULL WHERE evidence_id IN (SELECT id FROM due)
    ), unreadable AS (
        UPDATE evidence SET key = NULL, orthanc_id = NULL WHERE id IN (SELECT id FROM due) RETURNING id
    ), counted AS (
        SELECT count(*) AS objects FROM unreadable
    ), told AS (
        INSERT INTO retention_event (kind, at, by, rule, detail)
        SELECT 'objects', :now, :by, :rule, jsonb_build_object('objects', objects) FROM counted WHERE objects > 0
    )
    SELECT objects FROM counted
    """  # noqa: S608 - ours
)
_IS_OLD_MESSAGE = "received_at < :before AND key IS NOT NULL AND status <> 'pending'"
_IS_OLD_RESULT = "created_at < :before AND key IS NOT NULL AND state IN ('sent','dropped')"
_MESSAGES = text(
    f"""
    WITH due AS (
        SELECT id FROM hl7_message WHERE {_IS_OLD_MESSAGE} ORDER BY received_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ), unreadable AS (
        UPDATE hl7_message SET key = NULL, digest = NULL WHERE id IN (SELECT id FROM due) RETURNING id
    ), old AS (
        SELECT number FROM outbound_message WHERE {_IS_OLD_RESULT} ORDER BY created_at LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ), forgotten AS (
        UPDATE outbound_message SET key = NULL WHERE number IN (SELECT number FROM old) RETURNING number
    ), counted AS (
        SELECT (SELECT count(*) FROM unreadable) + (SELECT count(*) FROM forgotten) AS messages
    ), told AS (
        INSERT INTO retention_event (kind, at, by, rule, detail)
        SELECT 'messages', :now, :by, :rule, jsonb_build_object('messages', messages) FROM counted WHERE messages > 0
    )
    SELECT messages FROM counted
    """  # noqa: S608 - ours
)
_COUNT_LOOSE = text(f"SELECT count(*) FROM evidence v WHERE {_IS_LOOSE}")  # noqa: S608 - ours
_COUNT_MESSAGES = text(
    f"SELECT (SELECT count(*) FROM hl7_message WHERE {_IS_OLD_MESSAGE})"  # noqa: S608 - ours
    f" + (SELECT count(*) FROM outbound_message WHERE {_IS_OLD_RESULT})"
)
# What was filed under a patient in the moment in which they expired did not see it.
_FILED_MEANWHILE = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT 'refile', e.site, e.study_instance_uid, :now
    FROM patient p JOIN exam e ON e.patient_id = p.id
    WHERE p.expired_at IS NOT NULL AND e.expired_at IS NULL
    RETURNING 1
    """
)
_SWEPT = (
    "VACUUM evidence, statement, exam, patient, patient_identifier, identity_event, identity_fact, identity_fact_key, "
    "hl7_message, outbound_message, patient_alias, patient_placeholder, patient_observation, imaging_order, "
    "order_procedure, order_statement, stay_event"
)


def exams(session: Session, exam_ids: Sequence[UUID], *, by: str, rule: str, now: datetime) -> None:
    """
    Make the objects of these exams unreadable, and what their statements say of identity. Safe to repeat.

    The doses stay, with device and time. Hold the lock of each study.
    """
    session.execute(_EXAMS, {"exam_ids": list(exam_ids), "by": by, "rule": rule, "now": now})
    order_erasures.of_exams(session, exam_ids, now=now)


def patients(session: Session, root: UUID, patient_ids: Sequence[UUID], *, by: str, rule: str, now: datetime) -> None:
    """
    Delete what names these patients, make their journal and the messages that it names unreadable. Safe to repeat.

    Their exams keep age and sex, which reference levels and national statistics ask for (2013/59/Euratom, 64).
    Hold the locks of their identifiers. ``root`` is the one who stands for all.
    """
    values = {"root": root, "patient_ids": list(patient_ids), "by": by, "rule": rule, "now": now}
    session.execute(_PATIENTS, values)
    order_erasures.of_patients(session, patient_ids, now=now)


def loose_objects(session: Session, *, before: datetime, limit: int, by: str, rule: str, now: datetime) -> int:
    """Make some objects unreadable that came before and belong to no exam; return how many."""
    values = {"before": before, "limit": limit, "by": by, "rule": rule, "now": now}
    return int(session.scalar(_LOOSE_OBJECTS, values) or 0)


def messages(session: Session, *, before: datetime, limit: int, by: str, rule: str, now: datetime) -> int:
    """Make some HL7 messages unreadable that came before, oldest first; return how many."""
    values = {"before": before, "limit": limit, "by": by, "rule": rule, "now": now}
    return int(session.scalar(_MESSAGES, values) or 0)


def count_loose_objects(session: Session, *, before: datetime) -> int:
    """Return how many readable objects came before and belong to no exam."""
    return int(session.scalar(_COUNT_LOOSE, {"before": before}) or 0)


def count_messages(session: Session, *, before: datetime) -> int:
    """Return how many readable HL7 messages came before."""
    return int(session.scalar(_COUNT_MESSAGES, {"before": before}) or 0)


def refile_what_came_meanwhile(session: Session, *, now: datetime) -> int:
    """Have those exams filed anew that are kept and whose patient has expired; return how many."""
    return len(session.execute(_FILED_MEANWHILE, {"now": now}).all())


def sweep(engine: Engine) -> None:
    """Have the database remove earlier versions of the changed rows, in which the keys still stand."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(_SWEPT))
