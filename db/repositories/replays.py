"""Queries on replays: what is to be read again, what became of it, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from db.session import Session
from db.tables.device import DeviceRow
from db.tables.evidence import EvidenceRow
from db.tables.exam import ExamRow
from db.tables.outbox import OutboxRow
from db.tables.statement import ReplayedEvidenceRow, ReplayRow, StatementRow

_UNREAD = ("unreadable", "not_dose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects are read again; ``None`` where it does not matter. ``device_id`` is any row of a machine."""

    since: datetime | None = None  # received then or later
    device_id: UUID | None = None
    kind: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the selection as ``ReplayRow`` keeps it."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "device": str(self.device_id) if self.device_id else None,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True, order=True)
class Study:
    """A study of a site; in the order in which a replay takes them."""

    study_instance_uid: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A replay, with how many objects it read anew and how many studies they are of."""

    row: ReplayRow
    objects: int
    studies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How evidence stood before a replay."""

    evidence_id: UUID
    read_status: str
    read_reason: str | None


_RETURN = text(
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT DISTINCT 'refile', site, study_instance_uid, CAST(:now AS timestamptz)
    FROM statement WHERE replay_id = :replay_id
    """
)
# How it stood before the first replay, unless another one, which still counts, says something of it.
_PUT_BACK = text(
    """
    UPDATE evidence SET read_status = stood.read_status, read_reason = stood.read_reason, read_at = :now
    FROM (
        SELECT DISTINCT ON (r.evidence_id) r.evidence_id, r.read_status, r.read_reason
        FROM replayed_evidence r JOIN replay ON replay.id = r.replay_id
        WHERE r.evidence_id IN (
            SELECT evidence_id FROM replayed_evidence WHERE replay_id = :replay_id
            UNION SELECT evidence_id FROM statement WHERE replay_id = :replay_id
        )
        ORDER BY r.evidence_id, replay.applied_at
    ) stood
    WHERE evidence.id = stood.evidence_id AND NOT EXISTS (
        SELECT 1 FROM replayed_evidence r JOIN replay ON replay.id = r.replay_id
        WHERE r.evidence_id = evidence.id AND replay.rolled_back_at IS NULL
    ) AND NOT EXISTS (
        SELECT 1 FROM statement s LEFT JOIN replay ON replay.id = s.replay_id
        WHERE s.evidence_id = evidence.id AND (s.replay_id IS NULL OR replay.rolled_back_at IS NULL)
    )
    RETURNING evidence.id, evidence.read_status, evidence.read_reason
    """
)


def studies(session: Session, selection: Selection, *, after: Study, limit: int) -> list[Study]:
    """Return the next studies that have an object of the selection which was read."""
    key = (StatementRow.study_instance_uid, StatementRow.site)
    query = _of_selection(select(*key).distinct(), selection).where(
        tuple_(*key) > tuple_(literal(after.study_instance_uid), literal(after.site))
    )
    return [Study(row[0], row[1]) for row in session.execute(query.order_by(*key).limit(limit))]


def count_studies(session: Session, selection: Selection) -> int:
    """Return how many studies have an object of the selection which was read."""
    key = (StatementRow.study_instance_uid, StatementRow.site)
    query = _of_selection(select(*key).distinct(), selection).subquery()
    return session.scalar(select(func.count()).select_from(query)) or 0


def _of_selection(query: Select[str, str], selection: Selection) -> Select[str, str]:
    if selection.kind is not None:
        query = query.where(StatementRow.kind == selection.kind)
    if selection.since is not None:
        query = query.join(EvidenceRow, EvidenceRow.id == StatementRow.evidence_id)
        query = query.where(EvidenceRow.received_at >= selection.since)
    if selection.device_id is not None:
        machine = func.coalesce(DeviceRow.machine_id, DeviceRow.id)
        rows = select(DeviceRow.id).where(
            machine == select(machine).where(DeviceRow.id == selection.device_id).scalar_subquery()
        )
        query = query.where(
            exists().where(
                ExamRow.study_instance_uid == StatementRow.study_instance_uid,
                ExamRow.site == StatementRow.site,
                ExamRow.device_id.in_(rows),
            )
        )
    return query


def unread(session: Session, selection: Selection, *, after: UUID, limit: int) -> list[UUID]:
    """Return the next objects that could not be read or stated no dose; copies, and what has expired, are none."""
    query = select(EvidenceRow.id).where(EvidenceRow.id > after, *_is_unread(selection))
    return list(session.scalars(query.order_by(EvidenceRow.id).limit(limit)))


def count_unread(session: Session, selection: Selection) -> int:
    """Return how many objects could not be read or stated no dose."""
    return session.scalar(select(func.count()).select_from(EvidenceRow).where(*_is_unread(selection))) or 0


def _is_unread(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        EvidenceRow.read_status.in_(_UNREAD),
        EvidenceRow.copy_of.is_(None),
        EvidenceRow.key.is_not(None),
    ]
    return conditions if selection.since is None else [*conditions, EvidenceRow.received_at >= selection.since]


def versions_of(session: Session, statement_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return by which version of the readers these statements were read."""
    query = select(StatementRow.id, StatementRow.reader_version).where(StatementRow.id.in_(statement_ids))
    return dict(session.execute(query).all())


def begin(
    session: Session, selection: Selection, *, reader_version: str, applied_by: str, applied_at: datetime
) -> ReplayRow:
    """Write a new replay."""
    row = ReplayRow(
        id=uuid4(),
        reader_version=reader_version,
        applied_by=applied_by,
        applied_at=applied_at,
        selection=selection.as_json(),
        after_study="",
        after_site="",
    )
    session.add(row)
    session.flush()
    return row


def unfinished(session: Session, selection: Selection, *, reader_version: str) -> ReplayRow | None:
    """Return the replay of the same objects by the same readers that was cut short, if there is one."""
    query = select(ReplayRow).where(
        ReplayRow.reader_version == reader_version,
        ReplayRow.selection == selection.as_json(),
        ReplayRow.finished_at.is_(None),
        ReplayRow.rolled_back_at.is_(None),
    )
    return session.scalars(query.order_by(ReplayRow.applied_at.desc()).limit(1)).one_or_none()


def advance(session: Session, replay_id: UUID, study: Study) -> None:
    """Note that a replay is through with a study and all before it."""
    values = {"after_study": study.study_instance_uid, "after_site": study.site}
    session.execute(update(ReplayRow).where(ReplayRow.id == replay_id).values(values))


def finish(session: Session, replay_id: UUID, *, at: datetime) -> None:
    """Note that a replay has no work left."""
    session.execute(update(ReplayRow).where(ReplayRow.id == replay_id).values(finished_at=at))


def get(session: Session, replay_id: UUID, *, for_update: bool = False) -> ReplayRow | None:
    """Return a replay by its id."""
    return session.get(ReplayRow, replay_id, with_for_update=for_update or None, populate_existing=True)


def every(session: Session) -> list[Known]:
    """Return all replays, newest first."""
    studies = func.count(tuple_(StatementRow.site, StatementRow.study_instance_uid).distinct())
    query = (
        select(ReplayRow, func.count(StatementRow.id), studies)
        .outerjoin(StatementRow, StatementRow.replay_id == ReplayRow.id)
        .group_by(ReplayRow.id)
        .order_by(ReplayRow.applied_at.desc(), ReplayRow.id)
    )
    return [Known(row=row, objects=objects, studies=studies) for row, objects, studies in session.execute(query)]


def note_stood(session: Session, replay_id: UUID, stood: Sequence[Stood]) -> None:
    """Keep how evidence stood before the replay changes that."""
    rows = [
        {
            "replay_id": replay_id,
            "evidence_id": one.evidence_id,
            "read_status": one.read_status,
            "read_reason": one.read_reason,
        }
        for one in stood
    ]
    if rows:
        session.execute(insert_or_skip(ReplayedEvidenceRow).on_conflict_do_nothing(), rows)


def take_back(session: Session, replay_id: UUID, *, at: datetime) -> list[Stood]:
    """
    Have the exams of the studies of a rolled-back replay made anew, and put evidence back that only it could read.

    Returns the evidence that stands again as it stood before.
    """
    session.execute(_RETURN, {"replay_id": replay_id, "now": at})
    rows = session.execute(_PUT_BACK, {"replay_id": replay_id, "now": at})
    return [Stood(evidence_id=row.id, read_status=row.read_status, read_reason=row.read_reason) for row in rows]


def count_returning(session: Session, row: ReplayRow) -> int:
    """Return how many exams wait to be made anew since a replay was rolled back."""
    query = select(func.count()).where(OutboxRow.kind == "refile", OutboxRow.at == row.rolled_back_at)
    return session.scalar(query) or 0
