"""The pages of an open view: one patient, one person, half an hour, and what the launch opened of them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.auth.cookies import ExamViewDep, ListViewDep, SkinViewDep, ViewDep, WholeViewDep
from api.auth.principals import looker_of
from api.deps import NowDep, RouteDep, SessionDep, SettingsDep, SiteDep
from api.pictures import PngResponse
from api.web import cumulative_page, event_page, exam_page, history_page, skin_page, value_page
from dose_core.ledger.value_id import parse_value_id
from dose_services import report_sentences, skin_views, viewing
from dose_services.audit import Looker
from dose_services.cumulative_dose import period_of
from dose_services.launch_windows import ALL_EXAMS, Window
from dose_services.provenance import UnknownValueError

router = APIRouter(prefix="/view/{view_id}", tags=["view"], include_in_schema=False)


async def _looker(view: ViewDep, route: RouteDep) -> Looker:
    return looker_of(view, route)


LookerDep = Annotated[Looker, Depends(_looker)]


@router.get("", response_class=HTMLResponse)
def show_history(
    request: Request,
    view: ListViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    shows_all: Annotated[bool | None, Query(alias="all")] = None,
) -> Response:
    """Show the patient's exams, or at first those that the launch asked for."""
    history = viewing.look_at_history(session, view.patient_id, looker=looker, now=now)
    narrowing = ALL_EXAMS if shows_all else view.opening.narrowing
    sums = None
    if view.opening.window is Window.HISTORY and narrowing == ALL_EXAMS:
        sums = viewing.look_at_cumulative_dose(session, view.patient_id, looker=looker, now=now)
    return history_page.render_history(request.scope, view, history, sums, narrowing, zone=site.timezone)


@router.get("/cumulative-dose", response_class=HTMLResponse)
def show_cumulative_dose(
    request: Request,
    view: WholeViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    from_: Annotated[date | datetime | None, Query(alias="from")] = None,
    until: date | datetime | None = None,
) -> Response:
    """Show what the patient's exams of a period add up to."""
    period = period_of(from_, until, site.timezone)
    sums = viewing.look_at_cumulative_dose(session, view.patient_id, looker=looker, now=now, period=period)
    return cumulative_page.render_cumulative(request.scope, view, sums, zone=site.timezone, now=now)


@router.get("/exams/{exam_id}", response_class=HTMLResponse)
def show_exam(
    exam_id: UUID,
    request: Request,
    view: ExamViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    settings: SettingsDep,
    now: NowDep,
) -> Response:
    """Show one exam of the view's patient; another patient's is unknown here."""
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now, of_patient=view.patient_id)
    sentences = report_sentences.in_every_language(session, explained, site.timezone)
    return exam_page.render_exam(request.scope, view, explained, sentences, zone=site.timezone, viewer=settings.viewer)


@router.get("/exams/{exam_id}/events/{number}", response_class=HTMLResponse)
def show_event(
    exam_id: UUID,
    number: int,
    request: Request,
    view: ExamViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
) -> Response:
    """Show all values of one event of an exam, and where each stands."""
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now, of_patient=view.patient_id)
    return event_page.render_event(request.scope, view, explained, number, zone=site.timezone)


@router.get("/exams/{exam_id}/skin-map", response_class=HTMLResponse)
def show_skin_dose(
    exam_id: UUID,
    request: Request,
    view: SkinViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
) -> Response:
    """Show the skin dose of an exam of the view's patient."""
    skin = skin_views.look(session, exam_id, looker=looker, now=now, of_patient=view.patient_id)
    return skin_page.render_skin(request.scope, view, skin, zone=site.timezone)


@router.get("/exams/{exam_id}/skin-map.png")
def show_skin_map(exam_id: UUID, view: SkinViewDep, looker: LookerDep, session: SessionDep, now: NowDep) -> PngResponse:
    """Show the map of that page."""
    return PngResponse(skin_views.picture(session, exam_id, looker=looker, now=now, of_patient=view.patient_id))


@router.get("/values/{value_id}", response_class=HTMLResponse)
def show_value(
    value_id: str,
    request: Request,
    view: ViewDep,
    looker: LookerDep,
    session: SessionDep,
    site: SiteDep,
    settings: SettingsDep,
    now: NowDep,
) -> Response:
    """Show where one number of the view's patient comes from."""
    looked = viewing.look_at_value(
        session,
        parse_value_id(value_id),
        looker=looker,
        now=now,
        viewer=settings.viewer,
        of_patient=view.patient_id,
    )
    view.opening.check_exam(looked.provenance.belongs.exam_id, whole=False)
    if looked.patient is None:
        raise UnknownValueError("no value of this patient has this id")
    return value_page.render_value(request.scope, view, looked.provenance, looked.patient, zone=site.timezone)
