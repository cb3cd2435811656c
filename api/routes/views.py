"""The pages of an open view: one patient, one person, half an hour."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.auth.cookies import ViewDep
from api.auth.principals import looker_of
from api.deps import NowDep, RouteDep, SessionDep, SiteDep
from api.web import exam_page, history_page
from dose_services import viewing

router = APIRouter(prefix="/view/{view_id}", tags=["view"], include_in_schema=False)


@router.get("", response_class=HTMLResponse)
def show_history(
    request: Request, view: ViewDep, session: SessionDep, site: SiteDep, route: RouteDep, now: NowDep
) -> Response:
    """Show the patient's exams."""
    looker = looker_of(view.user.subject, view.user.id, view.id, route)
    history = viewing.look_at_history(session, view.patient_id, looker=looker, now=now)
    sums = viewing.look_at_cumulative_dose(session, view.patient_id, looker=looker, now=now)
    return history_page.render_history(request.scope, view, history, sums, zone=site.timezone)


@router.get("/exams/{exam_id}", response_class=HTMLResponse)
def show_exam(
    exam_id: UUID,
    request: Request,
    view: ViewDep,
    session: SessionDep,
    site: SiteDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """Show one exam of the view's patient; another patient's is unknown here."""
    looker = looker_of(view.user.subject, view.user.id, view.id, route)
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now, of_patient=view.patient_id)
    return exam_page.render_exam(request.scope, view, explained, zone=site.timezone)
