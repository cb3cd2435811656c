"""The skin dose of a patient's exams of a period, added up on the map."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from db.repositories import exams
from db.session import Session
from dose_core.errors import DoseError
from dose_core.estimating.skin_sum import Part, SkinSum, add_up
from dose_core.ledger.standing import Standing
from dose_services import estimates, skin_maps, viewing
from dose_services.audit import Action, Looker
from dose_services.cumulative_dose import Period
from dose_services.exams import ExamSummary

MOST: Final = 50  # exams of one sum: each is computed while somebody waits


class TooManyExamsError(DoseError):
    """The period has more exams with skin dose than are added up at once; ask for a shorter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSkinSum:
    """The sum over the exams of a period that have projection events; those ``without_start`` are in none."""

    patient_id: UUID
    period: Period
    sum: SkinSum
    without_start: tuple[UUID, ...]


def look(session: Session, patient_id: UUID, period: Period, *, looker: Looker, now: datetime) -> PatientSkinSum:
    """
    Return the skin dose of a patient's exams of a period, computed place by place on one body; merges are followed.

    Raises:
        UnknownPatientError: no patient has this id, or they are restricted; the text does not say which.
        TooManyExamsError: there are more than ``MOST``.
    """
    history = viewing.look_at_history(session, patient_id, looker=looker, now=now, action=Action.READ_SKIN_DOSE)
    counted = [one for one in history.exams if one.state is Standing.COUNTED]
    chosen = sorted((one for one in counted if _is_within(one, period)), key=_start)
    parts = [part for one in chosen if (part := _part(session, one.id)) is not None]
    if len(parts) > MOST:
        msg = f"more than {MOST} exams have a skin dose; ask for a shorter period"
        raise TooManyExamsError(msg)
    return PatientSkinSum(
        patient_id=history.patient.id,
        period=period,
        sum=add_up(parts),
        without_start=tuple(one.id for one in counted if one.started_at is None and {"XA", "RF"} & _modalities(one)),
    )


def _part(session: Session, exam_id: UUID) -> Part | None:
    known = exams.get(session, exam_id)
    if known is None or known.exam.expired_at is not None:
        return None
    case = estimates.case_of(session, known)
    device = skin_maps.device_of(session, known, case)
    if device is None:
        return None
    return Part(exam_id=exam_id, case=case, device=device, choice=skin_maps.choice_of(session, exam_id))


def _is_within(one: ExamSummary, period: Period) -> bool:
    if one.started_at is None:
        return False
    return not (period.from_ and one.started_at < period.from_) and not (
        period.until and one.started_at >= period.until
    )


def _start(one: ExamSummary) -> tuple[datetime, str]:
    return one.started_at or datetime.min.replace(tzinfo=UTC), str(one.id)


def _modalities(one: ExamSummary) -> set[str]:
    return set(one.modality.split("/"))
