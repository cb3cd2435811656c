"""Queries on all that is kept of one person, and on who has looked at them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from db import look_chain
from db.session import Session

_PEOPLE = text(
    """
    SELECT p.id, p.name, p.birth_date, p.sex, p.merged_into_id, p.created_at, p.restricted_since, p.expired_at
    FROM patient p WHERE p.id = ANY(:patient_ids) ORDER BY p.merged_into_id NULLS FIRST, p.id
    """
)
_IDENTIFIERS = text(
    """
    SELECT i.patient_id, i.value, i.authority, i.identifier_type, i.since, i.ended_at
    FROM patient_identifier i WHERE i.patient_id = ANY(:patient_ids) ORDER BY i.since, i.id
    """
)
_EXAMS = text(
    """
    SELECT e.id, e.site, e.study_instance_uid, e.state, e.state_reason, e.modality, e.region, e.accession_number,
        e.admission_id,
        e.started_at, e.started_local, e.revision, e.created_at, e.expired_at, e.summary, r.content
    FROM exam e JOIN exam_revision r ON r.id = e.revision_id
    WHERE e.patient_id = ANY(:patient_ids) ORDER BY e.started_at DESC NULLS LAST, e.id
    """
)
_NAMED_BY = text(
    """
    SELECT count(DISTINCT e.id) FROM exam_named_patient n JOIN exam e ON e.id = n.exam_id
    WHERE n.patient_id = ANY(:patient_ids) AND NOT e.patient_id = ANY(:patient_ids)
    """
)
_OBJECTS = text(
    """
    SELECT DISTINCT ON (e.id, v.received_at, v.id) e.id AS exam_id, v.id, v.sop_instance_uid, s.kind, v.received_at,
        v.sender, v.calling_aet, v.origin, v.size_bytes, v.is_header, v.digest, v.key IS NOT NULL AS is_readable
    FROM exam e JOIN statement s ON s.study_instance_uid = e.study_instance_uid AND s.site = e.site
    JOIN evidence v ON v.id = s.evidence_id
    WHERE e.patient_id = ANY(:patient_ids) ORDER BY e.id, v.received_at, v.id
    """
)
_MESSAGES = text(
    """
    SELECT DISTINCT m.arrival, m.id, m.message_type, m.sending_application, m.sending_facility, m.received_at,
        m.status, m.key IS NOT NULL AS is_readable
    FROM (
        SELECT i.hl7_message_id AS id FROM identity_event i WHERE i.patient_id = ANY(:patient_ids)
        UNION SELECT o.hl7_message_id FROM patient_observation o WHERE o.patient_id = ANY(:patient_ids)
        UNION SELECT s.hl7_message_id FROM imaging_order o JOIN order_statement s ON s.order_id = o.id
            WHERE o.patient_id = ANY(:patient_ids)
        UNION SELECT v.hl7_message_id FROM stay_event v
            WHERE v.to_patient_id = ANY(:patient_ids) OR v.from_patient_id = ANY(:patient_ids)
    ) said JOIN hl7_message m ON m.id = said.id
    ORDER BY m.arrival
    """
)
_FORWARDED = text(
    """
    SELECT d.name AS destination, d.is_identified, f.exam_id, f.sent_as, f.ended_at AS sent_at
    FROM forward f JOIN forward_destination d ON d.id = f.destination_id JOIN exam e ON e.id = f.exam_id
    WHERE e.patient_id = ANY(:patient_ids) AND f.state = 'sent' ORDER BY f.number
    """
)
_ORDERS = text(
    """
    SELECT o.id, o.placer_number, o.filler_number, o.status, o.status_at, o.ordered_at, o.planned_at, o.procedure_code,
        o.procedure_text, o.indication, o.reason_code, o.reason_text, o.referrer, o.priority, o.visit_number,
        o.account_number, o.expired_at,
        ARRAY(SELECT p.accession_number FROM order_procedure p
            WHERE p.order_id = o.id AND p.accession_number IS NOT NULL ORDER BY p.position) AS accession_numbers,
        ARRAY(SELECT CAST(m.exam_id AS text) FROM order_match m WHERE m.order_id = o.id ORDER BY m.exam_id) AS exam_ids
    FROM imaging_order o
    WHERE o.patient_id = ANY(:patient_ids) AND o.joined_into_id IS NULL ORDER BY o.ordered_at, o.id
    """
)
_STATED = text(
    """
    SELECT a.kind, a.value, a.since FROM patient_alias a
    WHERE a.patient_id = ANY(:patient_ids) ORDER BY a.since, a.kind, a.value
    """
)
_OBSERVATIONS = text(
    """
    SELECT o.observed, o.state, o.reason, o.observed_at, o.is_time_of_message, o.value, o.pregnancy, o.stated_value,
        o.stated_unit, o.code, o.recorded_at
    FROM patient_observation o WHERE o.patient_id = ANY(:patient_ids) ORDER BY o.observed_at, o.id
    """
)
_SKIN_REACTIONS = text(
    """
    SELECT r.exam_id, r.grade, r.seen_on, r.place, r.photo_reference, r.comment, r.recorded_by, r.recorded_at,
        b.recorded_at AS withdrawn_at
    FROM skin_reaction r JOIN exam e ON e.id = r.exam_id LEFT JOIN skin_reaction b ON b.withdraws = r.id
    WHERE e.patient_id = ANY(:patient_ids) AND r.withdraws IS NULL ORDER BY r.seen_on, r.recorded_at, r.id
    """
)
_JUSTIFICATIONS = text(
    """
    SELECT c.kind, c.hook, c.client, c.acting, c.shown_at, c.order_numbers, f.outcome, f.reason, f.comment, f.outcome_at
    FROM hook_card c LEFT JOIN hook_feedback f ON f.card_id = c.id
    WHERE c.patient_id = ANY(:patient_ids) ORDER BY c.shown_at, c.id, f.id
    """
)
_OF_ACCESS = ("at", "subject", "action", "exam_id", "via", "route", "reference", "reason")
_ACCESSES = text(
    """
    SELECT a.at, a.subject, a.action, a.exam_id, a.via, a.route, a.reference, a.reason
    FROM access_log a WHERE a.patient_id = ANY(:patient_ids) ORDER BY a.at, a.id
    """
)
_EXPIRIES = text(
    """
    SELECT r.kind, r.at, r.by, r.rule, r.exam_id, r.detail
    FROM retention_event r WHERE r.patient_id = ANY(:patient_ids) ORDER BY r.id
    """
)


def people(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return these patients, the survivor of the merges first."""
    return _all(session, _PEOPLE, patient_ids)


