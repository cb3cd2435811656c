"""A full disk: what comes is refused with what to do, nothing acknowledged is lost, and room is all that is needed."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest

from doseledger.demo.doors import Answer
from tests.builders.busy_day import busy_day
from tests.support.delivering_clients import DeliveringClients
from tests.support.killable_service import KillableService, killable_service, lonely_place
from tests.support.until import until

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]

DISK_MB = 200  # a new cluster with its write-ahead log has some 45
DAY = busy_day(studies=120, deliveries=240, seed=4)
BEFORE = 60  # deliveries that still find room
WITHIN_S = 120.0


@pytest.fixture
def service() -> Iterator[KillableService]:
    with lonely_place(disk_mb=DISK_MB) as place, killable_service(place) as made:
        yield made


@pytest.fixture
def refusals() -> list[Answer]:
    """What the clients were told instead of an acknowledgement."""
    return []


@pytest.fixture
def clients(service: KillableService, refusals: list[Answer]) -> Iterator[DeliveringClients]:
    """Clients that deliver in the background; at the end they have delivered everything."""
    made = DeliveringClients(door=service.door("ingest"), deliveries=DAY.deliveries, refused=refusals.append)
    thread = threading.Thread(target=made.run)
    thread.start()
    until(lambda: len(made.acknowledged) >= BEFORE, within_s=WITHIN_S, what="deliveries")
    yield made
    thread.join(WITHIN_S)


def test_a_database_without_room_for_rows_refuses_them_until_there_is_room(
    service: KillableService, clients: DeliveringClients, refusals: list[Answer]
) -> None:
    processes = our_processes(service)

    ballast = fill(service.place.service_folder)
    until(lambda: len(refusals) > 20, within_s=WITHIN_S, what="refusals")
    assert service.anyone().call("GET", "/health/live").status == 200
    ballast.unlink()

    until(lambda: len(clients.acknowledged) == len(DAY.deliveries), within_s=WITHIN_S, what="all deliveries")
    full = [answer for answer in refusals if answer.status == 507]
    assert full
    assert {answer.json()["type"] for answer in full} == {"urn:doseledger:problem:database-full"}
    assert all("Make room" in answer.json()["detail"] and answer.headers["retry-after"] == "30" for answer in full)
    assert our_processes(service) == processes
    assert all_is_kept_and_read_once(service)


def test_a_database_that_stopped_since_it_could_write_no_log_starts_by_itself_when_there_is_room(
    service: KillableService, clients: DeliveringClients, refusals: list[Answer]
) -> None:
    """PostgreSQL ends when it cannot make the next file of its write-ahead log, and cannot start without room."""
    processes = our_processes(service)

    ballast = fill(service.place.service_folder)
    use_up_write_ahead_log(service.database_url)
    until(lambda: "is full: make room" in service.service.child.output, within_s=WITHIN_S, what="the word to make room")
    acknowledged, refused = len(clients.acknowledged), len(refusals)
    until(lambda: len(refusals) > refused + 20, within_s=WITHIN_S, what="refusals")
    assert len(clients.acknowledged) == acknowledged
    ballast.unlink()

    until(lambda: len(clients.acknowledged) == len(DAY.deliveries), within_s=WITHIN_S, what="all deliveries")
    types = {answer.json()["type"] for answer in refusals[refused:]}
    assert types == {"urn:doseledger:problem:database-unavailable"}
    assert our_processes(service) == processes
    assert all_is_kept_and_read_once(service)


def fill(folder: Path) -> Path:
    """Leave no room, and return the file that takes it."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


def use_up_write_ahead_log(database_url: str) -> None:
    """Write to the log alone until the server ends; a file of it has 16 MB."""
    with suppress(psycopg2.OperationalError), closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        for _ in range(100):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000))")


def our_processes(service: KillableService) -> dict[str, set[int]]:
    return {name: service.processes_of(name) for name in ("supervisor", "api", "worker")}


def all_is_kept_and_read_once(service: KillableService) -> bool:
    def kept() -> Counter[str]:
        with closing(psycopg2.connect(service.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT sop_instance_uid FROM evidence WHERE read_status = 'read'")
            return Counter(uid for (uid,) in cursor.fetchall())

    until(lambda: kept().keys() == DAY.sop_instance_uids, within_s=WITHIN_S, what="all to be read")
    return kept() == Counter(DAY.sop_instance_uids)
