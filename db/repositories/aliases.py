"""Queries on what was ever stated of patients, and on the exams for which that decides whose they are."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, text

from db.prepared import Prepared
from db.session import Session
from dose_core.identity.agreement import Known

# An exam that waits for what is stated names this patient, or somebody who is one with them by merges and links.
_REMEMBER = Prepared(
    "remember_stated",
    """
    WITH remembered AS (
        INSERT INTO patient_alias (id, patient_id, kind, value, since)
        SELECT gen_random_uuid(), CAST(:patient_id AS uuid), s.kind, s.value, CAST(:now AS timestamptz)
        FROM (
            SELECT 'name' AS kind, unnest(CAST(:names AS text[])) AS value
            UNION ALL SELECT 'birth_date', unnest(CAST(:birth_dates AS text[]))
        ) s
        ON CONFLICT DO NOTHING
    )
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', e.site, e.study_instance_uid, CAST(:now AS timestamptz)
    FROM patient p JOIN patient f ON f.family_id = p.family_id
    JOIN exam_named_patient n ON n.patient_id = f.id JOIN exam e ON e.id = n.exam_id
    WHERE p.id = CAST(:patient_id AS uuid) AND e.state = 'held'
    """,
)
_KNOWN = text(
    """
    SELECT p.id, p.name, p.birth_date, (
        SELECT json_agg(json_build_array(a.kind, a.value)) FROM patient_alias a
        WHERE a.patient_id = p.id AND a.kind <> 'dicom_id'
    ) AS stated
    FROM patient p WHERE p.id IN :patient_ids
    """
).bindparams(bindparam("patient_ids", expanding=True))
_CLAIM = text(
    """
    INSERT INTO patient_alias (id, patient_id, kind, value, since)
    VALUES (gen_random_uuid(), :patient_id, 'dicom_id', :value, :now) ON CONFLICT DO NOTHING
    """
)
_REFILE_CLAIMED = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', e.site, e.study_instance_uid, CAST(:now AS timestamptz)
    FROM patient_alias a JOIN exam e ON e.patient_id = a.patient_id
    WHERE a.kind = 'dicom_id' AND md5(a.value) = ANY (SELECT md5(v) FROM unnest(CAST(:values AS text[])) v)
        AND a.value = ANY (CAST(:values AS text[])) AND e.state IN ('counted', 'held')
    """
)
_HAS_OTHER_EXAM = text(
    "SELECT EXISTS (SELECT FROM exam WHERE patient_id = :patient_id AND id <> :exam_id AND state = 'counted')"
)


def told_from(stated: Sequence[Sequence[str]] | None) -> Known:
    """Return the names and birth dates that HL7 ever stated, from rows of kind and value."""
    return Known(
        names=tuple(sorted(value for kind, value in stated or () if kind == "name")),
        birth_dates=tuple(sorted(date.fromisoformat(value) for kind, value in stated or () if kind == "birth_date")),
    )


def known_from(told: Known, name: str | None, birth_date: date | None) -> Known:
    """Return by what a patient is known: what HL7 ever stated of a kind; only if it stated none, what objects did."""
    return Known(
        names=told.names or ((name,) if name else ()),
        birth_dates=told.birth_dates or ((birth_date,) if birth_date else ()),
    )


def known_of(session: Session, patient_ids: Sequence[UUID]) -> list[Known]:
    """Return by what each of these patients is known."""
    rows = session.execute(_KNOWN, {"patient_ids": list(patient_ids)}) if patient_ids else ()
    return [known_from(told_from(row.stated), row.name, row.birth_date) for row in rows]


def remember(
    session: Session, patient_id: UUID, *, names: Sequence[str], birth_dates: Sequence[date], now: datetime
) -> None:
    """Keep what HL7 states of a patient, what is known once, and have the held exams made anew that may wait for it."""
    days = [day.isoformat() for day in birth_dates]
    _REMEMBER.run_later(session, {"patient_id": patient_id, "names": list(names), "birth_dates": days, "now": now})


def claim(session: Session, patient_id: UUID, value: str, authority: str, *, now: datetime) -> None:
    """Keep that an object with this identifier, which nobody has, was found to be of a patient by another one."""
    session.execute(_CLAIM, {"patient_id": patient_id, "value": claimed(value, authority), "now": now})


def refile_claimed(session: Session, identifiers: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Have the exams made anew that were found by another identifier, since somebody has these (value, authority)."""
    values = [claimed(value, authority) for value, authority in identifiers]
    session.execute(_REFILE_CLAIMED, {"values": values, "now": now})


def claimed(value: str, authority: str) -> str:
    """Return how an identifier stands in ``patient_alias``."""
    return f"{authority}|{value}"


def has_other_exam(session: Session, patient_id: UUID, exam_id: UUID) -> bool:
    """Tell if an exam of this patient counts beside this one."""
    return bool(session.scalar(_HAS_OTHER_EXAM, {"patient_id": patient_id, "exam_id": exam_id}))
