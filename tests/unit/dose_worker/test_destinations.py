"""Tests of dose_worker.destinations."""

from dose_services.archive_values import DicomNode, StowNode
from dose_services.pacs_values import Destination, Node, OrthancNode, PacsRule
from dose_worker.destinations import Archives
from dose_worker.dicom_archive import DicomArchive
from dose_worker.stow_archive import StowArchive
from tests.support.fake_archive import FakeArchive


def at(node: Node) -> Destination:
    return Destination(name="any", node=node, rule=PacsRule())


def test_each_place_is_spoken_to_in_its_way_by_one_archive() -> None:
    orthanc = FakeArchive()
    archives = Archives(orthanc)
    pacs = DicomNode(host="127.0.0.1", port=104, called_ae_title="PACS")

    assert archives.of(at(OrthancNode())) is orthanc
    assert isinstance(archives.of(at(pacs)), DicomArchive)
    assert archives.of(at(pacs)) is archives.of(at(DicomNode(host="127.0.0.1", port=104, called_ae_title="PACS")))
    assert isinstance(archives.of(at(StowNode(url="http://127.0.0.1/dicom-web"))), StowArchive)
    archives.close()


def test_a_worker_without_an_orthanc_knows_none() -> None:
    assert Archives(None).of(at(OrthancNode())) is None
