"""Tests of api.limits: nobody without a token makes the service hold much, wait long, or name another host."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from api.limits import MAX_JSON_BYTES, Limits, PunctualHttp
from dose_services.roles import Scope as TokenScope
from tests.integration.api.conftest import House

JSON_ROUTES = [
    ("POST", "/api/v1/patients/search"),
    ("POST", "/api/v1/launch/handles"),
    ("PATCH", "/api/v1/devices/00000000-0000-0000-0000-000000000000"),
]


class Chunks:
    """A body in chunks of 16 KB that counts what was taken of it."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            self.taken += 1
            yield b"[" * 16 * 1024


class TestABodyOfJson:
    @pytest.mark.parametrize(("method", "path"), JSON_ROUTES)
    def test_is_refused_when_it_is_large_whoever_sends_it(self, house: House, method: str, path: str) -> None:
        answer = house.client.request(method, path, content=Chunks(20), headers={"Content-Type": "application/json"})

        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

    def test_of_the_usual_size_is_taken(self, house: House) -> None:
        wanted = {"identifiers": [{"value": "x" * 256, "authority": "y" * 256}] * 20}

        answer = house.client.post("/api/v1/patients/search", json=wanted, headers=house.headers(TokenScope.READ))

        assert answer.status_code == 200

    def test_is_held_no_further_than_the_limit(self) -> None:
        taken = 0

        async def receive() -> Message:
            nonlocal taken
            taken += 1
            return {"type": "http.request", "body": bytes(1024), "more_body": True}

        async def app(_: Scope, receive: Receive, __: Send) -> None:
            while True:
                await receive()

        async def send(_: Message) -> None:
            raise AssertionError

        with pytest.raises(Exception, match="413"):
            asyncio.run(Limits(app)({"type": "http", "path": "/api/v1/patients/search"}, receive, send))

        assert taken == MAX_JSON_BYTES // 1024 + 1

    def test_that_does_not_come_ends_the_request(self) -> None:
        async def receive() -> Message:
            await asyncio.sleep(60)
            raise AssertionError

        async def app(_: Scope, receive: Receive, __: Send) -> None:
            await receive()

        async def send(_: Message) -> None:
            raise AssertionError

        with pytest.raises(Exception, match="408"):
            asyncio.run(Limits(app, body_s=0.05)({"type": "http", "path": "/"}, receive, send))


class TestAHostHeader:
    @pytest.mark.parametrize("path", ["/about/", "/", "/api/v1/devices/", "/health/live/"])
    def test_never_becomes_the_place_where_an_answer_leads(self, house: House, path: str) -> None:
        answer = house.client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)

        assert "evil.example" not in str(answer.headers)
        assert "evil.example" not in answer.text


@contextmanager
def served(house: House, protocol: type[PunctualHttp]) -> Iterator[int]:
    """Yield the port of a real server."""
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, http=protocol, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)


class TestAConnection:
    @pytest.mark.parametrize("beginning", [b"", b"GET /about HTTP/1.1\r\nHost: x\r\nX-a: "])
    def test_that_never_sends_a_whole_head_is_closed(self, house: House, beginning: bytes) -> None:
        class Hasty(PunctualHttp):
            head_s = 0.4

        with served(house, Hasty) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as opened:
            opened.sendall(beginning)
            time.sleep(0.2)
            opened.sendall(b"")

            assert opened.recv(100) == b""

    def test_may_ask_one_thing_after_another(self, house: House) -> None:
        class Hasty(PunctualHttp):
            head_s = 0.4

        with served(house, Hasty) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as opened:
            for _ in range(4):
                opened.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                assert opened.recv(65536).startswith(b"HTTP/1.1 200")
                time.sleep(0.2)
