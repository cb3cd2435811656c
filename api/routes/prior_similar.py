"""Prior similar exams of a patient, for whoever is about to order one."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.answers import answer
from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep, SettingsDep, SiteDep
from api.schemas.patients import PatientOut
from api.schemas.prior_similar import PriorExamOut, PriorSimilarOut
from dose_core.orders.procedures import asked_by
from dose_services import prior_similar

router = APIRouter(prefix="/api/v1/patients", tags=["read"])

Like = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        description="what is to be ordered: `http://loinc.org|24627-2`, `|CODE` of the site, or `ct/chest,abdomen`",
        examples=["http://loinc.org|24627-2", "ct/chest"],
    ),
]


@router.get("/{patient_id}/prior-similar", summary="Prior exams like one to be ordered", response_model=PriorSimilarOut)
def read_prior_similar(
    patient_id: UUID,
    like: Like,
    principal: PatientReaderDep,
    session: SessionDep,
    settings: SettingsDep,
    site: SiteDep,
    now: NowDep,
    within_days: Annotated[int | None, Query(ge=1, le=36_500)] = None,
) -> Response:
    """
    Return the exams of the same kind of modality that have a region in common with what is asked for, newest first.

    Those of merged and linked patients are among them. A code that no table knows is like nothing: `is_known` tells.
    """
    asked = asked_by(like, settings.hooks.procedures)
    found = prior_similar.look(
        session,
        patient_id,
        asked,
        links=settings.hooks.links,
        timezone=site.timezone,
        looker=principal.looker,
        now=now,
        within=timedelta(days=within_days) if within_days else None,
    )
    exams = [PriorExamOut.model_validate(one) for one in found.exams]
    return answer(PriorSimilarOut(patient=PatientOut.of(found.patient), is_known=asked is not None, exams=exams))
