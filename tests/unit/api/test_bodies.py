"""Tests of api.bodies."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.bodies import read_body
from dose_core.contract import TooLargeError


class Sender:
    """Sends a body in chunks of 100 bytes without saying how long it is, and counts what was taken."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks
        self.taken = 0

    async def __call__(self) -> Message:
        """Hand over one chunk."""
        self.left -= 1
        self.taken += 1
        return {"type": "http.request", "body": bytes(100), "more_body": self.left > 0}


def request_from(sender: Sender, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw}, sender)


class TestABody:
    def test_is_returned_whole(self) -> None:
        assert asyncio.run(read_body(request_from(Sender(3)), 300)) == bytes(300)

    def test_of_unknown_length_is_refused_as_soon_as_it_is_too_large(self) -> None:
        sender = Sender(1000)

        with pytest.raises(TooLargeError):
            asyncio.run(read_body(request_from(sender), 300))

        assert sender.taken == 4

    def test_of_stated_length_is_refused_before_any_of_it_is_taken(self) -> None:
        sender = Sender(1000)

        with pytest.raises(TooLargeError):
            asyncio.run(read_body(request_from(sender, content_length="301"), 300))

        assert sender.taken == 0
