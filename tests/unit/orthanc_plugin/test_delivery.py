"""Tests of orthanc_plugin.delivery against real HTTP servers."""

import sqlite3
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
    XRayRadiationDoseSRStorage,
)

from dose_core import contract
from dose_core.classify import ObjectKind
from dose_core.contract import CopyOf, Origin
from dose_core.header_cut import cut_header
from orthanc_plugin import delivery as delivery_module
from orthanc_plugin import spool as spool_module
from orthanc_plugin.settings import Settings
from orthanc_plugin.spool import SpoolItem
from tests.builders.dicom_files import ct_series, ct_slice, dose_report, file_of
from tests.support.fake_orthanc import FakeInstance
from tests.support.recording_service import Call, envelopes_of
from tests.unit.orthanc_plugin.conftest import QUIET_S, House, running_house


def queued_report(house: House, orthanc_id: str = "ab-1") -> Dataset:
    """Store a report in the archive and queue it."""
    report = dose_report()
    house.orthanc.files[orthanc_id] = file_of(report)
    house.spool.add([item_of(report, orthanc_id, ObjectKind.WHOLE)], now=1.0)
    return report


def queued_series(house: House, count: int, *, silent_s: float = 2 * QUIET_S) -> list[Dataset]:
    """Queue the headers of a series whose last slice came ``silent_s`` ago."""
    slices = ct_series(count)
    items = [item_of(one, f"ef-{number}", ObjectKind.HEADER) for number, one in enumerate(slices)]
    house.spool.add(items, now=time.time() - silent_s)
    return slices


def item_of(dataset: Dataset, orthanc_id: str, kind: ObjectKind) -> SpoolItem:
    """Return the spool's entry for an instance."""
    return SpoolItem(
        orthanc_id=orthanc_id,
        kind=kind,
        sop_instance_uid=dataset.SOPInstanceUID,
        series_instance_uid=dataset.SeriesInstanceUID,
        calling_aet="CT_1",
        origin=Origin.DICOM,
        copy_of=CopyOf.MODIFIED,
        header=cut_header(file_of(dataset)).dicom if kind is ObjectKind.HEADER else None,
    )


class TestWholeObjects:
    def test_go_as_orthanc_holds_them_with_all_that_is_known(self, house: House) -> None:
        report = queued_report(house)

        house.deliver()

        envelope = house.service.received[report.SOPInstanceUID]
        assert envelope.dicom == house.orthanc.files["ab-1"]
        assert (envelope.calling_aet, envelope.origin, envelope.orthanc_id) == ("CT_1", Origin.DICOM, "ab-1")
        assert envelope.copy_of is CopyOf.MODIFIED
        assert house.service.calls[0].headers["authorization"] == "Bearer ingest-token"

    def test_are_forgotten_once_delivered(self, house: House) -> None:
        queued_report(house)

        house.deliver()
        house.deliver()

        assert len(house.service.calls) == 1
        assert house.spool.counts().oldest_added_at is None

    def test_share_one_connection(self, house: House) -> None:
        queued_report(house, "ab-1")
        queued_report(house, "ab-2")

        house.deliver()

        assert len({call.connection for call in house.service.calls}) == 1
        assert len(house.service.calls) == 2

    def test_are_parked_when_orthanc_lost_them(self, house: House) -> None:
        queued_report(house)
        house.orthanc.files.clear()

        house.deliver()

        assert [parked.reason for parked in house.spool.parked(limit=9)] == [
            "deleted from Orthanc before it was delivered"
        ]

    @pytest.mark.parametrize("status", [401, 403, 429, 502, 503, 504])
    def test_wait_while_the_service_cannot_take_them(self, house: House, status: int) -> None:
        queued_report(house)
        house.service.refuse = lambda _: status

        assert house.deliver_until_pause() == f"the service answered {status}"

        assert house.spool.counts().whole == 1
        assert house.spool.counts().parked == 0

    def test_arrive_when_the_service_is_well_again(self, house: House) -> None:
        report = queued_report(house)
        house.service.refuse = lambda _: 503
        house.deliver_until_pause()

        house.service.refuse = lambda _: None
        house.spool.postpone(["ab-1"], until=0.0)
        house.deliver()

        assert report.SOPInstanceUID in house.service.received

    @pytest.mark.parametrize("status", [408, 500, 501])
    def test_that_the_service_chokes_on_do_not_hold_up_others(self, house: House, status: int) -> None:
        bad, good = queued_report(house, "ab-1"), queued_report(house, "ab-2")
        house.service.refuse = lambda call: status if bad.SOPInstanceUID in call.path else None

        house.deliver()

        assert set(house.service.received) == {good.SOPInstanceUID}
        assert house.spool.counts().whole == 1
        assert house.delivery.last_error == f"the service answered {status}"

    @pytest.mark.parametrize("status", [302, 400, 404, 409, 410, 413, 415, 422])
    def test_that_are_refused_for_good_are_parked_visibly(self, house: House, status: int) -> None:
        queued_report(house)
        house.service.refuse = lambda _: status

        house.deliver()

        assert [parked.reason for parked in house.spool.parked(limit=9)] == [f"the service answered {status}"]
        assert house.delivery.last_error == f"the service answered {status}"

    def test_wait_while_nobody_answers(self, house: House) -> None:
        queued_report(house)
        house.service.stop()

        with pytest.raises(OSError, match="refused"):
            house.deliver()

        assert house.spool.counts().whole == 1


