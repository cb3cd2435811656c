"""
Dates, times and UIDs as DICOM writes them.

Source: PS3.5, 6.2 (DA, TM, DT); PS3.3, C.12.1.1.8 (an offset that holds for the whole object).
"""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

MAX_UID_LENGTH = 64  # PS3.5, 9.1

# The forms with dots and colons are older than DICOM 3.0 and still met (PS3.5, 6.2, notes on DA and TM).
_DATE = re.compile(r"([0-9]{4})[.]?([0-9]{2})[.]?([0-9]{2})")
_TIME = re.compile(r"([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:[.]([0-9]{1,6}))?)?)?")
_DATE_TIME = re.compile(r"([0-9]{8})([0-9.]+?)([+-][0-9]{4})?")
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})")
_FIRST_XRAYS = date(1895, 11, 8)  # W. C. Roentgen
# PS3.5, 6.2, VR DT: offsets lie between -1200 and +1400.
_EARLIEST, _LATEST = timedelta(hours=-12), timedelta(hours=14)


def parse_date(text: str) -> date | None:
    """Return a DA value as a date, ``None`` if it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_offset(text: str) -> tzinfo | None:
    """Return an offset from UTC such as ``+0100``, ``None`` if it is malformed."""
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[3]) >= 60:  # noqa: PLR2004 - minutes of an hour
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3])) * (-1 if match[1] == "-" else 1)
    return timezone(offset) if _EARLIEST <= offset <= _LATEST else None


def parse_moment(day: str, time: str, offset: tzinfo | None) -> datetime | None:
    """
    Return a DA and a TM value (at least the hour) as one moment, ``None`` if one of them is none.

    Days before X-rays were known (0001-01-01, 1858-11-17) are what systems write where they know none.
    """
    stated_date = parse_date(day)
    match = _TIME.fullmatch(time)
    if stated_date is None or match is None or stated_date < _FIRST_XRAYS:
        return None
    try:
        return datetime(
            stated_date.year,
            stated_date.month,
            stated_date.day,
            int(match[1]),
            int(match[2] or 0),
            int(match[3] or 0),
            int((match[4] or "").ljust(6, "0")),
            tzinfo=offset,
        )
    except ValueError:
        return None


def parse_date_time(text: str, offset: tzinfo | None) -> datetime | None:
    """
    Return a DT value as a moment, ``None`` if it is none or states no hour.

    Its own offset from UTC wins over ``offset``, that of the object. A malformed one makes no moment.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    if match[3]:
        offset = parse_offset(match[3])
        if offset is None:
            return None
    return parse_moment(match[1], match[2], offset)
