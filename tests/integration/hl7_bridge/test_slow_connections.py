"""Five hundred connections that send a byte now and then, from many addresses, beside one that works."""

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Engine

from hl7_bridge.settings import Hl7Settings
from tests.builders.hl7 import adt
from tests.support.hl7_bridge import handler, running_bridge
from tests.support.mllp_sender import MllpSender, NoAcknowledgementError

SLOW = 500
PER_ADDRESS = 20
# Ours: an interface engine waits for seconds before it takes a message for lost; on two busy cores this is far from it.
LONGEST_ANSWER_S = 2.0


@contextmanager
def many_descriptors() -> Iterator[None]:
    """Allow this process both ends of all connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def trickle(slow: list[socket.socket], stop: threading.Event) -> None:
    """Send a byte of a message on each connection in turn, until told to stop."""
    message = b"\x0b" + adt(identifiers="SLOW")
    position = 0
    while not stop.is_set():
        for opened in slow:
            opened.sendall(message[position : position + 1])
        position = min(position + 1, len(message) - 1)
        stop.wait(0.2)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_slow_senders_do_not_stop_the_others(engine: Engine) -> None:
    settings = Hl7Settings(port=0, block_timeout_s=60)
    stop = threading.Event()
    took: list[float] = []
    with many_descriptors(), running_bridge(handler(engine), settings) as port, ExitStack() as held:
        slow = []
        for number in range(SLOW):
            source = (f"127.0.1.{1 + number // PER_ADDRESS}", 0)
            slow.append(held.enter_context(socket.create_connection(("127.0.0.1", port), 10, source_address=source)))
        trickling = threading.Thread(target=trickle, args=(slow, stop))
        trickling.start()
        try:
            with MllpSender("127.0.0.1", port) as sender:
                for number in range(100):
                    began = time.monotonic()
                    assert f"MSA|AA|{number}\r".encode() in sender.send(adt(control_id=str(number)))
                    took.append(time.monotonic() - began)
        finally:
            stop.set()
            trickling.join()
        slow[0].setblocking(False)
        with pytest.raises(BlockingIOError):
            slow[0].recv(1)  # it stands still, and nothing was answered

    assert max(took) < LONGEST_ANSWER_S


@pytest.mark.slow
def test_slow_senders_are_given_up_after_the_time_of_a_message(engine: Engine) -> None:
    settings = Hl7Settings(port=0, block_timeout_s=0.5, max_connections=50, max_connections_per_peer=50)
    with running_bridge(handler(engine), settings) as port, ExitStack() as held:
        for _ in range(50):
            opened = held.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            opened.sendall(b"\x0bMSH")
        deadline = time.monotonic() + 10
        while True:
            try:
                with MllpSender("127.0.0.1", port) as sender:
                    assert b"MSA|AA|" in sender.send(adt())
                break
            except NoAcknowledgementError:  # there is no place yet
                assert time.monotonic() < deadline
