"""Let a site see effective dose, or hide it."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.principals import EffectiveDoseSwitcherDep, PatientReaderDep
from api.deps import NowDep, SessionDep
from api.schemas.effective_dose import SwitchIn, SwitchOut
from dose_services import effective_dose

router = APIRouter(prefix="/api/v1/effective-dose", tags=["read"])

SiteQuery = Annotated[
    str, Query(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", description="the site's label; empty where there is one")
]


@router.get("", summary="Whether a site sees effective dose")
def read_switch(principal: PatientReaderDep, session: SessionDep, site: SiteQuery = "") -> SwitchOut:
    """Return how a site stands, who decided so, and why."""
    return SwitchOut.model_validate(effective_dose.look(session, site, looker=principal.looker))


@router.put("", summary="Let a site see effective dose, or hide it")
def put_switch(
    body: SwitchIn, principal: EffectiveDoseSwitcherDep, session: SessionDep, now: NowDep, site: SiteQuery = ""
) -> SwitchOut:
    """
    Switch effective dose on or off for a site, with the reason; for physicists. Each call is on record.

    While it is off, no number in sievert is shown anywhere: neither ours nor what a device states.
    """
    made = effective_dose.switch(session, site, is_on=body.is_on, reason=body.reason, looker=principal.looker, now=now)
    return SwitchOut.model_validate(made)
