"""A real Orthanc spoken to as any PACS: C-STORE, C-FIND, storage commitment, STOW-RS and QIDO-RS."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from queue import Queue

import pytest
from pydicom import dcmread

from db.session import Engine, unit_of_work
from dose_core.writers.kinds import PATIENT_DOSE
from dose_core.writers.skin_map_image import KIND as SKIN_MAP
from dose_services import pacs_destinations
from dose_services.archive_values import CommitmentReport, DicomNode, StowNode
from dose_services.pacs_values import PacsRule
from dose_worker.archive import Archive, ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.archives import archive_of
from dose_worker.commitment_listener import CommitmentListener
from dose_worker.dicom_archive import DicomArchive
from dose_worker.dicom_commitment import DicomCommitment
from dose_worker.settings import ListenerSettings
from dose_worker.stow_archive import StowArchive
from tests.builders.sent_report import DICOM, INSTANCE, UID
from tests.support.dciodvfy import dciodvfy_errors
from tests.support.dose_house import DoseHouse
from tests.support.estimates_house import PHIL, EstimatesHouse, is_same, read_back, said_by
from tests.support.fake_archive import FakeArchive
from tests.support.orthanc import PASSWORD, PLUGINS, USER, RealOrthanc, free_port

pytestmark = pytest.mark.orthanc
PORT_OF_OURS = free_port()


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealOrthanc]:
    """Yield an Orthanc with DICOMweb that knows where we listen."""
    configuration = {
        "Plugins": [str(PLUGINS / "libOrthancDicomWeb.so")],
        "DicomAet": "PACS",
        "DicomCheckCalledAet": True,
        "DicomModalities": {"us": {"AET": "DOSELEDGER", "Host": "127.0.0.1", "Port": PORT_OF_OURS}},
    }
    with RealOrthanc(folder=tmp_path_factory.mktemp("pacs") / "orthanc", configuration=configuration) as running:
        yield running


@pytest.fixture(autouse=True)
def emptied(orthanc: RealOrthanc) -> None:
    for patient in orthanc.json("GET", "/patients"):
        orthanc.json("DELETE", f"/patients/{patient}")


@pytest.fixture
def node(orthanc: RealOrthanc) -> DicomNode:
    return DicomNode(host="127.0.0.1", port=orthanc.dicom_port, called_ae_title="PACS")


@pytest.fixture
def service(orthanc: RealOrthanc, tmp_path: Path) -> StowNode:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    return StowNode(url=f"{orthanc.url}/dicom-web", user=USER, password_file=str(secret))


@pytest.fixture(params=["node", "service"])
def archive(request: pytest.FixtureRequest) -> Archive:
    made: DicomNode | StowNode = request.getfixturevalue(request.param)
    return archive_of(made)


class TestEitherWay:
    def test_holds_what_it_got_once_however_often_it_got_it(self, archive: Archive, orthanc: RealOrthanc) -> None:
        assert archive.holds(INSTANCE) is False
        first, second = archive.store(DICOM), archive.store(DICOM)

        assert first == second
        assert (first.archive_id, first.warning) == (UID, None)
        assert archive.holds(INSTANCE) is True
        assert len(orthanc.json("GET", "/instances")) == 1

    def test_is_understood(self, node: DicomNode, service: StowNode) -> None:
        DicomArchive(node).echo()
        StowArchive(service).echo()


class TestByStowRs:
    def test_keeps_it_byte_for_byte(self, service: StowNode, orthanc: RealOrthanc) -> None:
        StowArchive(service).store(DICOM)

        (orthanc_id,) = orthanc.json("GET", "/instances")
        assert orthanc.request("GET", f"/instances/{orthanc_id}/file") == (200, DICOM)

    def test_says_that_it_does_not_know_us(self, service: StowNode, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong"
        wrong.write_text("wrong")
        with pytest.raises(ArchiveUnavailableError, match="401"):
            StowArchive(replace(service, password_file=str(wrong))).store(DICOM)


class TestWhatWasEstimated:
    def test_is_read_back_as_the_methods_said_it(
        self, engine: Engine, service: StowNode, orthanc: RealOrthanc, tmp_path: Path
    ) -> None:
        house = DoseHouse(engine=engine, archive=FakeArchive(), archives={"PACS": archive_of(service)})
        with unit_of_work(engine) as session:
            rule = PacsRule(kinds=(PATIENT_DOSE,))
            pacs_destinations.add_pacs(session, "PACS", service, rule, looker=PHIL, now=house.now)
        place = EstimatesHouse(house, FakeArchive())
        place.switch(is_on=True)
        place.receive_angiography(PatientBirthDate="19700101", PatientSex="F")
        place.publish()

        kept = [orthanc.request("GET", f"/instances/{one}/file")[1] for one in orthanc.json("GET", "/instances")]
        found = {str(dcmread(BytesIO(one), stop_before_pixels=True).SOPInstanceUID): one for one in kept}
        assert {row.sop_instance_uid for row in place.rows() if row.state == "sent"} == set(found)
        assert [dciodvfy_errors(one, tmp_path) for one in kept if b"Skin dose map" in one] == [[]]
        for row in place.rows():
            if row.kind != SKIN_MAP:
                told, said = read_back(found[row.sop_instance_uid]), said_by(place.gathered(), row.kind)
                assert said
                assert [is_same(*pair) for pair in zip(told, said, strict=True)] == [True] * len(said)


class TestStorageCommitment:
    @pytest.fixture
    def reports(self) -> Iterator["Queue[CommitmentReport]"]:
        """Yield where reports go that come while we listen."""
        came: Queue[CommitmentReport] = Queue()

        def take(report: CommitmentReport) -> bool:
            came.put(report)
            return True

        listener = CommitmentListener(ListenerSettings(host="127.0.0.1", port=PORT_OF_OURS), take)
        listener.start()
        with closing(listener):
            yield came

    def test_is_given_for_what_is_there(self, node: DicomNode, reports: "Queue[CommitmentReport]") -> None:
        DicomArchive(node).store(DICOM)

        assert DicomCommitment(node).ask("2.25.70", [INSTANCE]) is None  # Orthanc reports in an association of its own
        assert reports.get(timeout=30) == CommitmentReport(transaction_uid="2.25.70", kept=(UID,))

    def test_is_not_given_for_what_is_not(self, node: DicomNode, reports: "Queue[CommitmentReport]") -> None:
        other = replace(INSTANCE, sop_instance_uid="2.25.1")
        DicomCommitment(node).ask("2.25.71", [other])

        (failed,) = reports.get(timeout=30).not_kept
        assert failed.sop_instance_uid == "2.25.1"
        assert failed.reason == "it does not have the object"

    def test_is_not_asked_of_one_that_does_not_know_us(self, node: DicomNode) -> None:
        stranger = replace(node, calling_ae_title="STRANGER")
        with pytest.raises((ArchiveRefusedError, ArchiveUnavailableError)):
            DicomCommitment(stranger).ask("2.25.72", [INSTANCE])
