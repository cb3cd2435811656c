"""Patients that stand for somebody whose identity is not known yet, and who they were."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.principals import DeciderDep
from api.deps import NowDep, SessionDep, SiteDep
from api.schemas.patients import PatientOut
from api.schemas.placeholders import MergePlaceholderIn, PlaceholderOut, PlaceholdersOut
from dose_services import placeholders

router = APIRouter(prefix="/api/v1/patients/placeholders", tags=["desk"])


@router.get("", summary="Patients who are not known yet")
def read_placeholders(
    principal: DeciderDep,
    session: SessionDep,
    site: SiteDep,
    now: NowDep,
    after: Annotated[UUID | None, Query(description="the last patient of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> PlaceholdersOut:
    """
    Return the placeholders that have exams, the longest known first; for physicists.

    One that was merged, or whose exams were all released to others, is in the list no more. Each look is on record.
    """
    found = placeholders.waiting(session, after=after, limit=limit, looker=principal.looker, site=site, now=now)
    return PlaceholdersOut(placeholders=[PlaceholderOut.model_validate(one) for one in found])


@router.post("/{patient_id}/merge", summary="Who a placeholder was")
def merge_placeholder(
    patient_id: UUID, body: MergePlaceholderIn, principal: DeciderDep, session: SessionDep, now: NowDep
) -> PatientOut:
    """
    Merge a placeholder into the patient who it was, and return that patient with all exams; for physicists.

    A single exam is given to a patient by its release, which leaves the placeholder as it is. Both can be taken back.
    """
    into = placeholders.merge(
        session, patient_id, body.into_patient_id, reason=body.comment, looker=principal.looker, now=now
    )
    return PatientOut.of(into)
