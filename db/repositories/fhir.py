"""Queries that answer searches by FHIR: a page at a time, each kind of thing of a whole page at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from db.prepared import Prepared
from db.reaching import Reach, exam_within, family_within
from db.session import Session
from db.tables.device import DeviceSoftwareRow
from db.tables.order import ImagingOrderRow, OrderMatchRow


class FoundExam(NamedTuple):
    """An exam that counts, with the revision that says what of it counts."""

    id: UUID
    patient_id: UUID
    site: str
    study_instance_uid: str
    revision: int
    accession_number: str | None
    started_at: datetime | None  # UTC
    made_at: datetime
    content: bytes  # packed dose_core.ledger.exam.Exam


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedExams:
    """
    Which exams of all patients are asked for; ``None`` does not ask.

    The start is from ``since`` on and before ``until``. ``from_id`` is where the page begins, by id; ``reach`` what the
    caller may see, ``None`` all. Those of restricted patients are among them for who broke the glass alone.
    """

    exam_ids: Sequence[UUID] | None = None
    device_ids: Sequence[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    from_id: UUID | None = None
    reach: Reach | None = None
    has_restricted: bool = False


_EXAMS = Prepared(
    "fhir_exams",
    """
    SELECT e.id, e.patient_id, e.site, e.study_instance_uid, e.revision, e.accession_number, e.started_at, r.made_at,
        r.content
    FROM exam e JOIN exam_revision r ON r.id = e.revision_id
    WHERE e.id = ANY (CAST(:ids AS uuid[])) AND e.state = 'counted'
    """,
)
# By id, which is random, and so in no order that tells anything: a page is found without a look at those before it.
_PAGE = """
    SELECT e.id FROM exam e
    WHERE e.state = 'counted'
        AND (CAST(:exam_ids AS uuid[]) IS NULL OR e.id = ANY (CAST(:exam_ids AS uuid[])))
        AND (CAST(:device_ids AS uuid[]) IS NULL OR e.device_id = ANY (CAST(:device_ids AS uuid[])))
        AND (CAST(:since AS timestamptz) IS NULL OR e.started_at >= :since)
        AND (CAST(:until AS timestamptz) IS NULL OR e.started_at < :until)
        AND (CAST(:from_id AS uuid) IS NULL OR e.id >= :from_id)
        AND (CAST(:has_restricted AS boolean) OR NOT EXISTS (
            SELECT FROM patient p JOIN patient r ON r.family_id = p.family_id
            WHERE p.id = e.patient_id AND r.restricted_since IS NOT NULL
        ))
        {within}
    ORDER BY e.id LIMIT :limit
"""
_SURVIVORS = text(
    """
    WITH RECURSIVE up AS (
        SELECT id AS asked, id, merged_into_id FROM patient WHERE id = ANY (:ids)
        UNION SELECT up.asked, p.id, p.merged_into_id FROM up JOIN patient p ON p.id = up.merged_into_id
    )
    SELECT asked, id FROM up WHERE merged_into_id IS NULL
    """
)
_MERGED = text(
    """
    WITH RECURSIVE down AS (
        SELECT id FROM patient WHERE merged_into_id = :survivor_id
        UNION SELECT p.id FROM down JOIN patient p ON p.merged_into_id = down.id
    )
    SELECT id FROM down ORDER BY id
    """
)
_REPORT_UIDS = Prepared(
    "fhir_report_uids",
    """
    SELECT s.id, e.sop_instance_uid FROM statement s JOIN evidence e ON e.id = s.evidence_id
    WHERE s.id = ANY (CAST(:ids AS uuid[])) AND s.kind = ANY (CAST(:kinds AS text[]))
    """,
)
_BY_UID = text(
    """
    SELECT id FROM exam WHERE study_instance_uid = :uid AND state = 'counted'
    UNION
    SELECT x.id FROM evidence e JOIN statement s ON s.evidence_id = e.id
    JOIN exam x ON x.study_instance_uid = s.study_instance_uid AND x.site = s.site
    WHERE e.sop_instance_uid = :uid AND x.state = 'counted'
    """
)
_BY_ACCESSION = text("SELECT id FROM exam WHERE accession_number = :number AND state = 'counted'")
# Of each row the newest exams alone: a machine has many, and is what it is now.
_MODALITIES = text(
    """
    SELECT coalesce(d.machine_id, d.id) AS machine_id, l.modality, count(*) AS exams
    FROM device d CROSS JOIN LATERAL (
        SELECT e.modality FROM exam e WHERE e.device_id = d.id AND e.state <> 'void'
        ORDER BY e.last_evidence_at DESC LIMIT 20
    ) l
    WHERE CAST(:ids AS uuid[]) IS NULL OR d.id = ANY (CAST(:ids AS uuid[]))
    GROUP BY 1, 2
    """
)
# Of the newest exams of each row, as above. Who sends under the name that objects give their station is that station.
_AE_TITLES = text(
    """
    SELECT coalesce(d.machine_id, d.id) AS machine_id, min(v.calling_aet) AS ae_title
    FROM device d CROSS JOIN LATERAL (
        SELECT e.study_instance_uid, e.site FROM exam e WHERE e.device_id = d.id AND e.state <> 'void'
        ORDER BY e.last_evidence_at DESC LIMIT 20
    ) l
    JOIN statement s ON s.study_instance_uid = l.study_instance_uid AND s.site = l.site
    JOIN evidence v ON v.id = s.evidence_id
    WHERE d.station_name <> '' AND upper(v.calling_aet) = upper(d.station_name)
        AND (CAST(:ids AS uuid[]) IS NULL OR d.id = ANY (CAST(:ids AS uuid[])))
    GROUP BY 1
    """
)
# Names are DICOM PN: family^given^... of the alphabetic group. Nothing of LIKE, whose signs a name might hold.
_NAMED = """
    SELECT p.id FROM patient p
    WHERE p.merged_into_id IS NULL
        AND starts_with(lower(split_part(split_part(p.name, '=', 1), '^', 1)), lower(:family))
        AND starts_with(lower(split_part(split_part(p.name, '=', 1), '^', 2)), lower(:given))
        AND NOT EXISTS (SELECT FROM patient r WHERE r.family_id = p.family_id AND r.restricted_since IS NOT NULL)
        {within}
    ORDER BY p.id LIMIT :limit
