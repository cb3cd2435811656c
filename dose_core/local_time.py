"""
From the local times that devices and interfaces state to instants.

An hour that a clock change repeats or skips is never guessed: the stated text is kept and the
problem is told, because a wrong hour would order two doses, or two updates, the wrong way round.

Source: the IANA time zone rules as ``zoneinfo`` reads them (PEP 495, PEP 615).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTime:
    """
    What a stated time means.

    ``candidates`` are the instants (UTC, oldest first) that the text can mean: one as a rule, two in
    an hour that the clock change repeats, none in one that it skips. ``utc`` is given only if there
    is exactly one; ``problem`` tells why there is not, and holds no patient data.
    """

    utc: datetime | None
    problem: str | None
    candidates: tuple[datetime, ...]


def to_utc(local: datetime, zone: ZoneInfo) -> ResolvedTime:
    """
    Return the instant that ``local`` means at a site in ``zone``.

    A time that states its own offset is taken at its word; ``zone`` is then not asked.
    """
    try:
        return _certain(local.astimezone(UTC)) if local.tzinfo is not None else _at_site(local, zone)
    except OverflowError:  # 0001-01-01 is what some systems write for "no date"; in UTC it lies before year 1
        return ResolvedTime(utc=None, problem="the date lies at the end of the calendar", candidates=())


def _at_site(local: datetime, zone: ZoneInfo) -> ResolvedTime:
    readings = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    # A time that the clock change skips does not come back as itself (PEP 495, "Mind the Gap!").
    candidates = tuple(sorted(t for t in readings if t.astimezone(zone).replace(tzinfo=None) == local.replace(fold=0)))
    if len(candidates) == 1:
        return _certain(candidates[0])
    problem = (
        f"the clock change in {zone.key} makes this local time ambiguous"
        if candidates
        else f"the clock change in {zone.key} skips this local time"
    )
    return ResolvedTime(utc=None, problem=problem, candidates=candidates)


def _certain(instant: datetime) -> ResolvedTime:
    return ResolvedTime(utc=instant, problem=None, candidates=(instant,))
