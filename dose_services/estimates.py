"""
What the installed methods say of exams: computed by the worker after an exam or its patient changed, never at ingest.

What a method says is kept if it is something else than before; nothing is changed nor deleted. Safe to repeat.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

from db import mapping
from db.outage import is_outage
from db.repositories import estimates, exams, findings, patient_doses, skin_maps
from db.repositories.estimates import KnownEstimates
from db.repositories.exams import KnownExam
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session, lock_key
from dose_core.errors import DoseError
from dose_core.estimating.case import Case, Outcome, Subject
from dose_core.estimating.method import Method
from dose_core.estimating.subject import age_at
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_core.observations.values import Observed
from dose_services import ct_sizes, event_origins, observations
from dose_services.exams import patient_view
from dose_services.finding_kinds import FindingKind
from dose_services.methods import installed_methods, outcomes_of
from dose_services.stated_bodies import StatedBody, stated_bodies

FAILED = FindingKind.ESTIMATE_FAILED
_log = logging.getLogger(__name__)


def wake(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Have the methods asked anew of an exam, since something that they look at may have changed."""
    estimates.wake(session, exam_id, now=now)


def work_off(unit_of_work: UnitOfWork, *, now: datetime, limit: int) -> int:
    """
    Ask the methods of the exams that have waited longest, each in a transaction of its own; return how many are done.

    One that fails in a way nobody foresaw waits behind the others: it must not keep them.
    """
    with unit_of_work() as session:
        due = estimates.due(session, limit=limit)
    return sum(_is_done(unit_of_work, exam_id, now=now) for exam_id in due)


def compute_all(unit_of_work: UnitOfWork, *, now: datetime) -> tuple[int, Iterator[int]]:
    """
    Ask the methods of every counted exam.

    Returns:
        How many exams there are, and for each of them, once it is iterated over, how many methods say something new.
    """
    with unit_of_work() as session:
        count, ids = estimates.counted(session)
        exam_ids = list(ids)
    return count, (in_unit_of_work(unit_of_work, partial(compute, exam_id=one, now=now)) for one in exam_ids)


def compute(session: Session, exam_id: UUID, *, now: datetime) -> int:
    """
    Ask the methods of an exam, keep what is new, and return how many methods say something new.

    One that fails says what it said before, costs the others nothing, and is told by a finding about the exam. Nothing
    is asked of an exam that does not count. What was said of one that has expired stays as it is, since what it was
    said of can be read no more.
    """
    lock_key(session, f"estimates of {exam_id}")
    skin_maps.wake(session, exam_id, now=now)  # what the methods look at, a map of skin dose looks at too
    patient_doses.wake(session, exam_id, now=now)
    known = exams.get(session, exam_id)
    if known is None or known.exam.expired_at is not None:
        return 0
    if known.exam.state != Standing.COUNTED:
        _tell_failed(session, exam_id, {}, now=now)
        return 0
    case = case_of(session, known)
    before = {one.method_id: one for one in estimates.newest(session, [exam_id])}
    new, failed = 0, {}
    for method in installed_methods():
        try:
            new += _is_new(session, method, case, before.get(method.id), exam_id, now=now)
        except _MethodFailedError as error:
            failed[f"{method.id} {method.version}"] = str(error)
    _tell_failed(session, exam_id, failed, now=now)
    return new


class _MethodFailedError(DoseError):
    """A method failed on an exam; the text is the kind of error alone, since its own might quote a patient."""


def _tell_failed(session: Session, exam_id: UUID, failed: Mapping[str, str], *, now: datetime) -> None:
    """Raise one finding about an exam for all its methods that fail, or close it where none does."""
    words = "; ".join(f"{method} gave {kind}" for method, kind in sorted(failed.items()))
    told: dict[str, str] = {FAILED: words} if words else {}
    findings.settle(session, exam_id=exam_id, told=told, kinds=[FAILED], now=now)


