"""Results for other systems: their queues, and what people do about messages."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.principals import DeciderDep, QueueRunnerDep
from api.deps import NowDep, SessionDep
from api.queue_page import Number, QueuePageDep
from api.schemas.outbound import (
    DestinationOut,
    DestinationsOut,
    MessageContentOut,
    MessageOut,
    MessagesOut,
    MoveMessageIn,
)
from dose_core.hl7.telling import QueueState
from dose_services import outbound_desk, outbound_destinations

router = APIRouter(prefix="/api/v1/outbound", tags=["operation"])


@router.get("/destinations", summary="Systems that get results")
def read_destinations(_: QueueRunnerDep, session: SessionDep) -> DestinationsOut:
    """Return all destinations with the lengths of their queues; for physicists and administrators."""
    found = outbound_destinations.destinations(session)
    return DestinationsOut(destinations=[DestinationOut.of(one) for one in found])


@router.get("/messages", summary="Messages that wait, were sent, or were refused")
def read_messages(
    principal: QueueRunnerDep,
    session: SessionDep,
    page: QueuePageDep,
    state: Annotated[list[QueueState] | None, Query(description="one or several; none asks for all")] = None,
) -> MessagesOut:
    """Return messages in the order in which they are sent, without whom they name; for physicists, administrators."""
    found = outbound_desk.messages(
        session,
        destination=page.destination,
        states=tuple(state or ()),
        exam_id=page.exam_id,
        after=page.after,
        limit=page.limit,
        reach=principal.looker.reach,
    )
    return MessagesOut(messages=[MessageOut.model_validate(one) for one in found])


@router.get("/messages/{number}", summary="A message and the answer to it")
def read_message(number: Number, principal: DeciderDep, session: SessionDep, now: NowDep) -> MessageContentOut:
    """Return a message as it is sent, and what the receiver said; for physicists. The look is on record."""
    found = outbound_desk.read_message(session, number, looker=principal.looker, now=now)
    return MessageContentOut.model_validate(found)


@router.post("/messages/{number}/send-again", summary="A parked message is sent again")
def send_again(
    number: Number, body: MoveMessageIn, principal: QueueRunnerDep, session: SessionDep, now: NowDep
) -> MessageOut:
    """
    Queue a parked message in its old place; for physicists and administrators. Repeating it changes nothing.

    One that is out of date, since a later one about its exam was queued or sent, is refused.
    """
    moved = outbound_desk.send_again(session, number, comment=body.comment, looker=principal.looker, now=now)
    return MessageOut.model_validate(moved)


@router.post("/messages/{number}/park", summary="A message leaves the queue")
def park(
    number: Number, body: MoveMessageIn, principal: QueueRunnerDep, session: SessionDep, now: NowDep
) -> MessageOut:
    """Take a message out of its queue, so that those behind it go on; for physicists and administrators."""
    moved = outbound_desk.park(session, number, comment=body.comment, looker=principal.looker, now=now)
    return MessageOut.model_validate(moved)


@router.post("/messages/{number}/drop", summary="A parked message is given up")
def drop(
    number: Number, body: MoveMessageIn, principal: QueueRunnerDep, session: SessionDep, now: NowDep
) -> MessageOut:
    """Give a parked message up, so that a strict queue goes on behind it; for physicists and administrators."""
    moved = outbound_desk.drop(session, number, comment=body.comment, looker=principal.looker, now=now)
    return MessageOut.model_validate(moved)