class TestSeries:
    def test_waits_while_slices_come(self, house: House) -> None:
        queued_series(house, 2, silent_s=QUIET_S / 2)

        house.deliver()

        assert house.service.calls == []

    def test_waits_for_the_slices_that_are_still_in_memory(self, house: House) -> None:
        slices = queued_series(house, 2)
        late = ct_slice(SeriesInstanceUID=slices[0].SeriesInstanceUID)
        house.intake.take(FakeInstance(file_of(late), {"SopClassUid": CTImageStorage}), "ef-9")

        house.deliver()

        assert house.service.calls == []
        assert house.spool.counts().header == 3

    def test_goes_in_one_message_when_it_is_stable(self, house: House) -> None:
        slices = queued_series(house, 30)

        house.deliver()
        (call,) = house.service.calls
        assert call.path == f"/api/v1/series/{slices[0].SeriesInstanceUID}/headers"
        assert call.headers["content-encoding"] == "gzip"
        assert set(house.service.received) == {one.SOPInstanceUID for one in slices}
        assert all(envelope.is_header for envelope in house.service.received.values())

    def test_adds_a_slice_that_comes_later(self, house: House) -> None:
        slices = queued_series(house, 2)
        house.deliver()
        late = ct_series(1)[0]
        late.SeriesInstanceUID = slices[0].SeriesInstanceUID

        house.spool.add([item_of(late, "ef-9", ObjectKind.HEADER)], now=time.time() - 2 * QUIET_S)
        house.deliver()

        assert [len(envelopes_of(call)) for call in house.service.calls] == [2, 1]

    def test_is_cut_into_requests_below_the_limit(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        slices = queued_series(house, 10)
        size = len(cut_header(file_of(slices[0])).dicom)
        monkeypatch.setattr(delivery_module, "BATCH_BYTES", 3 * size + 20)

        house.deliver()

        assert [len(envelopes_of(call)) for call in house.service.calls] == [3, 3, 3, 1]

    def test_larger_than_a_series_may_be_is_parked_from_there_on(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slices = queued_series(house, 4)
        size = len(cut_header(file_of(slices[0])).dicom)
        monkeypatch.setattr(delivery_module, "MAX_SERIES_BYTES", 3 * size + 20)

        house.deliver()

        assert len(house.service.received) == 3
        assert house.spool.counts().parked == 1

    def test_loses_only_the_slice_that_is_refused(self, house: House) -> None:
        slices = queued_series(house, 9)
        bad = slices[4].SOPInstanceUID

        def refuse(call: Call) -> int | None:
            return 400 if bad in {envelope.sop_instance_uid for envelope in envelopes_of(call)} else None

        house.service.refuse = refuse
        house.deliver()

        assert set(house.service.received) == {one.SOPInstanceUID for one in slices} - {bad}
        assert [parked.sop_instance_uid for parked in house.spool.parked(limit=9)] == [bad]


class ForgetsNothing(sqlite3.Connection):
    """
    A connection as most SQLites make it: what is deleted stays in the file until something else needs the place.

    Debian's SQLite overwrites unless told not to, so that there a spool that asks for nothing would look clean.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of sqlite3.connect
        super().__init__(*args, **options)
        self.execute("PRAGMA secure_delete = OFF").close()


class TestForgetting:
    """Headers name patients; once they are delivered, no byte of them is left in the spool's file or its log."""

    @pytest.fixture
    def settings(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
        monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=ForgetsNothing))
        return settings

    def test_leaves_no_byte_of_what_was_delivered(self, house: House) -> None:
        assert b"Planted^Name" not in self._left_after_delivery(house)

    def test_leaves_the_name_without_the_pragma(self, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        """That the test above can see what it looks for."""
        careless = spool_module._PRAGMAS.replace("secure_delete = ON", "secure_delete = OFF")
        monkeypatch.setattr(spool_module, "_PRAGMAS", careless)
        with running_house(settings) as house:
            assert b"Planted^Name" in self._left_after_delivery(house)

    @staticmethod
    def _left_after_delivery(house: House) -> bytes:
        folder = house.delivery._settings.spool_folder
        # Larger than a page, and smaller: SQLite keeps the two in different places.
        slices = [ct_slice(PatientName="Planted^Name", ImageComments="x" * size) for size in (10, 9000) * 5]
        items = [item_of(one, f"ef-{number}", ObjectKind.HEADER) for number, one in enumerate(slices)]
        house.spool.add(items, now=time.time() - 2 * QUIET_S)
        assert b"Planted^Name" in b"".join(file.read_bytes() for file in folder.iterdir())

        house.deliver()
        house.deliver()  # the log is wiped when nothing else is to be done

        assert len(house.service.received) == len(slices)
        return b"".join(file.read_bytes() for file in folder.iterdir())


class TestPlaintext:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, plaintext_reason="own network, until June")

    def test_names_its_reason_on_each_delivery(self, house: House) -> None:
        queued_report(house)

        house.deliver()

        stated = house.service.calls[0].headers[contract.HEADER_PLAINTEXT_REASON.lower()]
        assert contract.decode_value(stated) == "own network, until June"


class TestCatchUp:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, quiet_s=0.05)

    def test_finds_what_the_callback_never_saw(self, house: House) -> None:
        report, one = dose_report(), ct_series(1)[0]
        house.orthanc.store(
            "ab-1", file_of(report), SopClassUid=XRayRadiationDoseSRStorage, Origin="DicomProtocol", RemoteAET="CT_1"
        )
        house.orthanc.store("ef-1", file_of(one), SopClassUid=CTImageStorage, AnonymizedFrom="ab-0")

        house.deliver()
        time.sleep(0.1)
        house.deliver()

        received = house.service.received
        assert received[report.SOPInstanceUID].origin is Origin.DICOM
        assert received[report.SOPInstanceUID].calling_aet == "CT_1"
        assert received[one.SOPInstanceUID].origin is Origin.CATCH_UP
        assert received[one.SOPInstanceUID].copy_of is CopyOf.ANONYMIZED
        assert received[one.SOPInstanceUID].dicom == cut_header(house.orthanc.files["ef-1"]).dicom

    def test_brings_a_deflated_report_that_the_callback_left(self, house: House) -> None:
        report = dose_report()
        data = file_of(report, transfer_syntax=DeflatedExplicitVRLittleEndian)
        house.orthanc.files["ab-1"] = data
        house.orthanc.metadata["ab-1"] = {"SopClassUid": XRayRadiationDoseSRStorage, "Origin": "DicomProtocol"}
        house.intake.take(FakeInstance(data, house.orthanc.metadata["ab-1"]), "ab-1")

        house.intake.flush()
        house.deliver()

        assert house.service.received[report.SOPInstanceUID].dicom == data

    def test_touches_no_file_that_is_of_no_interest(self, house: House) -> None:
        house.orthanc.store("ab-1", b"", SopClassUid="1.2.840.10008.5.1.4.1.1.4")

        house.deliver()

        assert "/instances/ab-1/file" not in house.orthanc.asked
        assert house.spool.counts().oldest_added_at is None

    def test_tells_a_dose_screen_from_other_secondary_captures(self, house: House) -> None:
        screen, view = (
            ct_slice(SOPClassUID=SecondaryCaptureImageStorage, SeriesDescription=description)
            for description in ("Dose Report", "3D view")
        )
        house.orthanc.store("ab-1", file_of(screen), SopClassUid=SecondaryCaptureImageStorage)
        house.orthanc.store("ab-2", file_of(view), SopClassUid=SecondaryCaptureImageStorage)

        house.deliver()
        time.sleep(0.1)
        house.deliver()

        assert set(house.service.received) == {screen.SOPInstanceUID}

    def test_remembers_how_far_it_has_read(self, house: House) -> None:
        for number in range(3):
            house.orthanc.store(f"ab-{number}", b"", SopClassUid="1.2")

        house.deliver()
        house.orthanc.asked.clear()
        house.catch_up.read_changes(until=lambda: False)

        assert house.spool.watermark() == 3
        assert house.orthanc.asked == ["/changes?last", "/changes?since=3&limit=1000"]

    def test_begins_anew_when_orthanc_has_another_database(self, house: House) -> None:
        house.spool.add_found([], change_seq=5000, now=1.0)
        report = dose_report()
        house.orthanc.store("ab-1", file_of(report), SopClassUid=XRayRadiationDoseSRStorage)

        house.deliver()

        assert report.SOPInstanceUID in house.service.received

    def test_parks_an_image_that_cannot_be_cut(self, house: House) -> None:
        house.orthanc.store("ab-1", b"no DICOM" * 100, SopClassUid=CTImageStorage)

        house.deliver()

        assert house.spool.counts().parked == 1

    @pytest.mark.parametrize("dataset", [ct_slice(), dose_report()], ids=["image", "report"])
    def test_parks_what_states_more_before_its_pixels_than_the_reader_takes(
        self, house: House, dataset: Dataset
    ) -> None:
        data = file_of(dataset)
        at = data.index(b"\x08\x00\x60\x00CS")  # (0008,0060)
        long = b"\x08\x00\x51\x00UN\0\0" + contract.MAX_HEADER_BYTES.to_bytes(4, "little")
        data = data[:at] + long + bytes(contract.MAX_HEADER_BYTES) + data[at:]
        house.orthanc.store("ab-1", data, SopClassUid=dataset.SOPClassUID)

        house.deliver()

        (parked,) = house.spool.parked(limit=9)
        assert f"more than {contract.MAX_HEADER_BYTES} bytes" in parked.reason

    def test_reads_no_more_of_a_large_file_than_its_header(self, house: House) -> None:
        one = ct_series(1)[0]
        house.orthanc.store("ab-1", file_of(one) + bytes(20_000_000), SopClassUid=CTImageStorage)

        house.deliver()

        (item,) = house.spool.items(["ab-1"])
        assert item.header == cut_header(file_of(one)).dicom
