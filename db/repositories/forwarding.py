"""Queries on who gets forwarded dose SRs, and on the queue of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from db.session import Session
from db.tables.forwarding import ForwardDestinationRow, ForwardRow
from dose_core.model import Kind

# Reports on dose as they came; pictures and steps are none.
_KINDS = [
    Kind.CT_RDSR,
    Kind.PROJECTION_RDSR,
    Kind.MAMMOGRAPHY_RDSR,
    Kind.RADIOPHARMACEUTICAL_RDSR,
    Kind.ENHANCED_RDSR,
    Kind.PATIENT_RDSR,
]
# Here ours are those that the queue of publications made, and maybe patient dose SRs, which we write besides. What an
# object says of itself is asked when its turn comes, see `dose_services.forwarding_sending`.
_EXPECT = """
    INSERT INTO forward (destination_id, evidence_id, exam_id, state, attempts, created_at)
    SELECT DISTINCT ON (d.id, o.id) d.id, o.id, e.id, 'waiting', 0, CAST(:now AS timestamptz)
    FROM evidence o
    JOIN statement s ON s.evidence_id = o.id AND s.kind = ANY(:kinds)
    JOIN exam e ON e.study_instance_uid = s.study_instance_uid AND e.site = s.site
    JOIN forward_destination d ON {which}
    LEFT JOIN device v ON v.id = e.device_id
    WHERE o.received_at >= d.since AND o.read_status = 'read' AND o.copy_of IS NULL AND NOT o.is_header
        AND o.key IS NOT NULL AND e.state = 'counted' AND e.expired_at IS NULL
        AND (d.modalities = '{{}}' OR d.modalities && string_to_array(e.modality, '/'))
        AND (d.device_ids = '{{}}' OR v.id = ANY(d.device_ids) OR coalesce(v.machine_id, v.id) IN (
            SELECT coalesce(w.machine_id, w.id) FROM device w WHERE w.id = ANY(d.device_ids)))
        AND (d.reports = 'all' OR (d.reports = 'own') = EXISTS (
                SELECT FROM publication p WHERE p.sop_instance_uid = o.sop_instance_uid)
            OR d.reports = 'own' AND s.kind = :maybe_ours)
    ORDER BY d.id, o.id
    ON CONFLICT DO NOTHING
