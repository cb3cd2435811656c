"""
A timeline of exams as SVG: where each mark stands.

Horizontal places are percentages and there is no view box, so that text keeps its size from a narrow
panel to a full page. Everything is an attribute: the security policy allows no inline style.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10

from api.web.dose_words import basis_of
from api.web.formatting import number
from dose_services.exams import ExamSummary

_LEFT_PERCENT, _RIGHT_PERCENT = 0.0, 100.0  # of the plot, which leaves the dose axis its room
TOP_PX, BASE_PX, HEIGHT_PX = 14.0, 150.0, 186.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # what people read as round
_MONTHS_FROM = timedelta(days=120)
_YEARS_FROM, _MOST_TICKS = 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One exam on the timeline."""

    exam: ExamSummary
    x: str
    y: float
    css: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line with a label; ``place`` is a percentage on the time axis and pixels on the dose axis."""

    place: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All marks and ticks; ``undated`` counts exams that state no time and so have no place here."""

    marks: tuple[Mark, ...]
    time_ticks: tuple[Tick, ...]
    dose_ticks: tuple[Tick, ...]
    undated: int


def timeline(exams: Sequence[ExamSummary]) -> Timeline | None:
    """Return the timeline, or ``None`` if no exam states when it was."""
    dated = [(exam.started_at, exam) for exam in exams if exam.started_at is not None]
    if not dated:
        return None
    first, last = min(at for at, _ in dated), max(at for at, _ in dated)
    margin = max((last - first) * 0.04, timedelta(days=1))
    start, end = first - margin, last + margin
    top = _round_up(max((exam.dlp_mgy_cm or 0.0 for _, exam in dated), default=0.0))
    marks = tuple(
        Mark(
            exam=exam,
            x=_percent(at, start, end),
            y=round(_height(exam.dlp_mgy_cm or 0.0, top), 1),
            css=basis_of(exam).css,
            label=_label(at, exam),
        )
        for at, exam in sorted(dated, key=lambda pair: pair[0])
    )
    return Timeline(
        marks=marks,
        time_ticks=_time_ticks(start, end),
        dose_ticks=tuple(
            Tick(place=f"{_height(top * part / 2, top):.1f}", label=f"{top * part / 2:g}") for part in range(3)
        ),
        undated=len(exams) - len(dated),
    )


def _percent(at: datetime, start: datetime, end: datetime) -> str:
    part = (at - start) / (end - start)
    return f"{_LEFT_PERCENT + part * (_RIGHT_PERCENT - _LEFT_PERCENT):.2f}%"


def _height(dlp_mgy_cm: float, top: float) -> float:
    return BASE_PX - dlp_mgy_cm / top * (BASE_PX - TOP_PX)


def _round_up(value: float) -> float:
    if value <= 0:
        return 100.0
    scale: float = 10.0 ** floor(log10(value))
    return next(step * scale for step in _STEPS if ceil(value / scale * 1e6) <= step * 1e6)


def _time_ticks(start: datetime, end: datetime) -> tuple[Tick, ...]:
    years = range(start.year + 1, end.year + 1)
    if len(years) >= _YEARS_FROM:
        shown = years[:: ceil(len(years) / _MOST_TICKS)]
        return tuple(
            Tick(place=_percent(datetime(year, 1, 1, tzinfo=start.tzinfo), start, end), label=str(year))
            for year in shown
        )
    form = "%b %Y" if end - start > _MONTHS_FROM else "%d %b %Y"
    moments = tuple(start + (end - start) * part / 2 for part in range(3))
    return tuple(
        Tick(place=_percent(at, start, end), label=at.strftime(form), anchor=anchor)
        for at, anchor in zip(moments, ("start", "middle", "end"), strict=True)
    )


def _label(at: datetime, exam: ExamSummary) -> str:
    dose = "no dose known" if exam.dlp_mgy_cm is None else f"DLP {number(exam.dlp_mgy_cm)} mGy·cm"
    return f"{at:%Y-%m-%d}: {exam.study_description or exam.modality}, {dose}, {basis_of(exam).mark}"
