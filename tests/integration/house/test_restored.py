"""Backup and restore by the commands of the how-to: the restored service gives the same answers, byte for byte."""

import shutil
from collections.abc import Iterator

import pytest

from dose_core.contract import DICOM_MEDIA_TYPE, instance_path
from doseledger.demo.dose_report import dose_report
from doseledger.demo.feed import send_message
from doseledger.demo.hospital import CARA, PEOPLE, REPORTED_STUDIES, UNKNOWN
from doseledger.demo.messages import change_of_name, merge, registrations
from doseledger.demo.place import Place
from tests.builders.busy_day import busy_day
from tests.builders.envelopes import whole
from tests.support.command import doseledger
from tests.support.delivering_clients import DeliveringClients
from tests.support.killable_service import KillableService, killable_service, lonely_place
from tests.support.rest import every_answer, patient_of
from tests.support.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DAY = busy_day(studies=40, deliveries=90, seed=4)
PATIENTS = [*(person.identifier for person in PEOPLE), *sorted({study.patient_id for study in DAY.studies})]
PHYSICIST = "phil"
SETTLED_S = 120.0

# The worker looks after devices in its own time: its findings come and go beside what anybody does.
BY_THEMSELVES = {"/api/v1/findings", "/api/v1/findings/counts"}


@pytest.fixture
def place() -> Iterator[Place]:
    with lonely_place() as made:
        yield made


def feed(service: KillableService) -> None:
    """Hand in objects of every modality, and have HL7 register, rename and merge their patients."""
    service.service.add_user(PHYSICIST, "physicist", orthanc_user=PHYSICIST)
    for message in registrations():
        send_message(message, service.service.hl7_port)
    ingest = service.door("ingest")
    for study in REPORTED_STUDIES:
        envelope = whole(dose_report(study))
        headers = {"Content-Type": DICOM_MEDIA_TYPE}
        kept = ingest.call("PUT", instance_path(envelope.sop_instance_uid), envelope.dicom, headers=headers)
        assert kept.status == 201, kept.body
    DeliveringClients(door=ingest, deliveries=DAY.deliveries).run()
    for message in (change_of_name(), merge()):
        send_message(message, service.service.hl7_port)
    until(service.is_settled, within_s=SETTLED_S, what="the worker")


def test_every_answer_is_the_same_after_backup_and_restore(place: Place) -> None:
    backup, aside = place.folder / "backup.zip", place.folder / "aside"
    with killable_service(place) as service:
        feed(service)
        door = service.door("read", user=PHYSICIST)
        before = every_answer(door, PATIENTS)
        doseledger("db", "backup", "--data-dir", str(place.service_folder), str(backup))  # while it runs
    place.service_folder.rename(aside)

    doseledger("db", "restore", "--data-dir", str(place.service_folder), str(backup))
    shutil.copy2(aside / "token_secret", place.service_folder)

    with killable_service(place):
        after = every_answer(door, PATIENTS)  # with the token of before
        assert patient_of(door, UNKNOWN.identifier) == patient_of(door, CARA.identifier)
    assert len(before) > 150
    assert after.keys() == before.keys()
    assert {path for path, body in after.items() if body != before[path]} <= BY_THEMSELVES
