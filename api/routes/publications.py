"""Dose SRs of ours for archives: what waits, what was sent or refused, and what people do about it."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.principals import QueueRunnerDep
from api.deps import NowDep, SessionDep
from api.queue_page import Number, QueuePageDep
from api.schemas.publications import PacsListOut, PacsOut, PublicationOut, PublicationsOut
from dose_services import publication_desk
from dose_services.publication_states import PublicationState

router = APIRouter(prefix="/api/v1/publications", tags=["operation"])


@router.get("", summary="Dose SRs that wait, were sent, or were refused")
def read_publications(
    principal: QueueRunnerDep,
    session: SessionDep,
    page: QueuePageDep,
    state: Annotated[list[PublicationState] | None, Query(description="one or several; none asks for all")] = None,
    kind: Annotated[str | None, Query(description="such as 'ct rdsr'; none asks for all")] = None,
) -> PublicationsOut:
    """Return publications in the order in which they came up; for physicists and administrators."""
    found = publication_desk.listed(
        session,
        states=tuple(state or ()),
        kind=kind,
        destination=page.destination,
        exam_id=page.exam_id,
        after=page.after,
        limit=page.limit,
        reach=principal.looker.reach,
    )
    return PublicationsOut(publications=[PublicationOut.model_validate(one) for one in found])


@router.get("/destinations", summary="Archives that get dose SRs")
def read_destinations(_: QueueRunnerDep, session: SessionDep) -> PacsListOut:
    """Return all archives, each with how many publications are in each state; for physicists and administrators."""
    found = publication_desk.destinations(session)
    return PacsListOut(destinations=[PacsOut.of(one, counts) for one, counts in found])


@router.post("/{number}/retry", summary="An archive is asked once more")
def retry(number: Number, principal: QueueRunnerDep, session: SessionDep, now: NowDep) -> PublicationOut:
    """
    Have a refused dose SR sent again, or a failed attempt repeated now; for physicists and administrators.

    It is on record. One of which a later revision of the exam counts, or that was sent, is refused.
    """
    return PublicationOut.model_validate(publication_desk.retry(session, number, looker=principal.looker, now=now))
