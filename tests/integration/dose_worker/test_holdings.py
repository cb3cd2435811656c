"""Tests of dose_worker.orthanc_holdings on a real Orthanc."""

import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from dose_core.header_cut import HeaderError, cut_header
from dose_worker.archive import ArchiveUnavailableError
from dose_worker.holdings import Held
from dose_worker.orthanc_holdings import OrthancHoldings
from tests.builders.dicom_files import ct_series, ct_slice, dose_report, file_of, mr_slice
from tests.support.orthanc import PASSWORD, USER, RealOrthanc

pytestmark = pytest.mark.orthanc


@pytest.fixture
def holdings(orthanc: RealOrthanc) -> Iterator[OrthancHoldings]:
    made = OrthancHoldings(orthanc.url, USER, PASSWORD, timeout_s=20)
    yield made
    made.close()


def of_size(kilobytes: int, *, private_kilobytes: int = 0) -> Dataset:
    """Return a slice with so many pixels, and with so much before them."""
    image = ct_slice(PixelData=bytes(1024 * kilobytes))
    if private_kilobytes:
        image.private_block(0x0029, "INVENTED", create=True).add_new(1, "OB", bytes(1024 * private_kilobytes))
    return image


class TestStudies:
    def test_are_told_page_by_page(self, orthanc: RealOrthanc, holdings: OrthancHoldings) -> None:
        stored = {orthanc.upload(file_of(dose_report()))["ParentStudy"] for _ in range(5)}

        pages = [holdings.study_ids(since=since, limit=2) for since in (0, 2, 4, 6)]

        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert {one for page in pages for one in page} == stored

    def test_name_their_instances_and_the_modality_of_their_series(
        self, orthanc: RealOrthanc, holdings: OrthancHoldings
    ) -> None:
        slices = ct_series(3)
        told = [orthanc.upload(file_of(one)) for one in slices]

        held = holdings.instances(told[0]["ParentStudy"])

        assert {(one.orthanc_id, one.sop_instance_uid, one.series_id) for one in held} == {
            (answer["ID"], one.SOPInstanceUID, answer["ParentSeries"]) for answer, one in zip(told, slices, strict=True)
        }
        assert holdings.modality(held[0].series_id) == "CT"
        assert holdings.modality(orthanc.upload(file_of(mr_slice()))["ParentSeries"]) == "MR"


class TestAnInstance:
    @pytest.mark.parametrize(
        "image",
        [
            of_size(8),
            of_size(100),
            of_size(2000),
            of_size(8, private_kilobytes=300),
            of_size(3000, private_kilobytes=500),
        ],
        ids=["small", "medium", "large", "long header", "large, long header"],
    )
    @pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
    def test_has_the_header_that_the_plugin_would_cut(
        self, orthanc: RealOrthanc, holdings: OrthancHoldings, image: Dataset, syntax: str
    ) -> None:
        file = file_of(image, transfer_syntax=syntax)

        (held,) = holdings.instances(orthanc.upload(file)["ParentStudy"])

        assert holdings.header(held) == cut_header(file)

    def test_is_fetched_whole_byte_for_byte(self, orthanc: RealOrthanc, holdings: OrthancHoldings) -> None:
        file = file_of(dose_report())

        (held,) = holdings.instances(orthanc.upload(file)["ParentStudy"])

        assert holdings.file(held) == file

    def test_is_told_with_what_orthanc_knows_of_it(self, orthanc: RealOrthanc, holdings: OrthancHoldings) -> None:
        study = orthanc.upload(file_of(dose_report()))["ParentStudy"]
        copy = orthanc.json("POST", f"/studies/{study}/anonymize", {})["ID"]
        (held,) = holdings.instances(copy)

        metadata = holdings.metadata(held)

        assert metadata is not None
        assert {"AnonymizedFrom", "SopClassUid", "Origin"} <= metadata.keys()

    def test_that_is_gone_is_nothing(self, orthanc: RealOrthanc, holdings: OrthancHoldings) -> None:
        told = orthanc.upload(file_of(dose_report()))
        (held,) = holdings.instances(told["ParentStudy"])
        orthanc.request("DELETE", f"/patients/{told['ParentPatient']}")

        assert holdings.instances(told["ParentStudy"]) == []
        assert holdings.modality(told["ParentSeries"]) is None
        assert (holdings.metadata(held), holdings.header(held), holdings.file(held)) == (None, None, None)

    def test_of_which_too_much_stands_before_the_pixels_is_refused(
        self, orthanc: RealOrthanc, holdings: OrthancHoldings
    ) -> None:
        told = orthanc.upload(file_of(of_size(8, private_kilobytes=17 * 1024)))
        (held,) = holdings.instances(told["ParentStudy"])

        with pytest.raises(HeaderError, match="before its pixel data"):
            holdings.header(held)


class TestAnOrthancThatFails:
    def test_is_unavailable(self, orthanc: RealOrthanc, holdings: OrthancHoldings) -> None:
        orthanc.stop()

        with pytest.raises(ArchiveUnavailableError):
            holdings.study_ids(since=0, limit=1)

    @pytest.mark.parametrize("call", ["header", "file"])
    def test_in_the_middle_of_a_file_is_unavailable(self, call: str) -> None:
        beginning = file_of(of_size(8, private_kilobytes=300))[:4000]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: 900000\r\n\r\n"
        with closing(socket.create_server(("127.0.0.1", 0))) as server:

            def answer() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(head + beginning)

            thread = Thread(target=answer)
            thread.start()
            broken = OrthancHoldings(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_s=5)

            with pytest.raises(ArchiveUnavailableError, match="broke off"):
                getattr(broken, call)(Held("ab-1", "2.25.1", "ab-2", 900_000))
            thread.join()