"""


def exams(session: Session, ids: Sequence[UUID]) -> list[FoundExam]:
    """Return those of these exams that count, in the order in which they are asked for."""
    rows = {row.id: row for row in _EXAMS.run(session, {"ids": list(ids)})} if ids else {}
    return [FoundExam._make((*rows[id_][:-1], bytes(rows[id_].content))) for id_ in ids if id_ in rows]


def page(session: Session, wanted: WantedExams, *, limit: int) -> list[UUID]:
    """Return exams that count, of all patients, in the order of their ids."""
    values = {
        "exam_ids": _listed(wanted.exam_ids),
        "device_ids": _listed(wanted.device_ids),
        "since": wanted.since,
        "until": wanted.until,
        "from_id": wanted.from_id,
        "has_restricted": wanted.has_restricted,
        "limit": limit,
    }
    within = "" if wanted.reach is None else f"AND {exam_within('e')}"
    values |= {} if wanted.reach is None else wanted.reach.values
    return list(session.scalars(text(_PAGE.format(within=within)), values))


def survivors(session: Session, patient_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return for each of these patients who stands for them after all merges."""
    return {row.asked: row.id for row in session.execute(_SURVIVORS, {"ids": list(patient_ids)})} if patient_ids else {}


def named(session: Session, *, family: str, given: str, reach: Reach | None, limit: int) -> list[UUID]:
    """Return patients in reach, none of them merged or restricted, whose names begin so; ``""`` is any."""
    values = {"family": family, "given": given, "limit": limit, **({} if reach is None else reach.values)}
    within = "" if reach is None else f"AND {family_within('p.family_id')}"
    return list(session.scalars(text(_NAMED.format(within=within)), values))


def merged_into(session: Session, survivor_id: UUID) -> list[UUID]:
    """Return all who were merged into a patient, at once or one after another."""
    return list(session.scalars(_MERGED, {"survivor_id": survivor_id}))


def report_uids(session: Session, statement_ids: Collection[UUID], kinds: Collection[str]) -> dict[UUID, str]:
    """Return the SOP Instance UIDs of the objects behind those of these statements that are of these kinds."""
    values = {"ids": list(statement_ids), "kinds": list(kinds)}
    return {row.id: row.sop_instance_uid for row in _REPORT_UIDS.run(session, values)} if statement_ids else {}


def exams_of_uid(session: Session, uid: str) -> list[UUID]:
    """Return the exams of a study, or those of which an object of this UID speaks."""
    return list(session.scalars(_BY_UID, {"uid": uid}))


def exams_of_accession(session: Session, number: str) -> list[UUID]:
    """Return the exams of an accession number."""
    return list(session.scalars(_BY_ACCESSION, {"number": number}))


def modalities(session: Session, device_ids: Sequence[UUID] | None = None) -> dict[UUID, dict[str, int]]:
    """Return how many of the newest exams of each machine are of which modalities (``CT/PT``), by machine."""
    found: dict[UUID, dict[str, int]] = {}
    for row in session.execute(_MODALITIES, {"ids": _listed(device_ids)}):
        found.setdefault(row.machine_id, {})[row.modality] = row.exams
    return found


def ae_titles(session: Session, device_ids: Sequence[UUID] | None = None) -> dict[UUID, str]:
    """Return the calling AE title of those machines whose objects came under the name of their own station."""
    found = session.execute(_AE_TITLES, {"ids": _listed(device_ids)})
    return {row.machine_id: row.ae_title for row in found}


def software(session: Session, device_ids: Sequence[UUID] | None = None) -> list[DeviceSoftwareRow]:
    """Return the software of these rows of devices, or of all, newest first."""
    query = select(DeviceSoftwareRow).order_by(DeviceSoftwareRow.since.desc(), DeviceSoftwareRow.versions)
    if device_ids is not None:
        query = query.where(DeviceSoftwareRow.device_id.in_(device_ids))
    return list(session.scalars(query))


def orders_of(session: Session, exam_ids: Collection[UUID]) -> list[tuple[UUID, ImagingOrderRow]]:
    """Return the orders that these exams were made for, each with its exam, in the order of their ids."""
    query = (
        select(OrderMatchRow.exam_id, ImagingOrderRow)
        .join(ImagingOrderRow, ImagingOrderRow.id == OrderMatchRow.order_id)
        .where(OrderMatchRow.exam_id.in_(exam_ids), ImagingOrderRow.joined_into_id.is_(None))
        .order_by(ImagingOrderRow.id)
    )
    return [(exam_id, order) for exam_id, order in session.execute(query)] if exam_ids else []


def exams_of_order(session: Session, order_id: UUID) -> list[UUID]:
    """Return the exams that were made for an order."""
    query = select(OrderMatchRow.exam_id).where(OrderMatchRow.order_id == order_id).order_by(OrderMatchRow.exam_id)
    return list(session.scalars(query))


def _listed(ids: Sequence[UUID] | None) -> list[Any] | None:
    return None if ids is None else list(ids)
