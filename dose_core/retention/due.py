"""What of a patient's records is due: the time to keep it is over, and nothing holds it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from dose_core.retention.periods import kept_until
from dose_core.retention.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedExam:
    """
    An exam whose patient is this one.

    ``stated_on`` is the day that it states; ``received_on`` the day on which the first of its objects came.
    """

    id: UUID
    stated_on: date | None
    received_on: date
    is_on_hold: bool = False
    is_expired: bool = False
    may_be_treatment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPatient:
    """
    A patient with all who were merged into them.

    ``told_of_on`` is the day on which somebody last stated something of them. ``is_on_hold`` stands for a hold on
    the patient and for a restriction alike: who asked to restrict their data may need them (GDPR, 18(1)(b), (c)).
    ``is_named_elsewhere`` tells that an exam that is kept and is nobody's yet names them.
    """

    id: UUID
    birth_dates: frozenset[date]
    told_of_on: date
    exams: tuple[RecordedExam, ...]
    is_on_hold: bool = False
    is_named_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due of a patient: exams by their day, and the identity. ``held`` counts what only a hold keeps."""

    exams: dict[UUID, date] = field(default_factory=dict)
    identity: bool = False
    held: int = 0


def due_of(rule: Rule, patient: RecordedPatient, *, today: date) -> Due:
    """
    Return what is due of a patient today.

    Each exam has a period of its own. The identity goes with the last exam: until then a history shows whole what
    is known of the patient. A patient without any exam goes as if one had been made when they were last told of.
    """
    days = {exam.id: day_of(exam, patient.birth_dates) for exam in patient.exams}
    last_on = max(days.values(), default=patient.told_of_on)
    over = {
        exam.id: days[exam.id]
        for exam in patient.exams
        if not exam.is_expired
        and _is_over(rule, patient, exam_on=days[exam.id], last_on=last_on, treats=exam.may_be_treatment, today=today)
    }
    held = {exam.id for exam in patient.exams if exam.id in over and (exam.is_on_hold or patient.is_on_hold)}
    exams = {exam_id: day for exam_id, day in over.items() if exam_id not in held}
    kept = [exam for exam in patient.exams if not exam.is_expired and exam.id not in exams]
    is_over = bool(patient.exams) or _is_over(
        rule, patient, exam_on=last_on, last_on=last_on, treats=False, today=today
    )
    identity = is_over and not kept and not patient.is_on_hold and not patient.is_named_elsewhere
    return Due(exams=exams, identity=identity, held=len(held))


def day_of(exam: RecordedExam, birth_dates: frozenset[date]) -> date:
    """
    Return the day from which an exam is counted.

    One that is before a birth, or after the exam came in, is of a clock that was wrong; the exam was not
    later than it came in, so that this day counts for it.
    """
    stated = exam.stated_on
    if stated is None or stated > exam.received_on or any(stated < born for born in birth_dates):
        return exam.received_on
    return stated


def _is_over(rule: Rule, patient: RecordedPatient, *, exam_on: date, last_on: date, treats: bool, today: date) -> bool:
    # Of several birth dates nobody knows which one is true: the longest period counts.
    births: list[date | None] = [*patient.birth_dates] or [None]
    return all(
        kept_until(rule, exam_on=exam_on, last_exam_on=last_on, born_on=born, is_treatment=treats) < today
        for born in births
    )
