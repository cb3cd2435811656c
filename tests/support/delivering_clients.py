"""Clients that deliver as the plugin does: again and again until they have an answer, several at once."""

import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from doseledger.demo.doors import Answer, Door
from tests.builders.busy_day import Delivery

_TAKEN = frozenset({200, 201})
_LATER = frozenset({500, 502, 503, 504, 507})  # the plugin asks again at these; here anything else is an error
_PAUSE_S = 0.2


@dataclass
class DeliveringClients:
    """Deliver until each delivery is acknowledged, and count what was answered meanwhile."""

    door: Door
    deliveries: Sequence[Delivery]
    clients: int = 4
    acknowledged: list[Delivery] = field(default_factory=list)
    answers: Counter[int | str] = field(default_factory=Counter)  # by status, or by the name of what came instead
    refused: Callable[[Answer], None] = field(default=lambda _: None)  # is shown each refusal
    _waiting: "queue.SimpleQueue[Delivery]" = field(default_factory=queue.SimpleQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Return when everything is acknowledged."""
        for delivery in self.deliveries:
            self._waiting.put(delivery)
        with ThreadPoolExecutor(self.clients) as threads:
            for client in [threads.submit(self._deliver_all) for _ in range(self.clients)]:
                client.result()

    def _deliver_all(self) -> None:
        while True:
            try:
                delivery = self._waiting.get_nowait()
            except queue.Empty:
                return
            while not self._is_taken(delivery):
                time.sleep(_PAUSE_S)
            with self._lock:
                self.acknowledged.append(delivery)

    def _is_taken(self, delivery: Delivery) -> bool:
        headers = {"Content-Type": delivery.content_type}
        try:
            answer = self.door.call("PUT", delivery.path, delivery.body, headers=headers)
        except (OSError, http.client.HTTPException) as error:
            self._count(type(error).__name__)
            return False
        self._count(answer.status)
        assert answer.status in _TAKEN | _LATER, answer.body
        if answer.status not in _TAKEN:
            self.refused(answer)
        return answer.status in _TAKEN

    def _count(self, what: int | str) -> None:
        with self._lock:
            self.answers[what] += 1
