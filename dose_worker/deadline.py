"""An end to conversations, however slowly the other side speaks."""

import socket
from contextlib import suppress
from threading import Lock, Timer
from types import TracebackType
from typing import Self


class Deadline:
    """
    Shuts the watched connections down when the time is over; who waits for them then gets an error at once.

    The time limits of a socket count from one part of an answer to the next, so that a peer that sends a byte now and
    then is waited for without end.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self.is_over = False

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection down as well when the time is over."""
        with self._lock:
            self._watched.append(connection)
            is_late = self.is_over
        if is_late:
            _shut_down(connection)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            watched = tuple(self._watched)
        for connection in watched:
            _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        # Not the method of an SSL socket, which would take the encryption away from who reads of it just now.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
