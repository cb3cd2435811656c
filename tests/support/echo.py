"""A handler of messages that needs no database."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from hl7_bridge.handling import DatabaseAwayError


@dataclass
class Echo:
    """
    Answers each message with itself; ``slow`` waits until it is let go.

    One that begins with ``safe, `` is accepted before, ``wants nothing`` gets no answer, ``away`` finds no database
    and ``bug`` fails.
    """

    handled: list[bytes] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)

    def handle(self, raw: bytes, *, peer: str, on_accept: Callable[[bytes], None]) -> bytes:
        """Return the message itself."""
        assert peer.startswith("127.0.0.")
        self.handled.append(raw)
        if raw.startswith(b"safe, "):
            on_accept(b"accepted: " + raw)
        if raw == b"wants nothing":
            return b""
        if raw == b"away":
            raise DatabaseAwayError("away")
        if raw == b"bug":
            raise ValueError(raw)
        if raw == b"slow":
            self.entered.set()
            assert self.go.wait(10)
        return raw

    def turn_away(self, raw: bytes, *, peer: str) -> bytes:
        """Return the message, told apart; it is not handled."""
        assert peer.startswith("127.0.0.")
        return b"turned away: " + raw

    def reject_too_long(self, beginning: bytes) -> bytes:
        """Return the beginning, told apart."""
        return b"too long: " + beginning
