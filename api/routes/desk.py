"""Exams that wait for a person, and what people decide about exams."""

from enum import StrEnum
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.principals import DeciderDep
from api.deps import NowDep, SessionDep, SiteDep, UnitOfWorkDep
from api.schemas.desk import DecisionIn, DeskExamOut, DeskOut, ReleaseIn
from db.retry import in_unit_of_work
from dose_core.ledger.standing import Decided, Standing
from dose_services import desk

router = APIRouter(prefix="/api/v1", tags=["desk"])


class DeskState(StrEnum):
    """What the desk lists."""

    HELD = Standing.HELD
    NOT_PATIENT = Standing.NOT_PATIENT


@router.get("/desk/exams", summary="Exams that are nobody's yet, or no patient's")
def read_desk(
    principal: DeciderDep,
    session: SessionDep,
    now: NowDep,
    state: DeskState = DeskState.HELD,
    after: Annotated[UUID | None, Query(description="the last exam of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DeskOut:
    """
    Return exams that are held, or that are marked as no patient's, the longest known first; for physicists.

    They are in no history, no sum and no output. Each look is on record for every patient who is named.
    """
    found = desk.waiting(session, Standing(state), after=after, limit=limit, looker=principal.looker, now=now)
    return DeskOut(exams=[DeskExamOut.model_validate(one) for one in found])


@router.post("/exams/{exam_id}/release", summary="The exam is this patient's")
def release_exam(
    exam_id: UUID, body: ReleaseIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> DeskExamOut:
    """
    Give an exam to a patient and let it count, whatever its objects say; for physicists.

    Another exam that counts the same irradiation events waits at the desk from then on. Repeating it changes nothing.
    """
    return _decided(exam_id, Decided.RELEASED, body, principal, unit_of_work, site, now, patient_id=body.patient_id)


@router.post("/exams/{exam_id}/withdraw", summary="The release was wrong")
def withdraw_release(
    exam_id: UUID, body: DecisionIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> DeskExamOut:
    """Take a release back, so that the exam stands as its objects say; for physicists."""
    return _decided(exam_id, Decided.WITHDRAWN, body, principal, unit_of_work, site, now)


@router.post("/exams/{exam_id}/not-patient", summary="The exam is of a phantom")
def mark_not_patient(
    exam_id: UUID, body: DecisionIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> DeskExamOut:
    """Mark an exam as no patient's: it is kept, and in no history, sum or output; for physicists."""
    return _decided(exam_id, Decided.NOT_PATIENT, body, principal, unit_of_work, site, now)


@router.post("/exams/{exam_id}/patient", summary="The exam is a patient's")
def mark_patient(
    exam_id: UUID, body: DecisionIn, principal: DeciderDep, unit_of_work: UnitOfWorkDep, site: SiteDep, now: NowDep
) -> DeskExamOut:
    """Mark an exam as a patient's, whatever a rule of the site says; for physicists."""
    return _decided(exam_id, Decided.PATIENT, body, principal, unit_of_work, site, now)


def _decided(
    exam_id: UUID,
    kind: Decided,
    body: DecisionIn | ReleaseIn,
    principal: DeciderDep,
    unit_of_work: UnitOfWorkDep,
    site: SiteDep,
    now: NowDep,
    *,
    patient_id: UUID | None = None,
) -> DeskExamOut:
    decide = partial(
        desk.decide,
        exam_id=exam_id,
        kind=kind,
        patient_id=patient_id,
        comment=body.comment,
        looker=principal.looker,
        site=site,
        now=now,
    )
    return DeskExamOut.model_validate(in_unit_of_work(unit_of_work, decide))
