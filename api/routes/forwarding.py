"""Forwarded dose SRs: who gets them, their queue, and what people do about an object."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.principals import QueueRunnerDep
from api.deps import NowDep, SessionDep
from api.queue_page import Number, QueuePageDep
from api.schemas.forwarding import ForwardDestinationOut, ForwardDestinationsOut, ForwardOut, ForwardsOut
from dose_services import forwarding_desk
from dose_services.forwarding_values import ForwardState

router = APIRouter(prefix="/api/v1/forwarding", tags=["operation"])


@router.get("/destinations", summary="Registries and archives that get dose SRs")
def read_destinations(_: QueueRunnerDep, session: SessionDep) -> ForwardDestinationsOut:
    """Return all destinations with the lengths of their queues; for physicists and administrators."""
    found = forwarding_desk.destinations(session)
    return ForwardDestinationsOut(destinations=[ForwardDestinationOut.of(one) for one in found])


@router.get("/objects", summary="Dose SRs that wait, were forwarded, or were refused")
def read_objects(
    principal: QueueRunnerDep,
    session: SessionDep,
    page: QueuePageDep,
    state: Annotated[list[ForwardState] | None, Query(description="one or several; none asks for all")] = None,
) -> ForwardsOut:
    """Return objects of the queue in their order, without whom they are about; for physicists and administrators."""
    found = forwarding_desk.listed(
        session,
        destination=page.destination,
        states=tuple(state or ()),
        exam_id=page.exam_id,
        after=page.after,
        limit=page.limit,
        reach=principal.looker.reach,
    )
    return ForwardsOut(objects=[ForwardOut.model_validate(one) for one in found])


@router.post("/objects/{number}/send-again", summary="A parked dose SR is forwarded again")
def send_again(number: Number, principal: QueueRunnerDep, session: SessionDep, now: NowDep) -> ForwardOut:
    """Have a parked object tried again, or one that waits tried now; for physicists and administrators."""
    moved = forwarding_desk.send_again(session, number, looker=principal.looker, now=now)
    return ForwardOut.model_validate(moved)


@router.post("/objects/{number}/cancel", summary="A dose SR is not forwarded")
def cancel(number: Number, principal: QueueRunnerDep, session: SessionDep, now: NowDep) -> ForwardOut:
    """Give an object up that was not sent; for physicists and administrators. Repeating it changes nothing."""
    moved = forwarding_desk.cancel(session, number, looker=principal.looker, now=now)
    return ForwardOut.model_validate(moved)
