"""
HL7 data types as our values: identifiers, names, dates and times.

Source: HL7 v2.5.1, 2.A.14 (CX), 2.A.88 (XPN), 2.A.22 (DTM); PS3.5, 6.2.1 (PN).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from dose_core.local_time import to_utc
from dose_services.identity_values import StatedIdentifier
from dose_services.site import Site
from hl7_bridge.messages import NULL, Segment, Value

# Some senders write the fraction without its point; digits beyond microseconds are of no use.
_DTM = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.?(\d{1,6})\d*)?)?)?)?([+-]\d{4})?\Z")
_GROUPS = {"A": 0, "I": 1, "P": 2}  # XPN-8 (table 4000) -> component group of PN
_SEX = {"M": "M", "F": "F", "O": "O", "A": "O", "N": "O"}  # table 0001 -> (0010,0040)
# A clock of a sender may be wrong by minutes; an event further ahead would block all later updates.
_CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTime:
    """
    When something happened.

    ``stated`` is given if the message says so with certainty; ``ordered`` decides which of two
    messages is newer. ``problem`` tells why the two differ.
    """

    stated: datetime | None
    ordered: datetime
    problem: str | None


def identifiers(values: list[Value], *, default_authority: str) -> tuple[StatedIdentifier, ...]:
    """
    Return a list of CX as identifiers; the one that says who it is comes first.

    That is the first of the site's own authority, else the first of all. The authority is the
    namespace of CX-4, else its universal id, else ``default_authority``.
    """
    stated = [
        StatedIdentifier(
            value=value.component(1),
            authority=value.component(4) or value.component(4, 2) or default_authority,
            identifier_type=value.component(5) or None,
        )
        for value in values
        if value.component(1) not in {"", NULL}
    ]
    stated.sort(key=lambda identifier: identifier.authority != default_authority)
    return tuple(stated)


def person_name(values: list[Value]) -> str | None:
    """
    Return a list of XPN as one DICOM PN, ``None`` if none is stated.

    The legal name is preferred (XPN-7 ``L``); repetitions in other scripts (XPN-8 ``I``, ``P``) become
    the ideographic and the phonetic group.
    """
    groups = ["", "", ""]
    for value in sorted(values, key=lambda value: value.component(7).upper() not in {"L", "D", ""}):
        group = _GROUPS.get(value.component(8).upper(), 0)
        # XPN has the suffix before the prefix, PN after it.
        parts = [_as_pn_text(value.component(number)) for number in (1, 2, 3, 5, 4)]
        groups[group] = groups[group] or "^".join(parts).rstrip("^")
    return "=".join(groups).rstrip("=") or None


def sex(text: str) -> str | None:
    """Return the DICOM sex of a PID-8; ``None`` for unknown and for what table 0001 does not hold."""
    return _SEX.get(text.upper())


def birth_date(text: str) -> date | None:
    """
    Return the day of a PID-7; ``None`` if it states none, or only a year or month.

    Raises:
        ValueError: there is text that is no date.
    """
    if re.fullmatch(r"(\d{4}(\d\d)?)?", text):
        return None
    digits = text[:8]
    if not re.fullmatch(r"[0-9]{8}", digits):
        raise ValueError("not a date")
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def event_time(candidates: list[tuple[str, str]], *, received_at: datetime, site: Site) -> EventTime:
    """
    Return when something happened, from the first of ``candidates`` (place, text) that states a time.

    A local time that the clock change repeats is certain only in its bounds: it is then ordered by
    when the message came, but never later than the latest instant that the text can mean.
    """
    for place, text in candidates:
        if not text:
            continue
        try:
            resolved = to_utc(_time(text), site.timezone)
        except ValueError:
            problem = f"{place} is not a time; the order of arrival counts"
            return EventTime(stated=None, ordered=received_at, problem=problem)
        if resolved.utc is None:
            ordered = min([received_at, *resolved.candidates[-1:]])
            return EventTime(stated=None, ordered=ordered, problem=f"{place}: {resolved.problem}")
        if resolved.utc > received_at + _CLOCK_TOLERANCE:
            problem = f"{place} is in the future; the order of arrival counts"
            return EventTime(stated=None, ordered=received_at, problem=problem)
        return EventTime(stated=resolved.utc, ordered=resolved.utc, problem=None)
    return EventTime(stated=None, ordered=received_at, problem="no event time is stated; the order of arrival counts")


def instant(text: str, site: Site) -> datetime | None:
    """Return the instant that a time means, the later one of an hour that is repeated; ``None`` if it means none."""
    try:
        resolved = to_utc(_time(text), site.timezone)
    except ValueError:
        return None
    return resolved.utc or next(reversed(resolved.candidates), None)


def first_text(segment: Segment | None, number: int) -> str:
    """Return the first component of a field, empty if the segment or the field is absent."""
    return "" if segment is None else segment.value(number).component(1)


def _time(text: str) -> datetime:
    match = _DTM.match(text)
    if match is None:
        raise ValueError("not a time")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    zone = None
    if offset is not None:
        sign = -1 if offset[0] == "-" else 1
        zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:])))
    time = datetime(  # noqa: DTZ001 - naive on purpose: a time without offset is the site's local time
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")),
    )
    return time.replace(tzinfo=zone)


def _as_pn_text(text: str) -> str:
    """Return text without the characters that are separators in PN (PS3.5, 6.2.1.2)."""
    return "" if text == NULL else re.sub(r"[\^=\\\r\n]", " ", text).strip()
