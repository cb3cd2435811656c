"""
Dates moved by whole days, and ages: a value that is not exactly what its value representation says is dropped.

Source: PS3.5, 6.2 (AS, DA, DT, TM); PS3.3, C.12.1.1 for (0008,0201).
"""

import re
from datetime import date, timedelta

_DATE = re.compile(r"\d{8}")
_HOUR = r"([01]\d|2[0-3])"
_SIXTIETH = r"[0-5]\d"
_CLOCK = rf"{_HOUR}({_SIXTIETH}(({_SIXTIETH}|60)(\.\d{{1,6}})?)?)?"
_TIME = re.compile(_CLOCK)
_OFFSET = re.compile(r"[+-](0\d|1[0-4])[0-5]\d")
_DATE_TIME = re.compile(rf"(?P<date>\d{{8}})(?P<rest>({_CLOCK})?([+-](0\d|1[0-4])[0-5]\d)?)")
_AGE = re.compile(r"(?P<number>\d{3})(?P<unit>[DWMY])")
# Ours: who is older is too rare to be told apart, as under 45 CFR 164.514(b)(2)(i)(C).
OLDEST_TOLD_YEARS = 89
OLDEST = "090Y"
_MONTHS = 12
_AGES_IN_MONTHS_UNDER_YEARS = 2


def moved_date(stated: str, days: int) -> str | None:
    """Return a date that many days earlier; ``None`` if it is none, or lies before the calendar."""
    if not _DATE.fullmatch(stated):
        return None
    try:
        moved = date(int(stated[:4]), int(stated[4:6]), int(stated[6:])) - timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{moved.year:04}{moved.month:02}{moved.day:02}"


def moved_date_time(stated: str, days: int) -> str | None:
    """Return a time that many days earlier, at the same time of day; ``None`` if it does not name a day."""
    found = _DATE_TIME.fullmatch(stated)
    day = moved_date(found["date"], days) if found else None
    return day + found["rest"] if found and day else None


def clean_time(stated: str) -> str | None:
    """Return a time of day as it is; ``None`` if it is none."""
    return stated if _TIME.fullmatch(stated) else None


def clean_offset(stated: str) -> str | None:
    """Return an offset from UTC as it is; ``None`` if it is none."""
    return stated if _OFFSET.fullmatch(stated) else None


def clean_age(stated: str) -> str | None:
    """Return an age as it is, that of the oldest as 90 years; ``None`` if it is none."""
    found = _AGE.fullmatch(stated)
    if found is None:
        return None
    days = int(found["number"]) * {"D": 1, "W": 7, "M": 30, "Y": 365}[found["unit"]]
    return OLDEST if days > OLDEST_TOLD_YEARS * 365 else stated


def age_on(day: str, born: str) -> str | None:
    """Return the age on a day of who was born on another, in months below two years; ``None`` if it cannot be told."""
    if not (_DATE.fullmatch(day) and _DATE.fullmatch(born)):
        return None
    try:
        then, birth = (date(int(one[:4]), int(one[4:6]), int(one[6:])) for one in (day, born))
    except ValueError:
        return None
    months = (then.year - birth.year) * _MONTHS + then.month - birth.month - (then.day < birth.day)
    if months < 0:
        return None
    years = months // _MONTHS
    if years > OLDEST_TOLD_YEARS:
        return OLDEST
    return f"{years:03}Y" if years >= _AGES_IN_MONTHS_UNDER_YEARS else f"{months:03}M"
