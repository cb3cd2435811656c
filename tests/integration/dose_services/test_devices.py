"""Tests of dose_services.devices, device_resolving and device_desk: one machine however its objects state it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select

from db.repositories import device_decisions
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.outbox import OutboxRow
from dose_core.ledger.device_class import DeviceClass
from dose_core.model import DeviceStated, Kind
from dose_services import device_desk, device_resolving, devices
from dose_services.device_desk import DeviceDecisionRefusedError
from dose_services.device_resolving import NamelessDeviceError
from dose_services.devices import Device, DeviceDetail, UnknownDeviceError
from tests.builders.ct_reports import Header, report
from tests.builders.every_kind import objects_of_every_kind
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

FIRST: Header = {"DeviceSerialNumber": "AW1001", "StationName": "CT1"}
SECOND: Header = {"DeviceSerialNumber": "AW1002", "StationName": "CT2"}
UNSERIAL: Header = {"DeviceSerialNumber": None, "StationName": "CT1"}


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has received nothing."""
    return DoseHouse(engine=engine, archive=archive)


def machines_of(house: DoseHouse) -> list[Device]:
    with unit_of_work(house.engine) as session:
        return devices.list_devices(session)


def detail(house: DoseHouse, device_id: UUID) -> DeviceDetail:
    with unit_of_work(house.engine) as session:
        return devices.device_detail(session, device_id)


def studies_by_machine(house: DoseHouse) -> list[list[str]]:
    """Return the studies of each machine, as exams name them."""
    with unit_of_work(house.engine) as session:
        rows = list(session.execute(select(ExamRow.device_id, ExamRow.study_instance_uid)))
        of_machine: dict[UUID, list[str]] = {}
        for device_id, study in rows:
            assert device_id is not None
            of_machine.setdefault(devices.rows_of(session, device_id)[0].id, []).append(study)
    return sorted(sorted(studies) for studies in of_machine.values())


