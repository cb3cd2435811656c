"""
When the X-rays of a CT began and ended.

Source: PS3.16, TID 10011, rows 5 and 6, which want both: start of the first, end of the last irradiation event.
"""

from dataclasses import dataclass
from datetime import datetime

from dose_core.ledger.exam import Exam
from dose_core.ledger.precedence import time_among
from dose_core.ledger.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """``of_acquisitions`` tells that a source states when one began; ``has_end`` that one states the end."""

    start: datetime
    end: datetime
    of_acquisitions: bool
    has_end: bool


def times_of(exam: Exam) -> Times | None:
    """
    Return when it began and ended, ``None`` if no source tells any time of the examination.

    The end is the last moment that is known where no source states it. Images that the exam does not count (of other
    reconstructions) tell nothing.
    """
    ct = exam.ct
    events = ct.events if ct else ()
    of_events = [one.event.started_at for one in events if one.event.started_at]
    stated = None if ct is None or ct.source is Source.IMAGE_HEADER else ct.started_at
    starts = [*of_events, *([stated] if stated else [])] or ([exam.started_at] if exam.started_at else [])
    if not starts:
        return None
    ended = ct.ended_at if ct else None
    ends = [*starts, *([ended] if ended else [])]
    return Times(
        start=min(starts, key=time_among(starts)),
        end=max(ends, key=time_among(ends)),
        of_acquisitions=bool(of_events),
        has_end=ended is not None,
    )
