"""When an exam known from images began and ended to irradiate."""

from datetime import datetime

from dose_core.ledger.exam import CtExam
from dose_core.ledger.precedence import moment


def started_at(exam: CtExam) -> datetime:
    """Return the start of the first acquisition. The exam must have passed ``ct_requirements``."""
    return min(_starts(exam), key=moment)


def ended_at(exam: CtExam) -> datetime:
    """Return the stated end, else the start of the last acquisition: the last moment that images tell."""
    return exam.ended_at or max(_starts(exam), key=moment)


def _starts(exam: CtExam) -> list[datetime]:
    return [event.event.started_at for event in exam.events if event.event.started_at]
