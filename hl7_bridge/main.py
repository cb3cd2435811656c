"""The process of the HL7 bridge. The clock is read here."""

import asyncio
import contextlib
import importlib
import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from db.outage import is_outage
from db.session import Engine
from dose_core.errors import DoseError
from dose_services.site import Site
from hl7_bridge.handling import MessageHandler
from hl7_bridge.server import MllpServer
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import Tls, TlsFilesError

# Ours: a message that is being applied is not one that was forgotten.
_FORGOTTEN_AFTER = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class CannotListenError(DoseError):
    """The address of the listener is taken, or not of this machine."""


def run(settings: Hl7Settings, engine: Engine, site: Site, *, on_ready: Callable[[int], None] | None = None) -> None:
    """
    Answer HL7 messages until SIGTERM or SIGINT, then finish those under way.

    Messages that were kept but not answered before a hard stop are answered first, so that they are
    applied before those that come after them.

    Args:
        settings: where to listen and what to accept.
        engine: the database; ``settings.workers`` connections are used.
        site: the site's answers.
        on_ready: called with the port once connections are accepted.

    Raises:
        CannotListenError: the address is taken, or not of this machine.
        TlsFilesError: the files of TLS cannot be used.
    """
    tls = None if settings.tls is None else Tls(settings.tls)
    handler = MessageHandler(engine, site, settings, _now)
    answered = handler.handle_unanswered()
    if answered:
        logger.info("hl7 messages of the last run answered", extra={"count": answered})
    with asyncio.Runner(loop_factory=None if settings.tls else _fast_loop()) as runner:
        runner.run(_serve(handler, settings, tls, on_ready))


async def _serve(
    handler: MessageHandler, settings: Hl7Settings, tls: Tls | None, on_ready: Callable[[int], None] | None
) -> None:
    server = MllpServer(handler, settings, tls)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, tls)
    try:
        port = await server.start()
    except OSError as error:
        msg = f"cannot listen for HL7 on {settings.host}:{settings.port}: {error.strerror or error}"
        raise CannotListenError(msg) from error
    logger.info("hl7 bridge listens", extra={"port": port, "tls": tls is not None})
    if on_ready is not None:
        on_ready(port)
    while not await _is_set_within(stop, settings.check_interval_s):
        if tls is not None and tls.have_files_changed():
            _reload(tls)
        await asyncio.to_thread(_remember, handler)
    await server.stop()


async def _is_set_within(stop: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()


def _reload(tls: Tls | None) -> None:
    """Load the certificates anew, as SIGHUP asks."""
    if tls is None:
        return
    try:
        tls.reload()
    except TlsFilesError as error:
        logger.error("hl7 certificates could not be loaded; those loaded before stay", extra={"reason": str(error)})  # noqa: TRY400 - the reason is all
    else:
        logger.info("hl7 certificates loaded anew")


def _remember(handler: MessageHandler) -> None:
    """Apply what was promised to be safe, and could not be applied while the database was away."""
    try:
        answered = handler.handle_unanswered(kept_for=_FORGOTTEN_AFTER)
    except Exception as error:
        if not is_outage(error):
            raise
        return  # it is away still; the next look is soon
    if answered:
        logger.info("hl7 messages applied late", extra={"count": answered})


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """
    Return what makes uvloop's event loop, which costs half the CPU of Python's own; ``None`` where there is none.

    Not for TLS: uvloop may read the beginning of a handshake before a connection that was let in is secured.
    """
    try:
        uvloop = importlib.import_module("uvloop")
    except ModuleNotFoundError:  # not made for Windows
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _now() -> datetime:
    return datetime.now(tz=UTC)  # noqa: TID251 - the edge where the bridge reads the clock
