"""A real HL7 bridge on a free port of 127.0.0.1, in a thread of the test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from db.session import Engine
from dose_services.site import Site
from hl7_bridge.handling import MessageHandler
from hl7_bridge.server import Handler, MllpServer
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import Tls

RECEIVED_AT = datetime(2024, 6, 1, 8, 0, tzinfo=UTC)
SITE = Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP")


def handler(engine: Engine, settings: Hl7Settings | None = None, *, now: datetime = RECEIVED_AT) -> MessageHandler:
    """Return a handler at a site in Stockholm whose clock stands still."""
    return MessageHandler(engine, SITE, settings or Hl7Settings(), lambda: now)


@contextmanager
def running_bridge(answering: Handler, settings: Hl7Settings, tls: Tls | None = None) -> Iterator[int]:
    """Yield the port of a listening bridge; it is stopped in order at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="bridge")
    thread.start()
    try:
        server = MllpServer(answering, settings, tls)
        port = asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        try:
            yield port
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
