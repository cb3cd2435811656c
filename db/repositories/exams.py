"""Queries on exams and their revisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from db.prepared import Prepared
from db.repositories.patients import locks_of
from db.session import Session
from db.tables.device import DeviceRow
from db.tables.exam import ExamRevisionRow, ExamRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExam:
    """An exam with its current revision and its device."""

    exam: ExamRow
    content: bytes
    device: DeviceRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about an exam; a later decision has a higher number."""

    number: int
    kind: str
    patient_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is known of a study before it is filed: its exam, what was decided, and namesakes at other sites."""

    exam: ExamRow | None
    digest: str | None
    decisions: tuple[Decision, ...]  # newest first
    last_revision: int  # the newest, which is not the one that counts after a rollback; 0 if there is none
    other_sites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Another exam that has an event of this one; ``release`` is the number of the release that stands, if one does."""

    exam_id: UUID
    study_instance_uid: str
    created_at: datetime
    state: str
    release: int | None


# What is read here is held by the lock of the study; who has the identifiers is asked behind this.
_BEFORE = Prepared(
    "exam_before",
    """
    WITH locked AS MATERIALIZED (
        SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0))) FROM unnest(CAST(:locks AS text[])) AS key
    )
    SELECT e.id, e.site, e.study_instance_uid, e.patient_id, e.device_id, e.revision, e.revision_id, e.state,
        e.state_reason, e.read_warnings, e.modality, e.region, e.accession_number, e.accession_issuer, e.admission_id,
        e.admission_issuer, e.started_at, e.started_local,
        e.last_evidence_at, e.created_at, e.expired_at, r.digest,
        (SELECT max(n.number) FROM exam_revision n WHERE n.exam_id = e.id) AS last_revision,
        (SELECT json_agg(json_build_array(d.id, d.kind, d.patient_id) ORDER BY d.id DESC)
         FROM exam_decision d WHERE d.exam_id = e.id) AS decisions
    FROM locked LEFT JOIN (exam e JOIN exam_revision r ON r.exam_id = e.id AND r.number = e.revision)
        ON e.study_instance_uid = :study_instance_uid
    """,
)

_WRITE = Prepared(
    "write_exam",
    """
    WITH written AS (
        INSERT INTO exam (id, site, study_instance_uid, patient_id, device_id, revision, revision_id, state,
            state_reason, modality, region, accession_number, accession_issuer, admission_id, admission_issuer,
            started_at, started_local, last_evidence_at, created_at, read_warnings, summary)
        VALUES (:id, :site, :study_instance_uid, :patient_id, :device_id, :revision, :revision_id, :state,
            :state_reason, :modality, :region, :accession_number, CAST(:accession_issuer AS text),
            CAST(:admission_id AS text), CAST(:admission_issuer AS text), :started_at, :started_local,
            :last_evidence_at, :now, :read_warnings, CAST(:summary AS jsonb))
        ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, device_id = excluded.device_id,
            revision = excluded.revision, revision_id = excluded.revision_id, state = excluded.state,
            state_reason = excluded.state_reason, modality = excluded.modality, region = excluded.region,
            accession_number = excluded.accession_number, accession_issuer = excluded.accession_issuer,
            admission_id = excluded.admission_id, admission_issuer = excluded.admission_issuer,
            started_at = excluded.started_at,
            started_local = excluded.started_local, last_evidence_at = excluded.last_evidence_at,
            read_warnings = excluded.read_warnings, summary = excluded.summary
    ), revised AS (
        INSERT INTO exam_revision (id, exam_id, number, content, digest, cause, made_at)
        SELECT CAST(:revision_id AS uuid), CAST(:id AS uuid), CAST(:revision AS integer), CAST(:content AS bytea),
            CAST(:digest AS text), CAST(:cause AS text), CAST(:now AS timestamptz)
        WHERE CAST(:is_new_revision AS boolean)
    ), gone AS (
        DELETE FROM exam_event WHERE exam_id = :id AND CAST(:is_revised AS boolean)
    ), counted AS (
        INSERT INTO exam_event
        SELECT (jsonb_populate_record(CAST(NULL AS exam_event), event)).*
        FROM jsonb_array_elements(CAST(:events AS jsonb)) AS event WHERE CAST(:is_revised AS boolean)
    )
    INSERT INTO outbox (kind, site, study_instance_uid, exam_id, at)
    VALUES ('revised', :site, :study_instance_uid, :id, :now)
    """,
)

_VOID = text(
    """
    WITH void AS (
        UPDATE exam SET state = 'void', state_reason = :reason
        WHERE study_instance_uid = :study_instance_uid AND site = :site AND state <> 'void'
        RETURNING id, site, study_instance_uid
    ), told AS (
        INSERT INTO outbox (kind, site, study_instance_uid, exam_id, at)
        SELECT 'revised', site, study_instance_uid, id, :now FROM void
    )
    SELECT id FROM void
    """
)

# The events first, by their index: never an exam after another.
_SHARED = Prepared(
    "exams_sharing_events",
    """
    WITH shared AS MATERIALIZED (
        SELECT DISTINCT o.exam_id FROM exam_event o
        WHERE hashtextextended(o.event_uid, 0) = ANY (ARRAY(
                SELECT hashtextextended(u, 0) FROM unnest(CAST(:event_uids AS text[])) u
            )) AND o.event_uid = ANY (CAST(:event_uids AS text[])) AND NOT o.uid_is_stand_in AND o.exam_id <> :exam_id
    )
    SELECT e.id AS exam_id, e.study_instance_uid, e.created_at, e.state, (
        SELECT CASE WHEN d.kind = 'released' THEN d.id END FROM exam_decision d
        WHERE d.exam_id = e.id AND d.kind IN ('released','withdrawn') ORDER BY d.id DESC LIMIT 1
    ) AS release
    FROM shared JOIN exam e ON e.id = shared.exam_id WHERE e.site = :site
    """,
)

