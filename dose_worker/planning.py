"""Bring the publications of exams in line with marks of devices and archives that were changed."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from dose_services import publication
from dose_services.site import Site

_log = logging.getLogger(__name__)


def plan_anew(unit_of_work: UnitOfWork, *, limit: int, clock: Callable[[], datetime], site: Site) -> None:
    """
    Plan exams that do not fit, at most ``limit`` of them. One whose planning fails is left for the next time.

    Raises:
        DatabaseError: the database is away, full, or refused to say which exams these are.
    """
    with unit_of_work() as session:
        exam_ids = publication.unplanned(session, limit=limit)
    for exam_id in exam_ids:
        try:
            in_unit_of_work(unit_of_work, partial(publication.plan, exam_id=exam_id, now=clock(), site=site))
        except Exception as error:  # a bug that one exam meets must not stop the others
            if is_outage(error):
                raise
            # Without its text and trace, which might name a patient.
            about = {"exam": str(exam_id), "bug": type(error).__name__}
            _log.error("the publications of an exam could not be planned", extra=about)
