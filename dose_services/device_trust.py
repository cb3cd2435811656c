"""
How far the exams of a device can be trusted: which share is complete, conformant, plausible and on time.

Counted when it is asked for, from exams and open findings; nothing is counted when objects come. The grade is that
of the lowest share. Its limits are ours: no standard grades devices.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from db.repositories import device_trust
from db.session import Session
from dose_services.devices import rows_of
from dose_services.finding_kinds import ABOUT, FindingKind
from dose_services.site import Site


class Aspect(StrEnum):
    """What is asked of each exam."""

    COMPLETE = "complete"
    CONFORMANT = "conformant"
    PLAUSIBLE = "plausible"
    ON_TIME = "on_time"


AGAINST: dict[Aspect, tuple[FindingKind, ...]] = {
    Aspect.COMPLETE: (
        FindingKind.CUT_SHORT,
        FindingKind.DLP_MISSING,
        FindingKind.EVENTS_WITHOUT_DOSE,
        FindingKind.MISSING_PHANTOM,
        FindingKind.NO_PATIENT_ID,
    ),
    Aspect.CONFORMANT: (FindingKind.CONTENT_CONFLICT, FindingKind.TOTALS_DIFFER, FindingKind.UID_COLLISION),
    Aspect.PLAUSIBLE: (FindingKind.CLOCK_SKEW, FindingKind.IMPLAUSIBLE),
    Aspect.ON_TIME: (),
}
_LEAST: dict[str, float] = {"A": 0.95, "B": 0.85, "C": 0.6, "D": 0.0}
# With fewer, one exam more or less would change the grade.
_FEWEST_EXAMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of how many exams it holds."""

    aspect: Aspect
    exams: int
    share: float | None  # 0 to 1; None of no exam


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What lowers a share, and in how many exams; an exam may have several. ``kind`` is that of their findings."""

    aspect: Aspect
    kind: FindingKind | None
    text: str
    exams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The grade of a machine, ``A`` to ``D``; ``None`` if there are too few exams to tell."""

    device_id: UUID
    since: datetime
    exams: int
    grade: str | None
    shares: tuple[Share, ...]
    reasons: tuple[Reason, ...]  # by aspect, what concerns most exams first


def trust_of(session: Session, device_id: UUID, *, period: timedelta, now: datetime, site: Site) -> Trust:
    """
    Return how far the exams of a machine can be trusted that were made, and came, in the period.

    On time is what came within the quiet time of the site after its start.

    Raises:
        UnknownDeviceError: no device has this id.
    """
    rows = rows_of(session, device_id)
    ids, since = [row.id for row in rows], now - period
    counts = device_trust.counts(
        session,
        ids,
        since=since,
        on_time=timedelta(seconds=site.quiet_time_s),
        incomplete=AGAINST[Aspect.COMPLETE],
        not_conformant=AGAINST[Aspect.CONFORMANT],
        not_plausible=AGAINST[Aspect.PLAUSIBLE],
    )
    good = {
        Aspect.COMPLETE: counts.complete,
        Aspect.CONFORMANT: counts.conformant,
        Aspect.PLAUSIBLE: counts.plausible,
        Aspect.ON_TIME: counts.on_time,
    }
    shares = tuple(
        Share(aspect=aspect, exams=exams, share=exams / counts.exams if counts.exams else None)
        for aspect, exams in good.items()
    )
    by_kind = device_trust.kinds(session, ids, since=since)
    reasons = [
        Reason(aspect=aspect, kind=kind, text=ABOUT[kind].title, exams=by_kind[kind])
        for aspect, kinds in AGAINST.items()
        for kind in kinds
        if kind in by_kind
    ]
    beside = (
        (Aspect.COMPLETE, "no source states a dose", counts.without_dose),
        (Aspect.CONFORMANT, "values that cannot be used as they stand, or contradict others", counts.with_warnings),
        (Aspect.ON_TIME, "came late, or without a time of its start", counts.exams - counts.on_time),
    )
    reasons += [Reason(aspect=aspect, kind=None, text=text, exams=exams) for aspect, text, exams in beside if exams]
    order = list(Aspect)
    return Trust(
        device_id=rows[0].id,
        since=since,
        exams=counts.exams,
        grade=_grade(shares, counts.exams),
        shares=shares,
        reasons=tuple(sorted(reasons, key=lambda one: (order.index(one.aspect), -one.exams, one.text))),
    )


def _grade(shares: tuple[Share, ...], exams: int) -> str | None:
    if exams < _FEWEST_EXAMS:
        return None
    lowest = min(one.share or 0.0 for one in shares)
    return next(grade for grade, least in _LEAST.items() if lowest >= least)
