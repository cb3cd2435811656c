"""The page of what a patient's exams add up to, by region and period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.dose_words import Dose, dose
from api.web.history_page import banner
from api.web.pages import render
from api.web.shown import ShownNumber, shown, value_page
from api.web.sum_cards import Summand, sum_sections, summand
from dose_core.estimating.effective_sums import EffectiveSum
from dose_services.cumulative_dose import CumulativeDose, Period, statement_beside
from dose_services.launch import View
from dose_services.value_words import field_words

_DAYS_PER_YEAR = 365.25
_PERIODS = (("Last 12 months", 1), ("Last 5 years", 5), ("Last 10 years", 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLink:
    """A period that the page offers; ``query`` is empty for all time."""

    name: str
    query: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLine:
    """A total that is never added, with its exam."""

    exam: Summand
    dose: Dose


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveLine:
    """The sum of one method's effective doses, with its exams and the page that explains the value of each."""

    place: str
    name: str
    number: ShownNumber
    interval: str
    method: str
    made_of: tuple[tuple[Summand, str], ...]
    refused: tuple[Summand, ...]


def render_cumulative(scope: Scope, view: View, sums: CumulativeDose, *, zone: ZoneInfo, now: datetime) -> HTMLResponse:
    """Return the page."""
    found = sums.sums
    listed = []
    for one, value_id in zip(found.listed, sums.listed_ids, strict=True):
        exam = sums.exams[one.exam]
        total = next(total for total in exam.totals if total.value_id == value_id)
        listed.append(ListedLine(exam=summand(exam, zone, ()), dose=dose(total)))
    context = {
        "view": view,
        "banner": banner(sums.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "period": _told(sums.period, zone),
        "periods": _links(sums.period, now.astimezone(zone)),
        "sections": sum_sections(sums, zone),
        "listed": [one for one in listed if one.dose.number],
        "sums": found,
        "without_dose": [summand(sums.exams[exam], zone, ()) for exam in found.without_dose],
        "with_missing_parts": [summand(sums.exams[exam], zone, ()) for exam in found.with_missing_parts],
        "without_start": [summand(sums.exams[exam], zone, ()) for exam in found.without_start],
        "statement": statement_beside(sums),
        "effective": _effective(sums, zone),
    }
    return render(scope, "cumulative.html", context)


def _effective(sums: CumulativeDose, zone: ZoneInfo) -> list[EffectiveLine]:
    return [_effective_line(number, one, sums, zone) for number, one in enumerate(_sums(sums), start=1)]


def _sums(sums: CumulativeDose) -> tuple[EffectiveSum, ...]:
    return sums.effective.sums if sums.effective else ()


def _effective_line(number: int, one: EffectiveSum, sums: CumulativeDose, zone: ZoneInfo) -> EffectiveLine:
    words = ", ".join(filter(None, (field_words(one.quantity), one.of)))
    place = f"effective-{number}"
    return EffectiveLine(
        place=place,
        name=words[:1].upper() + words[1:],
        number=shown(one.value, one.unit, target=f"#{place}", what=f"sum of {words}"),
        interval=formatting.bounds(one.interval, one.unit),
        method=f"{one.method_id}, version {one.method_version}",
        made_of=tuple((summand(sums.exams[exam], zone, ()), value_page(value_id)) for exam, value_id in one.made_of),
        refused=tuple(summand(sums.exams[exam], zone, ()) for exam in one.refused),
    )


def _links(period: Period, now: datetime) -> list[PeriodLink]:
    since = [(name, (now - timedelta(days=years * _DAYS_PER_YEAR)).date()) for name, years in _PERIODS]
    from_ = period.from_.astimezone(now.tzinfo).date() if period.from_ else None
    is_open = period.until is None
    return [
        PeriodLink(name="All time", query="", is_shown=is_open and from_ is None),
        *(PeriodLink(name=name, query=f"?from={day}", is_shown=is_open and from_ == day) for name, day in since),
    ]


def _told(period: Period, zone: ZoneInfo) -> str:
    """Return a period in words."""
    from_, until = (
        f"{at.astimezone(zone):%Y-%m-%d %H:%M}".removesuffix(" 00:00") if at else None
        for at in (period.from_, period.until)
    )
    if from_ and until:
        return f"begun from {from_} to before {until}"
    return f"begun from {from_} on" if from_ else f"begun before {until}" if until else "of all time"