class TestAMachine:
    def test_stays_one_through_a_software_upgrade_and_keeps_its_history(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST, StudyDate="20260301", SoftwareVersions="V1")])
        plain.receive([report(2, **FIRST, StudyDate="20260301", SoftwareVersions=["V2", "P4"])])

        (machine,) = machines_of(plain)
        assert [one.versions for one in detail(plain, machine.id).software] == [("V1",), ("V2", "P4")]
        assert {one.since for one in detail(plain, machine.id).software} == {date(2026, 3, 1)}

    def test_has_its_software_since_the_first_day_of_which_an_object_came_whatever_came_first(
        self, plain: DoseHouse
    ) -> None:
        plain.receive([report(1, **FIRST)])
        earlier = report(2, **FIRST).replace(b"20260301", b"20251124")

        plain.receive([earlier])

        (software,) = detail(plain, machines_of(plain)[0].id).software
        assert software.since == date(2025, 11, 24)

    def test_is_known_when_its_tags_are_empty_as_long_as_no_other_fits(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST)])
        plain.receive([report(2, **UNSERIAL, Manufacturer=None, InstitutionName=None)])

        (machine,) = machines_of(plain)
        assert (machine.serial_number, machine.appearances) == ("AW1001", 2)

    def test_of_another_site_stays_apart_whatever_its_names(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST)], site_label="north")
        plain.receive([report(1, **FIRST)], site_label="south")

        assert sorted(machine.site for machine in machines_of(plain)) == ["north", "south"]

    def test_is_none_where_nothing_names_one(self, plain: DoseHouse) -> None:
        plain.receive([report(1, DeviceSerialNumber=None, StationName=None, ManufacturerModelName=None)])

        assert machines_of(plain) == []
        with unit_of_work(plain.engine) as session:
            assert session.scalars(select(ExamRow.device_id)).all() == [None]

    def test_tells_when_its_last_object_came(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST)])
        plain.wait(3600)
        plain.receive([report(2, **UNSERIAL)])

        assert [machine.last_object_at for machine in machines_of(plain)] == [plain.now]

    def test_costs_one_statement_once_it_is_known(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST)])
        asked: list[str] = []
        event.listen(plain.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

        plain.receive([report(2, **FIRST)])

        asked = [sql for sql in asked if "INTO forward" not in sql]  # which looks for the devices that a rule names
        about_devices = [sql for sql in asked if "FROM device" in sql or "INTO device" in sql or "known_devices" in sql]
        assert len(about_devices) == 1, about_devices


class TestTheOrderOfArrival:
    def test_does_not_decide_which_studies_are_of_one_machine(self, engine: Engine, archive: FakeArchive) -> None:
        """The object without serial number fits one scanner alone, until the twin of that scanner is known."""
        objects = [report(1, **FIRST), report(2, **UNSERIAL), report(3, **FIRST | {"DeviceSerialNumber": "AW1003"})]
        found: list[list[list[str]]] = []
        for site, order in enumerate(permutations(objects)):
            house = DoseHouse(engine=engine, archive=archive)
            for dicom in order:
                house.receive([dicom], site_label=f"site {site}")
            found.append(studies_by_machine_of_site(house, f"site {site}"))

        assert found == [[["2.25.8000.1"], ["2.25.8000.2"], ["2.25.8000.3"]]] * 6


def studies_by_machine_of_site(house: DoseHouse, site: str) -> list[list[str]]:
    with unit_of_work(house.engine) as session:
        ids = set(session.scalars(select(ExamRow.device_id).where(ExamRow.site == site)))
        groups = {frozenset(row.id for row in devices.rows_of(session, one)) for one in ids if one}
        query = select(ExamRow.study_instance_uid)
        return sorted(sorted(session.scalars(query.where(ExamRow.device_id.in_(group)))) for group in groups)


class TestWhatIsSetOnAMachine:
    def test_holds_for_appearances_that_come_later(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST)])
        plain.set_sends_no_rdsr()

        plain.receive([report(2, **UNSERIAL)])

        assert [(one.sends_no_rdsr, one.appearances) for one in machines_of(plain)] == [(True, 2)]

    def test_has_the_exams_of_the_machine_made_anew_if_it_is_their_class(self, plain: DoseHouse) -> None:
        plain.receive([report(1, **FIRST), report(2, **UNSERIAL), report(3, **SECOND)])
        (first, _) = sorted(machines_of(plain), key=lambda one: str(one.serial_number))

        with unit_of_work(plain.engine) as session:
            devices.change_device(session, first.id, classed_as=DeviceClass.FLUOROSCOPY, now=plain.now)
            due = session.scalars(select(OutboxRow.study_instance_uid).where(OutboxRow.kind == "refile")).all()

        assert sorted(due) == ["2.25.8000.1", "2.25.8000.2"]
        assert [one.classed_as for one in machines_of(plain)].count(DeviceClass.FLUOROSCOPY) == 1

    def test_calls_its_exams_by_the_class_that_was_set_also_those_that_come_later(self, plain: DoseHouse) -> None:
        plain.receive([objects_of_every_kind("2.25.9300")[Kind.PROJECTION_RDSR]])
        (machine,) = machines_of(plain)
        with unit_of_work(plain.engine) as session:
            devices.change_device(session, machine.id, classed_as=DeviceClass.RADIOGRAPHY, now=plain.now)
        plain.follow()
        plain.receive([objects_of_every_kind("2.25.9301")[Kind.PROJECTION_RDSR]])

        with unit_of_work(plain.engine) as session:
            assert session.scalars(select(ExamRow.modality)).all() == ["DX", "DX"]

    def test_is_refused_for_a_device_that_is_not_there(self, plain: DoseHouse) -> None:
        with unit_of_work(plain.engine) as session, pytest.raises(UnknownDeviceError):
            devices.change_device(session, UUID(int=1), sends_no_rdsr=True, now=plain.now)