def case_of(session: Session, known: KnownExam) -> Case:
    """Return all that methods may look at of an exam."""
    exam = mapping.exam_from_packed(known.content)
    return Case(
        exam=exam,
        revision_id=known.exam.revision_id,
        subject=_subject(session, known, exam),
        sizes=ct_sizes.sizes_of(session, known.exam.id),
    )


def _is_done(unit_of_work: UnitOfWork, exam_id: UUID, *, now: datetime) -> bool:
    try:
        in_unit_of_work(unit_of_work, partial(_compute_due, exam_id=exam_id, now=now))
    except Exception as error:
        if is_outage(error):
            raise
        # The text might quote a patient.
        _log.error("estimates of an exam failed; it waits", extra={"error": type(error).__name__, "exam": str(exam_id)})
        in_unit_of_work(unit_of_work, partial(estimates.put_back, exam_id=exam_id, now=now))
        return False
    return True


def _compute_due(session: Session, *, exam_id: UUID, now: datetime) -> None:
    if estimates.take(session, exam_id):
        compute(session, exam_id, now=now)


def _is_new(
    session: Session, method: Method, case: Case, before: KnownEstimates | None, exam_id: UUID, *, now: datetime
) -> bool:
    """
    Ask one method, keep what it says if that is new, and tell if it was.

    Raises:
        _MethodFailedError: it failed.
    """
    digest = _digest(method, case)
    if before is not None and before.case_digest == digest:
        return False
    try:
        outcomes = outcomes_of(method, case)
    except Exception as error:  # a foreign method may fail in any way, and costs its own outcomes alone
        told = {"method": method.id, "error": type(error).__name__, "exam": str(exam_id)}
        _log.error("a method failed on an exam; it says nothing new of it", extra=told)
        raise _MethodFailedError(type(error).__name__) from error
    if _says_the_same(method, outcomes, before):
        return False
    values = {
        "exam_id": exam_id,
        "revision_id": case.revision_id,
        "method_id": method.id,
        "method_version": method.version,
        "case_digest": digest,
        "made_at": now,
    }
    estimates.add(session, values, outcomes)
    return True


def _says_the_same(method: Method, outcomes: tuple[Outcome, ...], before: KnownEstimates | None) -> bool:
    if before is None:
        return not outcomes
    return (before.method_version, before.outcomes) == (method.version, outcomes)


def _digest(method: Method, case: Case) -> bytes:
    """Return what tells one case from another; a revision has one exam."""
    told = (method.id, method.version, case.revision_id, case.subject, case.sizes)
    return sha256(repr(told).encode()).digest()


def _subject(session: Session, known: KnownExam, exam: Exam) -> Subject:
    """Return who was irradiated; what the objects of the exam agree on comes before what others observed."""
    patient = patient_view(session, known.exam.patient_id)
    if patient is None:
        return Subject()
    bodies = stated_bodies(event_origins.speaking_of(session, exam))
    held = observations.at(session, sorted(patient.family), known.exam.started_at)
    observed = {one.observed: one.value for one in held}
    return Subject(
        age_years=_or(age_at(patient.birth_date, _day(known)), known.exam.age_years),
        sex=patient.sex or known.exam.sex,
        size_cm=_agreed(bodies, "size_cm") or observed.get(Observed.BODY_HEIGHT),
        weight_kg=_agreed(bodies, "weight_kg") or observed.get(Observed.BODY_WEIGHT),
    )


def _or(age_years: float | None, kept_years: int | None) -> float | None:
    """Return the age that follows from the birth date, else the one that was kept when that was forgotten."""
    return age_years if age_years is not None or kept_years is None else float(kept_years)


def _agreed(bodies: tuple[StatedBody, ...], name: str) -> float | None:
    stated = {value for one in bodies if (value := getattr(one, name)) is not None}
    return stated.pop() if len(stated) == 1 else None


def _day(known: KnownExam) -> date | None:
    if known.exam.started_local:
        return datetime.fromisoformat(known.exam.started_local).date()
    return known.exam.started_at.date() if known.exam.started_at else None
