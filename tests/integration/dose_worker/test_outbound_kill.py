"""A worker that dies while a message is under way: nothing is lost, nothing passes it, and the receiver can tell."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, update

from db.session import unit_of_work
from db.tables.outbound import OutboundDestinationRow
from dose_services.site import Site
from tests.builders.ct_reports import of, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_receiver import Reaction, Receiver, ack, listening
from tests.support.outbound_house import OutboundHouse
from tests.support.until import until
from tests.support.worker_process import WorkerProcess

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SITE = Site(timezone=ZoneInfo("Europe/Berlin"), default_authority="HOSP", quiet_time_s=1)
SOON_S = 60.0


@pytest.fixture
def place(engine: Engine) -> OutboundHouse:
    """A house whose clock is that of the worker, some minutes ago."""
    now = datetime.now(UTC) - timedelta(minutes=10)  # noqa: TID251  the worker reads the same clock
    return OutboundHouse(DoseHouse(engine=engine, archive=FakeArchive(), now=now, site=SITE))


@pytest.fixture
def worker(database_url: str, tmp_path: Path) -> Iterator[WorkerProcess]:
    """A worker that is not started yet."""
    settings: dict[str, object] = {
        "database_url": database_url, "software_version": "0.1.0", "quiet_time_s": 1, "poll_s": 1,
    }  # fmt: skip
    made = WorkerProcess(log=tmp_path / "worker.log", settings=settings)
    yield made
    if made.is_running:
        made.kill()


def test_every_message_arrives_in_order_and_what_came_twice_says_so(
    place: OutboundHouse, worker: WorkerProcess
) -> None:
    is_mute = threading.Event()
    is_mute.set()

    def react(message: bytes) -> Reaction:
        return None if is_mute.is_set() else ack(message)

    with listening(Receiver(reacts=react)) as receiver:
        place.add(port=receiver.port)
        for number in (1, 2, 3):
            place.house.receive([report(number, **of(f"P-{number}"))])
        worker.start()  # it queues what waits, and sends the first, which is not answered
        receiver.await_messages(1, within_s=SOON_S)
        worker.kill()

        is_mute.clear()
        with unit_of_work(place.house.engine) as session:  # the time of a hold is over
            session.execute(update(OutboundDestinationRow).values(held_until=place.now))
        worker.start()
        until(lambda: place.states() == ["sent"] * 3, within_s=SOON_S, what="three messages")
        worker.stop()

    expected = [one.control_id for one in place.queue()]
    came = receiver.control_ids
    assert list(dict.fromkeys(came)) == expected
    assert came.count(expected[0]) > 1
    assert len(set(receiver.messages)) == 3  # byte for byte
    assert [one.kind for one in place.queue()] == ["F", "F", "F"]
    assert "P-1" not in worker.log.read_text()
