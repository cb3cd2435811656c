"""Hand over what waits for one destination: ask what is next, hand it over, mark the outcome."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from dose_core.errors import DoseError
from dose_services import forwarding_sending as sending
from dose_services.archive_values import DicomNode, StowNode
from dose_services.forwarding_sending import Forwarding, Turn
from dose_services.forwarding_values import FolderNode
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.archives import archive_of
from dose_worker.folder_drop import drop
from dose_worker.publish import ArchiveOf

_AT_ONCE = 200  # then others have their turn
_log = logging.getLogger(__name__)


class BrokenForwardError(DoseError):
    """An object failed in a way nobody foresaw, and is not met again until a person says so; or a destination did."""


def forward(
    unit_of_work: UnitOfWork,
    archive_of_pacs: ArchiveOf,
    destination_id: UUID,
    *,
    site_key: bytes | None,
    clock: Callable[[], datetime],
) -> int:
    """
    Hand over what waits for a destination until it cannot be reached, and return how much it took.

    While an object is handed over, a transaction keeps whom it is about from being restricted. Safe to repeat.
    """
    done = 0
    for _ in range(_AT_ONCE):
        turn = _turn(unit_of_work, destination_id, site_key=site_key, clock=clock)
        if turn is None:
            break
        try:
            step = in_unit_of_work(unit_of_work, partial(sending.take, turn=turn, now=clock()))
        except Exception as error:  # noqa: BLE001  a bug in one object must not be met again and again, nor stop others
            bug = _bug(error, destination=str(destination_id), number=turn.number)
            in_unit_of_work(unit_of_work, partial(sending.mark_refused, number=turn.number, error=bug, now=clock()))
            continue
        if step is None:
            continue
        told = {"destination": step.destination, "number": step.number, "sop_instance_uid": step.sop_instance_uid}
        try:
            is_handed_over = _handed_over(unit_of_work, step, archive_of_pacs, clock=clock)
        except ArchiveUnavailableError as error:
            _log.warning("a destination could not be reached", extra={**told, "reason": str(error)})
            away = partial(sending.mark_unavailable, destination_id=destination_id, error=error, now=clock())
            in_unit_of_work(unit_of_work, away)
            break
        except ArchiveRefusedError as error:
            _log.error("a destination refused a dose SR", extra={**told, "reason": str(error)})
            mark = partial(sending.mark_refused, number=step.number, error=error, now=clock())
        except Exception as error:  # noqa: BLE001  likewise
            mark = partial(sending.mark_refused, number=step.number, error=_bug(error, **told), now=clock())
        else:
            if not is_handed_over:
                continue
            done += 1
            mark = partial(sending.mark_sent, number=step.number, now=clock())
        in_unit_of_work(unit_of_work, mark)
    return done


def _turn(
    unit_of_work: UnitOfWork, destination_id: UUID, *, site_key: bytes | None, clock: Callable[[], datetime]
) -> Turn | None:
    """Return what is next; a destination that breaks us is left alone for a while."""
    ask = partial(sending.next_turn, destination_id=destination_id, site_key=site_key, now=clock())
    try:
        return in_unit_of_work(unit_of_work, ask)
    except Exception as error:  # noqa: BLE001  no object is to blame
        bug = _bug(error, destination=str(destination_id))
        away = partial(sending.mark_unavailable, destination_id=destination_id, error=bug, now=clock())
        in_unit_of_work(unit_of_work, away)
        return None


def _bug(error: Exception, **told: object) -> BrokenForwardError:
    """Return what is noted of a bug; an outage of the database is none, and goes on as it is."""
    if is_outage(error):
        raise error
    bug = BrokenForwardError(
        f"it failed in a way nobody foresaw ({type(error).__name__})"
    )  # its text might name somebody
    _log.error("forwarding failed in a way nobody foresaw", extra={**told, "bug": str(bug)})
    return bug


def _handed_over(
    unit_of_work: UnitOfWork, step: Forwarding, archive_of_pacs: ArchiveOf, *, clock: Callable[[], datetime]
) -> bool:
    """
    Hand an object over unless it must not go out any more, and tell if it was.

    It is not tried again if the database rolls it back: the object may be there, and waits still.
    """
    with unit_of_work() as session:
        if not sending.may_go(session, step.number, now=clock()):
            return False
        _hand_over(step, archive_of_pacs)
        return True


def _hand_over(step: Forwarding, archive_of_pacs: ArchiveOf) -> None:
    if isinstance(step.node, FolderNode):
        drop(Path(step.node.path), step.sop_instance_uid, step.dicom)
        return
    if isinstance(step.node, DicomNode | StowNode):
        archive_of(step.node).store(step.dicom)
        return
    archive = archive_of_pacs(step.pacs) if step.pacs is not None else None
    if archive is None:
        msg = f"this worker was not told where {step.node.name} is"
        raise ArchiveUnavailableError(msg)
    archive.store(step.dicom)
