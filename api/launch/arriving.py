"""Somebody arrives with what another program vouches for: a view opens, or a page says that there is nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from fastapi import Response, status
from starlette.types import Scope

from api.launch.opened import opened
from api.launch.signed import LinkRejectedError
from api.settings import ApiSettings
from api.web.pages import message_page
from db.session import Session
from dose_services import launch
from dose_services.audit import Action, Looker, Via, record_look
from dose_services.launch_asking import Asked
from dose_services.reading import UnitOfWork
from dose_services.roles import Permission
from dose_services.users import User, UserNotAllowedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """
    Who arrives, who vouches for them (``by``), what they ask for, and at which route.

    With ``within_reach`` nobody vouches for the patient: the person sees only whom they could have searched for.
    """

    user: User
    by: str
    asked: Asked
    route: str
    within_reach: bool = False


def arrive(session: Session, arrival: Arrival, *, scope: Scope, settings: ApiSettings, now: datetime) -> Response:
    """
    Return the way to the view; where there is nothing, a page that does not say why, and the look is recorded too.

    Raises:
        UserNotAllowedError: the person is disabled, or has no role for it; told before anybody is looked for.
    """
    rights = arrival.user.access.usual
    view = launch.open_at_once(
        session,
        arrival.asked,
        arrival.user,
        issued_to=arrival.by,
        reach=rights.reach(Permission.SEARCH_PATIENTS) if arrival.within_reach else None,
        valid_for=settings.view_valid_for,
        now=now,
    )
    if view is not None:
        return opened(session, settings, *view, route=arrival.route, now=now)
    looker = Looker(
        subject=arrival.user.subject, user_id=arrival.user.id, via=Via.LAUNCH, reference=None, route=arrival.route
    )
    record_look(session, looker, Action.SEARCH_PATIENT, now=now)
    return no_data(scope)


@contextmanager
def on_record(unit_of_work: UnitOfWork, *, by: str, route: str, now: datetime) -> Iterator[None]:
    """Put on record what a program proved and was refused all the same: a person nobody knows, or an address twice."""
    try:
        yield
    except (UserNotAllowedError, LinkRejectedError) as error:
        looker = Looker(subject=f"system:{by}", user_id=None, via=Via.LAUNCH, reference=None, route=route)
        with unit_of_work() as session:
            record_look(session, looker, Action.REFUSED, now=now, outcome=str(error))
        raise


def no_data(scope: Scope) -> Response:
    """Return the page for everybody of whom nothing may be shown: unknown, restricted, or another patient's exam."""
    text = "nothing is known here of this patient, or nothing that can be shown to you"
    return message_page(scope, status=status.HTTP_404_NOT_FOUND, title="No dose data", text=text)
