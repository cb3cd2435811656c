"""Read one exam."""

from uuid import UUID

from fastapi import APIRouter

from api.auth.principals import PatientReaderDep
from api.deps import NowDep, SessionDep
from api.schemas.exams import ExamOut
from dose_services import viewing

router = APIRouter(prefix="/api/v1/exams", tags=["read"])


@router.get("/{exam_id}", summary="One exam, each value with its source")
def read_exam(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> ExamOut:
    """
    Return an exam with its events: values as stated, the object and place of each, and our estimates apart.

    An estimate names its method, its uncertainty and what it leaves out; where none can be made, the reason stands.
    """
    return ExamOut.of(viewing.look_at_exam(session, exam_id, looker=principal.looker, now=now))
