"""Tests of dose_worker.deadline."""

import socket
import time

from dose_worker.deadline import Deadline


def test_ends_a_wait_that_has_no_limit_of_its_own() -> None:
    ours, theirs = socket.socketpair()
    started = time.monotonic()
    with ours, theirs, Deadline(0.1) as deadline:
        deadline.watch(ours)
        assert ours.recv(1) == b""

    assert deadline.is_over
    assert time.monotonic() - started < 5


def test_ends_what_is_watched_after_it_was_over() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0.01) as deadline:
        while not deadline.is_over:
            time.sleep(0.01)
        deadline.watch(ours)
        assert ours.recv(1) == b""


def test_does_nothing_to_who_is_done_in_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Deadline(0.2) as deadline:
            deadline.watch(ours)
        time.sleep(0.3)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
        assert not deadline.is_over


def test_does_not_mind_what_is_closed_already() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with Deadline(0.01) as deadline:
        deadline.watch(ours)
        ours.close()
        while not deadline.is_over:
            time.sleep(0.01)
