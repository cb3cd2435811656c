"""What somebody should look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.auth.principals import FindingCloserDep, FindingReaderDep
from api.deps import NowDep, SessionDep, SiteDep
from api.schemas.findings import (
    CloseFindingIn,
    DayCountOut,
    DayCountsOut,
    FindingKindOut,
    FindingKindsOut,
    FindingOut,
    FindingsOut,
)
from dose_services import findings
from dose_services.finding_kinds import ABOUT, FindingKind

router = APIRouter(prefix="/api/v1/findings", tags=["operation"])

_MONTH = timedelta(days=30)


class FindingState(StrEnum):
    """Which findings are asked for."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which findings are asked for, in the address."""

    kind: Annotated[list[FindingKind] | None, Query(description="one or several; none asks for all")] = None
    state: FindingState = FindingState.OPEN
    device: Annotated[UUID | None, Query(description="about this device, or exams that it made")] = None
    exam: Annotated[UUID | None, Query(description="about this exam")] = None
    since: Annotated[datetime | None, Query(description="raised then or later")] = None


@router.get("", summary="Findings")
def read_findings(
    principal: FindingReaderDep,
    session: SessionDep,
    which: Annotated[Which, Depends()],
    before: Annotated[UUID | None, Query(description="the last finding of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FindingsOut:
    """Return findings, newest first; for physicists and administrators."""
    found = findings.list_findings(
        session,
        kinds=which.kind or (),
        is_open=None if which.state is FindingState.ALL else which.state is FindingState.OPEN,
        device_id=which.device,
        exam_id=which.exam,
        since=which.since,
        before=before,
        limit=limit,
        reach=principal.looker.reach,
    )
    return FindingsOut(findings=[FindingOut.model_validate(one) for one in found])


@router.get("/kinds", summary="Kinds of finding")
def read_kinds(_: FindingReaderDep) -> FindingKindsOut:
    """Return all kinds of finding, with what to do about each."""
    kinds = [
        FindingKindOut(kind=kind, title=about.title, subject=about.subject, what_to_do=about.what_to_do)
        for kind, about in ABOUT.items()
    ]
    return FindingKindsOut(kinds=kinds)


@router.get("/counts", summary="Findings by day and kind")
def read_counts(
    principal: FindingReaderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    first: Annotated[date | None, Query(description="the first day; a month before the last if left out")] = None,
    last: Annotated[date | None, Query(description="the last day; today if left out")] = None,
) -> DayCountsOut:
    """Return how many findings were raised on each day, by kind: the daily list of quality control."""
    until = last or now.astimezone(site.timezone).date()
    reach = principal.looker.reach
    found = findings.by_day(session, first=first or until - _MONTH, last=until, site=site, reach=reach)
    return DayCountsOut(counts=[DayCountOut.model_validate(one) for one in found])


@router.post("/{finding_id}/close", summary="A finding needs no more attention")
def close_finding(
    finding_id: UUID, body: CloseFindingIn, principal: FindingCloserDep, session: SessionDep, now: NowDep
) -> FindingOut:
    """
    Close a finding with a comment; for physicists and administrators.

    It stays closed as long as the same is to be said. One that is closed already stays as it is.
    """
    closed = findings.close(session, finding_id, comment=body.comment, looker=principal.looker, now=now)
    return FindingOut.model_validate(closed)
