"""The cookie that keeps a view open, and who is in it."""

from typing import Annotated
from uuid import UUID

from fastapi import Cookie, Depends

from api.deps import NowDep, SessionDep
from api.settings import ApiSettings
from dose_services import launch
from dose_services.launch import View

COOKIE = "doseledger_view"


def view_cookie(settings: ApiSettings, view_id: UUID, secret: str) -> str:
    """
    Return the Set-Cookie value for a view.

    Its path is that of the one view, so that views of two patients may stand in two tabs. Over https
    it may be used in another site's frame, kept apart per site that frames it (``Partitioned``); over
    plain http, which is for one machine and for tests, only where host and frame are one site.
    """
    seconds = int(settings.view_valid_for.total_seconds())
    place = f"{settings.path_prefix}/view/{view_id}"
    return f"{COOKIE}={secret}; Path={place}; Max-Age={seconds}; HttpOnly; {framing(settings)}"


def framing(settings: ApiSettings) -> str:
    """Return the end of a cookie that works in the frames of other sites over https; see ``view_cookie``."""
    return "Secure; SameSite=None; Partitioned" if settings.is_https else "SameSite=Lax"


def _view(
    view_id: UUID, session: SessionDep, now: NowDep, secret: Annotated[str | None, Cookie(alias=COOKIE)] = None
) -> View:
    return launch.enter_view(session, view_id, secret, now=now)


ViewDep = Annotated[View, Depends(_view)]


async def _list_view(view: ViewDep) -> View:
    view.opening.check_list()
    return view


async def _whole_view(view: ViewDep) -> View:
    view.opening.check_whole()
    return view


async def _exam_view(view: ViewDep, exam_id: UUID) -> View:
    view.opening.check_exam(exam_id)
    return view


async def _skin_view(view: ViewDep, exam_id: UUID) -> View:
    view.opening.check_exam(exam_id, whole=False)
    return view


ListViewDep = Annotated[View, Depends(_list_view)]  # where exams are listed
WholeViewDep = Annotated[View, Depends(_whole_view)]  # where all exams of the patient are spoken of
ExamViewDep = Annotated[View, Depends(_exam_view)]  # where one exam is shown
SkinViewDep = Annotated[View, Depends(_skin_view)]  # where the skin dose of one exam is shown