_COUNTED_TWICE = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM exam e JOIN exam_event m ON m.exam_id = e.id
        JOIN exam_event o ON hashtextextended(o.event_uid, 0) = hashtextextended(m.event_uid, 0)
            AND o.event_uid = m.event_uid AND o.exam_id <> e.id
        JOIN exam f ON f.id = o.exam_id AND f.site = e.site AND f.state = 'counted'
        WHERE e.id = :exam_id AND e.state = 'counted' AND NOT m.uid_is_stand_in AND NOT o.uid_is_stand_in
    )
    """
)


def before(session: Session, site: str, study_instance_uid: str, *, identifiers: Iterable[tuple[str, str]]) -> Before:
    """
    Return what is known of a study before it is filed, once this transaction alone holds these identifiers.

    They are (value, authority) of whom its objects name, held as ``patients.lock_identifiers`` does.
    """
    values = {"study_instance_uid": study_instance_uid, "locks": locks_of(identifiers)}
    rows = [row for row in _BEFORE.run(session, values).mappings() if row["id"] is not None]
    here = next((row for row in rows if row["site"] == site), None)
    others = tuple(sorted(row["site"] for row in rows if row["site"] != site))
    if here is None:
        return Before(exam=None, digest=None, decisions=(), last_revision=0, other_sites=others)
    beside = {"digest", "decisions", "last_revision"}
    exam = ExamRow(**{name: value for name, value in here.items() if name not in beside})
    decisions = tuple(
        Decision(number=number, kind=kind, patient_id=UUID(patient_id) if patient_id else None)
        for number, kind, patient_id in here["decisions"] or ()
    )
    return Before(
        exam=exam,
        digest=here["digest"],
        decisions=decisions,
        last_revision=here["last_revision"],
        other_sites=others,
    )


def write(session: Session, values: dict[str, Any]) -> None:
    """
    Write an exam as it stands, with its revision and events if those changed, and tell the outbox.

    ``values`` are the columns of ``exam``, the ``content``, ``digest`` and ``cause`` of the revision, ``events`` as
    JSON of ``exam_event``, ``is_revised``, ``is_new_revision`` (not if an earlier one counts again) and ``now``.
    """
    _WRITE.run_later(session, values)


def revision_with(session: Session, exam_id: UUID, digest: str) -> tuple[UUID, int] | None:
    """Return id and number of the revision of an exam that has this content, the newest if there are several."""
    query = select(ExamRevisionRow.id, ExamRevisionRow.number).where(
        ExamRevisionRow.exam_id == exam_id, ExamRevisionRow.digest == digest
    )
    found = session.execute(query.order_by(ExamRevisionRow.number.desc()).limit(1)).one_or_none()
    return (found.id, found.number) if found else None


def void(session: Session, site: str, study_instance_uid: str, *, reason: str, now: datetime) -> UUID | None:
    """Mark the exam of a study of which nothing counts any more; return its id if there is one that was not so yet."""
    values = {"site": site, "study_instance_uid": study_instance_uid, "reason": reason, "now": now}
    exam_id: UUID | None = session.scalar(_VOID, values)
    return exam_id


def touch(session: Session, exam_id: UUID, *, last_evidence_at: datetime) -> None:
    """Note that further evidence came that changes nothing."""
    session.execute(
        text("UPDATE exam SET last_evidence_at = :at WHERE id = :id"), {"id": exam_id, "at": last_evidence_at}
    )


def sharing_events(session: Session, site: str, exam_id: UUID, event_uids: Sequence[str]) -> list[Sharing]:
    """Return the other exams of the site that have one of these events."""
    if not event_uids:
        return []
    values = {"site": site, "exam_id": exam_id, "event_uids": list(event_uids)}
    return [Sharing(**row) for row in _SHARED.run(session, values).mappings()]


def counts_what_another_counts(session: Session, exam_id: UUID) -> bool:
    """Tell if an exam counts an event that another one of its site counts as well."""
    return bool(session.scalar(_COUNTED_TWICE, {"exam_id": exam_id}))


def get(session: Session, exam_id: UUID) -> KnownExam | None:
    """Return one exam as it counts now, however it stands."""
    query = (
        select(ExamRow, ExamRevisionRow.content, DeviceRow)
        .join(ExamRevisionRow, ExamRevisionRow.id == ExamRow.revision_id)
        .outerjoin(DeviceRow, DeviceRow.id == ExamRow.device_id)
        .where(ExamRow.id == exam_id)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).one_or_none()
    return KnownExam(exam=found[0], content=found[1], device=found[2]) if found else None


def by_study(session: Session, study_instance_uid: str, *, site: str = "") -> ExamRow | None:
    """Return the exam of a study, however it stands."""
    query = select(ExamRow).where(ExamRow.study_instance_uid == study_instance_uid, ExamRow.site == site)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def of_patients(session: Session, patient_ids: Sequence[UUID]) -> list[ExamRow]:
    """Return the counted exams of these patients, newest first."""
    query = (
        select(ExamRow)
        .where(ExamRow.patient_id.in_(patient_ids), ExamRow.state == "counted")
        .order_by(ExamRow.started_at.desc().nulls_last(), ExamRow.id)
    )
    return list(session.scalars(query))


def count(session: Session) -> int:
    """Return how many exams there are."""
    return session.scalar(select(func.count()).select_from(ExamRow)) or 0
