"""
The worker's jobs on procrastinate's queue.

The truth is in the publication rows: they say what is due, when to try again and what came of it. A
job only names a row, so that a job that is lost, doubled or late does no harm: a row that is due gets
a new one, a row that is not due makes its job do nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import DEFAULT_QUEUE, Job, Status

from db.repositories import evidence
from db.retry import in_unit_of_work
from dose_core.contract import MAX_OBJECT_BYTES
from dose_core.writers.devices import Recorder
from dose_services import estimates, following, looking_around, outbound_results, reading, skin_maps
from dose_services import publication_sending as sending
from dose_services.pacs_values import ORTHANC, Destination
from dose_services.publication_sending import Due
from dose_services.site import Site
from dose_worker.audit_jobs import add_audit
from dose_worker.audit_senders import Sender
from dose_worker.commitment_jobs import add_commitment
from dose_worker.ct_images import CtImages
from dose_worker.dicom_commitment import DicomCommitment
from dose_worker.expiry import Expiry
from dose_worker.forward_jobs import add_forwarding
from dose_worker.planning import plan_anew, plan_estimates
from dose_worker.publish import ArchiveOf, UnitOfWork, publish
from dose_worker.size_jobs import add_measuring

_BATCH = 500
_FOR_EACH = 50  # archive in one look, so that one which does not answer leaves the others their turn
_PLANS = 50  # of patient dose reports, each of which is written to see what it says
_MAPS = 10  # each of them may take a second
# A process that dies leaves its job `doing`; nothing else in procrastinate takes it up again. Workers
# report every 10 s, so that three missed reports mean a dead one.
_HEARTBEAT_TIMEOUT_S = 30
_RESCUE_CRON = "* * * * * */15"  # croniter: the sixth field is the seconds
_SWEEP_CRON = "* * * * * */10"
_OUTBOX_CRON = "* * * * * */2"
_EXPIRY_CRON = "7 2 * * *"  # at night, and not at the hour at which everything else begins
_WATCH_CRON = "*/10 * * * *"  # what it finds is for people, and it looks through a week of objects
# A slow archive must hold up neither the look at what is due nor a withdrawal, which is promised within a minute.
_UPKEEP_FIRST, _WITHDRAWAL_NEXT, _STORE_LAST = 20, 10, 0
_UNREAD_AFTER = timedelta(minutes=1)  # the service reads at once; what is older was left behind by its death
# Each of the queue's last words waits this long for a database that is away, and so does who wants us to stop.
_CONNECT_S = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """
    All that the jobs work with.

    What is for an archive of which ``archive_of`` knows no address waits; without ``expiry`` everything is kept,
    without ``images`` nobody is measured.
    """

    unit_of_work: UnitOfWork
    archive_of: ArchiveOf
    clock: Callable[[], datetime]
    recorder: Recorder
    site: Site
    expiry: Expiry | None = None
    images: CtImages | None = None
    forwarding_key: bytes | None = field(default=None, repr=False)
    audit_senders: tuple[Sender, ...] = ()


def make_app(database_url: str, place: Workplace, *, poll_s: int) -> App:
    """Return the queue's application with its tasks; procrastinate's tables come with our migrations."""
    app = App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=5, timeout=_CONNECT_S))
    _add_publishing(app, place, poll_s=poll_s)
    _add_upkeep(app, place)
    _add_telling(app, place)
    _add_estimating(app, place)
    _add_watching(app, place)
    add_forwarding(app, place.unit_of_work, place.archive_of, site_key=place.forwarding_key, clock=place.clock)
    add_commitment(app, place.unit_of_work, DicomCommitment, clock=place.clock)
    add_audit(app, place.unit_of_work, place.audit_senders, clock=place.clock)
    if place.images is not None:
        add_measuring(app, place.unit_of_work, place.images, clock=place.clock)
    if place.expiry is not None:
        _add_expiry(app, place, place.expiry)
    return app


def _add_publishing(app: App, place: Workplace, *, poll_s: int) -> None:
    @app.task(name="publish", pass_context=False)
    def publish_one(publication_id: str) -> None:
        publish(place.unit_of_work, place.archive_of, UUID(publication_id), clock=place.clock, recorder=place.recorder)

    def is_served(destination: Destination) -> bool:
        return place.archive_of(destination) is not None

    def due() -> list[Due]:
        with place.unit_of_work() as session:
            return sending.due(session, place.clock(), limit_each=_FOR_EACH, is_served=is_served)

    @app.periodic(cron=f"* * * * * */{poll_s}", periodic_id="due")
    @app.task(name="dispatch", queueing_lock="dispatch", priority=_UPKEEP_FIRST, pass_context=False)
    async def dispatch(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        jobs = [job_of(step, publish_one.name) for step in await asyncio.to_thread(due)]
        try:
            if jobs:
                await app.job_manager.batch_defer_jobs_async(jobs)
        except AlreadyEnqueued:  # at least one waits in the queue already, which refuses the batch as a whole
            for job in jobs:
                with suppress(AlreadyEnqueued):
                    await app.job_manager.defer_job_async(job)


def _add_upkeep(app: App, place: Workplace) -> None:
    def read_left_behind() -> None:
        now = place.clock()
        with place.unit_of_work() as session:
            before = now - _UNREAD_AFTER  # in memory is no more at once than one request may bring
            left = evidence.pending(session, received_before=before, limit=_BATCH, max_bytes=MAX_OBJECT_BYTES)
        if left:
            _log.warning("reading what was left behind", extra={"objects": len(left)})
            reading.read_now(place.unit_of_work, left, now=now, site=place.site)

    @app.periodic(cron=_SWEEP_CRON, periodic_id="left")
    @app.task(name="sweep", queueing_lock="sweep", lock="sweep", priority=_UPKEEP_FIRST, pass_context=False)
    def sweep(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        read_left_behind()
        plan_anew(place.unit_of_work, limit=_BATCH, clock=place.clock, site=place.site)
        plan_estimates(place.unit_of_work, limit=_PLANS, clock=place.clock, site=place.site, recorder=place.recorder)

    @app.periodic(cron=_OUTBOX_CRON, periodic_id="outbox")
    @app.task(name="follow", queueing_lock="follow", lock="follow", priority=_UPKEEP_FIRST, pass_context=False)
    def follow(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        while following.work_off(place.unit_of_work, now=place.clock(), site=place.site, limit=_BATCH) >= _BATCH:
            pass

    @app.periodic(cron=_RESCUE_CRON, periodic_id="stalled")
    @app.task(name="rescue", queueing_lock="rescue", priority=_UPKEEP_FIRST, pass_context=False)
    async def rescue(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_HEARTBEAT_TIMEOUT_S):
            # Its locks must go. What it was to do is still due by its row, and gets a new job.
            _log.warning("clearing away a job of a worker that died", extra={"task": job.task_name})
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


def _add_telling(app: App, place: Workplace) -> None:
    @app.periodic(cron=_OUTBOX_CRON, periodic_id="results")
    @app.task(name="tell", queueing_lock="tell", lock="tell", priority=_UPKEEP_FIRST, pass_context=False)
    def tell(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        while outbound_results.tell_due(place.unit_of_work, now=place.clock(), site=place.site, limit=_BATCH) >= _BATCH:
            pass


def _add_estimating(app: App, place: Workplace) -> None:
    @app.periodic(cron=_OUTBOX_CRON, periodic_id="estimates")
    @app.task(name="estimate", queueing_lock="estimate", lock="estimate", pass_context=False)
    def estimate(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        while estimates.work_off(place.unit_of_work, now=place.clock(), limit=_BATCH) >= _BATCH:
            pass

    @app.periodic(cron=_OUTBOX_CRON, periodic_id="skin")
    @app.task(name="skin", queueing_lock="skin", lock="skin", priority=_STORE_LAST, pass_context=False)
    def map_skin(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        while skin_maps.work_off(place.unit_of_work, now=place.clock(), limit=_MAPS) >= _MAPS:
            pass


def _add_watching(app: App, place: Workplace) -> None:
    @app.periodic(cron=_WATCH_CRON, periodic_id="devices")
    @app.task(name="watch", queueing_lock="watch", lock="watch", pass_context=False)
    def watch(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        look = partial(looking_around.look_around, now=place.clock(), site=place.site)
        in_unit_of_work(place.unit_of_work, look)


def _add_expiry(app: App, place: Workplace, expiry: Expiry) -> None:
    @app.periodic(cron=_EXPIRY_CRON, periodic_id="expiry")
    @app.task(name="expire", queueing_lock="expire", lock="expire", pass_context=False)
    def expire(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        expiry.run(place.unit_of_work, now=place.clock())


def job_of(step: Due, task_name: str) -> Job:
    """
    Return a job for one step. One at a time for an exam: its reports are stored and deleted in order.

    A PACS gets one at a time: one that does not answer must not have all hands of the worker wait for it.
    """
    key = str(step.publication_id)
    lock = f"exam {step.exam_id}" if step.destination == ORTHANC else f"destination {step.destination}"
    return Job(
        queue=DEFAULT_QUEUE,
        lock=lock,
        queueing_lock=key,
        priority=_WITHDRAWAL_NEXT if step.is_withdrawal else _STORE_LAST,
        task_name=task_name,
        task_kwargs={"publication_id": key},
    )
