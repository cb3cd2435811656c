"""Reasons that people write, kept for years: without the name and the numbers of the patient they are about."""

import re
from collections.abc import Iterable

from dose_core.errors import DoseError

MAX_REASON = 500  # characters; ours: a reason, not a report
MIN_REASON = 5  # ours: "ok" is no reason
_PATIENT = "[patient]"
_SHORTEST_NAME = 2  # ours: Li and Wu are names, an initial is none
_PARTS = re.compile(r"[\s^=,.]+")  # of a person's name: PS3.5, 6.2.1


class NoReasonError(DoseError):
    """A reason is needed: some words, not many lines of them."""


def reason_of(text: str, *, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> str:
    """
    Return a reason as it is kept: one line, in which the patient's names and numbers are replaced.

    Args:
        text: what a person wrote.
        names: of the patient, DICOM PN.
        numbers: identifiers of the patient.

    Raises:
        NoReasonError: it is shorter than any reason, or longer than one should be.
    """
    words = _in_one_line(text)
    if not MIN_REASON <= len(words) <= MAX_REASON:
        msg = f"write a reason of {MIN_REASON} to {MAX_REASON} characters"
        raise NoReasonError(msg)
    return without_patient(words, names=names, numbers=numbers)


def without_patient(text: str, *, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> str:
    """Return what somebody wrote, of any length, in one line in which the patient's names and numbers are replaced."""
    words = _in_one_line(text)
    parts = {part for name in names for part in _PARTS.split(name) if len(part) >= _SHORTEST_NAME or _is_caseless(part)}
    hidden = sorted({*parts, *(n.strip() for n in numbers if n.strip())}, key=len, reverse=True)
    if not hidden:
        return words
    found = "|".join(map(_pattern, hidden))
    return re.sub(found, _PATIENT, words, flags=re.IGNORECASE)


def _in_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _pattern(part: str) -> str:
    """Return what finds a part as a word; scripts without capitals set no spaces around it, or prefixes before it."""
    return re.escape(part) if _is_caseless(part) else rf"(?<!\w){re.escape(part)}(?!\w)"


def _is_caseless(part: str) -> bool:
    return part.isalpha() and part.upper() == part.lower()
