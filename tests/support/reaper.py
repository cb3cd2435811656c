"""Kills processes of a service by a schedule that a seed draws."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.killable_service import KillableService

_LOOK_S = 0.01
_LATER_S = 0.05  # at most: a moment within the work on the next objects


@dataclass
class Reaper:
    """``faults`` says how often what is killed; ``killed`` counts what was, ``processes`` how many that were."""

    service: KillableService
    faults: Mapping[str, int]
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    processes: int = 0

    def run(self, progress: Callable[[], int], *, until: int) -> None:
        """
        Kill at random numbers of ``progress`` up to ``until``; return when the service runs again.

        What nobody else starts is started again.
        """
        drawn = random.Random(self.seed)  # noqa: S311  a schedule, no secret
        victims = list(Counter(self.faults).elements())
        drawn.shuffle(victims)
        moments = sorted(drawn.sample(range(1, until), len(victims)))
        for victim, moment in zip(victims, moments, strict=True):
            while progress() < moment:
                self._keep_running()
                time.sleep(_LOOK_S)
            time.sleep(drawn.uniform(0, _LATER_S))
            while not (processes := self.service.kill(victim, drawn)):  # it is just being started
                self._keep_running()
                time.sleep(_LOOK_S)
            self.killed[victim] += 1
            self.processes += processes
        self._keep_running()

    def _keep_running(self) -> None:
        if not self.service.is_running:
            self.service.start_again()
