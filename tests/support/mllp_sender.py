"""A small MLLP client that hands back what came. Blocking, one outstanding message."""

import socket
import ssl
from typing import Self

from dose_core.errors import DoseError
from dose_core.hl7.framing import Block, MllpDecoder, encode_block


class NoAcknowledgementError(DoseError):
    """The receiver closed the connection or sent no acknowledgement; send the message again."""


class MllpSender:
    """A connection to one receiver; use it as a context manager."""

    def __init__(self, host: str, port: int, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection((host, port), timeout=timeout_s)
        self._socket = plain if tls is None else tls.wrap_socket(plain, server_hostname=host)
        self._decoder = MllpDecoder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: bytes) -> bytes:
        """
        Send one message and return its acknowledgement.

        Raises:
            NoAcknowledgementError: none came.
        """
        try:
            self._socket.sendall(encode_block(message))
            while data := self._socket.recv(64 * 1024):
                for event in self._decoder.feed(data):
                    if isinstance(event, Block):
                        return event.message
                    raise NoAcknowledgementError("the receiver answers something else than MLLP")
        except OSError as error:
            msg = f"no acknowledgement came: {type(error).__name__}"
            raise NoAcknowledgementError(msg) from None
        raise NoAcknowledgementError("the receiver closed the connection without an acknowledgement")


def send(host: str, port: int, message: bytes) -> bytes:
    """
    Send one message over a connection of its own and return its acknowledgement.

    Raises:
        OSError: the receiver cannot be reached.
        NoAcknowledgementError: no acknowledgement came.
    """
    with MllpSender(host, port) as sender:
        return sender.send(message)
