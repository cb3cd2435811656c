"""What was seen of a patient's skin after an exam: recorded, taken back, listed; a look closes the follow-up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from db.mapping import storable
from db.repositories import skin_reactions
from db.session import Session
from db.tables.skin_reaction import SkinReactionRow
from dose_core.errors import DoseError
from dose_core.retention.wording import reason_of
from dose_services import skin_follow_up, viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.viewing import UnknownExamError

SCALE: Final = "NCI CTCAE 4.03, dermatitis radiation; 0 is no reaction"
# As printed in doi:10.1186/s13014-018-1160-5, Table 2; in our words.
GRADES: Final = {
    0: "no reaction",
    1: "faint erythema or dry desquamation",
    2: "moderate to brisk erythema, patchy moist desquamation mostly in folds, moderate edema",
    3: "moist desquamation outside of folds, bleeding by minor trauma",
    4: "necrosis or ulceration of the full thickness, spontaneous bleeding, graft indicated; life-threatening",
    5: "death",
}


_NO_REACTION = "no recorded look at a patient's skin has this id"


class UnknownReactionError(DoseError):
    """No recorded look at a patient's skin has this id."""


class NotYetSeenError(DoseError):
    """The skin cannot have been seen before the exam, nor in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person saw: a grade of ``SCALE``, when, where on the body; ``photo_reference`` says where a picture is."""

    grade: int
    seen_on: date
    place: str
    photo_reference: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One recorded look; ``withdrawn_at`` is ``None`` while it stands."""

    id: UUID
    exam_id: UUID
    seen: Seen
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None


def of_exam(session: Session, exam_id: UUID, *, looker: Looker, now: datetime) -> tuple[Reaction, ...]:
    """
    Return what was seen after an exam, the oldest first.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
    """
    viewing.look_at_exam(session, exam_id, looker=looker, now=now)
    return tuple(_reaction(row, back) for row, back in skin_reactions.of_exam(session, exam_id))


def record(session: Session, exam_id: UUID, seen: Seen, *, looker: Looker, now: datetime) -> Reaction:
    """
    Keep what was seen of the skin after an exam, and return it; a follow-up that is due closes.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
        NotYetSeenError: the day lies before the exam, or in the future.
    """
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now)
    started = explained.detail.exam.started_at
    if (started is not None and seen.seen_on < started.date()) or seen.seen_on > now.date():
        raise NotYetSeenError("name a day between the exam and today")
    reaction_id = uuid4()
    values = {
        "id": reaction_id,
        "exam_id": exam_id,
        "grade": seen.grade,
        "seen_on": seen.seen_on,
        "place": storable(seen.place),
        "photo_reference": storable(seen.photo_reference),
        "comment": storable(seen.comment),
        "recorded_by": looker.subject,
        "recorded_at": now,
    }
    skin_reactions.add(session, values)
    patient_id = explained.patient.id
    record_look(session, looker, Action.RECORD_REACTION, now=now, patient_id=patient_id, exam_id=exam_id)
    skin_follow_up.settle(session, exam_id, now=now)
    return _one(session, exam_id, reaction_id)


def withdraw(session: Session, reaction_id: UUID, *, reason: str, looker: Looker, now: datetime) -> Reaction:
    """
    Let a recorded look count no more, and return it; a follow-up may be due again. Safe to repeat.

    Raises:
        UnknownReactionError: none has this id, or its exam is unknown to the caller.
        NoReasonError: the reason is none.
    """
    row = skin_reactions.get(session, reaction_id)
    if row is None or row.withdraws is not None:
        raise UnknownReactionError(_NO_REACTION)
    try:
        patient = viewing.look_at_exam(session, row.exam_id, looker=looker, now=now).patient
    except UnknownExamError:  # in the words of a look that nobody recorded
        raise UnknownReactionError(_NO_REACTION) from None
    numbers = [one.value for one in patient.identifiers]
    why = storable(reason_of(reason, names=[patient.name] if patient.name else [], numbers=numbers))
    if _one(session, row.exam_id, reaction_id).withdrawn_at is None:
        values = {
            "id": uuid4(),
            "exam_id": row.exam_id,
            "place": "",
            "photo_reference": "",
            "comment": why,
            "withdraws": reaction_id,
            "recorded_by": looker.subject,
            "recorded_at": now,
        }
        skin_reactions.add(session, values)
        action, exam_id = Action.WITHDRAW_REACTION, row.exam_id
        record_look(session, looker, action, now=now, patient_id=patient.id, exam_id=exam_id, reason=why)
        skin_follow_up.settle(session, exam_id, now=now)
    return _one(session, row.exam_id, reaction_id)


def _one(session: Session, exam_id: UUID, reaction_id: UUID) -> Reaction:
    pairs = skin_reactions.of_exam(session, exam_id)
    return next(_reaction(row, back) for row, back in pairs if row.id == reaction_id)


def _reaction(row: SkinReactionRow, back: SkinReactionRow | None) -> Reaction:
    if row.grade is None or row.seen_on is None:
        raise ValueError("a look that is no withdrawal has a grade and a day")
    return Reaction(
        id=row.id,
        exam_id=row.exam_id,
        seen=Seen(
            grade=row.grade,
            seen_on=row.seen_on,
            place=row.place,
            photo_reference=row.photo_reference,
            comment=row.comment,
        ),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        withdrawn_by=back.recorded_by if back else None,
        withdrawn_at=back.recorded_at if back else None,
        withdrawn_why=back.comment if back else None,
    )
