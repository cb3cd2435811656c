"""The page of a patient's exams."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from starlette.types import Scope

from api.schemas.patients import STATEMENT
from api.web import formatting
from api.web.dose_words import BasisWords, basis_of, missing_part
from api.web.pages import render
from api.web.timeline import BASE_PX, HEIGHT_PX, timeline
from dose_services.exams import Cumulative, ExamSummary, PatientHistory, PatientView
from dose_services.launch import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Who the page is about."""

    name: str
    birth_date: str
    sex: str
    identifiers: tuple[tuple[str, str, bool], ...]  # value, authority, came with a merged patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exam in the table."""

    exam: ExamSummary
    at: str
    title: str
    protocols: str
    accession: str
    device: str
    basis: BasisWords
    missing: str | None


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
    return Line(
        exam=exam,
        at=formatting.local_time(exam.started_local, zone),
        title=title,
        protocols=protocols if title != protocols else "",
        accession=accession,
        device=formatting.device_name(exam.device),
        basis=basis_of(exam),
        missing=missing_part(exam),
    )


def render_history(
    scope: Scope, view: View, history: PatientHistory, sums: Cumulative, *, zone: ZoneInfo
) -> HTMLResponse:
    """Return the page."""
    lines = [line(exam, zone) for exam in history.exams]
    context = {
        "view": view,
        "banner": banner(history.patient),
        "until": formatting.local_time(view.expires_at.isoformat(), zone),
        "lines": lines,
        "bases": list({one.basis.mark: one.basis for one in lines}.values()),
        "timeline": timeline(history.exams),
        "base_px": BASE_PX,
        "height_px": HEIGHT_PX,
        "sums": sums,
        "statement": STATEMENT,
    }
    return render(scope, "history.html", context)
