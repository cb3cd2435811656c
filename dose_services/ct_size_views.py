"""Looks at the sizes that were measured in an exam's CT images."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.session import Session
from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_core.ledger.standing import Standing
from dose_services import ct_sizes, viewing
from dose_services.audit import Looker


class SizesState(StrEnum):
    """Whether the images of an exam were looked at."""

    LOOKED = "looked"
    NOT_LOOKED = "not_looked"  # not yet, never because it is too old, or the site has not switched it on
    NOT_COUNTED = "not_counted"  # the exam waits at the desk, or is no patient's: nothing is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CtSizesView:
    """The sizes of an exam's CT events as they were measured, and why others were not."""

    exam_id: UUID
    state: SizesState
    sizes: tuple[MeasuredSize, ...] = ()
    refusals: tuple[NotComputable, ...] = ()


def look(session: Session, exam_id: UUID, *, looker: Looker, now: datetime) -> CtSizesView:
    """
    Return the sizes that were measured in an exam's images; the look is on record.

    Raises:
        UnknownExamError: as of ``viewing.look_at_exam``.
    """
    explained = viewing.look_at_exam(session, exam_id, looker=looker, now=now)
    if explained.detail.summary.state is not Standing.COUNTED:
        return CtSizesView(exam_id=exam_id, state=SizesState.NOT_COUNTED)
    found = ct_sizes.sizes_of(session, exam_id)
    if found is None:
        return CtSizesView(exam_id=exam_id, state=SizesState.NOT_LOOKED)
    return CtSizesView(
        exam_id=exam_id,
        state=SizesState.LOOKED,
        sizes=tuple(one for one in found if isinstance(one, MeasuredSize)),
        refusals=tuple(one for one in found if isinstance(one, NotComputable)),
    )