class TestMakingADeviceKnown:
    def test_before_its_first_object_makes_that_one_find_it(self, plain: DoseHouse) -> None:
        stated = DeviceStated(manufacturer="ACME", serial_number="AW1001")
        with unit_of_work(plain.engine) as session:
            known = device_resolving.make_known(session, "", stated, now=plain.now - timedelta(days=1))

        plain.receive([report(1, **FIRST)])

        assert [machine.id for machine in machines_of(plain)] == [known]

    def test_needs_something_that_tells_it_from_others(self, plain: DoseHouse) -> None:
        with unit_of_work(plain.engine) as session, pytest.raises(NamelessDeviceError):
            device_resolving.make_known(session, "", DeviceStated(manufacturer="ACME"), now=plain.now)


class TestOperators:
    @pytest.fixture
    def two(self, plain: DoseHouse) -> Sequence[Device]:
        """Two scanners, the first with an appearance that names no serial number."""
        plain.receive([report(1, **FIRST), report(2, **UNSERIAL), report(3, **SECOND)])
        return sorted(machines_of(plain), key=lambda one: str(one.serial_number))

    def test_merge_two_machines_and_take_it_back(self, plain: DoseHouse, two: Sequence[Device]) -> None:
        before = machines_of(plain)

        with unit_of_work(plain.engine) as session:
            merged = device_desk.merge(session, two[0].id, two[1].id, by="ada", comment="one room", now=plain.now)
            again = device_desk.merge(session, two[0].id, two[1].id, by="ada", comment="one room", now=plain.now)
        one = [machine.appearances for machine in machines_of(plain)]
        with unit_of_work(plain.engine) as session:
            number = merged.decisions[0].number
            device_desk.withdraw(session, number, by="bo", comment="two rooms", now=plain.now)
            device_desk.withdraw(session, number, by="bo", comment="two rooms", now=plain.now)

        assert len(again.decisions) == 1
        assert one == [3]
        assert machines_of(plain) == before
        with unit_of_work(plain.engine) as session:
            journal = device_decisions.journal(session, "")
        assert [(row.kind, row.decided_by, row.comment) for row in journal] == [
            ("merged", "ada", "one room"),
            ("withdrawn", "bo", "two rooms"),
        ]

    def test_split_an_appearance_off_and_it_stays_apart_when_more_comes(
        self, plain: DoseHouse, two: Sequence[Device]
    ) -> None:
        (parting,) = [one.id for one in detail(plain, two[0].id).appearances if one.serial_number is None]

        with unit_of_work(plain.engine) as session:
            parted = device_desk.split(session, two[0].id, [parting], by="ada", comment="a loan", now=plain.now)
        plain.receive([report(4, **UNSERIAL)])
        plain.receive([report(5, **FIRST, InstitutionName="Another")])

        assert parted.device.id == parting
        assert sorted(machine.appearances for machine in machines_of(plain)) == [1, 1, 2]
        assert studies_by_machine(plain) == [
            ["2.25.8000.1", "2.25.8000.5"],
            ["2.25.8000.2", "2.25.8000.4"],
            ["2.25.8000.3"],
        ]

    def test_cannot_merge_machines_of_two_sites(self, plain: DoseHouse, two: Sequence[Device]) -> None:
        plain.receive([report(1, **FIRST)], site_label="north")
        far = next(machine for machine in machines_of(plain) if machine.site == "north")

        with unit_of_work(plain.engine) as session, pytest.raises(DeviceDecisionRefusedError, match="two sites"):
            device_desk.merge(session, two[0].id, far.id, by="ada", comment="no", now=plain.now)

    def test_cannot_split_all_of_a_machine_nor_what_is_not_of_it(self, plain: DoseHouse, two: Sequence[Device]) -> None:
        for leaving in ([one.id for one in detail(plain, two[0].id).appearances], [two[1].id], []):
            with unit_of_work(plain.engine) as session, pytest.raises(DeviceDecisionRefusedError):
                device_desk.split(session, two[0].id, leaving, by="ada", comment="no", now=plain.now)

    def test_cannot_take_back_what_was_never_decided(self, plain: DoseHouse) -> None:
        with unit_of_work(plain.engine) as session, pytest.raises(DeviceDecisionRefusedError, match="number 7"):
            device_desk.withdraw(session, 7, by="ada", comment="no", now=plain.now)
