"""Queries that list and count findings, and what a person does about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Select, cast, func, or_, select, tuple_

from db.reaching import Reach, conditions, finding_within
from db.session import Session
from db.tables.exam import ExamRow
from db.tables.finding import FindingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which findings are asked for; ``None`` asks for any. ``device_ids`` are the rows of one machine."""

    kinds: Sequence[str] = ()
    is_open: bool | None = None
    device_ids: Sequence[UUID] | None = None
    exam_id: UUID | None = None
    since: datetime | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many findings of a kind were raised on a day, and how many of these are open."""

    day: date
    kind: str
    raised: int
    open: int


def page(session: Session, wanted: Wanted, *, before: UUID | None, limit: int) -> list[FindingRow]:
    """Return findings, newest first; with ``before`` those that follow that one."""
    query = _filtered(select(FindingRow), wanted)
    key = (FindingRow.raised_at, FindingRow.id)
    last = session.execute(select(*key).where(FindingRow.id == before)).one_or_none() if before else None
    if last is not None:
        query = query.where(tuple_(*key) < tuple_(last.raised_at, last.id))
    query = query.order_by(FindingRow.raised_at.desc(), FindingRow.id.desc()).limit(limit)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _filtered(query: Select[tuple[FindingRow]], wanted: Wanted) -> Select[tuple[FindingRow]]:
    query = query.where(*conditions(finding_within(), wanted.reach))
    if wanted.kinds:
        query = query.where(FindingRow.kind.in_(wanted.kinds))
    if wanted.is_open is not None:
        is_closed = FindingRow.resolved_at.is_not(None)
        query = query.where(~is_closed if wanted.is_open else is_closed)
    if wanted.exam_id is not None:
        query = query.where(FindingRow.exam_id == wanted.exam_id)
    if wanted.since is not None:
        query = query.where(FindingRow.raised_at >= wanted.since)
    if wanted.device_ids is not None:
        query = query.outerjoin(ExamRow, ExamRow.id == FindingRow.exam_id)
        ids = list(wanted.device_ids)
        query = query.where(or_(FindingRow.device_id.in_(ids), ExamRow.device_id.in_(ids)))
    return query


def by_day(
    session: Session, *, since: datetime, until: datetime, zone: str, reach: Reach | None = None
) -> list[DayCount]:
    """Return how many findings were raised, by day in a time zone and by kind, the newest day first."""
    day = cast(func.timezone(zone, FindingRow.raised_at), Date).label("day")
    is_open = FindingRow.resolved_at.is_(None)
    query = (
        select(day, FindingRow.kind, func.count().label("raised"), func.count().filter(is_open).label("open"))
        .where(FindingRow.raised_at >= since, FindingRow.raised_at < until, *conditions(finding_within(), reach))
        .group_by(day, FindingRow.kind)
        .order_by(day.desc(), FindingRow.kind)
    )
    return [DayCount(day=row.day, kind=row.kind, raised=row.raised, open=row.open) for row in session.execute(query)]


def lock(session: Session, finding_id: UUID, *, reach: Reach | None = None) -> FindingRow | None:
    """Return a finding in reach and hold it until the transaction ends."""
    query = select(FindingRow).where(FindingRow.id == finding_id, *conditions(finding_within(), reach))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))
