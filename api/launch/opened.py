"""The end of every launch: a cookie, and an address that says nothing of the patient."""

from datetime import datetime

from fastapi import Response, status
from fastapi.responses import RedirectResponse

from api.auth.cookies import view_cookie
from api.settings import ApiSettings
from db.session import Session
from dose_services.audit import Action, Looker, Via, record_look
from dose_services.launch import View


def opened(session: Session, settings: ApiSettings, view: View, secret: str, *, route: str, now: datetime) -> Response:
    """Record that a view was opened, and return the way to its first page with the cookie that lets in."""
    looker = Looker(subject=view.user.subject, user_id=view.user.id, via=Via.LAUNCH, reference=view.id, route=route)
    record_look(session, looker, Action.OPEN_VIEW, now=now, patient_id=view.patient_id)
    page = f"{settings.path_prefix}/view/{view.id}{view.opening.first_page}"
    answer = RedirectResponse(page, status_code=status.HTTP_303_SEE_OTHER)
    answer.headers["set-cookie"] = view_cookie(settings, view.id, secret)
    return answer
