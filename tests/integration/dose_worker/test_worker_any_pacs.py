"""Test of the worker as a process with a real Orthanc as any PACS: stored by C-STORE, confirmed, and found once."""

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.commitment import CommitmentRow
from dose_services import pacs_destinations
from dose_services.archive_values import DicomNode
from dose_services.audit import Looker, Via
from dose_services.pacs_values import ORTHANC, PacsRule
from dose_services.site import Site
from tests.builders.ct_study import STUDY_UID, ct_slices
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.orthanc import RealOrthanc, free_port
from tests.support.worker_process import WorkerProcess

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(240)]

ADA = Looker(subject="user:ada", user_id=None, via=Via.COMMAND, reference=None, route="doseledger test")
QUIET_S = 1
OURS = free_port()


@pytest.fixture
def pacs(tmp_path: Path) -> Iterator[RealOrthanc]:
    """Yield an Orthanc that knows us by DICOM alone, not started yet."""
    configuration = {
        "Plugins": [],
        "DicomAet": "PACS",
        "DicomCheckCalledAet": True,
        "DicomModalities": {"us": {"AET": "DOSELEDGER", "Host": "127.0.0.1", "Port": OURS}},
    }
    made = RealOrthanc(folder=tmp_path / "pacs", configuration=configuration)
    yield made
    made.kill()


@pytest.fixture
def house(engine: Engine, pacs: RealOrthanc) -> DoseHouse:
    """A house that publishes to that PACS alone, and has read images of a device that sends no report."""
    now = datetime.now(UTC)  # noqa: TID251  the worker reads the same clock
    site = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=QUIET_S)
    made = DoseHouse(engine=engine, archive=FakeArchive(), now=now, site=site)
    node = DicomNode(host="127.0.0.1", port=pacs.dicom_port, called_ae_title="PACS", asks_commitment=True, timeout_s=5)
    rule = PacsRule(exams_since=now - timedelta(days=1), deletes=False)
    with unit_of_work(engine) as session:
        pacs_destinations.set_rule(session, ORTHANC, kinds=(), deletes=None, looker=ADA, now=now)
        pacs_destinations.add_pacs(session, "PACS", node, rule, looker=ADA, now=now)
    made.receive(ct_slices(), are_headers=True)
    made.set_sends_no_rdsr()
    return made


@pytest.fixture
def worker(database_url: str, tmp_path: Path) -> Iterator[WorkerProcess]:
    settings: dict[str, object] = {
        "database_url": database_url,
        "software_version": "0.1.0",
        "poll_s": 1,
        "quiet_time_s": QUIET_S,
        "commitment": {"host": "127.0.0.1", "port": OURS},
    }
    made = WorkerProcess(log=tmp_path / "worker.log", settings=settings)
    yield made
    if made.is_running:
        made.kill()


def until(condition: Callable[[], bool], *, log: Path, within_s: float = 90.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.2)


def attempts(house: DoseHouse) -> int:
    return sum(row.attempts for row in house.rows())


def confirmations(engine: Engine) -> list[str]:
    with unit_of_work(engine) as session:
        return list(session.scalars(select(CommitmentRow.state)))


def series_of_srs(pacs: RealOrthanc) -> int:
    """Return how many SR series findscu finds in the study."""
    keys = ["QueryRetrieveLevel=SERIES", f"StudyInstanceUID={STUDY_UID}", "Modality=SR", "SeriesInstanceUID"]
    options = [part for key in keys for part in ("-k", key)]
    called = ["findscu", "-v", "-S", "-aet", "DOSELEDGER", "-aec", "PACS", "127.0.0.1", str(pacs.dicom_port)]
    told = subprocess.run([*called, *options], capture_output=True, text=True, check=True, timeout=60)
    return (told.stdout + told.stderr).count("Find Response:")


def test_a_pacs_that_was_down_gets_the_report_once_and_confirms_that_it_keeps_it(
    house: DoseHouse, worker: WorkerProcess, pacs: RealOrthanc, engine: Engine
) -> None:
    with worker:
        until(lambda: attempts(house) > 1, log=worker.log)
        pacs.start()
        until(lambda: confirmations(engine) == ["kept"], log=worker.log)

    assert house.states() == ["sent"]
    assert series_of_srs(pacs) == 1
    log = worker.log.read_text()
    assert "Beispiel" not in log
    assert "Traceback" not in log
