"""Findings that somebody's skin is to be looked at; closed when a look is recorded."""

from datetime import datetime
from uuid import UUID

from db import mapping
from db.repositories import exams, findings, skin_maps, skin_reactions
from db.session import Session
from dose_core.estimating.skin_follow_up import FOLLOW_UP_DAYS, FollowUp, follow_up, words_of
from dose_core.ledger.standing import Standing
from dose_services.finding_kinds import FindingKind

KIND = FindingKind.SKIN_FOLLOW_UP_DUE


def settle(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Raise the finding about an exam if its levels ask for a look at the skin and none is recorded, else close it."""
    found = None if is_looked_at(session, exam_id) else of_exam(session, exam_id)
    told: dict[str, str] = (
        {KIND: f"look at the skin {FOLLOW_UP_DAYS} days after the exam: {words_of(found)}"} if found else {}
    )
    findings.settle(session, exam_id=exam_id, told=told, kinds=[KIND], now=now)


def of_exam(session: Session, exam_id: UUID) -> FollowUp | None:
    """Return when and why the skin is to be looked at, ``None`` if no level asks for it or the exam does not count."""
    known = exams.get(session, exam_id)
    if known is None or known.exam.state != Standing.COUNTED:
        return None
    row = skin_maps.newest(session, [exam_id]).get(exam_id)
    return follow_up(mapping.exam_from_packed(known.content), row.peak_mgy if row else None)


def is_looked_at(session: Session, exam_id: UUID) -> bool:
    """Tell if a look at the skin is recorded and not taken back."""
    return any(withdrawal is None for _, withdrawal in skin_reactions.of_exam(session, exam_id))
