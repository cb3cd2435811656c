"""Queries on exams whose published estimates are to be looked at anew."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, select, text, update

from db.repositories import waiting_exams
from db.session import Session
from db.tables.pacs import PacsDestinationRow
from db.tables.publication import PatientDoseDueRow
from dose_core.writers.kinds import PATIENT_DOSE

# Whoever wakes an exam holds this together with others, whoever changes what archives get holds it alone: so neither
# misses the other, and where no archive gets estimates nothing waits.
_KEY = "hashtextextended('estimates for archives', 0)"
_ARE_WAITING = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
_IS_CHANGING = text(f"SELECT pg_advisory_xact_lock({_KEY})")
_WAKE = """
    INSERT INTO patient_dose_due (exam_id, at, is_of_many)
    SELECT e.id, CAST(:now AS timestamptz), {is_of_many} FROM exam e
    WHERE {which} AND ({is_wanted} OR EXISTS (
        SELECT FROM publication p WHERE p.exam_id = e.id AND p.kind LIKE :choice || ' %'))
"""
_IS_WANTED = "EXISTS (SELECT FROM pacs_destination WHERE :choice = ANY(kinds))"
_HAS_ESTIMATES = """
    (e.state = 'counted' AND e.expired_at IS NULL AND (
        EXISTS (SELECT FROM estimate s WHERE s.exam_id = e.id)
        OR EXISTS (SELECT FROM skin_map m WHERE m.exam_id = e.id)))
"""
_IS_OF_ARCHIVE = """
    (cardinality(CAST(:sites AS text[])) = 0 OR e.site = ANY(CAST(:sites AS text[])))
    AND (CAST(:since AS timestamptz) IS NULL OR e.created_at >= :since)
"""
_WAKE_EXAM = text(_WAKE.format(which="e.id = :exam_id", is_of_many="false", is_wanted=_IS_WANTED))
_WAKE_PATIENTS = text(
    _WAKE.format(which="e.patient_id = ANY(CAST(:patient_ids AS uuid[]))", is_of_many="false", is_wanted=_IS_WANTED)
)
_WAKE_SITE = text(
    _WAKE.format(which="e.site = :site", is_of_many="true", is_wanted=f"{_IS_WANTED} AND {_HAS_ESTIMATES}")
)
_WAKE_OF_ARCHIVE = text(
    _WAKE.format(
        which=f"e.id = ANY (CAST(:exam_ids AS uuid[])) AND {_IS_OF_ARCHIVE}",
        is_of_many="true",
        is_wanted=_HAS_ESTIMATES,
    )
)
_FROM = text("SELECT id FROM exam WHERE id >= :begin ORDER BY id LIMIT :limit")
_BEGIN = UUID(int=0)


def wake(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """
    Have what archives are told of the estimates of an exam looked at anew.

    Nothing waits where no archive gets such, and none has any of the exam.
    """
    _wake(session, _WAKE_EXAM, now=now, exam_id=exam_id)


def wake_patients(session: Session, patient_ids: Collection[UUID], *, now: datetime) -> None:
    """Have the same done for all exams of patients."""
    _wake(session, _WAKE_PATIENTS, now=now, patient_ids=list(patient_ids))


def wake_site(session: Session, site: str, *, now: datetime) -> None:
    """Have the same done for all exams of a site."""
    _wake(session, _WAKE_SITE, now=now, site=site)


def begin_change(session: Session) -> None:
    """Wait until nobody wakes an exam by what archives get; nobody does until the transaction ends."""
    session.execute(_IS_CHANGING)


def mark_archive(session: Session, name: str) -> None:
    """Have the same done, bit by bit, for all exams that an archive gets; who files after this knows its rule."""
    session.execute(update(PacsDestinationRow).where(PacsDestinationRow.name == name).values(waking_from=_BEGIN))


def wake_marked(session: Session, *, limit: int, now: datetime) -> None:
    """Wake the exams of one archive that is marked, as far as they are among the next ``limit`` of all exams."""
    marked = select(PacsDestinationRow).where(PacsDestinationRow.waking_from.is_not(None))
    row = session.scalars(marked.order_by(PacsDestinationRow.name).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return
    ids = list(session.scalars(_FROM, {"begin": row.waking_from, "limit": limit + 1}))
    values = {"exam_ids": ids[:limit], "sites": row.sites, "since": row.exams_since}
    session.execute(_WAKE_OF_ARCHIVE, {**values, "choice": PATIENT_DOSE, "now": now})
    row.waking_from = ids[limit] if len(ids) > limit else None
    session.flush()


def _wake(session: Session, query: TextClause, **values: object) -> None:
    session.execute(_ARE_WAITING)
    session.execute(query, {**values, "choice": PATIENT_DOSE})


def due(session: Session, *, limit: int) -> list[UUID]:
    """Return the exams that have waited longest, each once, those of many at last; nothing is taken yet."""
    alone = waiting_exams.due(session, PatientDoseDueRow, limit=limit, among=~PatientDoseDueRow.is_of_many)
    of_many = waiting_exams.due(session, PatientDoseDueRow, limit=limit - len(alone))
    return list(dict.fromkeys([*alone, *of_many]))


def take(session: Session, exam_id: UUID) -> bool:
    """Delete what waits about an exam and tell if anything did; it waits again if the transaction fails."""
    return waiting_exams.take(session, PatientDoseDueRow, exam_id)


def put_back(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have an exam wait behind all others, since what was to be done about it went wrong."""
    waiting_exams.put_back(session, PatientDoseDueRow, exam_id, now=now)
