"""Hide a patient from everybody, and lift that."""

from uuid import UUID

from fastapi import APIRouter, status

from api.auth.principals import RestricterDep
from api.deps import NowDep, SessionDep
from api.schemas.restriction import ReasonIn, RestrictionOut
from dose_services import restriction

router = APIRouter(prefix="/api/v1/patients/{patient_id}/restriction", tags=["restriction"])


@router.post("", summary="Hide a patient from everybody")
def restrict_patient(
    patient_id: UUID, body: ReasonIn, principal: RestricterDep, session: SessionDep, now: NowDep
) -> RestrictionOut:
    """
    Hide a patient (GDPR, 18): they are unknown to everybody, but by break-glass. Repeating it changes nothing.

    Those who were merged into the patient are hidden too, and those whom they are merged into later.
    """
    made = restriction.restrict(session, patient_id, reason=body.reason, looker=principal.looker, now=now)
    return RestrictionOut.model_validate(made)


@router.post("/lift", summary="Let a patient be seen again", status_code=status.HTTP_204_NO_CONTENT)
def lift_restriction(
    patient_id: UUID, body: ReasonIn, principal: RestricterDep, session: SessionDep, now: NowDep
) -> None:
    """Lift the restriction of a patient, with the reason; 409 if there is none."""
    restriction.lift(session, patient_id, reason=body.reason, looker=principal.looker, now=now)
