"""What follows from changed exams, done after the answer went out: the outbox, worked off in bulk."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from db.repositories import exams, outbox
from db.session import Session
from dose_services import filing, publication
from dose_services.site import Site

UnitOfWork = Callable[[], AbstractContextManager[Session]]


def work_off(unit_of_work: UnitOfWork, *, now: datetime, site: Site, limit: int) -> int:
    """
    Do what has waited longest and return how many studies it was about. Safe to repeat, also beside another process.

    Each study is a transaction of its own, since each waits for what is just being filed about it.
    """
    with unit_of_work() as session:
        due = outbox.oldest(session, limit=limit)
    for one in due:
        with unit_of_work() as session:
            filing.lock_study(session, one.site, one.study_instance_uid)
            if not outbox.take(session, one):
                continue
            # Two exams that were filed at the same time did not see each other's events.
            if one.is_refile or (one.exam_id and exams.counts_what_another_counts(session, one.exam_id)):
                filing.file_anew(session, one.site, one.study_instance_uid, now=now, site=site, cause="refile")
            if one.exam_id:
                publication.plan(session, one.exam_id, now=now, site=site)
    return len(due)
