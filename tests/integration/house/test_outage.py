"""What is stored while the service is away is not lost."""

import time
from dataclasses import replace

import pytest

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, Person, Study
from tests.support.living_house import LivingHouse
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.slow, pytest.mark.timeout(600)]

COUNT = 200
OUTAGE_S = 60.0
PERSON = Person(identifier="OUTAGE-1", name="Sample^Otto", birth_date=ANNA_FOLLOW_UP.person.birth_date, sex="M")


def study(number: int) -> Study:
    return replace(ANNA_FOLLOW_UP, key=f"outage {number}", person=PERSON, accession_number=f"OUT-{number}")


def test_two_hundred_reports_stored_while_the_service_is_stopped_for_a_minute_all_arrive(house: LivingHouse) -> None:
    house.stop_service()
    stopped_at = time.monotonic()
    house.doors.modality(ANNA_FOLLOW_UP.scanner).store(dose_report(study(number)) for number in range(COUNT))
    assert house.queue_length() == COUNT
    time.sleep(max(0.0, OUTAGE_S - (time.monotonic() - stopped_at)))

    house.start_service()

    house.wait_until_delivered()
    expected = {study(number).study_instance_uid for number in range(COUNT)}
    until(lambda: set(house.doors.exams(PERSON)) == expected, within_s=30, what="all exams of the outage")
