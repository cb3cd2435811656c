"""kill -9 of every process of the service: what was acknowledged is there again, and work goes on."""

import json
from dataclasses import replace

import pytest

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from tests.support.living_house import LivingHouse
from tests.support.processes import family, kill_at_once
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]


def test_acknowledged_doses_survive_the_sudden_death_of_every_process(house: LivingHouse) -> None:
    before = replace(ANNA_FOLLOW_UP, key="before death", accession_number="D-1")
    meanwhile = replace(ANNA_FOLLOW_UP, key="meanwhile", accession_number="D-2")
    scanner = house.doors.modality(before.scanner)
    scanner.store([dose_report(before)])
    house.wait_until_delivered()
    processes = family(pid_of_service(house))
    assert len(processes) > 8  # ours, and several of PostgreSQL

    kill_at_once(*processes)
    until(lambda: not any(family(pid) for pid in processes), within_s=30, what="the end of all processes")
    scanner.store([dose_report(meanwhile)])
    house.start_service()

    house.wait_until_delivered()
    expected = {before.study_instance_uid, meanwhile.study_instance_uid}
    until(lambda: expected <= set(house.doors.exams(before.person)), within_s=30, what="both exams")


def pid_of_service(house: LivingHouse) -> int:
    """Return the process that said that it is ready."""
    ready = next(line for line in house.service.child.output.splitlines() if line.startswith('{"ready"'))
    return int(json.loads(ready)["pid"])
