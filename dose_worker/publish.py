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
from dose_services.pacs_values import Destination
from dose_services.publication_step import Rejection, Upload, Withdrawal
from dose_worker.archive import Archive, ArchiveRefusedError, ArchiveUnavailableError

UnitOfWork = Callable[[], AbstractContextManager[Session]]
ArchiveOf = Callable[[Destination], Archive | None]
_log = logging.getLogger(__name__)


def publish(
    unit_of_work: UnitOfWork,
    archive_of: ArchiveOf,
    publication_id: UUID,
    *,
    clock: Callable[[], datetime],
    recorder: Recorder,
) -> None:
    """
    Store one dose SR, or take it back, if that is due. Safe to repeat, also while another process does the same.

    ``archive_of`` gives the archive that a destination is, ``None`` if this worker was not told where it is.
    No transaction is open while the archive is asked: it may take its time, the rows may not.
    """
    try:
        step = in_unit_of_work(
            unit_of_work, lambda session: sending.take(session, publication_id, now=clock(), recorder=recorder)
        )
        if step is not None:
            _carry_out(unit_of_work, archive_of, step, clock=clock)
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
    unit_of_work: UnitOfWork,
    archive_of: ArchiveOf,
    step: Upload | Rejection | Withdrawal,
    *,
    clock: Callable[[], datetime],
) -> None:
    publication_id, destination = step.publication_id, step.destination.name
    told = {
        "publication": str(publication_id),
        "destination": destination,
        "sop_instance_uid": step.sop_instance_uid,
    }
    try:
        archive = archive_of(step.destination)
        if archive is None:
            msg = f"this worker was not told where {destination} is"
            raise ArchiveUnavailableError(msg)  # noqa: TRY301  as if it could not be reached
        mark = _told(archive, step)
    except ArchiveUnavailableError as error:
        mark = partial(sending.mark_unavailable, error=error)
        _log.warning("the archive could not be asked", extra={**told, "reason": str(error)})
    except ArchiveRefusedError as error:
        mark = partial(sending.mark_refused, error=error)
        _log.error("the archive refused a dose SR", extra={**told, "reason": str(error)})
    in_unit_of_work(unit_of_work, lambda session: mark(session, publication_id, now=clock()))
    _log.info("publication step done", extra={**told, "step": type(step).__name__})


def _told(archive: Archive, step: Upload | Rejection | Withdrawal) -> Callable[..., None]:
    """Tell the archive, and return what marks that it was told."""
    if isinstance(step, Upload):
        stored = archive.store(step.dicom)
        if stored.warning is not None:
            about = {"destination": step.destination.name, "sop_instance_uid": step.sop_instance_uid}
            _log.warning("the archive took a dose SR with a warning", extra={**about, "reason": stored.warning})
        return partial(sending.mark_sent, orthanc_id=stored.archive_id)
    if isinstance(step, Withdrawal):
        archive.delete(step.sop_instance_uid)
        return sending.mark_withdrawn
    if not step.was_stored:
        try:
            is_held = archive.holds(step.instance)
        except ArchiveUnavailableError as error:
            about = {"destination": step.destination.name, "sop_instance_uid": step.sop_instance_uid}
            _log.warning("the archive could not be asked", extra={**about, "reason": str(error)})
            return partial(sending.mark_not_said, error=error)
        if is_held is False:
            return sending.mark_never_stored
    archive.store(step.dicom)
    return sending.mark_withdrawn


def _place(error: BaseException) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else "an unknown place"
