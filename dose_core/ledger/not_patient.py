"""
Whether an exam is of a phantom or an empty table rather than of a patient, by what it states and by rules of the site.

To hide a patient's dose is worse than to show a phantom's, so that a rule marks an exam only if all that the exam has
of that field fits: one test exposure among clinical ones hides nothing.

Source: PS3.16, CID 3629 (Procedure Intent); ``docs/reference/quality-control.md``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate

from dose_core.errors import DoseError
from dose_core.ledger.exam import Exam

# What the readers give for (113680, DCM), and what a device may write in its place.
_QUALITY_CONTROL = "quality control intent"

_Compiled = tuple[tuple[str, re.Pattern[str]], ...]


class PatternTooWideError(DoseError):
    """A pattern names no letter and no digit, so that it would take every exam for a phantom's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPatientRules:
    """
    Patterns of a site for what is no patient.

    In a pattern ``*`` stands for any text, ``?`` for one character, ``[ab]`` for one of several; the whole value
    must fit, case and surrounding spaces do not matter.

    Raises:
        PatternTooWideError: a pattern has neither letter nor digit.
    """

    patient_ids: tuple[str, ...] = ()
    patient_names: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    station_names: tuple[str, ...] = ()
    _compiled: dict[str, _Compiled] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        compiled = {
            "patient id": _compile(self.patient_ids),
            "patient name": _compile(self.patient_names),
            "protocol": _compile(self.protocols),
            "station name": _compile(self.station_names),
        }
        object.__setattr__(self, "_compiled", compiled)

    def match(self, what: str, values: Iterable[str | None]) -> str | None:
        """Return the first pattern for ``what`` that fits, if each value is stated and fits one, else ``None``."""
        patterns = self._compiled[what]
        found = [_first_fitting(value, patterns) for value in values] if patterns else []
        return found[0] if found and None not in found else None


def why_not_patient(exam: Exam, rules: NotPatientRules) -> str | None:
    """
    Return the rule by which an exam is not of a patient, ``None`` if it may be of one.

    The text names the rule and no value of the exam. An intent of quality control counts if no other intent is
    stated; a rule on protocols if it fits the protocol of every event, one on patients if it fits every identity.
    """
    if exam.intents and all(_folded(intent) == _QUALITY_CONTROL for intent in exam.intents):
        return "the intent is quality control"
    stated = {
        "patient id": [patient.id for patient in exam.patients],
        "patient name": [patient.name for patient in exam.patients],
        "protocol": _protocols(exam),
        "station name": [device.station_name for device in exam.devices],
    }
    for what, values in stated.items():
        pattern = rules.match(what, values)
        if pattern is not None:
            return f"the {what} fits {pattern!r}"
    return None


def _protocols(exam: Exam) -> list[str | None]:
    """Return the protocol of each event; an administration has none, so that no rule on protocols hides it."""
    return [
        *(one.event.protocol for one in (exam.ct.events if exam.ct else ())),
        *(one.event.protocol for one in exam.projection),
        *(one.event.protocol for one in exam.mammography),
        *(None for _ in exam.nuclear),
    ]


def _compile(patterns: Iterable[str]) -> _Compiled:
    for pattern in patterns:
        if not any(letter.isalnum() for letter in pattern):
            msg = f"the pattern {pattern!r} fits everything; name at least one letter or digit"
            raise PatternTooWideError(msg)
    return tuple((pattern, re.compile(translate(_folded(pattern)))) for pattern in patterns)


def _first_fitting(value: str | None, patterns: _Compiled) -> str | None:
    """Return the first pattern that fits a value, of a name one that fits any of its component groups."""
    if value is None:
        return None
    forms = {_folded(form) for form in (value, *value.split("="))}
    return next((text for text, pattern in patterns if any(map(pattern.match, forms))), None)


def _folded(text: str) -> str:
    return text.casefold().strip()
