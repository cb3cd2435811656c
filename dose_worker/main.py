"""The worker process: in the foreground until SIGTERM or SIGINT, then it finishes what it began."""

import asyncio
import hashlib
import logging
import signal
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from db.retry import UnitOfWork
from db.session import Engine, make_engine, unit_of_work
from dose_core.writers.devices import Recorder
from dose_services.site import Site
from dose_worker.audit_senders import senders_of
from dose_worker.commitment_jobs import take_report
from dose_worker.commitment_listener import CommitmentListener
from dose_worker.destinations import Archives
from dose_worker.expiry import Expiry
from dose_worker.jobs import Workplace, make_app
from dose_worker.orthanc_archive import OrthancArchive
from dose_worker.orthanc_ct_images import OrthancCtImages
from dose_worker.outbound import Outbound
from dose_worker.settings import WorkerSettings

_GRACE_S = 30.0  # longer than a store may take
_PAUSE_S = 2.0  # before the database is asked again
_HEARTBEAT_S = 10.0
_log = logging.getLogger(__name__)


def run(settings: WorkerSettings, site: Site) -> None:
    """Work until SIGTERM or SIGINT, then return. A database that goes away is waited for."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells of every look at what is due
    engine = make_engine(settings.database_url, pool_size=settings.concurrency + 1)
    archives = Archives(_orthanc(settings))
    images = _images(settings)
    stop = asyncio.Event()
    if settings.orthanc_url is None:
        _log.warning("no Orthanc is set: dose SRs for it wait until there is one")
    place = Workplace(
        unit_of_work=partial(unit_of_work, engine),
        archive_of=archives.of,
        clock=_now,
        recorder=recorder_of(site, software_version=settings.software_version),
        site=site,
        expiry=_expiry(settings, site, engine, stop),
        images=images,
        forwarding_key=settings.forwarding_key,
        audit_senders=senders_of(settings.audit),
    )
    outbound = Outbound(place.unit_of_work, clock=_now, poll_s=settings.poll_s)
    outbound.start()
    listener = _listener(settings, place.unit_of_work)
    try:
        asyncio.run(_work(settings, place, stop))
    finally:
        if listener is not None:
            listener.close()
        outbound.stop()
        _close(engine, archives, images)


def recorder_of(site: Site, *, software_version: str) -> Recorder:
    """Return who our dose SRs name as their maker: one serial number for one site, for ever."""
    serial_number = hashlib.sha256(f"site {site.default_authority}".encode()).hexdigest()[:12].upper()
    return Recorder(serial_number=serial_number, software_version=software_version)


async def _work(settings: WorkerSettings, place: Workplace, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        app = make_app(settings.database_url, place, poll_s=settings.poll_s)
        try:
            await _until(stop, app, settings)
        except (ConnectorException, PoolTimeout) as error:  # the second if none answers for 30 s at the start
            _log.warning("the database does not answer; waiting for it", extra={"error": type(error).__name__})
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE_S)


async def _until(stop: asyncio.Event, app: App, settings: WorkerSettings) -> None:
    """Run the queue until ``stop`` is set; what runs then may finish."""
    async with app.open_async():
        worker = asyncio.ensure_future(
            app.run_worker_async(
                concurrency=settings.concurrency,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=_GRACE_S,
                update_heartbeat_interval=_HEARTBEAT_S,
            )
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not worker.done():
            worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


def _orthanc(settings: WorkerSettings) -> OrthancArchive | None:
    if settings.orthanc_url is None:
        return None
    return OrthancArchive(
        settings.orthanc_url, settings.orthanc_user, settings.orthanc_password, timeout_s=settings.archive_timeout_s
    )


def _listener(settings: WorkerSettings, unit_of_work: UnitOfWork) -> CommitmentListener | None:
    """Return where PACS report what they keep, listening; a port that is taken stops nothing else."""
    if settings.commitment is None:
        return None
    try:
        listener = CommitmentListener(settings.commitment, partial(take_report, unit_of_work, clock=_now))
    except OSError as error:  # of the port, or of the files of the certificate
        _log.error("nobody listens for reports on storage commitment", extra={"error": type(error).__name__})
        return None
    listener.start()
    return listener


def _expiry(settings: WorkerSettings, site: Site, engine: Engine, stop: asyncio.Event) -> Expiry | None:
    if settings.retention is None:
        return None
    chosen = settings.retention
    return Expiry(
        jurisdiction=chosen.jurisdiction,
        zone=site.timezone,
        hl7_keep=chosen.hl7_keep,
        engine=engine,
        is_stopping=stop.is_set,
    )


def _images(settings: WorkerSettings) -> OrthancCtImages | None:
    if settings.orthanc_url is None or not settings.measures_ct_sizes:
        return None
    return OrthancCtImages(
        settings.orthanc_url, settings.orthanc_user, settings.orthanc_password, timeout_s=settings.archive_timeout_s
    )


def _close(engine: Engine, *archives: Archives | OrthancCtImages | None) -> None:
    for archive in archives:
        if archive is not None:
            archive.close()
    engine.dispose()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the edge reads the clock
