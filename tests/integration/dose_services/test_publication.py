"""Tests of dose_services.publication and publication_sending: one dose SR of ours, no more, no longer than needed."""

from io import BytesIO
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from sqlalchemy import update

from db.session import Engine, unit_of_work
from db.tables.device import DeviceRow
from dose_core.model import CtReport
from dose_services import publication
from dose_services.publication_findings import NOT_WRITTEN
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_image_enhanced import enhanced_ct_bytes, frame
from tests.builders.ct_study import STUDY_UID, ct_slices, device_report
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.read_as import read_as


def the_report(archive: FakeArchive) -> Dataset:
    """Return the one report that the archive holds."""
    (dicom,) = archive.objects.values()
    return dcmread(BytesIO(dicom))


class TestAStudyKnownFromImages:
    def test_gets_a_report_once_it_is_quiet(self, house: DoseHouse, archive: FakeArchive) -> None:
        assert house.work() == 0

        house.wait(QUIET_S)
        house.work()

        report = the_report(archive)
        assert report.StudyInstanceUID == STUDY_UID
        assert report.SeriesInstanceUID != "2.25.3003"
        assert str(report.PatientName) == "Beispiel^Bo"
        assert house.states() == ["sent"]

    def test_gets_a_report_of_an_enhanced_image_too(self, engine: Engine, archive: FakeArchive) -> None:
        """Four frames of 5 mm at 8 mGy: 8 mGy x 2 cm = 16 mGy.cm."""
        house = DoseHouse(engine=engine, archive=archive)
        house.receive([enhanced_ct_bytes([frame(5.0 * n) for n in range(4)])], are_headers=True)
        house.set_sends_no_rdsr()
        house.wait(QUIET_S)
        house.work()

        read = read_as(CtReport, next(iter(archive.objects.values())))
        assert the_report(archive).StudyInstanceUID == "2.25.6002"
        assert read.patient.id == "P-6"
        assert [event.dlp_mgy_cm for event in read.events] == [pytest.approx(16.0)]

    def test_gets_none_while_new_images_come(self, house: DoseHouse, archive: FakeArchive) -> None:
        """The quiet time counts from the last object."""
        house.wait(QUIET_S - 1)
        house.receive(ct_slices(2, first=4), are_headers=True)
        house.wait(QUIET_S - 1)

        assert house.work() == 0
        assert archive.objects == {}
        house.wait(1)
        assert house.work() == 1

    def test_gets_no_second_one_when_it_is_sent_again(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.wait(QUIET_S)
        house.work()
        house.receive(ct_slices(), are_headers=True)
        house.wait(QUIET_S)
        house.work()

        assert len(archive.objects) == 1
        assert archive.stores == 1

    def test_gets_none_if_its_device_sends_its_own(self, engine: Engine, archive: FakeArchive) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        house.receive(ct_slices(), are_headers=True)
        house.wait(QUIET_S)

        assert house.work() == 0
        assert house.rows() == []

    def test_gets_none_after_all_if_the_mark_is_taken_away(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.set_sends_no_rdsr(value=False)
        house.wait(QUIET_S)

        assert house.work() == 0
        assert house.states() == ["cancelled"]
        house.set_sends_no_rdsr()
        house.work()
        assert house.states() == ["sent"]
        assert len(archive.objects) == 1

    @pytest.mark.parametrize(
        ("elements", "missing"),
        [
            pytest.param({"CTDIPhantomTypeCodeSequence": None}, "CTDI Phantom Type", id="no phantom"),
            pytest.param({"AcquisitionDate": None, "AcquisitionTime": None}, "irradiation time", id="no time"),
            pytest.param({"CTDIvol": None}, "CTDIvol", id="no CTDIvol"),
            pytest.param({"PatientBirthDate": "1.1.70"}, "PatientBirthDate", id="an attribute that cannot be repeated"),
        ],
    )
    def test_gets_none_but_a_finding_if_it_lacks_something(
        self, engine: Engine, archive: FakeArchive, elements: dict[str, Any], missing: str
    ) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        house.receive(ct_slices(**elements), are_headers=True)
        house.set_sends_no_rdsr()
        house.wait(QUIET_S)
        house.work()

        assert archive.objects == {}
        assert house.states() == ["refused"]
        assert missing in house.findings()[NOT_WRITTEN]
        assert "Beispiel" not in house.findings()[NOT_WRITTEN]

    def test_gets_none_if_the_mark_is_taken_away_just_before(
        self, house: DoseHouse, archive: FakeArchive, engine: Engine
    ) -> None:
        """The worker takes a moment to plan anew; nothing leaves the house in it."""
        house.wait(QUIET_S)
        with unit_of_work(engine) as session:
            session.execute(update(DeviceRow).values(sends_no_rdsr=False))
        house.work()

        assert archive.stores == 0
        assert house.states() == ["cancelled"]

    @pytest.mark.usefixtures("house")
    def test_that_is_planned_is_not_planned_again(self, engine: Engine) -> None:
        with unit_of_work(engine) as session:
            assert publication.unplanned(session, limit=10) == []

    def test_gets_one_that_names_the_scanner_and_not_a_workstation(self, engine: Engine, archive: FakeArchive) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        workstation = {"Manufacturer": "Invented Workstations", "DeviceUID": "2.25.5002", "SOPInstanceUID": "2.25.1"}
        derived = ct_image_bytes(ImageType=["DERIVED", "SECONDARY", "MPR"], SeriesInstanceUID="2.25.1.1", **workstation)
        house.receive([derived, *ct_slices(DeviceUID="2.25.5001")], are_headers=True)
        house.set_sends_no_rdsr()
        house.wait(QUIET_S)
        house.work()

        text = str(the_report(archive))
        assert "2.25.5001" in text
        assert "2.25.5002" not in text
        assert "Invented Workstations" not in text

    def test_is_not_changed_by_our_own_report_that_comes_back(self, house: DoseHouse, archive: FakeArchive) -> None:
        """The archive's plugin may deliver what we stored; that must start no loop."""
        house.wait(QUIET_S)
        house.work()
        house.receive(list(archive.objects.values()))
        house.wait(QUIET_S)

        assert house.work() == 0
        assert house.states() == ["sent"]

    def test_is_known_to_have_come_to_the_archive_once_our_own_report_comes_back(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        house.wait(QUIET_S)
        house.work()
        assert house.rows()[0].seen_at is None
        house.receive(list(archive.objects.values()))
        came_back_at = house.now
        house.wait(5)
        house.receive(list(archive.objects.values()))

        assert house.rows()[0].seen_at == came_back_at


class TestALaterRevision:
    def test_replaces_the_report(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.wait(QUIET_S)
        house.work()
        first = set(archive.objects)
        house.receive(ct_slices(4, first=4), are_headers=True)
        assert house.work() == 0
        house.wait(QUIET_S)
        house.work()

        report = the_report(archive)
        assert set(archive.objects).isdisjoint(first)
        assert house.states() == ["superseded", "sent"]
        named = report.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
        assert {named.ReferencedSOPInstanceUID} == first

    def test_the_new_report_is_stored_before_the_old_one_is_deleted(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        house.wait(QUIET_S)
        house.work()
        house.receive(ct_slices(4, first=4), are_headers=True)
        house.wait(QUIET_S)
        held: list[int] = []
        archive.before_answer = lambda: held.append(len(archive.objects))
        house.work()

        assert held == [2]
        assert len(archive.objects) == 1

    def test_that_says_the_same_leaves_the_report_as_it_is(self, house: DoseHouse, archive: FakeArchive) -> None:
        """A second reconstruction of the same scan changes no dose."""
        house.wait(QUIET_S)
        house.work()
        again = ct_slices(2, SeriesInstanceUID="2.25.3999")
        house.receive([dicom.replace(b"2.25.3100", b"2.25.3177") for dicom in again], are_headers=True)
        house.wait(QUIET_S)
        house.work()

        assert house.states() == ["sent", "unchanged"]
        assert archive.stores == 1

    def test_before_the_first_was_sent_makes_one_report(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.receive(ct_slices(4, first=4), are_headers=True)
        house.wait(QUIET_S)
        house.work()

        assert house.states() == ["superseded", "sent"]
        assert archive.stores == 1

    def test_that_cannot_be_written_has_the_report_withdrawn(self, house: DoseHouse, archive: FakeArchive) -> None:
        """Images that come late show that the scan was a dynamic one: the DLP in the archive is wrong."""
        house.wait(QUIET_S)
        house.work()
        passes = [dicom.replace(b"2.25.3100", b"2.25.3177") for dicom in ct_slices()]
        house.receive(passes, are_headers=True)
        house.wait(QUIET_S)
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn", "refused"]
        assert "DLP" in house.findings()[NOT_WRITTEN]

    def test_that_can_be_written_settles_the_finding(self, engine: Engine, archive: FakeArchive) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        house.receive(ct_slices(SliceThickness=None), are_headers=True)
        house.set_sends_no_rdsr()
        house.wait(QUIET_S)
        house.work()
        assert NOT_WRITTEN in house.findings()

        house.receive(
            [dicom.replace(b"2.25.3100", b"2.25.3099") for dicom in ct_slices(6, SeriesInstanceUID="2.25.3999")],
            are_headers=True,
        )
        house.wait(QUIET_S)
        house.work()
        assert house.states() == ["refused", "sent"]
        assert house.findings() == {}


class TestAReportOfTheDevice:
    def test_that_comes_later_has_ours_withdrawn(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.wait(QUIET_S)
        house.work()
        house.receive([device_report()])
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn"]

    def test_has_ours_deleted_again_if_somebody_sends_ours_once_more(
        self, house: DoseHouse, archive: FakeArchive
    ) -> None:
        """Another archive had a copy of it."""
        house.wait(QUIET_S)
        house.work()
        ours = dict(archive.objects)
        house.receive([device_report()])
        house.work()
        archive.objects |= ours
        house.receive(list(ours.values()))
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn"]

    def test_that_comes_first_leaves_nothing_for_us_to_write(self, engine: Engine, archive: FakeArchive) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        house.receive([device_report()])
        house.receive(ct_slices(), are_headers=True)
        house.set_sends_no_rdsr()
        house.wait(QUIET_S)

        assert house.work() == 0
        assert house.rows() == []

    def test_that_comes_while_ours_waits_cancels_ours(self, house: DoseHouse, archive: FakeArchive) -> None:
        house.receive([device_report()])
        house.wait(QUIET_S)

        assert house.work() == 0
        assert archive.stores == 0
        assert house.states() == ["cancelled"]

    def test_that_comes_while_ours_is_on_its_way_has_it_withdrawn(self, house: DoseHouse, archive: FakeArchive) -> None:
        """The archive has ours, and we have not heard of it yet."""
        archive.before_answer = lambda: house.receive([device_report()])
        house.wait(QUIET_S)
        house.work()

        assert archive.stores == 1
        assert archive.objects == {}
        assert house.states() == ["withdrawn"]

    def test_has_ours_withdrawn_also_if_that_was_tried_too_early(self, house: DoseHouse, archive: FakeArchive) -> None:
        """The withdrawal found nothing, since the object was still on its way; then it came."""

        def overtake() -> None:
            archive.before_answer = None
            (uid,) = archive.objects
            on_its_way = archive.objects.pop(uid)
            house.receive([device_report()])
            house.work()
            assert house.states() == ["withdrawn"]
            archive.objects[uid] = on_its_way

        archive.before_answer = overtake
        house.wait(QUIET_S)
        house.work()

        assert archive.objects == {}
        assert house.states() == ["withdrawn"]
