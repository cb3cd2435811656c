"""The job that has archives confirm that they keep dose SRs of ours."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from procrastinate import App

from db.retry import UnitOfWork, in_unit_of_work
from dose_services import commitments
from dose_services.archive_values import CommitmentReport, DicomNode
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError, Commitment

CommitmentOf = Callable[[DicomNode], Commitment]

_CRON = "* * * * * */10"  # croniter: the sixth field is the seconds
_FOR_EACH = 50  # archive in one look
_PRIORITY = -5
_log = logging.getLogger(__name__)


def add_commitment(
    app: App, unit_of_work: UnitOfWork, commitment_of: CommitmentOf, *, clock: Callable[[], datetime]
) -> None:
    """Have what is due asked, one after the other."""

    @app.periodic(cron=_CRON, periodic_id="commitment")
    @app.task(name="commitment", queueing_lock="commitment", lock="commitment", priority=_PRIORITY, pass_context=False)
    def ask(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        ask_due(unit_of_work, commitment_of, clock=clock)


def ask_due(unit_of_work: UnitOfWork, commitment_of: CommitmentOf, *, clock: Callable[[], datetime]) -> int:
    """Ask about what is due, and return how many requests were made. Who cannot answer is left alone until later."""
    with unit_of_work() as session:
        found = commitments.due(session, clock(), limit_each=_FOR_EACH)
    silent: set[str] = set()
    made = 0
    for publication_id, destination in found:
        if destination not in silent:
            made += _ask(unit_of_work, commitment_of, publication_id, silent, clock=clock)
    return made


def take_report(unit_of_work: UnitOfWork, report: CommitmentReport, *, clock: Callable[[], datetime]) -> bool:
    """Keep a report, committed, and tell if it is about a request of ours."""
    return in_unit_of_work(unit_of_work, partial(commitments.take_report, report=report, now=clock()))


def _ask(
    unit_of_work: UnitOfWork,
    commitment_of: CommitmentOf,
    publication_id: UUID,
    silent: set[str],
    *,
    clock: Callable[[], datetime],
) -> int:
    request = in_unit_of_work(unit_of_work, partial(commitments.take, publication_id=publication_id, now=clock()))
    if request is None:
        return 0
    told = {"publication": str(publication_id), "destination": request.destination}
    report: CommitmentReport | None = None
    try:
        report = commitment_of(request.node).ask(request.transaction_uid, [request.instance])
        mark = partial(commitments.mark_asked, request=request, now=clock())
    except ArchiveUnavailableError as error:
        silent.add(request.destination)
        mark = partial(commitments.mark_unavailable, request=request, error=error, now=clock())
        _log.warning("an archive could not be asked what it keeps", extra={**told, "reason": str(error)})
    except ArchiveRefusedError as error:
        silent.add(request.destination)
        mark = partial(commitments.mark_refused, request=request, error=error, now=clock())
        _log.warning("an archive does not confirm what it keeps", extra={**told, "reason": str(error)})
    in_unit_of_work(unit_of_work, mark)
    if report is not None:
        take_report(unit_of_work, report, clock=clock)
    return 1
