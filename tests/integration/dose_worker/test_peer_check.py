"""Tests of dose_worker.peer_check: a name that leads where nothing is sent is connected to, and told nothing."""

import pytest

from dose_services.archive_values import DicomNode, StowNode
from dose_services.outbound_values import Endpoint
from dose_worker import peer_check
from dose_worker.archive import ArchiveUnavailableError
from dose_worker.dicom_archive import DicomArchive
from dose_worker.mllp_client import MllpConnection, UnansweredError
from dose_worker.stow_archive import StowArchive
from tests.builders.sent_report import DICOM
from tests.support.hl7_receiver import Receiver, listening
from tests.support.scripted_pacs import ScriptedPacs
from tests.support.scripted_stow import ScriptedStow


@pytest.fixture(autouse=True)
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is one to which nothing is sent."""
    monkeypatch.setattr(peer_check, "is_never_a_destination", lambda host: host == "127.0.0.1")


def test_a_pacs_hears_nothing() -> None:
    pacs = ScriptedPacs()
    with pacs.listening() as port, pytest.raises(ArchiveUnavailableError, match="link-local"):
        DicomArchive(DicomNode(host="127.0.0.1", port=port, called_ae_title="PACS", timeout_s=5)).store(DICOM)

    assert pacs.kept == []


def test_a_web_archive_hears_nothing() -> None:
    service = ScriptedStow(status=200, body=b"{}")
    with service.listening() as url, pytest.raises(ArchiveUnavailableError, match="link-local"):
        StowArchive(StowNode(url=url, timeout_s=5)).store(DICOM)

    assert service.asked == []


def test_a_receiver_of_results_hears_nothing() -> None:
    with listening(Receiver()) as receiver:
        connection = MllpConnection(Endpoint(host="127.0.0.1", port=receiver.port), is_stopping=lambda: False)
        with pytest.raises(UnansweredError, match="link-local"):
            connection.send(b"MSH|^~\\&|A|B|C|D|20260301||ADT^A08|1|P|2.5\r", "1")

    assert receiver.messages == []
