"""Tests of dose_worker.forward: registries of each kind get their objects, over real protocols, from a real worker."""

import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import UID
from sqlalchemy import Engine

from db.repositories import forwarding
from db.session import unit_of_work
from db.tables.forwarding import ForwardRow
from dose_core.errors import DoseError
from dose_services.archive_values import DicomNode, StowNode
from dose_services.forwarding_values import ForwardRule, ListedPacs
from dose_worker.folder_drop import drop
from tests.builders.ct_reports import of, report
from tests.support.dcmtk_scp import store_scp
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.forward_house import KEY, LONG_AGO, ForwardHouse
from tests.support.orthanc import free_port
from tests.support.scripted_stow import ScriptedStow
from tests.support.worker_process import WorkerProcess

NAMED = (b"P-1", b"Muster", b"Hilltop", b"2.25.8100.1", b"2.25.8000.1", b"20260301")
HOUR = 12  # looks that are five minutes apart


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> ForwardHouse:
    folder = tmp_path / "outgoing"
    folder.mkdir()
    made = ForwardHouse(DoseHouse(engine=engine, archive=FakeArchive()), folder=folder)
    made.house.receive([report(1, **of("P-1"))])
    return made


def test_a_registry_by_c_store_gets_objects_after_it_was_away_for_an_hour(place: ForwardHouse) -> None:
    port = free_port()
    place.add(node=DicomNode(host="127.0.0.1", port=port, called_ae_title="REGISTRY", timeout_s=2))
    for _ in range(HOUR):
        place.work()
        place.house.wait(301)
    assert place.states() == ["waiting"]

    with store_scp(place.folder) as there:
        move(place, there)
        place.work()

    (file,) = place.folder.iterdir()
    assert place.states() == ["sent"]
    assert [told for told in NAMED if told in file.read_bytes()] == []
    assert dcmread(file).PatientIdentityRemoved == "YES"


def test_a_registry_by_stow_rs_gets_objects_with_its_token(place: ForwardHouse, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token-of-the-registry", encoding="utf-8")
    service = ScriptedStow(status=409, body=b"{}")
    with service.listening() as url:
        place.add(node=StowNode(url=url, token_file=str(token)))
        place.work()

    asked = service.asked[0]
    assert asked.headers["Authorization"] == "Bearer a-token-of-the-registry"
    assert [told for told in NAMED if told in asked.body] == []
    assert place.states() == ["parked"]


def test_a_worker_fills_a_folder_and_goes_on_after_it_was_killed(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # noqa: TID251  the worker reads the same clock
    folder = tmp_path / "outgoing"
    folder.mkdir()
    place = ForwardHouse(DoseHouse(engine=engine, archive=FakeArchive(), now=now), folder=folder)
    place.add()
    settings = {
        "database_url": database_url,
        "software_version": "0.1.0",
        "poll_s": 1,
        "quiet_time_s": 1,
        "forwarding_key": KEY.decode(),
    }
    worker = WorkerProcess(log=tmp_path / "worker.log", settings=settings)
    with worker:
        place.house.receive([report(1, **of("P-1"))])
        until(place, 1, worker.log)
        worker.kill()
    # The process died before it could say that the object was handed over.
    with unit_of_work(engine) as session:
        session.get_one(ForwardRow, place.queue()[0].number).state = "waiting"
    with WorkerProcess(log=worker.log, settings=settings):
        place.house.receive([report(2, **of("P-2"))])
        until(place, 2, worker.log)

    files = place.files()
    assert sorted(files) == sorted(f"{one.sent_as}.dcm" for one in place.queue())
    assert all(UID(name.removesuffix(".dcm")).is_valid for name in files)
    assert {dcmread(BytesIO(dicom)).PatientIdentityRemoved for dicom in files.values()} == {"YES"}
    assert "Muster" not in worker.log.read_text()


def test_a_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    drop(tmp_path, "2.25.1", b"one")
    drop(tmp_path, "2.25.1", b"two")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"2.25.1.dcm": b"two"}


def test_an_object_that_breaks_us_is_parked_without_what_the_error_says(place: ForwardHouse) -> None:
    archive = FakeArchive(fails_with=DoseError("Muster^Mara"))  # which an archive never raises
    place.house.archives["orthanc"] = archive
    place.add(node=ListedPacs(name="orthanc"), rule=ForwardRule(since=LONG_AGO, is_identified=True))
    place.work()

    assert place.states() == ["parked"]
    assert place.queue()[0].problem == "it failed in a way nobody foresaw (DoseError)"


def test_a_destination_that_breaks_us_is_left_alone_for_a_while_and_no_object_is_to_blame(place: ForwardHouse) -> None:
    place.add(node=DicomNode(host="127.0.0.1", port=104, called_ae_title="REGISTRY"))
    move(place, 0)  # which nobody could have said
    place.work()
    place.work()

    assert place.states() == ["waiting"]
    with unit_of_work(place.house.engine) as session:
        (row,) = forwarding.destinations(session)
    assert (row.failures, row.problem) == (1, "it failed in a way nobody foresaw (UnusableNodeError)")


def move(place: ForwardHouse, port: int) -> None:
    """Have the registry listen elsewhere."""
    with unit_of_work(place.house.engine) as session:
        row = forwarding.lock_destination(session, place.destination_id())
        assert row is not None
        row.node = {**row.node, "port": port}


def until(place: ForwardHouse, number: int, log: Path) -> None:
    """Wait until so many objects were sent."""
    deadline = time.monotonic() + 90
    while place.states().count("sent") < number:
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.2)
