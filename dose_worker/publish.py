"""Carry out one step of one publication: ask what is due, tell the archive, mark the outcome."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from uuid import UUID

from db.outage import is_outage
from db.retry import in_unit_of_work
from db.session import Session
from dose_core.writers.devices import Recorder
from dose_services import publication_sending as sending
from dose_services.publication_sending import Upload, Withdrawal
from dose_worker.archive import Archive, ArchiveRefusedError, ArchiveUnavailableError

UnitOfWork = Callable[[], AbstractContextManager[Session]]
_log = logging.getLogger(__name__)


def publish(
    unit_of_work: UnitOfWork,
    archive: Archive,
    publication_id: UUID,
    *,
    clock: Callable[[], datetime],
    recorder: Recorder,
) -> None:
    """
    Store or delete one dose SR if that is due. Safe to repeat, also while another process does the same.

    No transaction is open while the archive is asked: it may take its time, the rows may not.
    """
    try:
        step = in_unit_of_work(
            unit_of_work, lambda session: sending.take(session, publication_id, now=clock(), recorder=recorder)
        )
        if step is not None:
            _carry_out(unit_of_work, archive, step, clock=clock)
    except Exception as error:  # a bug in one report must not be met again each second, nor stop others
        if is_outage(error):
            raise  # the row is as it was, and due again
        bug = f"{type(error).__name__} in {_place(error)}"  # its text might name a patient
        _log.error(
            "a publication failed in a way nobody foresaw", extra={"publication": str(publication_id), "bug": bug}
        )
        in_unit_of_work(
            unit_of_work, lambda session: sending.mark_broken(session, publication_id, bug=bug, now=clock())
        )


def _carry_out(
    unit_of_work: UnitOfWork, archive: Archive, step: Upload | Withdrawal, *, clock: Callable[[], datetime]
) -> None:
    publication_id = step.publication_id
    told = {"publication": str(publication_id), "sop_instance_uid": step.sop_instance_uid}
    try:
        if isinstance(step, Upload):
            mark = partial(sending.mark_sent, orthanc_id=archive.store(step.dicom).archive_id)
        else:
            archive.delete(step.sop_instance_uid)
            mark = partial(sending.mark_withdrawn)
    except ArchiveUnavailableError as error:
        mark = partial(sending.mark_unavailable, error=error)
        _log.warning("the archive could not be asked", extra={**told, "reason": str(error)})
    except ArchiveRefusedError as error:
        mark = partial(sending.mark_refused, error=error)
        _log.error("the archive refused a dose SR", extra={**told, "reason": str(error)})
    in_unit_of_work(unit_of_work, lambda session: mark(session, publication_id, now=clock()))
    _log.info("publication step done", extra={**told, "step": type(step).__name__})


def _place(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else "an unknown place"
