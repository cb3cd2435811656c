"""A receiver of HL7 messages that answers as a test says."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from dose_core.hl7.framing import Block, MllpDecoder, encode_block

# What becomes of a message: an answer, silence, or the end of the connection.
Reaction = bytes | None


class HangUp(Exception):  # noqa: N818  what a receiver does, no error of ours
    """Close the connection in the place of an answer."""


def control_id_of(message: bytes) -> str:
    """Return MSH-10."""
    return message.split(b"\r")[0].split(b"|")[9].decode()


def ack(message: bytes, code: str = "AA", *more: str) -> bytes:
    """Return an acknowledgement of a message."""
    lines = (
        r"MSH|^~\&|RIS|HOSP|DOSELEDGER|HOSP|20260305||ACK^R01^ACK|9|P|2.5.1",
        f"MSA|{code}|{control_id_of(message)}",
    )
    return "\r".join((*lines, *more, "")).encode()


@dataclass
class Receiver:
    """Listens until it is closed. ``reacts`` says what becomes of each message."""

    reacts: Callable[[bytes], Reaction] = ack
    closes_after_each: bool = False
    context: ssl.SSLContext | None = None
    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def control_ids(self) -> list[str]:
        """What came, in its order."""
        return [control_id_of(one) for one in self.messages]

    def await_messages(self, count: int, *, within_s: float = 10.0) -> None:
        """Wait until so many came."""
        deadline = time.monotonic() + within_s
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"{len(self.messages)} messages came"
            time.sleep(0.01)

    def await_hang_up(self, *, within_s: float = 10.0) -> None:
        """Wait until no connection stands: the other side's close reaches us a moment later."""
        deadline = time.monotonic() + within_s
        while self._open:
            assert time.monotonic() < deadline, f"{self._open} connections still stand"
            time.sleep(0.01)

    def serve(self, server: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, plain: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            with suppress(OSError, HangUp):
                self._answer(self.context.wrap_socket(plain, server_side=True) if self.context else plain)
        finally:
            plain.close()
            with self._lock:
                self._open -= 1

    def _answer(self, connection: socket.socket) -> None:
        decoder = MllpDecoder()
        with connection:
            while data := connection.recv(65536):
                for event in decoder.feed(data):
                    assert isinstance(event, Block)
                    self.messages.append(event.message)
                    reaction = self.reacts(event.message)
                    if reaction is not None:
                        connection.sendall(encode_block(reaction))
                    if self.closes_after_each:
                        return


@contextmanager
def listening(receiver: Receiver) -> Iterator[Receiver]:
    """Yield the receiver while it listens on a port of 127.0.0.1, its own if it had one before."""
    server = socket.create_server(("127.0.0.1", receiver.port), reuse_port=False)
    receiver.port = server.getsockname()[1]
    thread = threading.Thread(target=receiver.serve, args=(server,))
    thread.start()
    try:
        yield receiver
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
