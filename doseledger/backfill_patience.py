"""How fast a backfill asks, and how long it waits for those who do not answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session
from dose_core.errors import DoseError
from dose_worker.archive import ArchiveUnavailableError

_ATTEMPT_PAUSES_S = (1.0, 2.0, 4.0)
_LONGEST_PAUSE_S = 30.0
_PATIENCE_S = 900.0  # a restart of the archive or of the database, with a repair of its index

T = TypeVar("T")


class OutOfPatienceError(DoseError):
    """The archive or the database has not answered for a quarter of an hour; run again, and it goes on from here."""


@dataclass
class Pace:
    """Lets no more than so many objects through in a second."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0

    def wait(self) -> None:
        """Return when the next object may be fetched."""
        now = self.clock()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(self._next, now) + 1 / self.per_second


@dataclass(kw_only=True)
class Patience:
    """Waits for an archive and a database; ``archive_answers`` is a call that any archive answers."""

    archive_answers: Callable[[], object]
    unit_of_work: UnitOfWork
    sleep: Callable[[float], None] = time.sleep

    def of_archive(self, call: Callable[[], T]) -> T:
        """
        Return the archive's answer to one call.

        An archive that does not answer is waited for. One that answers others, but not this, is asked four times.

        Raises:
            ArchiveUnavailableError: it answers others, but not this.
            ArchiveRefusedError: it will never answer this.
            OutOfPatienceError: it is away for too long.
        """
        for pause_s in _ATTEMPT_PAUSES_S:
            try:
                return call()
            except ArchiveUnavailableError:
                self.sleep(pause_s)
            self._until("the archive", self.archive_answers, lambda error: isinstance(error, ArchiveUnavailableError))
        return call()

    def of_database(self, work: Callable[[Session], T]) -> T:
        """
        Return what a piece of work returns, committed; a database that is away, full or busy is waited for.

        Raises:
            OutOfPatienceError: it is away for too long.
            DatabaseError: it refused a statement.
        """
        return self._until("the database", lambda: in_unit_of_work(self.unit_of_work, work), is_outage)

    def _until(self, who: str, call: Callable[[], T], passes: Callable[[Exception], bool]) -> T:
        waited_s, pause_s = 0.0, 1.0
        while True:
            try:
                return call()
            except Exception as error:
                if not passes(error):
                    raise
                if waited_s >= _PATIENCE_S:
                    msg = f"{who} has not answered for {_PATIENCE_S / 60:.0f} minutes; run again to go on from here"
                    raise OutOfPatienceError(msg) from error
            self.sleep(pause_s)
            waited_s += pause_s
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
