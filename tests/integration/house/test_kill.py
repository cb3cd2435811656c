"""
kill -9 at random points of two thousand deliveries: each acknowledged object is there once, and counted once.

Which process dies after how many acknowledgements is drawn by a seed; what the processes do at that moment is left
to chance.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.session import make_engine
from tests.builders.busy_day import ExpectedStudy, busy_day
from tests.support.delivering_clients import DeliveringClients
from tests.support.killable_service import KillableService, killable_service, lonely_place
from tests.support.reaper import Reaper
from tests.support.rest import exams_of
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SEED = 4
DELIVERIES, STUDIES = 2000, 480
FAULTS = {"api": 6, "worker": 3, "postgres": 4, "backend": 4, "supervisor": 1, "everything": 2}
# In the first part of the day, so that what a death left unread is read soon after the day's end.
FAULTS_UNTIL = 1300
READ_WITHIN_S = 240.0

# Each event of each exam as it counts now; no event states two of these quantities.
EVENTS = """
SELECT study_instance_uid, event_uid, coalesce(dlp_mgy_cm, dap_gy_cm2, agd_mgy, administered_activity_mbq)
FROM exam JOIN exam_event ON exam_event.exam_id = exam.id WHERE exam.state = 'counted'
"""


@pytest.fixture
def service() -> Iterator[KillableService]:
    with lonely_place() as place, killable_service(place) as made:
        yield made


@pytest.fixture
def database(service: KillableService) -> Iterator[Engine]:
    """The service's own database."""
    made = make_engine(service.database_url, pool_size=1)
    yield made
    made.dispose()


def test_what_was_acknowledged_is_there_once_and_counted_once(
    service: KillableService, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    day = busy_day(studies=STUDIES, deliveries=DELIVERIES, seed=SEED)
    clients = DeliveringClients(door=service.door("ingest"), deliveries=day.deliveries)
    reaper = Reaper(service=service, faults=FAULTS, seed=SEED)
    reader = service.door("read")
    started = time.monotonic()

    with ThreadPoolExecutor(1) as threads:
        delivering = threads.submit(clients.run)
        reaper.run(lambda: len(clients.acknowledged), until=FAULTS_UNTIL)
        delivering.result()
    delivered_s = time.monotonic() - started
    until(service.is_settled, within_s=READ_WITHIN_S, what="all to be read and followed up")
    read_s = time.monotonic() - started

    kept = Counter(uid for (uid,) in rows(database, "SELECT sop_instance_uid FROM evidence"))
    read = rows(database, "SELECT count(*) FROM evidence WHERE read_status = 'read'")
    stated = rows(database, "SELECT evidence_id FROM statement")
    patients = sorted({study.patient_id for study in day.studies})
    exams = Counter(told(exam) for patient in patients for exam in exams_of(reader, patient))
    expected = {wanted(study) for study in day.studies}
    events = Counter((study, uid, rounded(dose)) for study, uid, dose in rows(database, EVENTS))
    with capsys.disabled():
        tell(
            {
                "faults injected": sum(reaper.killed.values()),
                **{f"  kill -9 of {name}": number for name, number in sorted(reaper.killed.items())},
                "processes killed": reaper.processes,
                "starts of the whole": service.starts,
                "deliveries acknowledged": len(clients.acknowledged),
                "deliveries tried": sum(clients.answers.values()),
                "objects acknowledged": len(day.sop_instance_uids),
                "objects found": len(kept),
                "objects doubled": kept.total() - len(kept),
                "exams expected": len(expected),
                "exams found as expected": len(expected & exams.keys()),
                "exams doubled": exams.total() - len(exams),
                "events expected": sum(len(study.doses) for study in day.studies),
                "events found": len(events),
                "events doubled": events.total() - len(events),
                "seconds until acknowledged": round(delivered_s),
                "seconds until read": round(read_s),
            }
        )
    assert reaper.killed == FAULTS
    assert len(clients.acknowledged) == DELIVERIES
    assert kept == Counter(day.sop_instance_uids)
    assert read == [(len(kept),)]
    assert len(stated) == len(set(stated)) == len(kept)
    assert exams == Counter(expected)
    assert events == Counter(
        (study.study_instance_uid, uid, rounded(dose)) for study in day.studies for uid, dose in study.doses.items()
    )


def rows(database: Engine, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def told(exam: dict[str, Any]) -> tuple[str, int, float | None]:
    """Return of an exam as REST tells it: study, number of events, DLP in mGy.cm."""
    return exam["study_instance_uid"], exam["events"], rounded(exam["dlp_mgy_cm"])


def wanted(study: ExpectedStudy) -> tuple[str, int, float | None]:
    """Return the same of a study as it must be."""
    return study.study_instance_uid, len(study.doses), rounded(study.dlp_mgy_cm)


def rounded(dose: float | None) -> float | None:
    return None if dose is None else round(dose, 6)


def tell(rows: dict[str, int]) -> None:
    width = max(map(len, rows))
    sys.stdout.write("\n" + "".join(f"{name:<{width}}{value:>8}\n" for name, value in rows.items()))
