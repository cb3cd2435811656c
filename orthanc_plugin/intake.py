"""
Between Orthanc's callback and the spool: the callback appends to memory, a thread writes to disk in batches.

A commit for each slice would cost the callback more than all its other work. What memory alone holds is not lost by
kill -9: the catch-up counts an instance as seen only once it is on disk.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from dose_core.classify import ObjectKind
from orthanc_plugin.gate import item_of_stored
from orthanc_plugin.sdk import DicomInstance
from orthanc_plugin.spool import Spool, SpoolItem

BATCH_S = 1.0  # slices come in bursts; one transaction for what comes within this time
RETRY_S = 1.0
MAX_IN_MEMORY = 20_000  # with a full disk: beyond this the catch-up must find them, about 100 MB
FORGET_SEEN_S = 900.0
MAX_REMEMBERED = 100_000


class Intake:
    """The queue in memory, and which instances it has brought to disk."""

    def __init__(self, spool: Spool, *, on_urgent: Callable[[], None]) -> None:
        self._spool = spool
        self._on_urgent = on_urgent
        self._waiting: deque[SpoolItem | str] = deque()
        self._deleted: deque[str] = deque()
        # Most of an archive; remembered until the change log comes to them, so that nobody asks Orthanc about them.
        self._of_no_interest: deque[str] = deque(maxlen=MAX_REMEMBERED)
        self._arrived = threading.Event()
        self._urgent = threading.Event()
        self._seen: dict[str, float] = {}
        self._flushing = threading.Lock()
        self.is_stopping = False
        self.last_error: str | None = None

    def take(self, instance: DicomInstance, orthanc_id: str) -> None:
        """Remember a stored instance if it may state dose. Runs in Orthanc's callback and never raises."""
        waiting: SpoolItem | str | None
        try:
            waiting = item_of_stored(instance, orthanc_id)
        except Exception:  # noqa: BLE001 - whatever it is, the instance is looked at again outside the callback
            waiting = orthanc_id
        if waiting is None:
            self._of_no_interest.append(orthanc_id)
            return
        if len(self._waiting) >= MAX_IN_MEMORY:
            return
        self._waiting.append(waiting)
        if isinstance(waiting, str) or waiting.kind is ObjectKind.WHOLE:
            self._urgent.set()
        if not self._arrived.is_set():
            self._arrived.set()

    def note_deleted(self, orthanc_id: str) -> None:
        """Remember an instance that Orthanc deleted. Runs in Orthanc's callback and never raises."""
        if len(self._deleted) < MAX_REMEMBERED:
            self._deleted.append(orthanc_id)
            self._arrived.set()

    def run(self) -> None:
        """Write to disk what arrives, until stopped. The body of a daemon thread."""
        while not self.is_stopping:
            self._arrived.wait()
            self._urgent.wait(BATCH_S)  # a dose report does not wait for a batch
            self._arrived.clear()
            self._urgent.clear()
            try:
                self.flush()
                self.last_error = None
            except Exception as error:  # noqa: BLE001 - a full disk must not end the thread; shown in /dose/status
                self.last_error = f"the spool cannot be written: {type(error).__name__}"
                time.sleep(RETRY_S)
                self._arrived.set()

    def stop(self) -> None:
        """End the thread after what it does now."""
        self.is_stopping = True
        self._arrived.set()
        self._urgent.set()

    def flush(self) -> None:
        """
        Write to disk what is in memory.

        Raises:
            sqlite3.Error: the disk does not take it; it stays in memory.
        """
        with self._flushing:
            self._flush_deleted()
            batch = [self._waiting[place] for place in range(len(self._waiting))]
            if not batch:
                return
            items = [entry for entry in batch if isinstance(entry, SpoolItem)]
            unseen = [entry for entry in batch if isinstance(entry, str)]
            self._spool.add(items, unseen, now=time.time())
            moment = time.monotonic()
            self._seen.update((item.orthanc_id, moment) for item in items)
            self._seen.update((orthanc_id, moment) for orthanc_id in unseen)
            for _ in batch:
                self._waiting.popleft()
        if unseen or any(item.kind is ObjectKind.WHOLE for item in items):  # headers wait for their series
            self._on_urgent()

    def _flush_deleted(self) -> None:
        deleted = [self._deleted[place] for place in range(len(self._deleted))]
        if deleted:
            self._spool.add_deleted(deleted, now=time.time())
            for _ in deleted:
                self._deleted.popleft()

    def not_seen(self, orthanc_ids: list[str]) -> list[str]:
        """Return those that the callback neither brought to disk nor found of no interest; each is asked for once."""
        with self._flushing:
            moment = time.monotonic()
            while self._of_no_interest:
                self._seen[self._of_no_interest.popleft()] = moment
            oldest = moment - FORGET_SEEN_S
            missing = [orthanc_id for orthanc_id in orthanc_ids if self._seen.pop(orthanc_id, None) is None]
            for orthanc_id in [known for known, since in self._seen.items() if since < oldest]:
                del self._seen[orthanc_id]
        return missing

    @property
    def in_memory(self) -> int:
        """How many wait to be written."""
        return len(self._waiting)
