"""
What a search asks for, read from the text of its parameters.

Source: HL7 FHIR R4, 3.1.1.5 (search parameter types: date, reference, token).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from dose_core.errors import DoseError
from dose_core.local_time import to_utc

_DATE = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,6}))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?\Z"
)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z")


class BadSearchError(DoseError):
    """A search cannot be answered as it is asked; the text names the parameter and never its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A code or an identifier with its system; ``None`` is any system, ``""`` is none."""

    value: str
    system: str | None

    def fits(self, value: str, system: str | None) -> bool:
        """Tell if a value of a system is asked for."""
        return value == self.value and (self.system is None or self.system == (system or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """From an instant on, and before another; ``None`` leaves an end open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime | None) -> bool:
        """Tell if an instant lies between; one that nobody knows lies in no period."""
        if at is None:
            return self == EVER
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def also(self, other: "Between") -> "Between":
        """Return what lies in both."""
        since = max((one for one in (self.since, other.since) if one), default=None)
        until = min((one for one in (self.until, other.until) if one), default=None)
        return Between(since=since, until=until)


EVER = Between()


def tokens(name: str, text: str) -> tuple[Token, ...]:
    """Return the tokens of which any may fit."""
    found = []
    for one in text.split(","):
        system, bar, value = one.rpartition("|")
        if not value:
            msg = f"'{name}' names no value; ask for system|value, or for a value"
            raise BadSearchError(msg)
        found.append(Token(value=value, system=system if bar else None))
    return tuple(found)


def referred(name: str, text: str, kind: str) -> str:
    """Return the id in a reference to a resource of ours: an id, ``Kind/id``, or such with our address before it."""
    head, _, id_ = text.rpartition("/")
    if not _ID.match(id_) or (head and head.rpartition("/")[2] != kind):
        msg = f"'{name}' is no reference; ask for the id of a {kind}, or for {kind}/id"
        raise BadSearchError(msg)
    return id_


def id_of(name: str, text: str, kind: str) -> UUID | None:
    """Return the id of ours in a reference; ``None`` if it can be none of ours, so that nothing is found."""
    return uuid_or_none(referred(name, text, kind))


def uuid_or_none(text: str) -> UUID | None:
    """Return an id of ours; ``None`` if the text is none."""
    try:
        return UUID(text) if str(UUID(text)) == text.lower() else None
    except ValueError:
        return None


def between(name: str, text: str, zone: ZoneInfo) -> Between:
    """
    Return the period that a date asks for; what states no offset is a time of the site.

    Raises:
        BadSearchError: it is no date, or its prefix is none of eq, gt, lt, ge, le, sa, eb.
    """
    match = _DATE.match(text)
    if match is None:
        msg = f"'{name}' is no date; write it like gt2020-01-31 or ge2020-01-31T08:00:00Z"
        raise BadSearchError(msg)
    try:
        first, last = _extent(match, zone)
    except (ValueError, OverflowError):
        msg = f"'{name}' is a date that no calendar has"
        raise BadSearchError(msg) from None
    match match["prefix"]:
        case None | "eq":
            return Between(since=first, until=last)
        case "gt" | "sa":
            return Between(since=last)
        case "ge":
            return Between(since=first)
        case "lt" | "eb":
            return Between(until=first)
        case "le":
            return Between(until=last)
        case _:
            msg = f"'{name}' has a prefix that is not understood; use eq, gt, lt, ge, le, sa or eb"
            raise BadSearchError(msg)


def _extent(match: re.Match[str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of what a date names, and the first after it."""
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    if match["hour"] is None:
        begins = datetime(year, month, day)  # noqa: DTZ001 - local, the site's zone follows
        if match["day"]:
            ends = begins + timedelta(days=1)
        elif match["month"]:
            ends = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001 - likewise
        else:
            ends = datetime(year + 1, 1, 1)  # noqa: DTZ001 - likewise
        return _instant(begins, zone), _instant(ends, zone)
    fraction = match["fraction"] or ""
    offset = {"Z": "+00:00"}.get(match["offset"] or "", match["offset"] or "")
    text = (
        f"{match['year']}-{match['month']}-{match['day']}T{match['hour']}:{match['minute']}:{match['second'] or '00'}"
    )
    begins = datetime.fromisoformat(f"{text}.{fraction:0<6}{offset}")
    step = timedelta(minutes=1) if match["second"] is None else timedelta(microseconds=10 ** (6 - len(fraction)))
    first = _instant(begins, zone)
    return first, first + step


def _instant(at: datetime, zone: ZoneInfo) -> datetime:
    resolved = to_utc(at, zone)
    if resolved.candidates:
        return resolved.candidates[0]
    return at.replace(tzinfo=zone).astimezone(UTC)
