"""
Bring what the spool holds to the service, at least once: one daemon thread with back-off.

An answer of 401, 403, 408, 429 or 5xx may change, so it is asked for again; any other refusal is final and parked,
visible in ``/dose/status``. The receiver is idempotent, so that sending twice is harmless.
"""

import gzip
import http.client
import json
import threading
import time
from collections.abc import Sequence

from dose_core.contract import (
    DELETIONS_PATH,
    DICOM_MEDIA_TYPE,
    HEADER_PLAINTEXT_REASON,
    MAX_OBJECT_BYTES,
    MAX_REASON_CHARACTERS,
    MAX_REQUEST_BYTES,
    MAX_SERIES_BYTES,
    encode_headers,
    encode_series,
    encode_value,
    instance_path,
    series_headers_path,
)
from orthanc_plugin.catch_up import CatchUp
from orthanc_plugin.clients import Answer, HttpClient, OrthancClient
from orthanc_plugin.intake import Intake
from orthanc_plugin.settings import Settings
from orthanc_plugin.spool import Spool, SpoolItem

_RETRIED = frozenset((401, 403, 408, 429))
_ABOUT_CONTENT = frozenset((400, 413, 415, 422))  # one bad slice may cause them, so a batch is tried in halves
_SUCCESS = range(200, 300)
_SERVER_ERRORS = range(500, 600)

FIRST_BACK_OFF_S, MAX_BACK_OFF_S = 1.0, 30.0
BATCH_BYTES = 7 * 1024 * 1024  # unpacked; gzip makes it smaller, and without gain still below the request's limit
BATCH_SLICES = 1000
LOOKED_AT_PER_ROUND = 20  # then a dose report that came in the meantime goes first
WHOLES_PER_ROUND = 20
DELETIONS_PER_ROUND = 100  # each is asked for once more, which takes a millisecond
DELETION_REFUSED_S = 3600.0  # by a service of an earlier release, which knows of none
MAX_IDLE_S = 5.0
START_POLL_S = 0.2
_GZIP_LEVEL = 1  # headers of one series differ in few bytes: more effort gains nothing


