"""Findings: what somebody should look at. Each closes when its cause is gone, or a person closes it with a comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from db.reaching import Reach
from db.repositories import finding_lists
from db.repositories.finding_lists import DayCount, Wanted
from db.session import Session
from db.tables.finding import FindingRow
from dose_core.errors import DoseError
from dose_services.audit import Action, Looker, record_look
from dose_services.devices import rows_of
from dose_services.finding_kinds import ABOUT, FindingKind
from dose_services.site import Site


class UnknownFindingError(DoseError):
    """No finding has this id; see ``GET /api/v1/findings``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One finding. ``closed_at`` is ``None`` while it is open, ``closed_by`` if it closed as its cause was gone.

    ``subject`` is one of our ids, or the name of a sender; no text but a ``comment`` may name a patient.
    """

    id: UUID
    kind: FindingKind
    title: str
    subject: str
    text: str
    exam_id: UUID | None
    device_id: UUID | None
    evidence_id: UUID | None
    raised_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    comment: str | None


def list_findings(  # noqa: PLR0913 - each narrows the list
    session: Session,
    *,
    kinds: Sequence[FindingKind],
    is_open: bool | None,
    device_id: UUID | None,
    exam_id: UUID | None,
    since: datetime | None,
    before: UUID | None,
    limit: int,
    reach: Reach | None = None,
) -> list[Finding]:
    """
    Return findings in reach, newest first; ``None`` asks for any, and ``before`` is the last one of the page before.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    wanted = Wanted(
        kinds=kinds,
        is_open=is_open,
        device_ids=[row.id for row in rows_of(session, device_id, reach=reach)] if device_id else None,
        exam_id=exam_id,
        since=since,
        reach=reach,
    )
    return [_finding(row) for row in finding_lists.page(session, wanted, before=before, limit=limit)]


def by_day(session: Session, *, first: date, last: date, site: Site, reach: Reach | None = None) -> list[DayCount]:
    """Return how many findings in reach were raised on each day of the site, by kind, the newest day first."""
    start, end = (datetime.combine(day, time(), site.timezone) for day in (first, last + timedelta(days=1)))
    return finding_lists.by_day(session, since=start, until=end, zone=site.timezone.key, reach=reach)


def close(session: Session, finding_id: UUID, *, comment: str, looker: Looker, now: datetime) -> Finding:
    """
    Close a finding with a comment and return it; one that is closed stays as it is. Safe to repeat.

    It stays closed as long as the same is to be said; something else about the same subject opens it again.

    Raises:
        UnknownFindingError: no finding has this id.
    """
    row = finding_lists.lock(session, finding_id, reach=looker.reach)
    if row is None:
        msg = f"no finding has the id {finding_id}"
        raise UnknownFindingError(msg)
    if row.resolved_at is None:
        row.resolved_at, row.closed_by, row.comment = now, looker.subject, comment
        session.flush()
        record_look(session, looker, Action.CLOSE_FINDING, now=now, exam_id=row.exam_id)
    return _finding(row)


def _finding(row: FindingRow) -> Finding:
    kind = FindingKind(row.kind)
    return Finding(
        id=row.id,
        kind=kind,
        title=ABOUT[kind].title,
        subject=row.subject,
        text=row.text,
        exam_id=row.exam_id,
        device_id=row.device_id,
        evidence_id=row.evidence_id,
        raised_at=row.raised_at,
        closed_at=row.resolved_at,
        closed_by=row.closed_by,
        comment=row.comment,
    )
