"""
A connection to a receiver of HL7 messages: one message at a time, and its answer.

Source: HL7 Transport Specification: MLLP, Release 1 and 2 (2.3.2: a commit acknowledgement may come before the answer).
"""

import select
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from dose_core.errors import DoseError
from dose_core.hl7.answers import Answer, Verdict, read_answer
from dose_core.hl7.framing import Block, MllpDecoder, encode_block
from dose_services.outbound_values import Endpoint
from dose_worker.peer_check import FORBIDDEN, ForbiddenPeerError, check_peer

_CONNECT_S = 10.0  # ours: a receiver in the same house, on a slow day
_LOOK_S = 0.5  # how often it is asked if this process is to end
_LAST_WAIT_S = 5.0  # for an answer, once it is
_WRITE_S = 5.0  # ours: a result is some kilobytes, and a database transaction is open meanwhile
_PART = 64 * 1024
_COMMITTED = frozenset((b"\x06",))  # of release 2: it is kept there, and the answer follows


class UnansweredError(DoseError):
    """No answer came; the receiver may have the message all the same. The text names no patient."""


class NotHandedOverError(DoseError):
    """The message must not go out any more; nothing of it was written in this try."""


# Entered right before a message is written, and left behind that; it yields whether it may be.
HandOver = Callable[[], AbstractContextManager[bool]]


class MllpConnection:
    """
    A connection that is made when it is needed, and kept.

    A receiver may close it between two messages; then it is made anew. Certificates are read whenever it is made.
    """

    def __init__(self, endpoint: Endpoint, *, is_stopping: Callable[[], bool]) -> None:
        self.endpoint = endpoint
        self._is_stopping = is_stopping
        self._socket: socket.socket | None = None
        self._decoder = MllpDecoder()

    def send(
        self, message: bytes, control_id: str, hand_over: HandOver = lambda: nullcontext(enter_result=True)
    ) -> tuple[Answer, bytes]:
        """
        Send one message and return the answer to it, read and as it came.

        ``hand_over`` is asked once the connection stands, since making one may take long.

        Raises:
            UnansweredError: none came, whatever the cause.
            NotHandedOverError: it must not be sent any more.
        """
        was_open = self._socket is not None and self._is_alive(self._socket)
        if not was_open:
            self.close()
        try:
            return self._ask(message, control_id, hand_over)
        except UnansweredError:
            self.close()
            raise
        except (OSError, EOFError) as error:
            self.close()
            if not was_open:
                raise UnansweredError(_told(error)) from None
        # A receiver that closes after each message may have closed this one a moment ago, before it saw anything.
        try:
            return self._ask(message, control_id, hand_over)
        except (OSError, EOFError) as error:
            self.close()
            raise UnansweredError(_told(error)) from None
        except UnansweredError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, message: bytes, control_id: str, hand_over: HandOver) -> tuple[Answer, bytes]:
        connection = self._socket = self._socket or self._connected()
        connection.settimeout(_WRITE_S)
        with hand_over() as may_go:
            if not may_go:
                raise NotHandedOverError("the message must not be sent any more")
            connection.sendall(encode_block(message))
        connection.settimeout(_LOOK_S)
        deadline = time.monotonic() + self.endpoint.answer_timeout_s
        while True:
            for event in self._decoder.feed(self._received(connection, deadline)):
                if not isinstance(event, Block):
                    raise UnansweredError("what the receiver answers is no MLLP")
                if event.message in _COMMITTED:
                    continue
                answer = read_answer(event.message)
                if answer is None:
                    raise UnansweredError("what the receiver answers is no acknowledgement")
                if _is_of(answer, control_id):
                    return answer, event.message

    def _received(self, connection: socket.socket, deadline: float) -> bytes:
        while True:
            try:
                data = connection.recv(_PART)
            except TimeoutError:
                if self._is_stopping():
                    deadline = min(deadline, time.monotonic() + _LAST_WAIT_S)
                if time.monotonic() >= deadline:
                    raise UnansweredError("no answer came in time") from None
                continue
            if not data:
                raise EOFError
            return data

    def _connected(self) -> socket.socket:
        self._decoder = MllpDecoder()
        plain = socket.create_connection((self.endpoint.host, self.endpoint.port), timeout=_CONNECT_S)
        try:
            check_peer(plain)
            if not self.endpoint.uses_tls:
                return plain
            return _context(self.endpoint).wrap_socket(
                plain, server_hostname=self.endpoint.server_name or self.endpoint.host
            )
        except BaseException:
            plain.close()
            raise

    @staticmethod
    def _is_alive(connection: socket.socket) -> bool:
        """Tell if the receiver has said nothing since its last answer: what it would say is that it closes."""
        waiting, _, _ = select.select([connection], [], [], 0)
        return not waiting


def _context(endpoint: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=endpoint.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325, 3.1.1
    if endpoint.certificate_file is not None:
        # A key under a password fails so; else OpenSSL would ask for it on the terminal, and the worker stand still.
        context.load_cert_chain(endpoint.certificate_file, endpoint.key_file, password="")
    return context


def _is_of(answer: Answer, control_id: str) -> bool:
    """Tell if an answer is to this message; who could not read its control id can only have refused it."""
    if answer.control_id:
        return answer.control_id == control_id
    return answer.verdict is not Verdict.ACCEPTED


def _told(error: OSError | EOFError) -> str:
    if isinstance(error, ForbiddenPeerError):
        return f"the receiver is not connected to: {FORBIDDEN}"
    if isinstance(error, EOFError):
        return "the receiver closed the connection without an answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the receiver's certificate: {error.verify_message}"
    return f"no connection: {type(error).__name__}"
