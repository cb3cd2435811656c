"""Values that a person types, since no object states them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status

from api.auth.principals import StaterDep
from api.deps import NowDep, SiteDep, UnitOfWorkDep
from api.schemas.manual import ManualValuesIn, ManualValuesOut, WithdrawalIn
from dose_services import manual

router = APIRouter(prefix="/api/v1/manual-values", tags=["manual"])


async def _as_it_came(request: Request) -> bytes:
    return await request.body()


# The text of each number is kept, which no parsed body has any more.
AsItCameDep = Annotated[bytes, Depends(_as_it_came)]


@router.post("", summary="Type what no object states", status_code=status.HTTP_201_CREATED)
def state_values(
    values: ManualValuesIn,
    body: AsItCameDep,
    principal: StaterDep,
    unit_of_work: UnitOfWorkDep,
    site: SiteDep,
    now: NowDep,
) -> ManualValuesOut:
    """
    Keep totals that a person read from a display or a sheet; for physicists.

    They count where no device states the quantity, and stand beside it where one does. Values of the same study and
    modality that were typed before count no more.
    """
    typed = manual.Typed(
        body=body,
        exam_id=values.exam_id,
        study_instance_uid=values.study_instance_uid,
        modality=values.modality,
        names_patient=values.patient is not None,
        names_start=values.started_at is not None,
    )
    looker = principal.looker
    kept = manual.state_values(unit_of_work, typed, looker=looker, site_label=principal.site, now=now, site=site)
    return ManualValuesOut.model_validate(kept)


@router.post("/{values_id}/withdrawal", summary="Take typed values back")
def withdraw_values(
    values_id: UUID,
    _: WithdrawalIn,
    body: AsItCameDep,
    principal: StaterDep,
    unit_of_work: UnitOfWorkDep,
    site: SiteDep,
    now: NowDep,
) -> ManualValuesOut:
    """Let typed values count no more, with the reason on record; for physicists. Typing them again is a new entry."""
    looker = principal.looker
    kept = manual.withdraw_values(unit_of_work, values_id, body, looker=looker, now=now, site=site)
    return ManualValuesOut.model_validate(kept)
