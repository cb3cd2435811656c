"""Tests of dose_worker.dicom_archive against DCMTK's servers, and against peers that answer oddly."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, XRayRadiationDoseSRStorage

from dose_services.archive_values import DicomNode, TlsFiles
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.dicom_archive import DicomArchive
from tests.builders.sent_report import DICOM, DOCUMENT, INSTANCE, UID
from tests.support.certificates import Issued, authority, issued
from tests.support.dcmtk_scp import query_scp, store_scp
from tests.support.odd_peer import Conversation, dribbling, mute, odd_peer, saying
from tests.support.orthanc import free_port
from tests.support.scripted_pacs import ScriptedPacs

REJECTED_AS_BUSY = bytes((3, 0, 0, 0, 0, 4, 0, 2, 3, 1))  # A-ASSOCIATE-RJ, PS3.8, 9.3.4
ANSWER_WITHOUT_END = bytes((2, 0, 0xFF, 0xFF, 0xFF, 0xFF))  # A-ASSOCIATE-AC that announces 4 GiB


def pacs(port: int, **values: Any) -> DicomArchive:  # noqa: ANN401  fields of the node, of several types
    return DicomArchive(DicomNode(**{"host": "127.0.0.1", "port": port, "called_ae_title": "PACS", **values}))


def kept_in(folder: Path) -> list[Dataset]:
    return [dcmread(path) for path in folder.iterdir() if path.name.startswith("SR")]


class TestStorescp:
    def test_keeps_all_that_we_send(self, tmp_path: Path) -> None:
        with store_scp(tmp_path) as port:
            answer = pacs(port).store(DICOM)

        (kept,) = kept_in(tmp_path)
        assert (answer.archive_id, answer.warning) == (UID, None)
        assert kept == dcmread(BytesIO(DICOM))
        assert kept.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian

    def test_takes_it_twice_without_complaint(self, tmp_path: Path) -> None:
        with store_scp(tmp_path) as port:
            assert pacs(port).store(DICOM) == pacs(port).store(DICOM)

        assert len(kept_in(tmp_path)) == 1

    def test_that_knows_implicit_vr_alone_gets_implicit_vr(self, tmp_path: Path) -> None:
        with store_scp(tmp_path, "--implicit") as port:
            pacs(port).store(DICOM)

        (kept,) = kept_in(tmp_path)
        assert kept.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
        assert kept.PatientName == DOCUMENT.PatientName

    @pytest.mark.parametrize("option", ["--refuse", "--abort-after", "--abort-during"])
    def test_that_refuses_or_aborts_is_asked_again(self, tmp_path: Path, option: str) -> None:
        with store_scp(tmp_path, option) as port, pytest.raises(ArchiveUnavailableError, match=r"rejected|broke off"):
            pacs(port).store(DICOM)

    def test_that_is_too_slow_is_asked_again(self, tmp_path: Path) -> None:
        with store_scp(tmp_path, "--sleep-during", "9") as port, pytest.raises(ArchiveUnavailableError, match="time"):
            pacs(port, timeout_s=1).store(DICOM)

    def test_offers_no_query_so_that_nobody_knows_what_it_holds(self, tmp_path: Path) -> None:
        with store_scp(tmp_path) as port:
            assert pacs(port).holds(INSTANCE) is None

    def test_is_told_of_no_patient_in_the_log(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG), store_scp(tmp_path) as port:
            pacs(port).store(DICOM)

        assert DOCUMENT.PatientID not in caplog.text
        assert "pynetdicom" not in caplog.text

    def test_understands_us(self, tmp_path: Path) -> None:
        with store_scp(tmp_path) as port:
            pacs(port).echo()


class TestDcmqrscp:
    def test_is_asked_if_it_holds_what_it_got(self, tmp_path: Path) -> None:
        with query_scp(tmp_path, title="PACS") as port:
            archive = pacs(port)
            assert archive.holds(INSTANCE) is False
            archive.store(DICOM)
            assert archive.holds(INSTANCE) is True


class TestTls:
    @pytest.fixture
    def house(self, tmp_path: Path) -> Issued:
        return authority(tmp_path)

    @contextmanager
    def secured(self, folder: Path, by: Issued) -> Iterator[int]:
        """Yield the port of a storescp with a certificate of this authority, which asks for one of it as well."""
        own = issued(by, folder / "pacs.pem", name="pacs")
        options = ("--enable-tls", str(own.file), str(own.file), "--add-cert-file", str(by.file))
        with store_scp(folder, *options) as port:
            yield port

    def ours(self, folder: Path, by: Issued) -> TlsFiles:
        own = issued(by, folder / "worker.pem", name="worker")
        return TlsFiles(ca_file=str(by.file), certificate_file=str(own.file))

    def test_carries_it_between_two_that_know_each_other(self, tmp_path: Path, house: Issued) -> None:
        with self.secured(tmp_path, house) as port:
            pacs(port, tls=self.ours(tmp_path, house)).store(DICOM)

        assert len(kept_in(tmp_path)) == 1

    def test_of_an_authority_that_we_do_not_know_is_not_spoken(self, tmp_path: Path, house: Issued) -> None:
        stranger = authority(tmp_path, "Stranger")
        with (
            self.secured(tmp_path, house) as port,
            pytest.raises(ArchiveUnavailableError, match="certificate of the PACS is not accepted"),
        ):
            pacs(port, tls=self.ours(tmp_path, stranger)).store(DICOM)

    def test_for_another_name_is_not_spoken(self, tmp_path: Path, house: Issued) -> None:
        files = TlsFiles(ca_file=str(house.file), server_name="other.example")
        with self.secured(tmp_path, house) as port, pytest.raises(ArchiveUnavailableError, match="not accepted"):
            pacs(port, tls=files).store(DICOM)

    def test_without_the_certificate_that_is_asked_for_fails(self, tmp_path: Path, house: Issued) -> None:
        with self.secured(tmp_path, house) as port, pytest.raises(ArchiveUnavailableError):
            pacs(port, tls=TlsFiles(ca_file=str(house.file))).store(DICOM)

    def test_is_not_left_out_by_a_pacs_that_speaks_plain(self, tmp_path: Path, house: Issued) -> None:
        with store_scp(tmp_path) as port, pytest.raises(ArchiveUnavailableError, match=r"TLS|reached|broke off"):
            pacs(port, tls=self.ours(tmp_path, house), timeout_s=3).store(DICOM)

        assert kept_in(tmp_path) == []

    def test_with_files_that_are_not_there_says_so(self) -> None:
        with pytest.raises(ArchiveUnavailableError, match="certificate files"):
            pacs(free_port(), tls=TlsFiles(ca_file="/no/such/file.pem")).store(DICOM)


class TestAPacs:
    def test_that_does_not_take_dose_srs_is_told_what_to_allow(self) -> None:
        with (
            ScriptedPacs(takes=("1.2.840.10008.1.1",)).listening() as port,
            pytest.raises(
                ArchiveRefusedError, match=r"does not take X-Ray Radiation Dose SR Storage.*allow"
            ) as refused,
        ):
            pacs(port).store(DICOM)
        assert XRayRadiationDoseSRStorage in str(refused.value)

    def test_that_is_called_otherwise_says_so(self) -> None:
        with (
            ScriptedPacs(called="OTHER").listening() as port,
            pytest.raises(ArchiveUnavailableError, match="not called PACS"),
        ):
            pacs(port).store(DICOM)

    def test_that_does_not_know_us_is_told_our_name_and_asked_again(self) -> None:
        with (
            ScriptedPacs(knows=("SOMEBODY",)).listening() as port,
            pytest.raises(ArchiveUnavailableError, match="does not know our AE title DOSELEDGER"),
        ):
            pacs(port).store(DICOM)

    @pytest.mark.parametrize(
        ("status", "error"),
        [(0xA700, ArchiveUnavailableError), (0xC000, ArchiveRefusedError), (0xA900, ArchiveRefusedError)],
    )
    def test_that_fails_says_if_it_is_to_be_asked_again(self, status: int, error: type[Exception]) -> None:
        with ScriptedPacs(store_status=status).listening() as port, pytest.raises(error, match=f"{status:04X}"):
            pacs(port).store(DICOM)

    def test_that_warns_has_stored_it(self) -> None:
        with ScriptedPacs(store_status=0xB006).listening() as port:
            assert "discarded" in (pacs(port).store(DICOM).warning or "")

    def test_that_returns_everything_to_a_query_is_not_believed(self) -> None:
        other, unnamed = Dataset(), Dataset()
        other.SOPInstanceUID = "2.25.1"
        unnamed.InstanceNumber = 1
        with ScriptedPacs(matches=[other, unnamed]).listening() as port:
            assert pacs(port).holds(INSTANCE) is False

    def test_that_fails_at_a_query_is_asked_again(self) -> None:
        with ScriptedPacs(find_status=0xA700).listening() as port, pytest.raises(ArchiveUnavailableError, match="A700"):
            pacs(port).holds(INSTANCE)

    def test_that_is_down_is_asked_again(self) -> None:
        with pytest.raises(ArchiveUnavailableError, match=r"reached.*running"):
            pacs(free_port()).store(DICOM)

    def test_that_has_no_address_is_asked_again(self) -> None:
        with pytest.raises(ArchiveUnavailableError, match="reached"):
            pacs(104, host="no-such-host.invalid").store(DICOM)

    def test_deletes_nothing(self) -> None:
        archive = pacs(104)

        assert not archive.can_delete
        with pytest.raises(ArchiveRefusedError, match="rejection note"):
            archive.delete(UID)


@pytest.mark.parametrize(
    ("converse", "words"),
    [
        (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "DICOM port"),
        (saying(b""), "broke off"),
        (saying(REJECTED_AS_BUSY), "busy"),
        (saying(bytes((2, 0, 0, 0, 0, 2, 9, 9))), "broke off"),
        (mute, "in time"),
        (dribbling(ANSWER_WITHOUT_END), "broke off"),
        (dribbling(bytes((2, 0, 0, 0, 0, 200))), "in time"),
    ],
    ids=["HTTP", "nothing", "busy", "garbage", "mute", "without end", "slow"],
)
def test_a_peer_that_is_no_pacs_is_given_up_in_time(converse: Conversation, words: str) -> None:
    started = time.monotonic()
    with odd_peer(converse) as port, pytest.raises(ArchiveUnavailableError, match=words):
        pacs(port, timeout_s=1).store(DICOM)

    assert time.monotonic() - started < 10


def test_what_is_no_dicom_is_not_sent() -> None:
    with pytest.raises(ArchiveRefusedError, match="no DICOM"):
        pacs(free_port()).store(b"no DICOM")
