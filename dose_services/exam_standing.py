"""Whose an exam is, and whether it counts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import mapping
from db.repositories import exams, outbox
from db.repositories.exams import Before
from db.session import Session
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Decided, Standing, Stands, standing_of
from dose_services import identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """The patient of an exam and how it stands; ``disagrees`` if it states another birth date than is known."""

    patient_id: UUID
    stands: Stands
    disagrees: bool


def of(
    session: Session,
    exam: Exam,
    before: Before,
    exam_id: UUID,
    *,
    site_label: str,
    authority: str,
    now: datetime,
) -> Belongs:
    """
    Return whose an exam is and how it stands; patients that its objects name are created if unknown.

    An exam that is held, since its objects name different patients, is nobody's: a placeholder has it until
    a person releases it.
    """
    study = f"{site_label}|{exam.study_instance_uid}" if site_label else exam.study_instance_uid
    named = [
        identity.resolve_stated(session, stated, study=study, evidence_id=None, now=now, authority=authority)
        for stated in exam.patients
    ]
    decided = [Decided(one.kind) for one in before.decisions]
    survivors = {one.survivor_id for one in named}
    stands = standing_of(
        decided,
        patients=len(survivors),
        not_patient=None,
        shares_events=_shares_events(session, exam, before, exam_id, site_label, now=now),
    )
    release = next((one for one in before.decisions if one.kind in {Decided.RELEASED, Decided.WITHDRAWN}), None)
    if release is not None and release.kind == Decided.RELEASED and release.patient_id is not None:
        patient_id = release.patient_id
    elif len(survivors) == 1:
        patient_id = named[0].patient_id
    else:
        patient_id = identity.placeholder_of(session, study=study, now=now)
    return Belongs(patient_id=patient_id, stands=stands, disagrees=any(one.disagrees for one in named))


def _shares_events(
    session: Session, exam: Exam, before: Before, exam_id: UUID, site_label: str, *, now: datetime
) -> bool:
    """Tell if an exam that was known before counts an event of this one."""
    uids = [mapping.storable(event.event_uid) for event in exam.events if not event.uid_is_stand_in]
    sharing = exams.sharing_events(session, site_label, exam_id, uids)
    counted = [other for other in sharing if other.state == Standing.COUNTED]
    since = before.exam.created_at if before.exam else now
    later = [other for other in counted if (other.created_at, other.exam_id) > (since, exam_id)]
    # Known later, and counted all the same: it did not see this one, or this one did not count then.
    outbox.add(session, [(site_label, other.study_instance_uid) for other in later], now=now)
    return len(later) < len(counted)
