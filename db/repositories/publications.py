"""Queries on the dose SRs that DoseLedger writes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, literal, or_, select, text, union
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from db.reaching import Reach, conditions, its_exam_within
from db.session import Session
from db.tables.commitment import CommitmentRow
from db.tables.device import DeviceRow
from db.tables.exam import ExamRow
from db.tables.publication import PublicationPlanRow, PublicationRow
from dose_core.ledger.standing import Standing

# Ours: for so long after a change there may be transactions that began before it and did not see it.
_UNSEEN = timedelta(seconds=30)
_OPEN = ("waiting", "withdrawing")
_IN_ORDER = (
    PublicationRow.revision,
    PublicationRow.edition,
    PublicationRow.kind,
    PublicationRow.destination,
)


def lock_exam(session: Session, exam_id: UUID) -> list[PublicationRow]:
    """Return all publications of an exam, oldest revision first, and hold them until the transaction ends."""
    query = select(PublicationRow).where(PublicationRow.exam_id == exam_id).order_by(*_IN_ORDER)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def exam_of(session: Session, publication_id: UUID) -> UUID | None:
    """Return the exam that a publication belongs to."""
    return session.scalar(select(PublicationRow.exam_id).where(PublicationRow.id == publication_id))


def of_exam(session: Session, exam_id: UUID) -> list[PublicationRow]:
    """Return all publications of an exam, oldest revision first."""
    query = select(PublicationRow).where(PublicationRow.exam_id == exam_id).order_by(*_IN_ORDER)
    return list(session.scalars(query))


def due(session: Session, now: datetime, *, destinations: Collection[str], limit_each: int) -> list[PublicationRow]:
    """
    Return what these destinations are to get or to lose now, so many for each: a long queue holds up no other.

    Withdrawals come first, which are promised soon, then the longest due.
    """
    order = (PublicationRow.state != "withdrawing", PublicationRow.not_before, PublicationRow.id)
    place = func.row_number().over(partition_by=PublicationRow.destination, order_by=order)
    queued = (
        select(PublicationRow.id, place.label("place"))
        .where(
            PublicationRow.state.in_(_OPEN),
            PublicationRow.not_before <= now,
            PublicationRow.destination.in_(destinations),
        )
        .subquery()
    )
    query = select(PublicationRow).join(queued, queued.c.id == PublicationRow.id)
    return list(session.scalars(query.where(queued.c.place <= limit_each).order_by(*order)))


def study_of(session: Session, exam_id: UUID) -> tuple[str, str] | None:
    """Return the site and the Study Instance UID of an exam."""
    found = session.execute(select(ExamRow.site, ExamRow.study_instance_uid).where(ExamRow.id == exam_id)).one_or_none()
    return (found.site, found.study_instance_uid) if found else None


def marks(session: Session) -> str:
    """Return a digest of which devices are marked as sending no dose report."""
    every = func.string_agg(cast(DeviceRow.id, Text), aggregate_order_by(literal(","), DeviceRow.id))
    return session.scalar(select(func.md5(func.coalesce(every, ""))).where(DeviceRow.sends_no_rdsr)) or ""


def note_plan(session: Session, exam_id: UUID, *, revision: int, now: datetime, marks: str | None) -> None:
    """Keep that this revision of an exam was looked at; ``marks`` if that depends on the marks of other devices."""
    values = {"revision": revision, "planned_at": now, "marks": marks}
    statement = insert(PublicationPlanRow).values(exam_id=exam_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["exam_id"], set_=values))


def forget_plan(session: Session, exam_id: UUID) -> None:
    """Have an exam looked at again, as soon as its device is marked."""
    session.execute(delete(PublicationPlanRow).where(PublicationPlanRow.exam_id == exam_id))


def out_of_line(session: Session, *, kinds: Collection[str], changed_at: datetime | None, limit: int) -> list[UUID]:
    """
    Return exams of marked devices that were not looked at as they are, and exams of others where a report waits.

    ``kinds`` are those that hang on marks, ``changed_at`` is when the destinations were changed last: what was looked
    at before is looked at again.
    """
    is_alive = (ExamRow.state == Standing.COUNTED) & ExamRow.expired_at.is_(None)
    is_stale = [
        PublicationPlanRow.exam_id.is_(None),
        PublicationPlanRow.revision != ExamRow.revision,
        PublicationPlanRow.marks != marks(session),
    ]
    if changed_at is not None:
        is_stale.append(PublicationPlanRow.planned_at <= changed_at + _UNSEEN)
    # Two questions, since one that asks either would walk over all exams there are.
    of_device = select(ExamRow.id).join(DeviceRow, DeviceRow.id == ExamRow.device_id)
    missing = of_device.outerjoin(PublicationPlanRow, PublicationPlanRow.exam_id == ExamRow.id).where(
        DeviceRow.sends_no_rdsr, is_alive, or_(*is_stale)
    )
    unwanted = of_device.join(PublicationRow, PublicationRow.exam_id == ExamRow.id).where(
        ~DeviceRow.sends_no_rdsr, PublicationRow.state == "waiting", _is_of(kinds)
    )
    found = union(missing, unwanted).subquery()
    return list(session.scalars(select(found.c.id).order_by(found.c.id).limit(limit)))


def _is_of(kinds: Collection[str]) -> ColumnElement[bool]:
    """Return what asks for a kind by its name, and by one that adds to it which administration is meant."""
    longer = (PublicationRow.kind.startswith(f"{kind} ", autoescape=True) for kind in kinds)
    return or_(PublicationRow.kind.in_(kinds), *longer)


_SEEN = text(
    """
    UPDATE publication SET
        seen_at = coalesce(seen_at, CAST(:now AS timestamptz)),
        state = CASE WHEN comes_back THEN 'withdrawing' ELSE state END,
        not_before = CASE WHEN comes_back THEN CAST(:now AS timestamptz) ELSE not_before END,
        ended_at = CASE WHEN comes_back THEN NULL ELSE ended_at END
    FROM (
        SELECT id AS seen_id, destination = 'orthanc' AND note_made_at IS NULL AND attempts > 0
            AND state IN ('withdrawn','superseded') AS comes_back
        FROM publication WHERE sop_instance_uid = ANY (CAST(:uids AS text[])) FOR UPDATE
    ) AS seen
    WHERE id = seen_id
    """
)


def note_seen(session: Session, sop_instance_uids: Collection[str], *, now: datetime) -> None:
    """
    Note that Orthanc's plugin delivered these objects of ours, wherever they came from: they are in an archive.

    One that was deleted there, and comes back from somewhere, is deleted again.
    """
    session.execute(_SEEN, {"uids": sorted(sop_instance_uids), "now": now})


_TAKE_BACK = text(
    """
    UPDATE publication SET
        state = CASE WHEN state = 'sent' OR attempts > 0 THEN 'withdrawing' ELSE 'cancelled' END,
        not_before = CAST(:now AS timestamptz),
        ended_at = CASE WHEN state = 'sent' OR attempts > 0 THEN NULL ELSE CAST(:now AS timestamptz) END,
        superseded_by = NULL
    WHERE id IN (
        SELECT p.id FROM publication p JOIN exam e ON e.id = p.exam_id
        WHERE e.site = :site AND p.tells_effective_dose AND p.state IN ('waiting','sent','parked','refused')
        ORDER BY p.exam_id, p.revision, p.edition, p.kind, p.destination FOR UPDATE OF p)
    """
)


def take_back_effective_doses(session: Session, site: str, *, now: datetime) -> None:
    """Have all objects of a site that tell an effective dose leave the archives, whatever else is to be done."""
    session.execute(_TAKE_BACK, {"site": site, "now": now})


def listed(
    session: Session,
    *,
    states: Collection[str],
    kind: str | None,
    destination: str | None,
    exam_id: UUID | None,
    after: int,
    limit: int,
    reach: Reach | None = None,
) -> list[tuple[PublicationRow, str | None]]:
    """
    Return publications in the order of their numbers, each with what its archive says of keeping it.

    ``after`` is the last one of the page before.
    """
    wanted: list[ColumnElement[bool]] = [PublicationRow.number > after]
    if states:
        wanted.append(PublicationRow.state.in_(states))
    if kind is not None:
        wanted.append(_is_of([kind]))
    if destination is not None:
        wanted.append(PublicationRow.destination == destination)
    wanted += conditions(its_exam_within("publication.exam_id"), reach)
    if exam_id is not None:
        wanted.append(PublicationRow.exam_id == exam_id)
    query = _with_commitment().where(*wanted).order_by(PublicationRow.number).limit(limit)
    return [(row, said) for row, said in session.execute(query.execution_options(populate_existing=True))]


def of_number(session: Session, number: int) -> tuple[PublicationRow, str | None] | None:
    """Return the publication of a number, with what its archive says of keeping it."""
    found = session.execute(_with_commitment().where(PublicationRow.number == number)).one_or_none()
    return (found[0], found[1]) if found else None


def _with_commitment() -> Select[PublicationRow, str]:
    said = CommitmentRow.publication_id == PublicationRow.id
    return select(PublicationRow, CommitmentRow.state).outerjoin(CommitmentRow, said)


def counts(session: Session) -> dict[str, dict[str, int]]:
    """Return how many publications for each destination are in each state."""
    found: dict[str, dict[str, int]] = {}
    query = select(PublicationRow.destination, PublicationRow.state, func.count())
    for destination, state, number in session.execute(query.group_by(PublicationRow.destination, PublicationRow.state)):
        found.setdefault(destination, {})[state] = number
    return found
