"""Archives, registries and receivers of results: made known, moved, put to rest; for administrators, each on record."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.status import HTTP_201_CREATED

from api.auth.principals import DestinationManagerDep
from api.deps import NowDep, SessionDep
from api.schemas.destinations import ForwardChangeIn, ForwardDestinationIn, MoveIn, PacsChangeIn, PacsIn
from api.schemas.forwarding import ForwardDestinationOut
from api.schemas.outbound import DestinationOut
from api.schemas.publications import PacsOut
from db.session import Session
from dose_services import (
    destination_places,
    forwarding_desk,
    outbound_destinations,
    pacs_destinations,
    publication_desk,
)
from dose_services.forwarding_values import UnknownForwardError
from dose_services.outbound_values import UnknownDestinationError
from dose_services.pacs_values import UnknownPacsError

router = APIRouter(prefix="/api/v1", tags=["operation"])

Name = Annotated[str, Path(min_length=1, max_length=64, description="of the destination, percent-encoded")]


@router.post("/publications/destinations", status_code=HTTP_201_CREATED, summary="An archive gets dose SRs")
def add_pacs(body: PacsIn, principal: DestinationManagerDep, session: SessionDep, now: NowDep) -> PacsOut:
    """Make an archive known that gets dose SRs of ours. Passwords, tokens and certificates: by the command line."""
    node = body.node(asks_commitment=body.asks_commitment)
    pacs_destinations.add_pacs(session, body.name, node, body.rule(now), looker=principal.looker, now=now)
    return _pacs(session, body.name)


@router.patch("/publications/destinations/{name}", summary="An archive moves, rests or gets other kinds")
def change_pacs(
    name: Name, body: PacsChangeIn, principal: DestinationManagerDep, session: SessionDep, now: NowDep
) -> PacsOut:
    """Change where an archive is, what it gets, or if it rests; what is left out stays. 409 if it changed meanwhile."""
    by = principal.looker
    if body.changed_at is not None:
        destination_places.check_pacs(session, name, body.changed_at)
    place = body.place()
    if place is not None:
        destination_places.move_pacs(session, name, place, looker=by, now=now)
    if body.kinds is not None:
        pacs_destinations.set_rule(session, name, kinds=body.kinds, looker=by, now=now)
    if body.is_active is not None:
        pacs_destinations.set_active(session, name, is_active=body.is_active, looker=by, now=now)
    return _pacs(session, name)


@router.post("/forwarding/destinations", status_code=HTTP_201_CREATED, summary="A registry gets dose SRs")
def add_forwarding(
    body: ForwardDestinationIn, principal: DestinationManagerDep, session: SessionDep, now: NowDep
) -> ForwardDestinationOut:
    """
    Make a registry or a listed archive known that gets dose SRs, de-identified unless it is such an archive.

    The worker has the key by which they are: without it, objects wait and a finding says so.
    """
    forwarding_desk.add_destination(
        session,
        body.name,
        body.place(),
        body.rule(now),
        site_key=None,
        checks_key=False,
        looker=principal.looker,
        now=now,
    )
    return _forwarding(session, body.name)


@router.patch("/forwarding/destinations/{name}", summary="A registry moves, rests or is told more")
def change_forwarding(
    name: Name, body: ForwardChangeIn, principal: DestinationManagerDep, session: SessionDep, now: NowDep
) -> ForwardDestinationOut:
    """Change where a destination is, which texts stay in what it gets, or if it rests; what is left out stays."""
    by = principal.looker
    if body.changed_at is not None:
        destination_places.check_forwarding(session, name, body.changed_at)
    place = body.place()
    if place is not None:
        destination_places.move_forwarding(session, name, place, looker=by, now=now)
    if body.release_texts:
        forwarding_desk.release_texts(session, name, body.release_texts, looker=by, now=now)
    if body.is_active is not None:
        forwarding_desk.set_active(session, name, is_active=body.is_active, looker=by, now=now)
    return _forwarding(session, name)


@router.patch("/outbound/destinations/{name}", summary="A receiver of results moves or rests")
def change_receiver(
    name: Name, body: MoveIn, principal: DestinationManagerDep, session: SessionDep, now: NowDep
) -> DestinationOut:
    """Change where a system listens that gets results by HL7, or if it rests; what is left out stays."""
    place = body.place()
    if place is not None:
        destination_places.move_receiver(session, name, place, looker=principal.looker, now=now)
    if body.is_active is not None:
        outbound_destinations.set_active(session, name, is_active=body.is_active, looker=principal.looker, now=now)
    for one in outbound_destinations.destinations(session):
        if one.name == name:
            return DestinationOut.of(one)
    raise UnknownDestinationError("no destination has this name")


def _pacs(session: Session, name: str) -> PacsOut:
    for one, counts in publication_desk.destinations(session):
        if one.name == name:
            return PacsOut.of(one, counts)
    raise UnknownPacsError("no archive has this name")


def _forwarding(session: Session, name: str) -> ForwardDestinationOut:
    for one in forwarding_desk.destinations(session):
        if one.name == name:
            return ForwardDestinationOut.of(one)
    raise UnknownForwardError("no destination has this name")
