"""
The MLLP listener.

One task per connection reads blocks and answers them in their order; the database work runs in
threads, so that a slow message stops its own connection only. Time and size limits keep a slow or
broken peer from holding more than its own socket.

No message and nothing out of it is ever logged.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from dose_core.hl7.framing import Block, Event, MllpDecoder, NotMllp, encode_block
from hl7_bridge.handling import DatabaseAwayError
from hl7_bridge.settings import Hl7Settings

logger = logging.getLogger(__name__)

_READ_BYTES = 64 * 1024


class Handler(Protocol):
    """What answers messages; called in threads."""

    def handle(self, raw: bytes, *, peer: str) -> bytes:
        """Return the acknowledgement of a message, committed."""

    def reject_too_long(self, beginning: bytes) -> bytes:
        """Return the rejection of a message of which only the beginning was read."""


class _Close(Exception):  # noqa: N818 - not an error: a reason to end the connection
    """End the connection."""


class MllpServer:
    """Listen, answer, stop. All methods belong to one event loop."""

    def __init__(self, handler: Handler, settings: Hl7Settings) -> None:
        self._handler = handler
        self._settings = settings
        self._threads = ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="hl7")
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._by_peer: Counter[str] = Counter()
        self._busy: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def start(self) -> int:
        """Listen and return the port."""
        self._server = await asyncio.start_server(self._accept, self._settings.host, self._settings.port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Accept nothing more, answer the messages under way, and close every connection."""
        self._is_stopping = True
        if self._server is not None:
            self._server.close()
        for task in self._connections - self._busy:
            task.cancel()
        if self._connections:
            _, late = await asyncio.wait(self._connections, timeout=self._settings.stop_timeout_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        self._threads.shutdown(wait=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # start_server always runs this in a task of its own
            return
        peer = str((writer.get_extra_info("peername") or ("unknown",))[0])
        self._connections.add(task)
        self._by_peer[peer] += 1
        try:
            self._admit(peer)
            await self._converse(task, reader, writer, peer)
        except _Close as close:
            logger.warning("hl7 connection closed", extra={"peer": peer, "reason": str(close)})
        except asyncio.CancelledError:
            logger.info("hl7 connection closed", extra={"peer": peer, "reason": "the bridge stops"})
        except ConnectionError:
            logger.info("hl7 connection closed", extra={"peer": peer, "reason": "the peer went away"})
        except Exception as error:  # noqa: BLE001 - one connection must not end the bridge; its text may quote a message
            reason = f"{type(error).__name__} in the bridge"
            logger.error("hl7 connection closed", extra={"peer": peer, "reason": reason})  # noqa: TRY400 - likewise
        finally:
            self._connections.discard(task)
            self._by_peer -= Counter((peer,))  # forgets a peer with none left
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), self._settings.write_timeout_s)

    def _admit(self, peer: str) -> None:
        if self._settings.allowed_peers and peer not in self._settings.allowed_peers:
            raise _Close("this network address is not on the list of allowed peers")
        if len(self._connections) > self._settings.max_connections:
            raise _Close("too many connections")
        if self._by_peer[peer] > self._settings.max_connections_per_peer:  # nobody alone may lock out all others
            raise _Close("too many connections from this network address")

    async def _converse(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str
    ) -> None:
        decoder = MllpDecoder(max_block_bytes=self._settings.max_block_bytes)
        loop = asyncio.get_running_loop()
        block_ends_at = 0.0
        while not self._is_stopping:
            was_inside = decoder.is_inside_block
            data = await self._read(reader, block_ends_at - loop.time() if was_inside else None)
            events = decoder.feed(data)
            self._busy.add(task)
            try:
                for event in events:
                    await self._answer(event, reader, writer, peer)
            finally:
                self._busy.discard(task)
            # The time of a block runs from its first bytes, so that a byte now and then does not prolong it.
            if decoder.is_inside_block and (events or not was_inside):
                block_ends_at = loop.time() + self._settings.block_timeout_s

    async def _read(self, reader: asyncio.StreamReader, block_time_left_s: float | None) -> bytes:
        is_idle = block_time_left_s is None
        limit_s = self._settings.idle_timeout_s if block_time_left_s is None else max(block_time_left_s, 0.0)
        try:
            data = await asyncio.wait_for(reader.read(_READ_BYTES), limit_s)
        except TimeoutError:
            raise _Close("idle for too long" if is_idle else "half a message, and the rest did not come") from None
        if not data:
            if is_idle:
                raise ConnectionResetError
            raise _Close("the peer ended the connection inside a message")
        return data

    async def _answer(
        self, event: Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str
    ) -> None:
        if isinstance(event, NotMllp):
            raise _Close("the peer does not speak MLLP")
        loop = asyncio.get_running_loop()
        if isinstance(event, Block):
            try:
                work = loop.run_in_executor(self._threads, lambda: self._handler.handle(event.message, peer=peer))
                await self._write(writer, await work)
            except DatabaseAwayError as error:
                raise _Close(str(error)) from None
            return
        await self._write(writer, self._handler.reject_too_long(event.beginning))
        await self._read_to_the_end(reader, writer)
        raise _Close("a message longer than allowed")

    async def _read_to_the_end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        Read and drop what the peer still sends, for a limited time.

        Closing with unread bytes resets the connection (RFC 1122, 4.2.2.13), and the peer would lose
        the rejection that is on its way to it.
        """
        if writer.can_write_eof():
            writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.block_timeout_s):
                while await reader.read(_READ_BYTES):
                    pass

    async def _write(self, writer: asyncio.StreamWriter, ack: bytes) -> None:
        writer.write(encode_block(ack))
        try:
            await asyncio.wait_for(writer.drain(), self._settings.write_timeout_s)
        except TimeoutError:
            raise _Close("the peer does not read its acknowledgements") from None
