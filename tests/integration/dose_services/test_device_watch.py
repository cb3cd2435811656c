"""Tests of dose_services.device_watch on a database: which devices need a look."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from db.repositories import findings
from db.session import unit_of_work
from dose_services import device_watch, devices
from dose_services.finding_kinds import FindingKind
from tests.builders.ct_reports import report
from tests.builders.ct_study import ct_slices
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

DAY_S = 24 * 3600


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def told(house: DoseHouse, kind: FindingKind) -> list[tuple[UUID | None, str]]:
    """Look after the devices, and return the open findings of a kind: device and text."""
    with unit_of_work(house.engine) as session:
        device_watch.watch(session, now=house.now, site=house.site)
        return [(row.device_id, row.text) for row in findings.unresolved(session) if row.kind == kind]


class TestMixedSource:
    def test_is_told_when_the_same_object_comes_from_the_device_and_from_the_archive(self, plain: DoseHouse) -> None:
        plain.receive([report(1)], calling_aet="CT1")
        before = told(plain, FindingKind.MIXED_SOURCE)
        plain.receive([report(1)], calling_aet="PACS")

        with unit_of_work(plain.engine) as session:
            (machine,) = devices.list_devices(session)
        assert before == []
        assert told(plain, FindingKind.MIXED_SOURCE) == [
            (machine.id, "its objects come on 2 ways: CT1 by test, PACS by test")
        ]

    def test_is_told_when_the_archive_changed_the_object_on_its_way(self, plain: DoseHouse) -> None:
        plain.receive([report(1)], calling_aet="CT1")
        plain.receive([report(1, StudyDescription="corrected")], calling_aet="PACS")

        assert len(told(plain, FindingKind.MIXED_SOURCE)) == 1

    def test_is_told_when_one_study_comes_from_the_device_and_another_from_the_archive(self, plain: DoseHouse) -> None:
        plain.receive([report(1)], calling_aet="CT1")
        plain.receive([report(2)], calling_aet="PACS")

        assert len(told(plain, FindingKind.MIXED_SOURCE)) == 1

    def test_is_not_told_of_images_that_a_workstation_made_of_others(self, plain: DoseHouse) -> None:
        plain.receive(ct_slices(2), are_headers=True, calling_aet="CT1")
        plain.receive(ct_slices(2, first=2), are_headers=True, calling_aet="WORKSTATION")

        assert told(plain, FindingKind.MIXED_SOURCE) == []

    def test_is_not_told_of_a_way_that_nobody_knows(self, plain: DoseHouse) -> None:
        plain.receive([report(1)], calling_aet="CT1")
        plain.receive([report(2)], calling_aet=None)

        assert told(plain, FindingKind.MIXED_SOURCE) == []

    @pytest.mark.parametrize("senders", [("backfill", "test"), ("test", "backfill")])
    def test_is_not_told_of_what_was_found_in_the_archive(self, plain: DoseHouse, senders: tuple[str, str]) -> None:
        """A backfill is no way on which a device sends; it tells the AE title by which the archive was sent to."""
        for number, sender in enumerate(senders):
            plain.receive([report(1), report(2 + number)], calling_aet="CT1", sender=sender)

        assert told(plain, FindingKind.MIXED_SOURCE) == []

    def test_closes_when_there_is_one_way_for_a_week(self, plain: DoseHouse) -> None:
        plain.receive([report(1)], calling_aet="PACS")
        plain.wait(DAY_S)
        plain.receive([report(2)], calling_aet="CT1")
        during = told(plain, FindingKind.MIXED_SOURCE)
        plain.wait(6.5 * DAY_S)

        assert len(during) == 1
        assert told(plain, FindingKind.MIXED_SOURCE) == []


class TestASilentDevice:
    @pytest.fixture
    def daily(self, plain: DoseHouse) -> DoseHouse:
        """A house that hears from a scanner on twelve days."""
        for number in range(12):
            plain.receive([report(number)])
            plain.wait(DAY_S)
        return plain

    def test_is_told_after_twice_its_longest_break_and_closes_when_it_is_heard_again(self, daily: DoseHouse) -> None:
        after_a_day = told(daily, FindingKind.SILENT_DEVICE)
        daily.wait(2 * DAY_S)
        ((_, text),) = told(daily, FindingKind.SILENT_DEVICE)

        daily.receive([report(99)])

        assert after_a_day == []
        assert text.startswith("no object since 2026-03-12; ")
        assert told(daily, FindingKind.SILENT_DEVICE) == []


class TestAModelThatIsNew:
    def test_is_told_once_and_by_its_first_device(self, plain: DoseHouse) -> None:
        plain.receive([report(1)])
        plain.wait(1)
        plain.receive([report(2, DeviceSerialNumber="ANOTHER-1", StationName="CT2")])

        ((_, text),) = told(plain, FindingKind.UNKNOWN_MODEL)
        assert text == "the first device of the model CT1 of ACME"

    def test_that_is_named_by_none_closes_when_one_names_it(self, plain: DoseHouse) -> None:
        plain.receive([report(1, ManufacturerModelName=None, DeviceSerialNumber="LONG-1")])
        ((nameless, text),) = told(plain, FindingKind.UNKNOWN_MODEL)

        plain.wait(1)
        plain.receive([report(2, DeviceSerialNumber="LONG-1")])

        assert text == "its objects name no model (0008,1090)"
        assert told(plain, FindingKind.UNKNOWN_MODEL) == [(nameless, "the first device of the model CT1 of ACME")]
