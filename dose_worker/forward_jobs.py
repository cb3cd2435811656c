"""The jobs that forward dose SRs: one looks for what is new, and each destination has one of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from db.repositories import forwarding as rows
from db.retry import UnitOfWork, in_unit_of_work
from dose_services import forwarding, forwarding_sending
from dose_worker.forward import forward
from dose_worker.publish import ArchiveOf

_CRON = "* * * * * */10"  # croniter: the sixth field is the seconds; nobody waits for a registry
_PRIORITY = -5


def add_forwarding(
    app: App,
    unit_of_work: UnitOfWork,
    archive_of: ArchiveOf,
    *,
    site_key: bytes | None,
    clock: Callable[[], datetime],
) -> None:
    """Have dose SRs forwarded. A destination that does not answer holds up no other: it has a job of its own."""

    @app.task(name="forward", pass_context=False, priority=_PRIORITY)
    def forward_to(destination_id: str) -> None:
        forward(unit_of_work, archive_of, UUID(destination_id), site_key=site_key, clock=clock)

    def due() -> list[UUID]:
        with unit_of_work() as session:
            if not rows.destinations(session):
                return []
        in_unit_of_work(unit_of_work, partial(forwarding.sweep, now=clock()))
        with unit_of_work() as session:
            return forwarding_sending.due(session, clock())

    @app.periodic(cron=_CRON, periodic_id="forwarding")
    @app.task(name="forwarding", queueing_lock="forwarding", lock="forwarding", pass_context=False)
    async def look(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        for destination_id in await asyncio.to_thread(due):
            key = f"forward {destination_id}"
            with suppress(AlreadyEnqueued):
                await forward_to.configure(lock=key, queueing_lock=key).defer_async(destination_id=str(destination_id))
