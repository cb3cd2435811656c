"""A backfill beside the plugin that delivers the same objects at the same time, on real processes."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, select

from db.session import unit_of_work
from db.tables.evidence import EvidenceRow
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, Person, Study
from doseledger.demo.slices import images
from tests.support.living_house import LivingHouse

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

OLD, NEW, SLICES = 30, 10, 4
PERSON = Person(identifier="BACKFILL-1", name="Sample^Bente", birth_date=ANNA_FOLLOW_UP.person.birth_date, sex="F")


def study(number: int) -> Study:
    return replace(ANNA_FOLLOW_UP, key=f"backfill {number}", person=PERSON, accession_number=f"BF-{number}")


def store(house: LivingHouse, numbers: range) -> None:
    """Send reports and some slices, as the scanner does."""
    objects = (
        one for number in numbers for one in (dose_report(study(number)), *islice(images(study(number)), SLICES))
    )
    house.doors.modality(ANNA_FOLLOW_UP.scanner).store(objects)


def kept(engine: Engine) -> Counter[str]:
    """Return how often each object is kept."""
    with unit_of_work(engine) as session:
        return Counter(session.scalars(select(EvidenceRow.sop_instance_uid)))


def test_both_bring_each_object_once(house: LivingHouse, engine: Engine, tmp_path: Path) -> None:
    def backfill() -> str:
        return house.service.command("backfill", "--state", str(tmp_path / "state"))

    house.stop_service()
    store(house, range(OLD))
    house.start_service()  # and with it begins what the plugin has to catch up
    traffic = Thread(target=store, args=(house, range(OLD, OLD + NEW)))
    traffic.start()

    backfill()

    traffic.join()
    house.wait_until_delivered()
    again = backfill()
    assert " 0 new, 0 kept before, 0 deleted meanwhile, 0 failed" in again
    assert kept(engine) == dict.fromkeys(kept(engine), 1)
    assert kept(engine).total() == (OLD + NEW) * (1 + SLICES)
    exams = house.doors.exams(PERSON)
    assert exams.keys() == {study(number).study_instance_uid for number in range(OLD + NEW)}
    assert [exam["dlp_mgy_cm"] for exam in exams.values()] == pytest.approx([ANNA_FOLLOW_UP.dlp_mgy_cm] * (OLD + NEW))
