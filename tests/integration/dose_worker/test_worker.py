"""Tests of the worker as a process, on a real Orthanc, a real PostgreSQL and procrastinate's queue."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from db.session import Engine, unit_of_work
from db.tables.device import DeviceRow
from db.tables.publication import PublicationRow
from dose_core.contract import Envelope
from dose_core.writers.kinds import PATIENT_DOSE
from dose_services import ingest, pacs_destinations
from dose_services.site import Site
from tests.builders.ct_image_files import series_of
from tests.builders.ct_phantoms import ellipse, painted, scanned
from tests.builders.ct_reports import report, study_uid
from tests.builders.ct_study import STUDY_UID, ct_slices, device_report
from tests.builders.dicom_files import file_of
from tests.support.dciodvfy import dciodvfy_errors
from tests.support.dcmtk import found_series
from tests.support.dose_house import DESK, DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.orthanc import PASSWORD, USER, RealOrthanc
from tests.support.worker_process import WorkerProcess

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(240)]
A_MINUTE = 60.0
QUIET_S = 1


@pytest.fixture
def house(engine: Engine) -> DoseHouse:
    """A house that takes objects in; the worker process does its sending."""
    now = datetime.now(UTC)  # noqa: TID251  the worker reads the same clock
    site = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=QUIET_S)
    return DoseHouse(engine=engine, archive=FakeArchive(), now=now, site=site)


@pytest.fixture
def worker(database_url: str, orthanc: RealOrthanc, tmp_path: Path) -> Iterator[WorkerProcess]:
    """Yield a worker that is not started yet."""
    made = WorkerProcess(log=tmp_path / "worker.log", settings=settings(database_url, orthanc.url))
    yield made
    if made.is_running:
        made.kill()


def settings(database_url: str, orthanc_url: str) -> dict[str, object]:
    """Return a worker's settings with a short quiet time."""
    return {
        "database_url": database_url,
        "software_version": "0.1.0",
        "orthanc_url": orthanc_url,
        "orthanc_user": USER,
        "orthanc_password": PASSWORD,
        "poll_s": 1,
        "quiet_time_s": QUIET_S,
    }


def until(condition: Callable[[], bool], *, log: Path, within_s: float = A_MINUTE) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.1)


def reports(orthanc: RealOrthanc) -> list[str]:
    """Return Orthanc's ids of the SR series in the study."""
    found = orthanc.json("POST", "/tools/find", {"Level": "Series", "Query": {"StudyInstanceUID": STUDY_UID}})
    return [one for one in found if orthanc.json("GET", f"/series/{one}")["MainDicomTags"]["Modality"] == "SR"]


def images_of_a_silent_device(house: DoseHouse) -> None:
    house.receive(ct_slices(), are_headers=True)
    house.set_sends_no_rdsr()


def publications(house: DoseHouse) -> list[tuple[str, str]]:
    """Return kind and state of what archives get."""
    return [(row.kind, row.state) for row in house.rows()]


def sizes(engine: Engine) -> int:
    """Return of how many events the size is known."""
    with unit_of_work(engine) as session:
        return int(session.execute(text("SELECT count(*) FROM ct_size")).scalar_one())


def test_patients_are_measured_in_images_of_exams_at_rest_and_the_archive_gets_what_follows_where_a_site_says_so(
    house: DoseHouse, worker: WorkerProcess, orthanc: RealOrthanc, engine: Engine
) -> None:
    with unit_of_work(engine) as session:
        pacs_destinations.set_rule(session, "orthanc", kinds=(PATIENT_DOSE,), looker=DESK, now=house.now)
    house.receive([report(1)])
    body = scanned(painted((ellipse(60, 60), 0), size=128))
    for one in series_of(body, 3, StudyInstanceUID=study_uid(1), IrradiationEventUID="2.25.8200.1"):
        orthanc.upload(file_of(one))
    with unit_of_work(engine) as session:
        an_hour_ago = "statement_timestamp() - interval '1 hour'"
        session.execute(text(f"UPDATE exam SET started_at = {an_hour_ago}, last_evidence_at = {an_hour_ago}"))  # noqa: S608 - ours
    worker.settings["measures_ct_sizes"] = True

    with worker:
        until(lambda: sizes(engine) == 1, log=worker.log)
        told = [("patient dose ct-organ-dose", "sent"), ("patient dose ct-ssde", "sent")]
        until(lambda: sorted(publications(house)) == told, log=worker.log)
    query = {"StudyInstanceUID": study_uid(1), "Modality": "SR"}
    assert len(orthanc.json("POST", "/tools/find", {"Level": "Series", "Query": query})) == 2


