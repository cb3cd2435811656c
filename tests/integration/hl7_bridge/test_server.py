"""Tests of hl7_bridge.server over real sockets; those that need no database answer with a fake."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.tables.hl7_message import Hl7MessageRow
from db.tables.patient import PatientRow
from dose_core.hl7.framing import Block, MllpDecoder, encode_block
from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt
from tests.support.echo import Echo
from tests.support.hl7_bridge import handler, running_bridge
from tests.support.mllp_sender import MllpSender, NoAcknowledgementError, send

ANY_PORT = Hl7Settings(port=0, block_timeout_s=0.3, idle_timeout_s=10)


@contextmanager
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        yield opened


def answers(opened: socket.socket, count: int) -> list[bytes]:
    """Return the next answers; fewer if the bridge closes the connection."""
    decoder = MllpDecoder()
    received: list[bytes] = []
    while len(received) < count and (data := opened.recv(65536)):
        received += [event.message for event in decoder.feed(data) if isinstance(event, Block)]
    return received


def trickle(opened: socket.socket) -> None:
    """Send a byte now and then, until the bridge has closed the connection or five seconds have passed."""
    for _ in range(100):
        opened.sendall(b"x")
        time.sleep(0.05)


class TestMllpServer:
    def test_answers_pipelined_messages_in_order(self) -> None:
        messages = [f"message {number}".encode() for number in range(50)]
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(b"".join(encode_block(message) for message in messages))

            assert answers(opened, 50) == messages

    def test_answers_a_message_that_comes_byte_by_byte(self) -> None:
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in encode_block(b"MSH|") * 2:
                opened.sendall(bytes([byte]))

            assert answers(opened, 2) == [b"MSH|", b"MSH|"]

    def test_says_that_a_message_is_safe_before_what_became_of_it_and_in_the_order_of_the_messages(self) -> None:
        messages = [b"safe, one", b"two", b"wants nothing", b"safe, three"]
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(b"".join(encode_block(message) for message in messages))

            assert answers(opened, 5) == [
                b"accepted: safe, one",
                b"safe, one",
                b"two",
                b"accepted: safe, three",
                b"safe, three",
            ]

    def test_a_slow_message_stops_its_own_connection_only(self) -> None:
        echo = Echo()
        with running_bridge(echo, ANY_PORT) as port, connection(port) as slow:
            slow.sendall(encode_block(b"slow") + encode_block(b"after"))
            assert echo.entered.wait(10)

            assert send("127.0.0.1", port, b"other") == b"other"

            echo.go.set()
            assert answers(slow, 2) == [b"slow", b"after"]

    @pytest.mark.parametrize("half", [b"\x0b", b"\x0bMSH|^~\\&|HIS", encode_block(b"whole") + b"\x0bhalf"])
    def test_half_a_message_is_given_up_and_the_next_connection_works(self, half: bytes) -> None:
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(half)

            assert answers(opened, 2) in ([], [b"whole"])
            assert send("127.0.0.1", port, b"next") == b"next"

    def test_a_byte_now_and_then_does_not_prolong_a_block(self) -> None:
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(b"\x0b")
            with pytest.raises(ConnectionError):
                trickle(opened)

    def test_a_silent_connection_is_closed_after_its_time(self) -> None:
        with running_bridge(Echo(), Hl7Settings(port=0, idle_timeout_s=0.1)) as port, connection(port) as opened:
            assert answers(opened, 1) == []

    def test_what_does_not_speak_mllp_is_closed(self) -> None:
        with running_bridge(Echo(), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(b"GET / HTTP/1.1\r\n" * 5000)

            with pytest.raises(ConnectionError):
                trickle(opened)
            assert send("127.0.0.1", port, b"next") == b"next"

    @pytest.mark.parametrize("message", [b"away", b"bug"])
    def test_a_message_that_cannot_be_promised_gets_no_answer(self, message: bytes) -> None:
        with running_bridge(Echo(), ANY_PORT) as port:
            with pytest.raises(NoAcknowledgementError):
                send("127.0.0.1", port, message)

            assert send("127.0.0.1", port, b"next") == b"next"

    def test_lets_no_single_address_lock_out_the_others(self) -> None:
        """Idle connections are allowed for an hour, since feeds are silent at night; so their number is bounded."""
        settings = Hl7Settings(port=0, max_connections=10, max_connections_per_peer=5)
        with running_bridge(Echo(), settings) as port, ExitStack() as held:
            for _ in range(20):
                held.enter_context(socket.create_connection(("127.0.0.1", port), 10, source_address=("127.0.0.2", 0)))
            time.sleep(0.3)

            with connection(port) as opened:
                opened.sendall(encode_block(b"hello"))

                assert answers(opened, 1) == [b"hello"]

    def test_counts_a_peers_open_connections_only(self) -> None:
        with running_bridge(Echo(), Hl7Settings(port=0, max_connections_per_peer=2)) as port:
            for _ in range(6):
                with connection(port) as opened:
                    opened.sendall(encode_block(b"hello"))
                    assert answers(opened, 1) == [b"hello"]
                time.sleep(0.1)

    def test_connections_beyond_the_cap_are_closed_and_free_places_are_given_again(self) -> None:
        with running_bridge(Echo(), Hl7Settings(port=0, max_connections=1)) as port:
            with MllpSender("127.0.0.1", port) as first:
                assert first.send(b"one") == b"one"
                with pytest.raises(NoAcknowledgementError):
                    send("127.0.0.1", port, b"two")
                assert first.send(b"three") == b"three"
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                try:
                    assert send("127.0.0.1", port, b"four") == b"four"
                    break
                except NoAcknowledgementError:
                    time.sleep(0.02)
            else:
                pytest.fail("the place was never given again")

    def test_a_peer_that_is_not_on_the_list_is_closed(self) -> None:
        settings = Hl7Settings(port=0, allowed_peers=frozenset({"127.0.0.2"}))
        with running_bridge(Echo(), settings) as port, pytest.raises(NoAcknowledgementError):
            send("127.0.0.1", port, b"one")

    def test_a_stop_answers_what_is_under_way(self) -> None:
        echo = Echo()
        with running_bridge(echo, ANY_PORT) as port:
            opened = socket.create_connection(("127.0.0.1", port), timeout=10)
            opened.sendall(encode_block(b"slow"))
            assert echo.entered.wait(10)
            threading.Timer(0.2, echo.go.set).start()

        with opened:
            assert answers(opened, 2) == [b"slow"]


class TestBadInput:
    """Each is survived with a clear answer, and the next good message is applied."""

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            pytest.param(b"\x0b" + adt() + b"x" * 10_000_000, [b"MSA|AR|MSG00001"], id="10 MB without an end"),
            pytest.param(encode_block(adt() + b"x" * 10_000_000), [b"MSA|AR|MSG00001"], id="10 MB"),
            pytest.param(b"\x0b" + adt()[:60], [], id="half a message"),
            pytest.param(encode_block(b""), [b"MSA|AR|"], id="an empty block"),
            pytest.param(encode_block(bytes(range(28))), [b"MSA|AR|"], id="garbage in a block"),
            pytest.param(b"\r\n\0\0" + encode_block(adt())[:-1], [b"MSA|AA|MSG00001"], id="stray bytes, no final CR"),
            pytest.param(encode_block(adt("Z99")), [b"MSA|AA|MSG00001"], id="an unknown event"),
        ],
    )
    def test_is_survived(self, engine: Engine, session: Session, sent: bytes, expected: list[bytes]) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port:
            with connection(port) as opened:
                try:
                    opened.sendall(sent)
                except ConnectionError:
                    assert len(sent) > ANY_PORT.max_block_bytes, "only a message that is too long is cut off"
                acks = answers(opened, len(expected))

            assert [ack.split(b"\r")[1] for ack in acks] == expected
            good = send("127.0.0.1", port, adt(name="Al^Bo", identifiers="P2", control_id="2"))

        assert good.split(b"\r")[1] == b"MSA|AA|2"
        assert "Al^Bo" in session.scalars(select(PatientRow.name)).all()

    def test_a_message_of_10_mb_is_told_the_limit(self, engine: Engine) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port, connection(port) as opened:
            opened.sendall(b"\x0b" + adt() + b"x" * ANY_PORT.max_block_bytes)
            (ack,) = answers(opened, 1)

            assert ack.split(b"\r")[2] == (
                b"ERR|||207^Application internal error^HL70357|E||||longer than 4194304 bytes; the connection is closed"
            )
            assert opened.recv(1) == b""

    def test_each_message_is_committed_before_its_answer(self, engine: Engine, session: Session) -> None:
        with running_bridge(handler(engine), ANY_PORT) as port, MllpSender("127.0.0.1", port) as sender:
            for number in range(1, 6):
                sender.send(adt(control_id=str(number), identifiers=f"P{number}"))
                session.rollback()
                assert (
                    len(session.scalars(select(Hl7MessageRow).where(Hl7MessageRow.status == "applied")).all()) == number
                )

    def test_no_log_of_the_server_names_the_patient(self, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with running_bridge(handler(engine), ANY_PORT) as port:
            send("127.0.0.1", port, adt(name="Plantedname^Zara", identifiers="PLANTED4711"))
            with connection(port) as opened:
                opened.sendall(b"\x0bMSH|^~\\&|A|B|PLANTED4711")
                assert answers(opened, 1) == []

        told = repr([record.__dict__ for record in caplog.records]) + caplog.text
        assert "half a message" in told
        assert "planted" not in told.lower()
