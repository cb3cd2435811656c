"""Tests of dose_worker.dicom_commitment and dose_worker.commitment_listener, against a PACS in the same process."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_services.archive_values import CommitmentReport, DicomNode
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.commitment_listener import CommitmentListener, Take
from dose_worker.dicom_commitment import DicomCommitment
from dose_worker.settings import ListenerSettings
from tests.builders.sent_report import INSTANCE, UID
from tests.support.certificates import authority, client_context, issued
from tests.support.orthanc import free_port
from tests.support.scripted_commitment import ScriptedCommitment, report_on, send_report
from tests.support.scripted_pacs import ScriptedPacs

TRANSACTION = "2.25.77"


def commitment(port: int) -> DicomCommitment:
    return DicomCommitment(DicomNode(host="127.0.0.1", port=port, called_ae_title="PACS", timeout_s=5))


def request() -> Dataset:
    """Return what was asked of the PACS, as it keeps it."""
    item, made = Dataset(), Dataset()
    item.ReferencedSOPClassUID = INSTANCE.sop_class_uid
    item.ReferencedSOPInstanceUID = UID
    made.TransactionUID = TRANSACTION
    made.ReferencedSOPSequence = [item]
    return made


@contextmanager
def listener(take: Take, **settings: Any) -> Iterator[int]:  # noqa: ANN401  of several types
    """Yield the port on which we listen."""
    made = CommitmentListener(ListenerSettings(**{"host": "127.0.0.1", "port": 0, **settings}), take)
    made.start()
    with closing(made):
        yield made.port


class Kept:
    """Keeps reports of one transaction."""

    def __init__(self, error: Exception | None = None) -> None:
        self.reports: list[CommitmentReport] = []
        self._error = error

    def __call__(self, report: CommitmentReport) -> bool:
        """Keep a report and tell if it is one of ours."""
        if self._error is not None:
            raise self._error
        self.reports.append(report)
        return report.transaction_uid == TRANSACTION


class TestARequest:
    def test_names_the_transaction_and_the_object(self) -> None:
        pacs = ScriptedCommitment()
        with pacs.listening() as port:
            assert commitment(port).ask(TRANSACTION, [INSTANCE]) is None  # the report is to come later

        (asked,) = pacs.requests
        assert asked.TransactionUID == TRANSACTION
        (item,) = asked.ReferencedSOPSequence
        assert item.ReferencedSOPClassUID == INSTANCE.sop_class_uid
        assert item.ReferencedSOPInstanceUID == UID

    def test_may_be_answered_in_the_same_association(self) -> None:
        with ScriptedCommitment(reports_at_once=True).listening() as port:
            report = commitment(port).ask(TRANSACTION, [INSTANCE])

        assert report == CommitmentReport(transaction_uid=TRANSACTION, kept=(UID,))

    @pytest.mark.parametrize(
        ("status", "error"),
        [(0x0110, ArchiveUnavailableError), (0x0213, ArchiveUnavailableError), (0x0122, ArchiveRefusedError)],
    )
    def test_that_fails_says_if_it_is_to_be_asked_again(self, status: int, error: type[Exception]) -> None:
        with ScriptedCommitment(status=status).listening() as port, pytest.raises(error, match=f"{status:04X}"):
            commitment(port).ask(TRANSACTION, [INSTANCE])

    def test_to_a_pacs_that_offers_no_commitment_is_not_repeated(self) -> None:
        with (
            ScriptedPacs().listening() as port,
            pytest.raises(ArchiveRefusedError, match="offers no storage commitment"),
        ):
            commitment(port).ask(TRANSACTION, [INSTANCE])

    def test_to_a_pacs_that_is_down_is_repeated(self) -> None:
        with pytest.raises(ArchiveUnavailableError, match="reached"):
            commitment(free_port()).ask(TRANSACTION, [INSTANCE])


class TestAReport:
    def test_of_a_request_of_ours_is_kept(self) -> None:
        kept = Kept()
        with listener(kept) as port:
            assert send_report(port, report_on(request())) == 0x0000

        assert kept.reports == [CommitmentReport(transaction_uid=TRANSACTION, kept=(UID,))]

    def test_that_it_is_not_kept_says_why(self) -> None:
        kept = Kept()
        with listener(kept) as port:
            assert send_report(port, report_on(request(), reason=0x0112)) == 0x0000

        ((failed,),) = [report.not_kept for report in kept.reports]
        assert failed.reason == "it does not have the object"

    def test_of_a_request_that_nobody_made_is_an_error_of_the_pacs(self) -> None:
        strange = request()
        strange.TransactionUID = "2.25.78"
        with listener(Kept()) as port:
            assert send_report(port, report_on(strange)) == 0x0115

    def test_without_a_transaction_is_an_error_of_the_pacs(self) -> None:
        nameless = report_on(request())
        del nameless.TransactionUID
        with listener(Kept()) as port:
            assert send_report(port, nameless) == 0x0115

    def test_that_cannot_be_kept_now_is_answered_so_that_it_comes_again(self) -> None:
        with listener(Kept(RuntimeError("the database is away"))) as port:
            assert send_report(port, report_on(request())) == 0x0110

    def test_under_another_name_than_ours_is_not_heard(self) -> None:
        kept = Kept()
        with listener(kept) as port:
            assert send_report(port, report_on(request()), called="OTHER") is None

        assert kept.reports == []

    @pytest.mark.parametrize(("allowed", "status"), [("127.0.0.0/8", 0x0000), ("192.0.2.7", None)])
    def test_is_heard_from_allowed_peers_alone(self, allowed: str, status: int | None) -> None:
        with listener(Kept(), allowed_peers=(allowed,)) as port:
            assert send_report(port, report_on(request())) == status


class TestTls:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, Any]:
        house = authority(tmp_path)
        ours = issued(house, tmp_path / "ours.pem")
        pacs = issued(house, tmp_path / "pacs.pem", name="pacs")
        return {"house": house, "pacs": pacs, "settings": {"certificate": str(ours.file), "client_ca": str(house.file)}}

    def test_is_spoken_with_a_pacs_that_shows_a_certificate(self, files: dict[str, Any]) -> None:
        with listener(Kept(), **files["settings"]) as port:
            context = client_context(files["house"], files["pacs"])
            assert send_report(port, report_on(request()), tls=(context, "127.0.0.1")) == 0x0000

    def test_is_not_spoken_with_one_that_shows_none_or_speaks_plain(self, files: dict[str, Any]) -> None:
        kept = Kept()
        with listener(kept, **files["settings"]) as port:
            assert send_report(port, report_on(request()), tls=(client_context(files["house"]), "127.0.0.1")) is None
            assert send_report(port, report_on(request())) is None

        assert kept.reports == []

    def test_that_a_peer_never_begins_keeps_nobody_from_being_heard(self, files: dict[str, Any]) -> None:
        context = client_context(files["house"], files["pacs"])
        with listener(Kept(), **files["settings"]) as port, ExitStack() as mute:
            for _ in range(3):  # and one who reports, so that there are as many as one peer may have
                mute.enter_context(socket.create_connection(("127.0.0.1", port)))
            began = time.monotonic()

            assert send_report(port, report_on(request()), tls=(context, "127.0.0.1")) == 0x0000
            assert time.monotonic() - began < 4  # a handshake has five seconds

    def test_is_begun_with_four_connections_of_one_peer_at_once_and_no_more(self, files: dict[str, Any]) -> None:
        with listener(Kept(), **files["settings"]) as port, ExitStack() as mute:
            for _ in range(4):
                mute.enter_context(socket.create_connection(("127.0.0.1", port)))
            one_more = mute.enter_context(socket.create_connection(("127.0.0.1", port), timeout=3))

            assert one_more.recv(1) == b""

    def test_is_not_even_begun_with_a_peer_that_is_not_allowed(self, files: dict[str, Any]) -> None:
        """It says nothing, and is not waited for: it would keep those who are allowed from being heard."""
        with (
            listener(Kept(), allowed_peers=("192.0.2.7",), **files["settings"]) as port,
            socket.create_connection(("127.0.0.1", port), timeout=3) as strange,  # a handshake has five seconds
        ):
            assert strange.recv(1) == b""


def test_who_says_nothing_or_nonsense_keeps_nobody_from_being_heard() -> None:
    with (
        listener(Kept()) as port,
        socket.create_connection(("127.0.0.1", port)),
        socket.create_connection(("127.0.0.1", port)) as odd,
    ):
        odd.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert send_report(port, report_on(request())) == 0x0000


def test_who_announces_more_than_a_report_has_is_not_waited_for() -> None:
    with listener(Kept()) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as greedy:
        greedy.sendall(bytes((1, 0, 0xFF, 0xFF, 0xFF, 0xFF)))  # an A-ASSOCIATE-RQ of 4 GiB

        with suppress(ConnectionError):
            assert greedy.recv(1) == b""
