"""Peers that do not say what a server should say."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

Conversation = Callable[[socket.socket, Event], None]


@contextmanager
def odd_peer(converse: Conversation) -> Iterator[int]:
    """Yield the port of a server that has this conversation with each who connects, one after the other."""
    is_over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    converse(connection, is_over)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            is_over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def saying(answer: bytes) -> Conversation:
    """Return one that reads what comes first, says this and no more."""

    def converse(connection: socket.socket, _: Event) -> None:
        connection.settimeout(5)
        connection.recv(65_536)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):  # who closes before all was read takes back what was said
            pass

    return converse


def dribbling(start: bytes) -> Conversation:
    """Return one that says this and then a zero byte now and then, without end."""

    def converse(connection: socket.socket, is_over: Event) -> None:
        connection.recv(65_536)
        connection.sendall(start)
        while not is_over.is_set():
            connection.sendall(b"\0")
            time.sleep(0.05)

    return converse


def mute(_: socket.socket, is_over: Event) -> None:
    """Say nothing."""
    is_over.wait(30)
