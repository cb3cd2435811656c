"""Plays a hospital day: messages by MLLP, objects and the operator by REST, and a bridge that is stopped in between."""

import os
import queue
import random
import re
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from doseledger.demo.doors import Door
from tests.builders.hospital_day import HospitalDay, Shift
from tests.builders.hospital_events import Dose, Happening
from tests.builders.hospital_wire import dicom_of, hl7_of
from tests.support.delivering_clients import DeliveringClients
from tests.support.hospital_operator import take_merge_back
from tests.support.killable_service import KillableService
from tests.support.mllp_sender import MllpSender, NoAcknowledgementError
from tests.support.until import until

_CONNECTIONS = 3
_PAUSE_S = 0.1
_AGAIN_WITHIN_S = 120.0
_ANSWER = re.compile(rb"\rMSA\|(\w\w)\|")
_SIGNALS = {"killed": signal.SIGKILL, "stopped": signal.SIGTERM}
_FAULT = re.compile(rb"\rERR\|[^|]*\|[^|]*\|(\d+)")


@dataclass
class HospitalPlayer:
    """
    ``answers`` has what each message was answered, by its number; ``resent`` are those that got no answer at first.

    ``restarts`` says how often the bridge is ended in which way: ``killed``, ``stopped`` in order, or ``everything``
    killed, database included.
    """

    service: KillableService
    operator: Door
    day: HospitalDay
    restarts: Mapping[str, int]
    seed: int
    answers: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    resent: set[int] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    _moments: dict[int, datetime] = field(default_factory=dict)  # of each tick, when it comes to be
    _answered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def play(self) -> None:
        """Return when every message is answered, every object is acknowledged, and the operator is done."""
        drawn = random.Random(self.seed)  # noqa: S311  a schedule, no secret
        ways = list(Counter(self.restarts).elements())
        drawn.shuffle(ways)
        breaks = dict(zip(drawn.sample(range(len(self.day.shifts)), len(ways)), ways, strict=True))
        for number, shift in enumerate(self.day.shifts):
            self._play(shift, breaks.get(number), drawn)
            for one in shift.unmerges:
                take_merge_back(self.operator, one.identifier)

    def _play(self, shift: Shift, ending: str | None, drawn: random.Random) -> None:
        self._write(shift.deliveries)
        messages: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        objects = [dicom_of(one, one.event) for one in shift.deliveries if isinstance(one.event, Dose)]
        for one in shift.deliveries:
            if not isinstance(one.event, Dose):
                messages.put(one)
        moment = self._answered + drawn.randrange(1, max(2, messages.qsize()))
        clients = DeliveringClients(door=self.service.door("ingest"), deliveries=objects, clients=1)
        with ThreadPoolExecutor(_CONNECTIONS + 1) as threads:
            parts = [threads.submit(clients.run)]
            parts += [threads.submit(self._send_all, messages) for _ in range(_CONNECTIONS)]
            if ending is not None:
                until(lambda: self._answered >= moment, within_s=_AGAIN_WITHIN_S, what="answers before the bridge ends")
                self._end(ending, drawn)
            for part in parts:
                part.result()

    def _write(self, deliveries: Iterable[Happening]) -> None:
        """Write the messages of a shift, which happens now, in its true order, a millisecond after the other."""
        new = {one.tick for one in deliveries if one.tick not in self._moments}
        now = datetime.now(tz=UTC)  # noqa: TID251  the operator's clock is the real one, so that of the day is, too
        for place, tick in enumerate(sorted(new)):
            self._moments[tick] = now + timedelta(milliseconds=place)

    def _send_all(self, messages: "queue.SimpleQueue[Happening]") -> None:
        """Send over one connection what is left; a message without an answer is sent again over a new one."""
        waiting: Happening | None = None
        deadline = time.monotonic() + _AGAIN_WITHIN_S
        while time.monotonic() < deadline:
            try:
                with MllpSender("127.0.0.1", self.service.service.hl7_port) as sender:
                    while True:
                        waiting = waiting or messages.get_nowait()
                        self._hear(waiting, sender.send(hl7_of(waiting, self._moments[waiting.tick])))
                        waiting, deadline = None, time.monotonic() + _AGAIN_WITHIN_S
            except queue.Empty:
                return
            except (OSError, NoAcknowledgementError):
                if waiting is not None:
                    self.resent.add(waiting.number)
                time.sleep(_PAUSE_S)
        pytest.fail("the bridge did not come back")

    def _hear(self, one: Happening, ack: bytes) -> None:
        with self._lock:
            self.answers[one.number].append(ack)
            self._answered += 1

    def _end(self, way: str, drawn: random.Random) -> None:
        if way == "everything":
            self.service.kill(way, drawn)
            until(lambda: not self.service.is_running, within_s=_AGAIN_WITHIN_S, what="the end of the service")
            self.service.start_again()
        else:
            until(lambda: self._signal(_SIGNALS[way]), within_s=_AGAIN_WITHIN_S, what="a bridge to end")
        self.done[way] += 1

    def _signal(self, number: signal.Signals) -> bool:
        """Tell whether there was a bridge; right after one ended there is none."""
        bridges = self.service.processes_of("hl7")
        for pid in bridges:
            os.kill(pid, number)
        return bool(bridges)


def answer_of(ack: bytes) -> str:
    """Return MSA-1 and, if there is one, the code of ERR-3, such as ``AE 204``."""
    code, fault = _ANSWER.search(ack), _FAULT.search(ack)
    assert code is not None
    return " ".join(part.group(1).decode() for part in (code, fault) if part is not None)
