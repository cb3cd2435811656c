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
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from dose_core.hl7.framing import Block, Event, MllpDecoder, NotMllp, encode_block
from dose_core.hl7.sender_rules import Speaker
from hl7_bridge.accepting import is_of
from hl7_bridge.admission import Admission, NotAdmittedError, plain_address
from hl7_bridge.handling import DatabaseAwayError
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import Tls

logger = logging.getLogger(__name__)

_READ_BYTES = 64 * 1024


class Handler(Protocol):
    """What answers messages; called in threads."""

    def handle(self, raw: bytes, *, peer: str, on_accept: Callable[[bytes], None]) -> bytes:
        """
        Return the acknowledgement of a message, committed; empty if its sender wants none.

        ``on_accept`` is called before with the one that says that the message is safe, if the sender wants to hear it.
        """

    def turn_away(self, raw: bytes, *, peer: str) -> bytes:
        """Return the rejection of a message whose sender this peer may not speak for, committed; likewise."""

    def reject_too_long(self, beginning: bytes) -> bytes:
        """Return the rejection of a message of which only the beginning was read; empty if its sender wants none."""


class _Close(Exception):  # noqa: N818 - not an error: a reason to end the connection
    """End the connection."""


class MllpServer:
    """Listen, answer, stop. All methods belong to one event loop."""

    def __init__(self, handler: Handler, settings: Hl7Settings, tls: Tls | None = None) -> None:
        self._handler = handler
        self._settings = settings
        self._tls = tls
        self._threads = ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="hl7")
        self._server: asyncio.Server | None = None
        self._admission = Admission(settings)
        self._connections: set[asyncio.Task[None]] = set()
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
        peer = plain_address(str((writer.get_extra_info("peername") or ("unknown",))[0]))
        self._connections.add(task)
        try:
            with self._admission.place(peer):
                # Only now, so that the caps hold for those as well who never finish their handshake.
                certificate = None if self._tls is None else await self._secure(writer, self._tls.context)
                speaker = self._admission.speaker(peer, certificate)
                await self._converse(task, reader, writer, peer, speaker)
        except (_Close, NotAdmittedError) as close:
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
            await self._close(writer)

    async def _secure(self, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> bytes | None:
        """Return the certificate that the peer has shown, if it has."""
        try:
            await writer.start_tls(context, ssl_handshake_timeout=self._settings.handshake_timeout_s)
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            # A connection that is half secured cannot be closed in order: there is nobody who could say goodbye.
            writer.transport.abort()
            reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or type(error).__name__
            msg = f"no TLS connection came about: {reason}"
            raise _Close(msg) from None
        certificate: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        self._admission.check_certificate(certificate)
        return certificate

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        is_aborted = writer.is_closing()
        writer.close()
        if is_aborted:
            return
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._settings.write_timeout_s):
                await writer.wait_closed()

    async def _converse(
        self,
        task: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        peer: str,
        speaker: Speaker,
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
                    await self._answer(event, reader, writer, peer, speaker)
            finally:
                self._busy.discard(task)
            # The time of a block runs from its first bytes, so that a byte now and then does not prolong it.
            if decoder.is_inside_block and (events or not was_inside):
                block_ends_at = loop.time() + self._settings.block_timeout_s

    async def _read(self, reader: asyncio.StreamReader, block_time_left_s: float | None) -> bytes:
        is_idle = block_time_left_s is None
        limit_s = self._settings.idle_timeout_s if block_time_left_s is None else max(block_time_left_s, 0.0)
        try:
            async with asyncio.timeout(limit_s):
                data = await reader.read(_READ_BYTES)
        except TimeoutError:
            raise _Close("idle for too long" if is_idle else "half a message, and the rest did not come") from None
        except ssl.SSLError:  # a peer that cuts the connection off, and one that does not take our certificate
            raise ConnectionResetError from None
        if not data:
            if is_idle:
                raise ConnectionResetError
            raise _Close("the peer ended the connection inside a message")
        return data

    async def _answer(
        self, event: Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str, speaker: Speaker
    ) -> None:
        if isinstance(event, NotMllp):
            raise _Close("the peer does not speak MLLP")
        loop = asyncio.get_running_loop()
        if isinstance(event, Block):
            # What a thread hands to the loop is done before the thread's own result is, so the order is kept.
            def on_accept(ack: bytes) -> None:
                loop.call_soon_threadsafe(self._write_soon, writer, ack)

            if is_of(speaker, event.message):
                work = partial(self._handler.handle, event.message, peer=peer, on_accept=on_accept)
            else:
                work = partial(self._handler.turn_away, event.message, peer=peer)
            try:
                await self._write(writer, await loop.run_in_executor(self._threads, work))
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

    def _write_soon(self, writer: asyncio.StreamWriter, ack: bytes) -> None:
        if not writer.is_closing():
            writer.write(encode_block(ack))

    async def _write(self, writer: asyncio.StreamWriter, ack: bytes) -> None:
        if ack:
            writer.write(encode_block(ack))
        try:
            async with asyncio.timeout(self._settings.write_timeout_s):
                await writer.drain()
        except TimeoutError:
            raise _Close("the peer does not read its acknowledgements") from None
