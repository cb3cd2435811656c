"""
Expiry: what is older than the site's rule says is made unreadable for good; the dose stays, without identity.

Evidence and what statements say of identity are sealed under keys of their own, which are destroyed; what is live,
such as a patient's name, is deleted. Nothing is due while a legal hold or a restriction keeps it.

Source: ``dose_core.retention.rules``; GDPR, 5(1)(e) and 17(3)(b); NIST SP 800-88, 2.6.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from db import mapping
from db.repositories import erasures
from db.repositories import exams as exam_rows
from db.repositories import patients as patient_rows
from db.repositories import retention as kept
from db.repositories.retention import Family, KeptExam
from db.retry import in_unit_of_work
from db.session import Session
from dose_core.retention.due import Due, RecordedExam, RecordedPatient, due_of
from dose_core.retention.periods import after_years
from dose_core.retention.rules import Rule
from dose_core.retention.treatment import may_be_treatment
from dose_services.filing import lock_study

UnitOfWork = Callable[[], AbstractContextManager[Session]]

_PAGE = 500  # patients looked at together; ours: some hundred milliseconds of the database
_BATCH = 1000  # objects or messages of one transaction; ours, likewise
_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the site has chosen: the rule, the time zone of its days, and how long HL7 messages are kept."""

    rule: Rule
    zone: ZoneInfo
    hl7_keep: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is due, or was made unreadable: counts, and the days between which the exams lie. Nobody is named."""

    exams: int = 0
    patients: int = 0
    objects: int = 0  # that belong to no exam
    messages: int = 0
    held: int = 0  # exams that nothing but a hold or a restriction keeps
    changed_meanwhile: int = 0  # patients left for the next time
    first_on: date | None = None
    last_on: date | None = None

    def with_due(self, due: Due) -> "Tally":
        """Return the tally with what is due of one patient."""
        days = [day for day in (self.first_on, self.last_on, *due.exams.values()) if day]
        return replace(
            self,
            exams=self.exams + len(due.exams),
            patients=self.patients + due.identity,
            first_on=min(days, default=None),
            last_on=max(days, default=None),
        )


def survey(session: Session, policy: Policy, *, now: datetime) -> Tally:
    """Return what is due; the database refuses any change meanwhile. Call it first in a transaction."""
    kept.read_only(session)
    tally = Tally()
    for page in _pages(session):
        for family in page:
            due = _due(session, family, policy, now=now)
            tally = replace(tally.with_due(due), held=tally.held + due.held)
    return replace(
        tally,
        objects=erasures.count_loose_objects(session, before=_loose_before(policy, now)),
        messages=erasures.count_messages(session, before=now - policy.hl7_keep),
    )


def expire(unit_of_work: UnitOfWork, policy: Policy, *, by: str, now: datetime, told: Callable[[Tally], None]) -> Tally:
    """
    Make unreadable what is due, and return what was. Safe to repeat, to cut short, and beside live traffic.

    Each patient is a transaction of its own with its audit entries; ``told`` is called after each page.

    Args:
        unit_of_work: opens a transaction.
        policy: what the site has chosen.
        by: who asked for it, as the audit entries name them.
        now: the time.
        told: is told how far it is.
    """
    done = Tally()
    after = _BEFORE_ALL
    while True:
        with unit_of_work() as session:
            page = kept.families(session, after=after, limit=_PAGE)
            dues = {family.root: _due(session, family, policy, now=now) for family in page}
        done = replace(done, held=done.held + sum(due.held for due in dues.values()))
        for root in (root for root, due in dues.items() if due.exams or due.identity):
            expire_patient = partial(_expire_patient, root=root, policy=policy, by=by, now=now)
            due = in_unit_of_work(unit_of_work, expire_patient)
            done = done.with_due(due) if due else replace(done, changed_meanwhile=done.changed_meanwhile + 1)
        told(done)
        if len(page) < _PAGE:
            break
        after = page[-1].root
    rule = policy.rule.name
    objects = partial(erasures.loose_objects, before=_loose_before(policy, now), by=by, rule=rule, now=now)
    days = f"HL7 messages, {policy.hl7_keep.days} days"
    messages = partial(erasures.messages, before=now - policy.hl7_keep, by=by, rule=days, now=now)
    done = replace(done, objects=_in_batches(unit_of_work, objects), messages=_in_batches(unit_of_work, messages))
    in_unit_of_work(unit_of_work, partial(erasures.refile_what_came_meanwhile, now=now))
    return done


def _expire_patient(session: Session, root: UUID, policy: Policy, *, by: str, now: datetime) -> Due | None:
    """Make unreadable what is due of a patient, and return it; ``None`` if somebody worked on them meanwhile."""
    seen = kept.family(session, root)
    if seen is None:
        return None
    _lock(session, seen)
    family = kept.family(session, root)
    if family is None or family != seen:
        return None
    due = _due(session, family, policy, now=now)
    rule = policy.rule.name
    if due.exams:
        erasures.exams(session, list(due.exams), by=by, rule=rule, now=now)
    if due.identity:
        members = [member.id for member in family.members]
        erasures.patients(session, root, members, by=by, rule=rule, now=now)
    return due


def _lock(session: Session, family: Family) -> None:
    """Keep deliveries and messages about a patient waiting, in the order in which they lock themselves."""
    for site, study in sorted({(exam.site, exam.study_instance_uid) for exam in family.exams}):
        lock_study(session, site, study)
    patient_rows.lock_merges(session)
    known = patient_rows.identifiers_of(session, [member.id for member in family.members])
    patient_rows.lock_identifiers(session, [(row.value, row.authority) for row in known])


def _pages(session: Session) -> Iterator[list[Family]]:
    after = _BEFORE_ALL
    while page := kept.families(session, after=after, limit=_PAGE):
        yield page
        after = page[-1].root


def _due(session: Session, family: Family, policy: Policy, *, now: datetime) -> Due:
    today = now.astimezone(policy.zone).date()
    patient = RecordedPatient(
        id=family.root,
        birth_dates=frozenset(member.birth_date for member in family.members if member.birth_date),
        told_of_on=max(member.told_of_at for member in family.members).astimezone(policy.zone).date(),
        exams=tuple(_recorded(session, exam, policy, today) for exam in family.exams),
        is_on_hold=any(member.is_on_hold for member in family.members),
        is_named_elsewhere=family.named_by > 0,
    )
    return due_of(policy.rule, patient, today=today)


def _recorded(session: Session, exam: KeptExam, policy: Policy, today: date) -> RecordedExam:
    received_on = exam.created_at.astimezone(policy.zone).date()
    is_stated = exam.started_local is not None and not exam.has_wrong_clock
    stated_on = date.fromisoformat((exam.started_local or "")[:10]) if is_stated else None
    # Looked into only where it matters: this reads the exam.
    is_asked = (
        policy.rule.treatment_years is not None
        and exam.has_administration
        and after_years(min(stated_on or received_on, received_on), policy.rule.years) < today
    )
    return RecordedExam(
        id=exam.id,
        stated_on=stated_on,
        received_on=received_on,
        is_on_hold=exam.is_on_hold,
        is_expired=exam.expired_at is not None,
        may_be_treatment=is_asked and _may_be_treatment(session, exam.id),
    )


def _may_be_treatment(session: Session, exam_id: UUID) -> bool:
    known = exam_rows.get(session, exam_id)
    return known is not None and may_be_treatment(mapping.exam_from_packed(known.content))


def _loose_before(policy: Policy, now: datetime) -> datetime:
    """Return the instant before which an object came of which nobody knows whose it is, if it is due."""
    today = now.astimezone(policy.zone).date()
    return datetime.combine(after_years(today, -policy.rule.longest_years), time(), policy.zone)


def _in_batches(unit_of_work: UnitOfWork, batch: Callable[..., int]) -> int:
    total = 0
    while count := in_unit_of_work(unit_of_work, partial(batch, limit=_BATCH)):
        total += count
    return total