"""
_EXPECT_STUDY = text(_EXPECT.format(which="s.study_instance_uid = :study_instance_uid AND s.site = :site"))
_EXPECT_SINCE = text(_EXPECT.format(which="d.id = :destination_id AND o.received_at >= :after"))
_ASKED = {"kinds": _KINDS, "maybe_ours": Kind.PATIENT_RDSR}
# Who hands an object over holds its row while the other end takes its time; one so held is left to the next sweep.
_SUPERSEDE = text(
    """
    WITH older AS (
        SELECT f.number FROM forward f JOIN evidence o ON o.id = f.evidence_id
        WHERE f.state IN ('waiting','withheld','parked') AND EXISTS (
            SELECT FROM evidence newer JOIN forward g ON g.evidence_id = newer.id
            WHERE newer.sop_instance_uid = o.sop_instance_uid AND newer.site = o.site
                AND newer.received_at > o.received_at AND g.destination_id = f.destination_id)
        FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE forward f SET state = 'cancelled', ended_at = :now, problem = 'a newer version of the object came'
    FROM older WHERE f.number = older.number
    RETURNING f.exam_id
    """
)
_IS_RESTRICTED = """
    EXISTS (SELECT FROM patient asked JOIN patient p ON p.family_id = asked.family_id
        WHERE asked.id = e.patient_id AND p.restricted_since IS NOT NULL)
"""
_RELEASE = text(
    f"""
    UPDATE forward f SET state = 'waiting' FROM exam e
    WHERE e.id = f.exam_id AND f.state = 'withheld' AND NOT {_IS_RESTRICTED}
    """  # noqa: S608  ours
)
_STANDING = text(
    f"""
    SELECT e.state, e.expired_at IS NOT NULL AS has_expired, {_IS_RESTRICTED} AS is_restricted, p.family_id,
        (SELECT b.state FROM publication b WHERE b.sop_instance_uid = o.sop_instance_uid
         ORDER BY array_position('{{sent,waiting,unchanged,parked}}', b.state) LIMIT 1) AS published
    FROM forward f JOIN exam e ON e.id = f.exam_id JOIN patient p ON p.id = e.patient_id
    JOIN evidence o ON o.id = f.evidence_id
    WHERE f.number = :number
    """  # noqa: S608  ours
)
# One of ours may be here although we do not know yet that its archive has it, or it was taken back and is wanted again.
_MAY_BE_TAKEN = """
    f.state = 'waiting' AND NOT EXISTS (
        SELECT FROM evidence o JOIN publication b USING (sop_instance_uid)
        WHERE o.id = f.evidence_id HAVING bool_or(b.state = 'waiting') AND NOT bool_or(b.state = 'sent'))
"""
_NEXT = text(
    f"""
    SELECT f.number FROM forward f WHERE f.destination_id = :destination_id AND {_MAY_BE_TAKEN}
    ORDER BY f.number LIMIT 1
    """  # noqa: S608  ours
)
_DUE = text(
    f"""
    SELECT d.id FROM forward_destination d
    WHERE d.is_active AND (d.waits_until IS NULL OR d.waits_until <= :now)
        AND EXISTS (SELECT FROM forward f WHERE f.destination_id = d.id AND {_MAY_BE_TAKEN})
    ORDER BY d.name
    """  # noqa: S608  ours
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardStanding:
    """How the exam stands that an object is about, whose it is, and how the publication stands that made it."""

    state: str
    has_expired: bool
    is_restricted: bool
    family_id: UUID
    published: str | None


def expect_study(session: Session, site: str, study_instance_uid: str, *, now: datetime) -> None:
    """Queue the dose SRs of a study for whom they are; what is queued already stays as it is."""
    session.execute(_EXPECT_STUDY, {**_ASKED, "site": site, "study_instance_uid": study_instance_uid, "now": now})


def expect_since(session: Session, destination_id: UUID, after: datetime, *, now: datetime) -> None:
    """Queue for one destination the dose SRs that were received since then; what is queued already stays."""
    session.execute(_EXPECT_SINCE, {**_ASKED, "destination_id": destination_id, "after": after, "now": now})


def supersede(session: Session, *, now: datetime) -> set[UUID]:
    """Cancel what was not sent of an object of which a newer version is queued, and return the exams it was about."""
    return set(session.scalars(_SUPERSEDE, {"now": now}))


def release_withheld(session: Session) -> None:
    """Let go what is withheld of patients who are not restricted any more."""
    session.execute(_RELEASE)


def due(session: Session, now: datetime) -> list[UUID]:
    """Return the destinations at work for which something waits, by name."""
    return list(session.scalars(_DUE, {"now": now}))


def standing(session: Session, number: int) -> ForwardStanding:
    """Return how the exam of a queued object stands."""
    return ForwardStanding(**session.execute(_STANDING, {"number": number}).mappings().one())


def destinations(session: Session) -> list[ForwardDestinationRow]:
    """Return all destinations by name."""
    return list(session.scalars(select(ForwardDestinationRow).order_by(ForwardDestinationRow.name)))


def destination_named(session: Session, name: str) -> ForwardDestinationRow | None:
    """Return the destination of a name."""
    return session.scalars(select(ForwardDestinationRow).where(ForwardDestinationRow.name == name)).one_or_none()


def lock_destination(session: Session, destination_id: UUID) -> ForwardDestinationRow | None:
    """Return a destination, and hold it until the transaction ends."""
    query = select(ForwardDestinationRow).where(ForwardDestinationRow.id == destination_id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def next_waiting(session: Session, destination_id: UUID) -> int | None:
    """Return the number of what is next; one of ours gives way until its archive is known to have it."""
    found: int | None = session.scalar(_NEXT, {"destination_id": destination_id})
    return found


def lock(session: Session, number: int) -> ForwardRow | None:
    """Return a queued object, and hold it until the transaction ends."""
    query = select(ForwardRow).where(ForwardRow.number == number)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def has_parked(session: Session, exam_id: UUID) -> bool:
    """Tell if an object about an exam is parked."""
    query = select(ForwardRow.number).where(ForwardRow.exam_id == exam_id, ForwardRow.state == "parked")
    return session.scalar(query.limit(1)) is not None


def has_waiting(session: Session, destination_id: UUID) -> bool:
    """Tell if something waits for a destination."""
    query = select(ForwardRow.number).where(ForwardRow.destination_id == destination_id, ForwardRow.state == "waiting")
    return session.scalar(query.limit(1)) is not None
