"""Receivers that others made: the servers of hl7apy and of python-hl7, which keep what comes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from hl7 import mllp  # type: ignore[import-untyped]  # ships no types
from hl7apy.core import Message  # type: ignore[import-untyped]  # likewise
from hl7apy.mllp import AbstractErrorHandler, AbstractHandler, MLLPServer  # type: ignore[import-untyped]  # likewise
from hl7apy.parser import parse_message  # type: ignore[import-untyped]  # likewise


class Hl7apyHandler(AbstractHandler):  # type: ignore[misc]  # ships no types
    """Keep a message and accept it."""

    kept: ClassVar[list[Any]] = []
    raw: ClassVar[list[str]] = []
    code = "AA"

    def reply(self) -> str:
        """Return the acknowledgement, framed: hl7apy leaves that to its users."""
        self.raw.append(self.incoming_message)
        message = parse_message(self.incoming_message, find_groups=False)
        self.kept.append(message)
        answer = Message("ACK", version="2.5.1")
        answer.msh.msh_9 = "ACK"
        answer.msa.msa_1 = self.code
        answer.msa.msa_2 = message.msh.msh_10.value
        return str(answer.to_mllp())


class Hl7apyRefusal(Hl7apyHandler):
    """Refuse a message."""

    code = "AE"


class Hl7apyError(AbstractErrorHandler):  # type: ignore[misc]  # ships no types
    """Reject what no handler takes."""

    def reply(self) -> str:
        """Return an acknowledgement without a control id."""
        return "\x0bMSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AR|\r\x1c\r"


@contextmanager
def hl7apy_server(handler: type[Hl7apyHandler] = Hl7apyHandler, message_type: str = "ORU^R01^ORU_R01") -> Iterator[int]:
    """Yield the port of a server of hl7apy."""
    Hl7apyHandler.kept.clear()
    Hl7apyHandler.raw.clear()
    server = MLLPServer("127.0.0.1", 0, {message_type: (handler,), "ERR": (Hl7apyError,)})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class PythonHl7Server:
    """python-hl7's listener in a loop of its own; one encoding for all of it."""

    def __init__(self, encoding: str, code: str = "AA") -> None:
        self.kept: list[Any] = []
        self._encoding = encoding
        self._code = code
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> int:
        self._thread.start()
        started = mllp.start_hl7_server(self._converse, host="127.0.0.1", port=0, encoding=self._encoding)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result(10)
        return int(self._server.sockets[0].getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _converse(self, reader: Any, writer: Any) -> None:  # noqa: ANN401  streams of python-hl7
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                self.kept.append(message)
                writer.writemessage(message.create_ack(self._code))
                await writer.drain()
        except (
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            UnicodeDecodeError,
            ConnectionError,
            ValueError,
        ):
            pass
        finally:
            writer.close()