def identifiers(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all identifiers that they have or had, oldest first."""
    return _all(session, _IDENTIFIERS, patient_ids)


def exams(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all their exams, however they stand, newest first, each with the packed revision that counts."""
    return _all(session, _EXAMS, patient_ids)


def count_named_by(session: Session, patient_ids: Sequence[UUID]) -> int:
    """Return how many exams name them among others and are not theirs."""
    return int(session.scalar(_NAMED_BY, {"patient_ids": list(patient_ids)}) or 0)


def objects(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the objects of all their exams, without content."""
    return _all(session, _OBJECTS, patient_ids)


def messages(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the HL7 messages that told of them, without content, in the order in which they came."""
    return _all(session, _MESSAGES, patient_ids)


def forwarded(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return which dose SRs of their exams were forwarded to whom, in the order in which they were queued."""
    return _all(session, _FORWARDED, patient_ids)


def orders(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the orders of these patients with the exams that were made for them, oldest first."""
    return _all(session, _ORDERS, patient_ids)


def stated(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all names and birth dates that were ever stated of them, and identifiers that objects alone gave them."""
    return _all(session, _STATED, patient_ids)


def observations(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all that was observed of them, oldest first."""
    return _all(session, _OBSERVATIONS, patient_ids)


def skin_reactions(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return what was seen of their skin, oldest first."""
    return _all(session, _SKIN_REACTIONS, patient_ids)


def justifications(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return which cards EHRs were given about them, and what was done about each, oldest first."""
    return _all(session, _JUSTIFICATIONS, patient_ids)


def accesses(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all looks at them, oldest first, those of this unit of work too."""
    now = [look for look in look_chain.waiting(session) if look["patient_id"] in patient_ids]
    return _all(session, _ACCESSES, patient_ids) + [{name: look[name] for name in _OF_ACCESS} for look in now]


def expiries(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return what of theirs was made unreadable, oldest first."""
    return _all(session, _EXPIRIES, patient_ids)


def _all(session: Session, query: TextClause, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(query, {"patient_ids": list(patient_ids)}).mappings()]
