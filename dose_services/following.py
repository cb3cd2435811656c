"""What follows from changed exams, done after the answer went out: the outbox, worked off in bulk."""

import logging
from datetime import datetime
from functools import partial

from db.outage import is_outage
from db.repositories import exams, outbound, outbox
from db.repositories.outbox import Due
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from dose_services import estimates, filing, forwarding, order_matching, publication, visit_moves
from dose_services.site import Site

_log = logging.getLogger(__name__)


def work_off(unit_of_work: UnitOfWork, *, now: datetime, site: Site, limit: int) -> int:
    """
    Do what has waited longest and return how many studies and orders are done with.

    Safe to repeat, also beside another process. Each study is a transaction of its own, since each waits for what is
    just being filed about it. One that fails in a way nobody foresaw waits behind the others: it must not keep them.
    """
    with unit_of_work() as session:
        due = outbox.oldest(session, limit=limit)
    done = sum(_is_done(unit_of_work, one, now=now, site=site) for one in due)
    return done + order_matching.work_off(unit_of_work, now=now, limit=limit)


def _is_done(unit_of_work: UnitOfWork, due: Due, *, now: datetime, site: Site) -> bool:
    try:
        in_unit_of_work(unit_of_work, partial(_follow, due=due, now=now, site=site))
    except Exception as error:
        if is_outage(error):
            raise  # not this study's fault: all of it waits
        # The text might quote a patient.
        told = {"error": type(error).__name__, "study_instance_uid": due.study_instance_uid}
        _log.error("what follows from a change failed; it waits", extra=told)
        in_unit_of_work(unit_of_work, partial(outbox.put_back, due=due, now=now))
        return False
    return True


def _follow(session: Session, *, due: Due, now: datetime, site: Site) -> None:
    filing.lock_study(session, due.site, due.study_instance_uid)
    taken = outbox.take(session, due)
    if taken is None:
        return
    # Two exams that were filed at the same time did not see each other's events.
    if taken.is_refile or (taken.exam_id and exams.counts_what_another_counts(session, taken.exam_id)):
        filing.file_anew(session, due.site, due.study_instance_uid, now=now, site=site, cause="refile")
    if taken.exam_id:
        publication.plan(session, taken.exam_id, now=now, site=site)
        visit_moves.follow(session, taken.exam_id, now=now)
        order_matching.wake(session, taken.exam_id, now=now)
    # Whose an exam is may have changed without a change of the exam, as by a merge that was taken back.
    outbound.look_again(session, due.site, due.study_instance_uid, now=now)
    forwarding.follow(session, due.site, due.study_instance_uid, now=now)
    if taken.exam_id:
        estimates.wake(session, taken.exam_id, now=now)
