"""Bodies about what was seen of a patient's skin."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyIn, BodyOut
from api.schemas.skin import Reason
from dose_services.skin_reactions import GRADES, SCALE, Reaction, Seen

_Words = Annotated[str, Field(max_length=1000)]


class ReactionIn(BodyIn):
    """
    A look at the skin, also one that found nothing: grade 0.

    ``photo_reference`` says where a picture is kept; pictures themselves are not taken in.
    """

    grade: Annotated[int, Field(ge=min(GRADES), le=max(GRADES))]
    seen_on: date
    place: _Words = ""
    photo_reference: _Words = ""
    comment: _Words = ""

    def seen(self) -> Seen:
        """Return what was seen."""
        return Seen(**self.model_dump())


class ReactionWithdrawalIn(BodyIn):
    """Why a recorded look counts no more."""

    reason: Reason


class ReactionOut(BodyOut):
    """One recorded look; ``withdrawn_at`` is ``null`` while it stands."""

    id: UUID
    exam_id: UUID
    grade: int
    grade_words: str
    seen_on: date
    place: str
    photo_reference: str
    comment: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None

    @classmethod
    def of(cls, one: Reaction) -> Self:
        """Return the body of a look."""
        seen = one.seen
        return cls(
            id=one.id,
            exam_id=one.exam_id,
            grade=seen.grade,
            grade_words=GRADES[seen.grade],
            seen_on=seen.seen_on,
            place=seen.place,
            photo_reference=seen.photo_reference,
            comment=seen.comment,
            recorded_by=one.recorded_by,
            recorded_at=one.recorded_at,
            withdrawn_by=one.withdrawn_by,
            withdrawn_at=one.withdrawn_at,
            withdrawn_why=one.withdrawn_why,
        )


class ReactionsOut(BodyOut):
    """What was seen after an exam, the oldest first."""

    scale: str
    reactions: list[ReactionOut]

    @classmethod
    def of(cls, all_of: tuple[Reaction, ...]) -> Self:
        """Return the body of all looks."""
        return cls(scale=SCALE, reactions=[ReactionOut.of(one) for one in all_of])
