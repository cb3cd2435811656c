"""The door for addresses that a program signed."""

from fastapi import APIRouter, Request, Response, status

from api.deps import NowDep, RouteDep, SettingsDep, SiteDep, UnitOfWorkDep
from api.launch.arriving import Arrival, arrive, on_record
from api.launch.asking import read_asked
from api.launch.signed import LinkRejectedError, by_signature, by_token, pairs_of
from dose_services import launch_people, used_once

PATH = "/launch/signed"

router = APIRouter(tags=["launch"])


@router.get(PATH, summary="Use a signed address", response_class=Response, status_code=status.HTTP_303_SEE_OTHER)
def use_signed_address(
    request: Request,
    unit_of_work: UnitOfWorkDep,
    settings: SettingsDep,
    site: SiteDep,
    route: RouteDep,
    now: NowDep,
) -> Response:
    """
    Exchange an address that a program signed for a session of this browser, and go to the view.

    It carries `token`, or `client`, `timestamp`, `nonce`, `person`, `signature` and what is to open; see the manual.
    """
    pairs = pairs_of(request.url.query)
    said, door = dict(pairs), settings.address(PATH)
    if "token" in said:
        proof = by_token(said["token"], settings.launch, door)
        said = dict(proof.claims)
    else:
        proof = by_signature(pairs, settings.launch, door, now=now)
    client = proof.client
    asked = read_asked(said, client.authority or site.default_authority)
    by = f"signed:{client.name}"
    with on_record(unit_of_work, by=by, route=route, now=now):
        with unit_of_work() as session:
            if not used_once.use(session, by, proof.once, until=proof.until, now=now):
                raise LinkRejectedError("this link does not hold, was used before or has expired; open the view again")
        with unit_of_work() as session:
            user = launch_people.find_person(session, client.people, proof.person, now=now)
            arrival = Arrival(user=user, by=by, asked=asked, route=route)
            return arrive(session, arrival, scope=request.scope, settings=settings, now=now)
