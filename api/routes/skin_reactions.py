"""What was seen of patients' skin after an exam."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, status

from api.auth.principals import PatientReaderDep, ReactionRecorderDep
from api.deps import NowDep, SessionDep, UnitOfWorkDep
from api.schemas.skin_reactions import ReactionIn, ReactionOut, ReactionsOut, ReactionWithdrawalIn
from db.retry import in_unit_of_work
from dose_services import skin_reactions

router = APIRouter(prefix="/api/v1", tags=["skin"])


@router.get("/exams/{exam_id}/skin-reactions", summary="What was seen of the skin after an exam")
def read_reactions(exam_id: UUID, principal: PatientReaderDep, session: SessionDep, now: NowDep) -> ReactionsOut:
    """Return all recorded looks at the skin, also those taken back, the oldest first."""
    return ReactionsOut.of(skin_reactions.of_exam(session, exam_id, looker=principal.looker, now=now))


@router.post(
    "/exams/{exam_id}/skin-reactions", summary="Record a look at the skin", status_code=status.HTTP_201_CREATED
)
def record_reaction(
    exam_id: UUID, body: ReactionIn, principal: ReactionRecorderDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> ReactionOut:
    """Keep what was seen, even if nothing, for radiologists and physicists; a follow-up that was due closes."""
    keep = partial(skin_reactions.record, exam_id=exam_id, seen=body.seen(), looker=principal.looker, now=now)
    return ReactionOut.of(in_unit_of_work(unit_of_work, keep))


@router.post("/skin-reactions/{reaction_id}/withdrawal", summary="Take a recorded look back")
def withdraw_reaction(
    reaction_id: UUID,
    body: ReactionWithdrawalIn,
    principal: ReactionRecorderDep,
    unit_of_work: UnitOfWorkDep,
    now: NowDep,
) -> ReactionOut:
    """Let a recorded look count no more, with the reason on record; a follow-up may be due again."""
    keep = partial(
        skin_reactions.withdraw, reaction_id=reaction_id, reason=body.reason, looker=principal.looker, now=now
    )
    return ReactionOut.of(in_unit_of_work(unit_of_work, keep))