class TestAStudyKnownFromImages:
    def test_gets_one_valid_report_in_a_new_series(
        self, house: DoseHouse, worker: WorkerProcess, orthanc: RealOrthanc, engine: Engine, tmp_path: Path
    ) -> None:
        for dicom in ct_slices():
            orthanc.upload(dicom)
        house.receive(ct_slices(), are_headers=True)
        with worker:
            with unit_of_work(engine) as session:  # somebody marks the device; the worker sees to the rest
                session.execute(update(DeviceRow).values(sends_no_rdsr=True))
            until(lambda: house.states() == ["sent"], log=worker.log)
            house.receive(ct_slices(), are_headers=True)  # the study is sent again
        orthanc.stop()  # an outage, in which the worker starts anew
        with worker:
            until(lambda: is_registered(engine), log=worker.log)
            orthanc.start()
            time.sleep(4)

        (series,) = reports(orthanc)
        (instance,) = orthanc.json("GET", f"/series/{series}")["Instances"]
        status, dicom = orthanc.request("GET", f"/instances/{instance}/file")
        assert status == 200
        assert dciodvfy_errors(dicom, tmp_path) == []
        assert orthanc.json("GET", "/statistics")["CountStudies"] == 1
        assert orthanc.json("GET", "/statistics")["CountSeries"] == 2
        (found,) = found_series(orthanc.dicom_port, STUDY_UID, "SR", tmp_path / "found")
        assert found == house.rows()[0].series_instance_uid

    def test_loses_the_report_within_a_minute_after_the_devices_own_came(
        self, house: DoseHouse, worker: WorkerProcess, orthanc: RealOrthanc
    ) -> None:
        images_of_a_silent_device(house)
        with worker:
            until(lambda: len(reports(orthanc)) == 1, log=worker.log)
            orthanc.upload(device_report())
            house.receive([device_report()])
            until(lambda: house.states() == ["withdrawn"], log=worker.log, within_s=A_MINUTE)

        (left,) = reports(orthanc)
        assert orthanc.json("GET", f"/series/{left}")["MainDicomTags"]["Manufacturer"] == "ACME"

    def test_gets_none_if_the_devices_own_came_first(
        self, house: DoseHouse, worker: WorkerProcess, orthanc: RealOrthanc
    ) -> None:
        orthanc.upload(device_report())
        house.receive([device_report()])
        images_of_a_silent_device(house)
        with worker:
            time.sleep(QUIET_S + 4)

        assert len(reports(orthanc)) == 1
        assert house.rows() == []


class TestAnArchive:
    def test_that_was_down_gets_the_report_when_it_is_back(
        self, house: DoseHouse, worker: WorkerProcess, orthanc: RealOrthanc
    ) -> None:
        orthanc.stop()
        images_of_a_silent_device(house)
        with worker:
            until(lambda: house.rows()[0].last_error is not None, log=worker.log)
            orthanc.start()
            until(lambda: house.states() == ["sent"], log=worker.log)

        assert len(reports(orthanc)) == 1

    def test_that_filters_our_report_out_has_it_parked(
        self, house: DoseHouse, database_url: str, tmp_path: Path
    ) -> None:
        script = tmp_path / "refuse.lua"
        script.write_text("function ReceivedInstanceFilter(dicom, origin) return false end")
        strict = RealOrthanc(folder=tmp_path / "strict", configuration={"Plugins": [], "LuaScripts": [str(script)]})
        images_of_a_silent_device(house)
        with strict, WorkerProcess(log=tmp_path / "worker.log", settings=settings(database_url, strict.url)) as worker:
            until(lambda: house.states() == ["parked"], log=worker.log)

        assert "FilteredOut" in (house.rows()[0].last_error or "")
        assert "dose_sr_refused_by_archive" in house.findings()


class TestTheProcess:
    def test_stops_cleanly_on_sigterm(self, worker: WorkerProcess, engine: Engine) -> None:
        worker.start()
        until(lambda: is_registered(engine), log=worker.log)

        assert worker.stop() == 0

    def test_reads_what_a_service_that_died_left_behind(
        self, house: DoseHouse, worker: WorkerProcess, engine: Engine
    ) -> None:
        long_ago = house.now - timedelta(minutes=10)
        with unit_of_work(engine) as session:
            envelope = Envelope(sop_instance_uid="2.25.1001", dicom=device_report())
            ingest.keep_objects(session, [envelope], sender="test", received_at=long_ago)
        with worker:
            until(lambda: read_statuses(engine) == ["read"], log=worker.log)

    @pytest.mark.slow
    def test_that_was_killed_while_sending_leaves_no_report_unsent(
        self, house: DoseHouse, database_url: str, worker: WorkerProcess, orthanc: RealOrthanc, engine: Engine
    ) -> None:
        """Its job stays in the queue as running and holds the exam's lock, until the next worker clears it away."""
        images_of_a_silent_device(house)
        with closing(socket.create_server(("127.0.0.1", 0))) as mute:
            url = f"http://127.0.0.1:{mute.getsockname()[1]}"
            killed = WorkerProcess(log=worker.log, settings=settings(database_url, url)).start()
            until(lambda: house.rows()[0].attempts == 1, log=worker.log)
            killed.kill()
        with unit_of_work(engine) as session:  # the lease of the dead attempt ends
            session.execute(update(PublicationRow).values(not_before=house.now))
        with worker:
            until(lambda: house.states() == ["sent"], log=worker.log, within_s=120)

        assert len(reports(orthanc)) == 1


def is_registered(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar())


def read_statuses(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT read_status FROM evidence")).scalars())
