"""
MLLP framing without sockets.

A block is ``VT message FS CR``. The caller moves the bytes; this module only cuts and joins them,
so that every way in which TCP can split a message is a unit test.

Tolerated: bytes between blocks (CR, LF and NUL are usual) and a missing CR after FS. Not tolerated:
a block without an end, or a peer that sends something else than blocks; both are limited.

Source: HL7 Transport Specification: MLLP, Release 1.
"""

from dataclasses import dataclass

START = b"\x0b"
END = b"\x1c"
CARRIAGE_RETURN = b"\x0d"
# Ours: the largest block that is read. ADT and orders are a few KB; ORU with a document inside may
# reach a few MB.
MAX_BLOCK_BYTES = 4 * 1024 * 1024
# Ours: separators and noise between blocks stay far below; a peer that sends more is not speaking MLLP.
MAX_STRAY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """One whole message, without its frame."""

    message: bytes


@dataclass(frozen=True, slots=True)
class TooLongBlock:
    """A block that passed the limit: the connection is lost for reading. ``beginning`` is what was read of it."""

    beginning: bytes


@dataclass(frozen=True, slots=True)
class NotMllp:
    """The peer sends something else than blocks: close the connection, an ACK cannot be addressed."""


Event = Block | TooLongBlock | NotMllp


def encode_block(message: bytes) -> bytes:
    """Return the message as one MLLP block."""
    return START + message + END + CARRIAGE_RETURN


class MllpDecoder:
    """Cut a byte stream into messages; one decoder per connection."""

    def __init__(self, *, max_block_bytes: int = MAX_BLOCK_BYTES, max_stray_bytes: int = MAX_STRAY_BYTES) -> None:
        self._buffer = bytearray()
        self._searched = 0  # bytes of the buffer that are known to hold no end: keeps slow senders cheap
        self._is_closed = False
        self._stray_bytes = 0
        self._max_block_bytes = max_block_bytes
        self._max_stray_bytes = max_stray_bytes
        self.is_inside_block = False

    def feed(self, data: bytes) -> list[Event]:
        """
        Return what ``data`` completes, oldest first.

        After ``TooLongBlock`` or ``NotMllp`` nothing more is read: where the next block would begin
        can no longer be known.
        """
        if self._is_closed:
            return []
        self._buffer += data
        events: list[Event] = []
        while (event := self._next()) is not None:
            events.append(event)
            if not isinstance(event, Block):
                self._is_closed = True
                self.is_inside_block = False
                self._buffer.clear()
                break
        return events

    def _next(self) -> Event | None:
        if not self.is_inside_block:
            start = self._buffer.find(START)
            stray = len(self._buffer) if start < 0 else start
            self._stray_bytes += stray
            del self._buffer[:stray]
            if self._stray_bytes > self._max_stray_bytes:
                return NotMllp()
            if start < 0:
                return None
            del self._buffer[: len(START)]
            self.is_inside_block = True
            self._searched = 0
        end = self._buffer.find(END, self._searched)
        if end > self._max_block_bytes or (end < 0 and len(self._buffer) > self._max_block_bytes):
            return TooLongBlock(bytes(self._buffer[: self._max_block_bytes]))
        if end < 0:
            self._searched = len(self._buffer)
            return None
        # The CR that should follow is left in the buffer and dropped with what lies between blocks.
        message = bytes(self._buffer[:end])
        del self._buffer[: end + len(END)]
        self.is_inside_block = False
        self._stray_bytes = 0
        return Block(message)
