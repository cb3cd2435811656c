"""Queries that a look at a patient's history makes: few, since viewers and the RIS ask often."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from db.prepared import Prepared
from db.reaching import Reach, exam_within
from db.session import Session


class KnownPatient(NamedTuple):
    """The patient that stands for one after all merges, with all who are one with them, and their identifiers."""

    id: UUID
    name: str | None
    birth_date: date | None
    sex: str | None
    family: list[UUID]
    identifiers: list[dict[str, Any]]  # value, authority, is_merged; oldest first
    is_restricted: bool


# Most patients are a family of their own, and a recursive query takes the server longer to plan than to run.
_ALONE = Prepared(
    "patient_alone",
    """
    SELECT p.id, p.name, p.birth_date, p.sex, ARRAY[p.id] AS family,
        (SELECT coalesce(json_agg(json_build_object('value', i.value, 'authority', i.authority, 'is_merged', false)
            ORDER BY i.since, i.id), '[]')
        FROM patient_identifier i WHERE i.patient_id = :patient_id AND i.ended_at IS NULL) AS identifiers,
        p.restricted_since IS NOT NULL AS is_restricted
    FROM patient p WHERE p.id = :patient_id AND p.family_id = p.id
        AND NOT EXISTS (SELECT FROM patient m WHERE m.family_id = :patient_id AND m.id <> :patient_id)
    """,
)
# UNION, not UNION ALL: it ends even if a loop should ever come to be.
_OF_SEVERAL = text(
    """
    WITH RECURSIVE up AS (
        SELECT id, merged_into_id, family_id FROM patient WHERE id = :patient_id
        UNION SELECT p.id, p.merged_into_id, p.family_id FROM patient p JOIN up ON p.id = up.merged_into_id
    ), family AS (
        SELECT m.id, m.restricted_since, m.merged_into_id FROM up JOIN patient m ON m.family_id = up.family_id
        WHERE up.merged_into_id IS NULL
    )
    SELECT p.id, p.name, p.birth_date, p.sex, (SELECT array_agg(id) FROM family) AS family,
        (SELECT coalesce(json_agg(json_build_object(
            'value', i.value, 'authority', i.authority, 'is_merged', f.merged_into_id IS NOT NULL
        ) ORDER BY i.since, i.id), '[]')
        FROM family f JOIN patient_identifier i ON i.patient_id = f.id WHERE i.ended_at IS NULL) AS identifiers,
        EXISTS (SELECT FROM family WHERE restricted_since IS NOT NULL) AS is_restricted
    FROM patient p JOIN up ON up.id = p.id WHERE up.merged_into_id IS NULL
    """
)
# Ids as texts: they are passed on as such, and a history has many.
_LINE = """
    SELECT CAST(id AS text) AS id, CAST(patient_id AS text) AS patient_id, site, study_instance_uid, revision,
        CAST(revision_id AS text) AS revision_id, state, modality, region, accession_number, started_at, started_local,
        CAST(summary AS text) AS summary
    FROM exam
"""
_OF_FAMILY = Prepared(
    "exams_of_family",
    f"{_LINE} WHERE patient_id = ANY(:family) AND state = 'counted' ORDER BY started_at DESC NULLS LAST, exam.id",
)
_OF_STUDY = Prepared(
    "exams_of_study", f"{_LINE} WHERE study_instance_uid = :study_instance_uid AND state <> 'void' ORDER BY site"
)
_TARGETS = Prepared(
    "targets_of_exams",
    """
    SELECT exam_id, array_agg(DISTINCT target_region) AS codes FROM exam_event
    WHERE exam_id = ANY(CAST(:exam_ids AS uuid[])) AND target_region IS NOT NULL GROUP BY exam_id
    """,
)
_OF_FAMILY_WITHIN = Prepared(
    "exams_of_family_within",
    f"{_LINE} WHERE patient_id = ANY(:family) AND state = 'counted' AND {exam_within()} "
    "ORDER BY started_at DESC NULLS LAST, exam.id",
)
_OF_STUDY_WITHIN = Prepared(
    "exams_of_study_within",
    f"{_LINE} WHERE study_instance_uid = :study_instance_uid AND state <> 'void' AND {exam_within()} ORDER BY site",
)
_OF_EXAM = text(f"{_LINE} WHERE id = :exam_id AND state <> 'void'")


def patient(session: Session, patient_id: UUID) -> KnownPatient | None:
    """Return the patient that stands for this one now; ``None`` if the id is unknown."""
    asked = {"patient_id": patient_id}
    row = _ALONE.run(session, asked).one_or_none() or session.execute(_OF_SEVERAL, asked).one_or_none()
    return KnownPatient._make(row) if row else None


def of_family(session: Session, patient_ids: Sequence[UUID], *, reach: Reach | None) -> list[dict[str, Any]]:
    """
    Return the counted exams of these patients, newest first, as the columns of ``exam`` with ``summary`` as text.

    What is out of ``reach`` is left out; ``None`` leaves out nothing.
    """
    family = {"family": list(patient_ids)}
    rows = _OF_FAMILY.run(session, family) if reach is None else _OF_FAMILY_WITHIN.run(session, family | reach.values)
    return list(map(dict, rows.mappings()))


def targets(session: Session, exam_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the codes of the target regions of the events of these exams; those that state none are not in it."""
    if not exam_ids:
        return {}
    return {row.exam_id: row.codes for row in _TARGETS.run(session, {"exam_ids": list(exam_ids)})}


def of_study(session: Session, study_instance_uid: str, *, reach: Reach | None) -> list[dict[str, Any]]:
    """Return the exams of a Study Instance UID in reach, one for each site that has it, however they stand."""
    study = {"study_instance_uid": study_instance_uid}
    rows = _OF_STUDY.run(session, study) if reach is None else _OF_STUDY_WITHIN.run(session, study | reach.values)
    return list(map(dict, rows.mappings()))


def of_exam(session: Session, exam_id: UUID) -> dict[str, Any] | None:
    """Return one exam, however it stands."""
    row = session.execute(_OF_EXAM, {"exam_id": exam_id}).mappings().one_or_none()
    return dict(row) if row else None
