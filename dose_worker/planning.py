"""Bring the publications of exams in line with what changed: marks of devices, archives, and what was estimated."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from dose_core.writers.devices import Recorder
from dose_services import patient_dose_publication, publication, publication_findings
from dose_services.site import Site

_log = logging.getLogger(__name__)


def plan_anew(unit_of_work: UnitOfWork, *, limit: int, clock: Callable[[], datetime], site: Site) -> None:
    """
    Plan the dose SRs of exams that do not fit, at most ``limit`` of them. One that fails is left for the next time.

    Raises:
        DatabaseError: the database is away, full, or refused to say which exams these are.
    """
    with unit_of_work() as session:
        exam_ids = publication.unplanned(session, limit=limit)
    for exam_id in exam_ids:
        _is_planned(unit_of_work, exam_id, partial(publication.plan, site=site), clock=clock)


def plan_estimates(
    unit_of_work: UnitOfWork, *, limit: int, clock: Callable[[], datetime], site: Site, recorder: Recorder
) -> int:
    """
    Plan the patient dose reports of exams that waited longest, at most ``limit`` of them; return how many are done.

    One that fails waits behind the others.

    Raises:
        DatabaseError: as of ``plan_anew``.
    """
    in_unit_of_work(unit_of_work, partial(patient_dose_publication.wake_marked, now=clock()))
    with unit_of_work() as session:
        exam_ids = patient_dose_publication.due(session, limit=limit)
    plan = partial(patient_dose_publication.plan_due, site=site, recorder=recorder)
    failed = [one for one in exam_ids if not _is_planned(unit_of_work, one, plan, clock=clock)]
    for exam_id in failed:
        in_unit_of_work(unit_of_work, partial(patient_dose_publication.put_back, exam_id=exam_id, now=clock()))
    return len(exam_ids) - len(failed)


def _is_planned(
    unit_of_work: UnitOfWork, exam_id: UUID, plan: Callable[..., None], *, clock: Callable[[], datetime]
) -> bool:
    """Plan one exam, and tell by a finding if it could not be; that is closed as soon as it can."""

    def planned(session: Session) -> None:
        plan(session, exam_id, now=clock())
        publication_findings.resolve_unplanned(session, exam_id, now=clock())

    try:
        in_unit_of_work(unit_of_work, planned)
    except Exception as error:  # a bug that one exam meets must not stop the others
        if is_outage(error):
            raise
        # Without its text and trace, which might name a patient.
        bug = type(error).__name__
        _log.error("the publications of an exam could not be planned", extra={"exam": str(exam_id), "bug": bug})
        tell = partial(publication_findings.raise_unplanned, exam_id=exam_id, bug=bug, now=clock())
        in_unit_of_work(unit_of_work, tell)
        return False
    return True
