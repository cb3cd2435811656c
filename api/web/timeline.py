"""
A timeline of exams as SVG: a lane for each quantity, with a scale of its own, and where each mark stands.

Horizontal places are percentages and there is no view box, so that text keeps its size from a narrow
panel to a full page. Everything is an attribute: the security policy allows no inline style.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10
from uuid import UUID

from api.web import formatting
from api.web.dose_words import NONE, basis_mark, dose, headlines
from dose_core.ledger.totals import Quantity
from dose_services.exams import ExamSummary, TotalView
from dose_services.value_words import unit_of_quantity

_LEFT_PERCENT, _RIGHT_PERCENT = 0.0, 100.0  # of the plot, which leaves the dose axis its room
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # what people read as round
_MONTHS_FROM = timedelta(days=120)
_YEARS_FROM, _MOST_TICKS = 3, 6
_TOP_PX, _ALONE_PX, _OF_SEVERAL_PX, _UNKNOWN_PX = 14.0, 150.0, 84.0, 16.0
AXIS_PX = 30.0  # below the last lane
# One quantity of each kind of exam: lanes of unlike quantities are never on one scale.
_LANES = {
    Quantity.DLP: "DLP",
    Quantity.DAP: "DAP",
    Quantity.AGD: "Average glandular dose",
    Quantity.ACTIVITY: "Administered activity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAt:
    """One exam in a lane."""

    exam_id: UUID
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
class Lane:
    """One quantity over time; ``base_px`` is where its zero lies."""

    name: str
    unit: str
    base_px: float
    marks: tuple[MarkAt, ...]
    dose_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All lanes on one axis of time; ``undated`` counts exams that state no time and so have no place here."""

    lanes: tuple[Lane, ...]
    time_ticks: tuple[Tick, ...]
    undated: int


def timeline(exams: Sequence[ExamSummary]) -> Timeline | None:
    """Return the timeline, or ``None`` if no exam states when it was."""
    dated = sorted(((exam.started_at, exam) for exam in exams if exam.started_at is not None), key=lambda pair: pair[0])
    if not dated:
        return None
    first, last = dated[0][0], dated[-1][0]
    margin = max((last - first) * 0.04, timedelta(days=1))
    axis = _Axis(first - margin, last + margin)
    by_lane = {quantity: list(_of_lane(dated, quantity)) for quantity in _LANES}
    found = {quantity: its for quantity, its in by_lane.items() if its}
    unknown = [(at, exam) for at, exam in dated if not any(one[1] is exam for its in found.values() for one in its)]
    base_px = _ALONE_PX if len(found) == 1 else _OF_SEVERAL_PX
    lanes = [_lane(quantity, its, axis, base_px) for quantity, its in found.items()]
    if unknown:
        lanes.append(_unknown_lane(unknown, axis))
    return Timeline(lanes=tuple(lanes), time_ticks=axis.ticks(), undated=len(exams) - len(dated))


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis of time."""

    start: datetime
    end: datetime

    def percent(self, at: datetime) -> str:
        part = (at - self.start) / (self.end - self.start)
        return f"{_LEFT_PERCENT + part * (_RIGHT_PERCENT - _LEFT_PERCENT):.2f}%"

    def ticks(self) -> tuple[Tick, ...]:
        years = range(self.start.year + 1, self.end.year + 1)
        if len(years) >= _YEARS_FROM:
            shown = years[:: ceil(len(years) / _MOST_TICKS)]
            firsts = (datetime(year, 1, 1, tzinfo=self.start.tzinfo) for year in shown)
            return tuple(Tick(place=self.percent(at), label=str(at.year)) for at in firsts)
        form = "%b %Y" if self.end - self.start > _MONTHS_FROM else "%d %b %Y"
        moments = tuple(self.start + (self.end - self.start) * part / 2 for part in range(3))
        return tuple(
            Tick(place=self.percent(at), label=at.strftime(form), anchor=anchor)
            for at, anchor in zip(moments, ("start", "middle", "end"), strict=True)
        )


_Placed = tuple[datetime, ExamSummary, TotalView]


def _of_lane(dated: Iterable[tuple[datetime, ExamSummary]], quantity: Quantity) -> Iterable[_Placed]:
    for at, exam in dated:
        for total in headlines(exam.totals):
            if total.quantity is quantity and total.value is not None:
                yield at, exam, total


def _lane(quantity: Quantity, its: Sequence[_Placed], axis: _Axis, base_px: float) -> Lane:
    top = _round_up(max(total.value or 0.0 for _, _, total in its))
    marks = tuple(
        MarkAt(
            exam_id=exam.id,
            x=axis.percent(at),
            y=round(_height(total.value or 0.0, top, base_px), 1),
            css=basis_mark(total.basis).css,
            label=_label(at, exam, total),
        )
        for at, exam, total in its
    )
    ticks = tuple(
        Tick(place=f"{_height(top * part / 2, top, base_px):.1f}", label=f"{top * part / 2:g}") for part in range(3)
    )
    unit = formatting.unit(unit_of_quantity(quantity))
    return Lane(name=_LANES[quantity], unit=unit, base_px=base_px, marks=marks, dose_ticks=ticks)


def _unknown_lane(unknown: Sequence[tuple[datetime, ExamSummary]], axis: _Axis) -> Lane:
    marks = tuple(
        MarkAt(exam_id=exam.id, x=axis.percent(at), y=_UNKNOWN_PX, css=NONE.css, label=_label(at, exam, None))
        for at, exam in unknown
    )
    return Lane(name="No dose known", unit="", base_px=_UNKNOWN_PX, marks=marks, dose_ticks=())


def _height(value: float, top: float, base_px: float) -> float:
    return base_px - value / top * (base_px - _TOP_PX)


def _round_up(value: float) -> float:
    if value <= 0:
        return 100.0
    scale: float = 10.0 ** floor(log10(value))
    return next(step * scale for step in _STEPS if ceil(value / scale * 1e6) <= step * 1e6)


def _label(at: datetime, exam: ExamSummary, total: TotalView | None) -> str:
    name = exam.study_description or exam.modality
    if total is None:
        return f"{at:%Y-%m-%d}: {name}, {NONE.mark}"
    told = dose(total)
    number = f"{told.number.text} {told.number.unit}".strip() if told.number else ""
    what = " ".join(filter(None, (told.name, told.part, number)))
    interval = f", {told.interval}" if told.interval else ""
    return f"{at:%Y-%m-%d}: {name}, {what}, {told.marks[0].mark}{interval}"