class PauseError(Exception):
    """The service cannot take anything now; the text is shown in ``/dose/status``."""

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Delivery:
    """The delivery thread's work and what it last met."""

    def __init__(
        self,
        settings: Settings,
        spool: Spool,
        *,
        service: HttpClient,
        orthanc: OrthancClient,
        intake: Intake,
        catch_up: CatchUp,
    ) -> None:
        self._settings = settings
        self._spool = spool
        self._service = service
        self._orthanc = orthanc
        self._intake = intake
        self._catch_up = catch_up
        self._work = threading.Event()
        self._failures = 0
        self._next_catch_up = 0.0
        self._is_log_dirty = False
        self.is_stopping = False
        self.last_error: str | None = None
        self.last_error_at: float | None = None
        self.last_delivery_at: float | None = None

    def wake(self) -> None:
        """Look for work now."""
        self._work.set()

    def stop(self) -> None:
        """End the thread after the call it is in."""
        self.is_stopping = True
        self._work.set()

    def run(self) -> None:
        """Deliver until stopped. The body of a daemon thread."""
        self._wait_for_orthanc()
        while not self.is_stopping:
            self._work.clear()
            try:
                idle_s = 0.0 if self.round() else MAX_IDLE_S
                self._failures = 0
            except PauseError as pause:
                idle_s = self._fail(str(pause), at_least_s=pause.retry_after_s)
            except (OSError, http.client.HTTPException) as error:
                idle_s = self._fail(f"no answer: {type(error).__name__}")
            except Exception as error:  # noqa: BLE001 - the thread must live on; shown in /dose/status
                idle_s = self._fail(f"unexpected: {type(error).__name__}")
            if idle_s and self._failures:
                self._pause(idle_s)
            elif idle_s:
                self._work.wait(self._until_due(idle_s))

    def round(self) -> bool:
        """
        Deliver some of what is due and return whether there may be more.

        Raises:
            PauseError: the service cannot take anything now.
            OSError: the service or Orthanc cannot be reached.
        """
        now = time.time()
        wholes = self._spool.wholes(now=now, limit=WHOLES_PER_ROUND)
        for item in wholes:
            self._deliver_whole(item)
        due = self._due_series(now)
        for series_instance_uid in due:
            self._deliver_series(series_instance_uid, now=now)
        unseen = self._spool.unseen(now=now, limit=LOOKED_AT_PER_ROUND)
        for orthanc_id, attempts in unseen:
            self._look_at(orthanc_id, attempts, now=now)
        # What is overwritten is deleted and stored in one breath, what is moved within some seconds.
        deleted = self._spool.deleted(before=now - self._settings.quiet_s, limit=DELETIONS_PER_ROUND)
        self._tell_deleted(deleted)
        if not (wholes or due or unseen) and self._is_log_dirty:
            self._spool.wipe_log()
            self._is_log_dirty = False
        has_more = len(wholes) == WHOLES_PER_ROUND or bool(unseen) or len(deleted) == DELETIONS_PER_ROUND
        if time.monotonic() >= self._next_catch_up and not unseen:
            is_done = self._catch_up.read_changes(until=lambda: self.is_stopping)
            self._next_catch_up = time.monotonic() + (self._settings.catch_up_s if is_done else 0.0)
            has_more = has_more or self._spool.counts().unseen > 0
        return has_more

    def _wait_for_orthanc(self) -> None:
        """Orthanc loads its plugins before it opens its own REST API."""
        while not self.is_stopping:
            try:
                self._orthanc.json("/changes?last")
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._note_error(f"Orthanc's REST API does not answer yet: {type(error).__name__}")
                time.sleep(START_POLL_S)
            else:
                self.last_error = self.last_error_at = None
                return

    def _look_at(self, orthanc_id: str, attempts: int, *, now: float) -> None:
        try:
            self._catch_up.look_at(orthanc_id)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._spool.postpone([orthanc_id], until=now + _back_off_s(attempts))
            self._note_error(f"Orthanc's REST API: {type(error).__name__}")

    def _tell_deleted(self, orthanc_ids: Sequence[str]) -> None:
        """Tell the service of deleted instances, unless they were stored again."""
        try:
            gone = [one for one in orthanc_ids if self._orthanc.json(f"/instances/{one}/metadata") is None]
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._spool.postpone_deleted(orthanc_ids, until=time.time() + FIRST_BACK_OFF_S)
            self._note_error(f"Orthanc's REST API: {type(error).__name__}")
            return
        self._spool.forget_deleted(set(orthanc_ids) - set(gone))
        if not gone:
            return
        body, headers = json.dumps({"orthanc_ids": gone}).encode(), {"Content-Type": "application/json"}
        answer = self._service.request("POST", DELETIONS_PATH, body, headers)
        if answer.status in _SUCCESS:
            self._spool.forget_deleted(gone)
            return
        text = f"the service answered {answer.status}"
        if answer.status in _RETRIED or answer.status in _SERVER_ERRORS:
            self._spool.postpone_deleted(gone, until=time.time() + MAX_BACK_OFF_S)
            raise PauseError(text, retry_after_s=_retry_after_s(answer))
        self._spool.postpone_deleted(gone, until=time.time() + DELETION_REFUSED_S)
        self._note_error(text)

    def _deliver_whole(self, item: SpoolItem) -> None:
        dicom = self._orthanc.file(item.orthanc_id)
        if dicom is None:
            self._park([item], "deleted from Orthanc before it was delivered")
        elif len(dicom) > MAX_OBJECT_BYTES:
            self._park([item], f"larger than {MAX_OBJECT_BYTES} bytes")
        else:
            headers = {"Content-Type": DICOM_MEDIA_TYPE, **encode_headers(item.envelope(dicom))}
            self._settle([item], self._put([item], instance_path(item.sop_instance_uid), dicom, headers))

    def _due_series(self, now: float) -> list[str]:
        """Return the series that are stable: no slice came for so long that no more is expected."""
        waiting = self._spool.waiting_series(now=now)
        if any(last_at + self._settings.quiet_s <= now for _, last_at in waiting):
            self._intake.flush()  # its newest slices may still be in memory
            waiting = self._spool.waiting_series(now=now)
        return [uid for uid, last_at in waiting if last_at + self._settings.quiet_s <= now]

    def _deliver_series(self, series_instance_uid: str, *, now: float) -> None:
        batch: list[str] = []
        batch_bytes = series_bytes = 0
        for orthanc_id, size in self._spool.series_headers(series_instance_uid, now=now):
            series_bytes += size
            if series_bytes > MAX_SERIES_BYTES:
                self._park(
                    self._spool.items([orthanc_id]),
                    f"the headers of its series are larger than {MAX_SERIES_BYTES} bytes",
                )
                continue
            if batch and (batch_bytes + size > BATCH_BYTES or len(batch) == BATCH_SLICES):
                self._deliver_slices(series_instance_uid, self._spool.items(batch))
                batch, batch_bytes = [], 0
            batch.append(orthanc_id)
            batch_bytes += size
        self._deliver_slices(series_instance_uid, self._spool.items(batch))

    def _deliver_slices(self, series_instance_uid: str, items: Sequence[SpoolItem]) -> None:
        if not items:
            return
        content_type, body = encode_series([item.envelope(item.header or b"") for item in items])
        packed = gzip.compress(body, _GZIP_LEVEL)
        if len(packed) > MAX_REQUEST_BYTES:
            answer = Answer(http.client.REQUEST_ENTITY_TOO_LARGE, {}, b"")
        else:
            headers = {"Content-Type": content_type, "Content-Encoding": "gzip"}
            answer = self._put(items, series_headers_path(series_instance_uid), packed, headers)
        if answer.status in _ABOUT_CONTENT and len(items) > 1:
            middle = len(items) // 2
            self._deliver_slices(series_instance_uid, items[:middle])
            self._deliver_slices(series_instance_uid, items[middle:])
        else:
            self._settle(items, answer)

    def _put(self, items: Sequence[SpoolItem], path: str, body: bytes, headers: dict[str, str]) -> Answer:
        reason = self._settings.plaintext_reason
        if reason:
            headers[HEADER_PLAINTEXT_REASON] = encode_value(reason, max_characters=MAX_REASON_CHARACTERS)
        try:
            return self._service.request("PUT", path, body, headers)
        except (OSError, http.client.HTTPException):
            self._postpone(items)  # else an object that the service chokes on would hold up all others
            raise

    def _postpone(self, items: Sequence[SpoolItem]) -> None:
        attempts = max(item.attempts for item in items)
        self._spool.postpone([item.orthanc_id for item in items], until=time.time() + _back_off_s(attempts))

    def _settle(self, items: Sequence[SpoolItem], answer: Answer) -> None:
        self._is_log_dirty = True
        if answer.status in _SUCCESS:
            self._spool.forget(items)
            self.last_delivery_at = time.time()
            return
        text = f"the service answered {answer.status}"
        if answer.status in _RETRIED or answer.status in _SERVER_ERRORS:
            self._postpone(items)
            if answer.status in (408, 500, 501):  # may be this object alone; the others go on
                self._note_error(text)
                return
            raise PauseError(text, retry_after_s=_retry_after_s(answer))
        self._park(items, text)

    def _park(self, items: Sequence[SpoolItem], reason: str) -> None:
        self._spool.park(items, reason=reason)
        self._is_log_dirty = True
        self._note_error(reason)

    def _fail(self, text: str, *, at_least_s: float = 0.0) -> float:
        self._note_error(text)
        self._failures += 1
        return max(_back_off_s(self._failures - 1), at_least_s)

    def _note_error(self, text: str) -> None:
        self.last_error, self.last_error_at = text, time.time()

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_stopping and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))

    def _until_due(self, idle_s: float) -> float:
        """Return how long nothing will be due, so that a quiet series is sent on time."""
        now = time.time()
        quiet_at = [last + self._settings.quiet_s for _, last in self._spool.waiting_series(now=now)]
        return max(0.05, min([idle_s, *(at - now for at in quiet_at)]))


def _back_off_s(attempts: int) -> float:
    return min(FIRST_BACK_OFF_S * 2.0 ** min(attempts, 10), MAX_BACK_OFF_S)


def _retry_after_s(answer: Answer) -> float:
    """Return Retry-After in its form of seconds (RFC 9110, 10.2.3), never more than the longest back-off."""
    stated = answer.headers.get("retry-after", "")
    return min(float(stated), MAX_BACK_OFF_S) if stated.isdecimal() else 0.0
