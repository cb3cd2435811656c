"""The jobs around the record of looks: an anchor each minute, and what audit repositories are sent."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from procrastinate import App

from db.retry import UnitOfWork
from dose_services import audit_anchors, audit_feeds
from dose_worker.audit_senders import AuditRepositoryError, Sender

_ANCHOR_CRON = "* * * * *"  # each minute
_FEED_CRON = "* * * * * */15"  # croniter: the sixth field is the seconds
_BATCH = 200
_log = logging.getLogger(__name__)


def add_audit(app: App, unit_of_work: UnitOfWork, senders: Sequence[Sender], *, clock: Callable[[], datetime]) -> None:
    """Have anchors set, and looks handed on. A repository that does not answer holds up no other."""

    @app.periodic(cron=_ANCHOR_CRON, periodic_id="anchor")
    @app.task(name="anchor", queueing_lock="anchor", lock="anchor", pass_context=False)
    def anchor(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        set_anchor(unit_of_work, now=clock())

    for sender in senders:
        _add_feed(app, unit_of_work, sender)


def _add_feed(app: App, unit_of_work: UnitOfWork, sender: Sender) -> None:
    name = f"audit to {sender.name}"

    @app.periodic(cron=_FEED_CRON, periodic_id=name)
    @app.task(name=name, queueing_lock=name, lock=name, pass_context=False)
    def feed(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        send_all(unit_of_work, sender)


def set_anchor(unit_of_work: UnitOfWork, *, now: datetime) -> None:
    """Set an anchor, and tell its digest in the log: where logs go elsewhere, a copy of it stands there."""
    with unit_of_work() as session:
        anchor = audit_anchors.set_anchor(session, now=now)
    if anchor is not None:
        _log.info("the record of looks was anchored", extra={"anchor": anchor.number, "digest": anchor.digest.hex()})


def send_all(unit_of_work: UnitOfWork, sender: Sender) -> None:
    """Hand on what was anchored, until nothing is left or the repository takes no more."""
    while True:
        with unit_of_work() as session:
            batch = audit_feeds.next_batch(session, sender.name, limit=_BATCH)
        if batch is None:
            return
        if batch.looks:
            try:
                sender.send(batch.looks)
            except AuditRepositoryError as error:
                _log.warning("audit messages wait", extra={"repository": sender.name, "reason": str(error)})
                return
        with unit_of_work() as session:
            audit_feeds.taken(session, sender.name, batch)
