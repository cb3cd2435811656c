"""
The way of messages to other systems: a thread for each destination that something waits for.

The truth is in the rows, see ``dose_services.outbound_sending``: a thread takes the next message, sends it with no
transaction open, and marks what came of it. It ends, and its connection with it, when nothing has waited for a while.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from dose_services import outbound_sending as sending
from dose_services.outbound_sending import Sending
from dose_worker.mllp_client import MllpConnection, NotHandedOverError, UnansweredError

_IDLE_S = 10.0  # ours: results of one exam come in seconds, and receivers have few places for connections
_STOP_S = 12.0  # longer than the last wait for an answer
_log = logging.getLogger(__name__)


class Outbound:
    """Sends what waits, from ``start`` to ``stop``. ``holder`` tells the workers of one database apart."""

    def __init__(self, unit_of_work: UnitOfWork, *, clock: Callable[[], datetime], poll_s: float) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._poll_s = poll_s
        self._holder = uuid4()
        self._stopping = threading.Event()
        self._serving: dict[UUID, threading.Thread] = {}
        self._watch = threading.Thread(target=self._run, name="outbound", daemon=True)

    def start(self) -> None:
        """Begin to look for what waits."""
        self._watch.start()

    def stop(self) -> None:
        """End soon: what was sent is waited for a while, what was not waits for the next worker."""
        self._stopping.set()
        self._watch.join(_STOP_S)  # no thread is added from then on
        for thread in self._serving.values():
            thread.join(_STOP_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._poll_s):
            try:
                with self._unit_of_work() as session:
                    waiting = sending.waiting(session, self._clock())
            except Exception as error:  # noqa: BLE001  the others' messages must go on
                if not is_outage(error):
                    _log.error("looking for messages to send failed", extra={"error": type(error).__name__})
                continue
            for destination_id in waiting:
                self._serve(destination_id)

    def _serve(self, destination_id: UUID) -> None:
        known = self._serving.get(destination_id)
        if known is not None and known.is_alive():
            return
        thread = threading.Thread(target=self._work, args=(destination_id,), name="outbound destination", daemon=True)
        self._serving[destination_id] = thread
        thread.start()

    def _work(self, destination_id: UUID) -> None:
        line = Line(
            self._unit_of_work, destination_id, self._holder, clock=self._clock, is_stopping=self._stopping.is_set
        )
        idle_s = 0.0
        try:
            while not self._stopping.is_set() and idle_s < _IDLE_S:
                if line.send_next():
                    idle_s = 0.0
                else:
                    self._stopping.wait(self._poll_s)
                    idle_s += self._poll_s
        except Exception as error:  # noqa: BLE001  its text might quote a patient, and a thread would print it
            # The hold lets go by itself, and the message is due again then.
            _log.error(
                "sending to a destination failed",
                extra={"destination": str(destination_id), "error": type(error).__name__},
            )
        finally:
            line.close()


class _HandOver:
    """
    What stands around the writing of one message: a transaction in which nobody can be restricted whom it names.

    It is not tried again if the database rolls it back: the message may have gone out, and is due again later.
    """

    def __init__(self, unit_of_work: UnitOfWork, number: int) -> None:
        self._unit_of_work = unit_of_work
        self._number = number
        self._tries = 0

    @contextmanager
    def __call__(self) -> Iterator[bool]:
        self._tries += 1
        with self._unit_of_work() as session:
            may_go = sending.may_go(session, self._number, is_first=self._tries == 1)
            if may_go:
                yield True
        if not may_go:
            yield False  # outside: what was marked is kept whatever follows


class Line:
    """The way to one destination: at most one connection, one message at a time."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        destination_id: UUID,
        holder: UUID,
        *,
        clock: Callable[[], datetime],
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._destination_id = destination_id
        self._holder = holder
        self._clock = clock
        self._is_stopping = is_stopping
        self._connection: MllpConnection | None = None

    def send_next(self) -> bool:
        """Send the next message, if one is due, and tell if one was."""
        take = partial(sending.take, destination_id=self._destination_id, holder=self._holder, now=self._clock())
        step = in_unit_of_work(self._unit_of_work, take)
        if step is None:
            return False
        self._send(step)
        return True

    def close(self) -> None:
        """Close the connection and let others have one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        try:
            release = partial(sending.release, destination_id=self._destination_id, holder=self._holder)
            in_unit_of_work(self._unit_of_work, release)
        except Exception as error:
            if not is_outage(error):
                raise

    def _send(self, step: Sending) -> None:
        told = {"destination": str(self._destination_id), "number": step.number}
        try:
            answer, raw = self._to(step).send(step.content, step.control_id, _HandOver(self._unit_of_work, step.number))
        except NotHandedOverError:
            _log.info("a message was not sent after all", extra=told)
            return
        except UnansweredError as error:
            _log.warning("a message was not answered", extra={**told, "reason": str(error)})
            mark = partial(sending.mark_unanswered, number=step.number, problem=str(error), now=self._clock())
        else:
            _log.info("a message was answered", extra={**told, "answer": answer.problem})
            mark = partial(sending.mark_answered, number=step.number, answer=answer, raw=raw, now=self._clock())
        in_unit_of_work(self._unit_of_work, mark)

    def _to(self, step: Sending) -> MllpConnection:
        """Return the connection, a new one if the destination has moved."""
        if self._connection is None or self._connection.endpoint != step.endpoint:
            if self._connection is not None:
                self._connection.close()
            self._connection = MllpConnection(step.endpoint, is_stopping=self._is_stopping)
        return self._connection
