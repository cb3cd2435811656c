"""Tests of dose_worker.orthanc_archive, and that the fake archive of other tests behaves alike."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from threading import Thread
from uuid import UUID

import pytest

from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.devices import Recorder
from dose_core.writers.document import Evidence, Issue, uids_of
from dose_core.writers.part10 import to_part10
from dose_worker.archive import Archive, ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.orthanc_archive import OrthancArchive
from tests.builders.ct_exam import image_exam, source_study, whole
from tests.support.fake_archive import FakeArchive
from tests.support.orthanc import PASSWORD, USER, RealOrthanc

pytestmark = pytest.mark.orthanc
DOCUMENT = write_ct_rdsr(
    whole(image_exam()),
    source_study(patient_name="Åström^Örjan"),
    Issue(
        uids=uids_of(KIND, UUID(int=7), 1),
        made_at=datetime(2026, 3, 5, tzinfo=UTC),
        recorder=Recorder(serial_number="DL-TEST", software_version="0.1.0"),
    ),
)
UID = str(DOCUMENT.SOPInstanceUID)
DICOM = to_part10(DOCUMENT)
INSTANCE = Evidence(
    study_instance_uid=str(DOCUMENT.StudyInstanceUID),
    series_instance_uid=str(DOCUMENT.SeriesInstanceUID),
    sop_class_uid=str(DOCUMENT.SOPClassUID),
    sop_instance_uid=UID,
)


@pytest.fixture(params=["fake", "orthanc"])
def archive(request: pytest.FixtureRequest) -> Archive:
    if request.param == "fake":
        return FakeArchive()
    real: OrthancArchive = request.getfixturevalue("orthanc_archive")
    return real


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Yield a port that accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def port_that_breaks_off() -> Iterator[int]:
    """Yield a port that closes each connection in the middle of its answer."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{")

    thread = Thread(target=answer)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


class TestEachArchive:
    def test_finds_what_was_stored(self, archive: Archive) -> None:
        assert not archive.holds(INSTANCE)
        archive.store(DICOM)

        assert archive.holds(INSTANCE)

    def test_holds_an_object_once_however_often_it_is_stored(self, archive: Archive) -> None:
        assert archive.store(DICOM) == archive.store(DICOM)
        assert archive.delete(UID)
        assert not archive.delete(UID)

    def test_forgets_what_is_deleted(self, archive: Archive) -> None:
        archive.store(DICOM)

        assert archive.delete(UID)
        assert not archive.holds(INSTANCE)

    def test_has_nothing_against_deleting_what_it_does_not_have(self, archive: Archive) -> None:
        assert not archive.delete("1.2.3.4")


class TestOrthanc:
    def test_keeps_the_object_byte_for_byte(self, orthanc: RealOrthanc, orthanc_archive: OrthancArchive) -> None:
        orthanc_id = orthanc_archive.store(DICOM).archive_id

        assert orthanc_archive.find(UID) == (orthanc_id,)
        assert orthanc.request("GET", f"/instances/{orthanc_id}/file") == (200, DICOM)

    def test_refuses_what_is_no_dicom(self, orthanc_archive: OrthancArchive) -> None:
        with pytest.raises(ArchiveRefusedError, match="400"):
            orthanc_archive.store(b"no DICOM")

    def test_that_does_not_know_us_is_asked_again(self, orthanc: RealOrthanc) -> None:
        """A wrong password is mended by the site, not by parking dose SRs."""
        stranger = OrthancArchive(orthanc.url, USER, PASSWORD + "?", timeout_s=20)

        with pytest.raises(ArchiveUnavailableError, match="401"):
            stranger.store(DICOM)

    def test_that_is_down_is_unavailable(self, orthanc: RealOrthanc, orthanc_archive: OrthancArchive) -> None:
        orthanc.stop()

        with pytest.raises(ArchiveUnavailableError, match="reached"):
            orthanc_archive.store(DICOM)

    def test_that_never_answers_is_unavailable_after_the_time_limit(self, silent_port: int) -> None:
        mute = OrthancArchive(f"http://127.0.0.1:{silent_port}", timeout_s=0.1)

        with pytest.raises(ArchiveUnavailableError, match=r"reached|broke off"):
            mute.store(DICOM)

    def test_that_breaks_off_its_answer_is_unavailable(self, port_that_breaks_off: int) -> None:
        broken = OrthancArchive(f"http://127.0.0.1:{port_that_breaks_off}", timeout_s=5)

        with pytest.raises(ArchiveUnavailableError):
            broken.store(DICOM)
