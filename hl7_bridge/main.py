"""The process of the HL7 bridge. The clock is read here."""

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime

from db.session import Engine
from dose_core.errors import DoseError
from dose_services.site import Site
from hl7_bridge.handling import MessageHandler
from hl7_bridge.server import MllpServer
from hl7_bridge.settings import Hl7Settings

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
    """
    handler = MessageHandler(engine, site, settings, _now)
    answered = handler.handle_unanswered()
    if answered:
        logger.info("hl7 messages of the last run answered", extra={"count": answered})
    asyncio.run(_serve(MllpServer(handler, settings), settings, on_ready))


async def _serve(server: MllpServer, settings: Hl7Settings, on_ready: Callable[[int], None] | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        port = await server.start()
    except OSError as error:
        msg = f"cannot listen for HL7 on {settings.host}:{settings.port}: {error.strerror or error}"
        raise CannotListenError(msg) from error
    logger.info("hl7 bridge listens", extra={"port": port})
    if on_ready is not None:
        on_ready(port)
    await stop.wait()
    await server.stop()


def _now() -> datetime:
    return datetime.now(tz=UTC)  # noqa: TID251 - the edge where the bridge reads the clock
