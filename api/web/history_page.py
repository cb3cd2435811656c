"""The page of a patient's exams."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.web import formatting
from api.web.dose_words import NONE, Dose, Mark, dose, headlines
from api.web.pages import render
from api.web.sum_cards import sum_cards
from api.web.timeline import AXIS_PX, timeline
from dose_services.cumulative_dose import STATEMENT, CumulativeDose
from dose_services.exams import ExamSummary, PatientHistory, PatientView
from dose_services.launch import View
from dose_services.launch_windows import Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Who the page is about."""

    name: str
    birth_date: str
    sex: str
    identifiers: tuple[tuple[str, str, bool], ...]  # value, authority, came with a merged patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exam in the table; ``mark`` says how its doses came about, as far as they are not marked each."""

    exam_id: UUID
    at: str
    title: str
    protocols: str
    accession: str
    modality: str
    device: str
    events: int | None
    doses: tuple[Dose, ...]
    mark: Mark | None


def banner(patient: PatientView) -> Banner:
    """Return who the page is about, in words."""
    return Banner(
        name=formatting.person_name(patient.name),
        birth_date=formatting.day(patient.birth_date),
        sex=formatting.sex(patient.sex),
        identifiers=tuple((one.value, one.authority, one.is_merged) for one in patient.identifiers),
    )


def line(exam: ExamSummary, zone: ZoneInfo) -> Line:
    """Return one exam in words."""
    protocols = ", ".join(exam.protocols)
    accession = f"Accession {exam.accession_number}" if exam.accession_number else ""
    title = exam.study_description or protocols or f"{exam.modality} examination"
    doses = tuple(dose(total) for total in headlines(exam.totals))
    return Line(
        exam_id=exam.id,
        at=formatting.local_time(exam.started_local, zone),
        title=title,
        protocols=protocols if title != protocols else "",
        accession=accession,
        modality=exam.modality,
        device=formatting.device_name(exam.device) if exam.device else formatting.NOT_STATED,
        events=exam.events,
        doses=tuple(one for one in doses if one.number) or doses[:1],
        mark=_plain_mark(doses),
    )


def _plain_mark(doses: tuple[Dose, ...]) -> Mark | None:
    """Return how the first dose came about, which stands for all that are stated; others are marked each."""
    if not doses:
        return NONE
    first = doses[0].marks[0]
    return first if first.css == "stated" else None


def render_history(
    scope: Scope,
    view: View,
    history: PatientHistory,
    sums: CumulativeDose | None,
    narrowing: Narrowing,
    *,
    zone: ZoneInfo,
) -> HTMLResponse:
    """Return the page, with the exams that the view shows and lists; ``sums`` over all of them, if it lists all."""
    shown = [exam for exam in history.exams if view.opening.shows(exam.id)]
    exams = narrowing.of(shown)
    lines = [line(exam, zone) for exam in exams]
    marks = [mark for one in lines for mark in (*(each for dose_ in one.doses for each in dose_.marks), one.mark)]
    context = {
        "view": view,
        "banner": banner(history.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "lines": lines,
        "not_listed": len(shown) - len(exams),
        "marks": list({one.mark: one for one in marks if one}.values()),
        "timeline": timeline(exams),
        "axis_px": AXIS_PX,
        "sum_cards": sum_cards(sums) if sums else None,
        "sums": sums.sums if sums else None,
        "statement": STATEMENT,
    }
    return render(scope, "history.html", context)
