"""
Checks on what nuclear medicine objects state: they warn, and change nothing.

Source: PS3.3, C.8.9.2, C.8.4.10 and C.8.22.4 (units of Radionuclide Total Dose); PS3.16, TID 10022.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from dose_core.model import Administration
from dose_core.readers.read_log import ReadLog

# Diagnostic activities lie between 0.1 MBq (breath tests) and some GBq, therapies below 100 GBq. A PET dose written
# in MBq reads as less than 10 kBq, and an NM dose written in Bq as more than 100 GBq.
_LOWEST_MBQ, _HIGHEST_MBQ = 0.01, 100_000.0
# A dynamic acquisition is started before the injection, by minutes at most.
_ACQUISITION_BEFORE_INJECTION = timedelta(hours=1)


def activity_problem(activity_mbq: float | None) -> str | None:
    """Return what is wrong with an activity that nobody administers: as a rule it is stated in another unit."""
    if activity_mbq is None or _LOWEST_MBQ <= activity_mbq <= _HIGHEST_MBQ:
        return None
    if activity_mbq == 0:
        return "0 is stated: no activity, or none that was recorded"
    looks_like = "MBq" if activity_mbq < _LOWEST_MBQ else "Bq"
    return f"{activity_mbq:g} MBq is no administered activity; the number looks like {looks_like}"


def check_start(log: ReadLog, path: str, start: datetime | None, acquired_at: datetime | None) -> None:
    """Warn of an administration after the acquisition: it may have been before midnight, a day earlier."""
    if start is None or acquired_at is None or (start.tzinfo is None) != (acquired_at.tzinfo is None):
        return
    if start - acquired_at > _ACQUISITION_BEFORE_INJECTION:
        problem = "lies after the acquisition; the administration may have been before midnight, a day earlier"
        log.add_warning(path, "RadiopharmaceuticalStartTime", problem)


def check_event_uids(log: ReadLog, path: str, events: Sequence[Administration]) -> None:
    """Warn of one event UID for several administrations of one object."""
    counted = Counter(event.event_uid for event in events if event.event_uid)
    for uid, times in counted.items():
        if times > 1:
            concept = "Radiopharmaceutical Administration Event UID"
            log.add_warning(path, concept, f"{uid} stands for {times} administrations")
