"""
Ask a PACS to commit itself to keep what it got from us.

Source: PS3.4, Annex J (Storage Commitment Push Model).
"""

from collections.abc import Sequence
from threading import Event as Signal

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import evt
from pynetdicom.events import Event
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from dose_core.writers.document import Evidence
from dose_services.archive_values import CommitmentReport, DicomNode
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.commitment_report import UnreadableReportError, report_in
from dose_worker.dicom_association import NotOfferedError, association

_REQUEST = 1  # Action Type ID, J.3.2
_SUCCESS, _FAILED = 0x0000, 0x0110
# Ours. A PACS that reports in the same association does so at once; others report in one of their own.
_WAIT_S = 1.0
_LATER = frozenset({0x0110, 0x0124, 0x0213})  # PS3.7, C: processing failure, not authorised, resource limitation


class DicomCommitment:
    """The storage commitment of one PACS."""

    def __init__(self, node: DicomNode) -> None:
        self._node = node

    def ask(self, transaction_uid: str, instances: Sequence[Evidence]) -> CommitmentReport | None:
        """See ``Commitment``."""
        came: list[CommitmentReport] = []
        signal = Signal()

        def take(event: Event) -> tuple[int, None]:
            try:
                report = report_in(event)
            except UnreadableReportError:
                return _FAILED, None
            if report.transaction_uid == transaction_uid:
                came.append(report)
                signal.set()
            return _SUCCESS, None

        context = build_context(StorageCommitmentPushModel, [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
        try:
            with association(self._node, [context], [(evt.EVT_N_EVENT_REPORT, take)]) as made:
                status, _ = made.send_n_action(
                    _request(transaction_uid, instances),
                    _REQUEST,
                    StorageCommitmentPushModel,
                    StorageCommitmentPushModelInstance,
                )
                _check(status.get("Status"))
                signal.wait(_WAIT_S)
        except NotOfferedError as error:
            msg = "the PACS offers no storage commitment: do not ask it for any"
            raise ArchiveRefusedError(msg) from error
        return came[0] if came else None


def _request(transaction_uid: str, instances: Sequence[Evidence]) -> Dataset:
    request = Dataset()
    request.TransactionUID = transaction_uid
    items = []
    for instance in instances:
        item = Dataset()
        item.ReferencedSOPClassUID = instance.sop_class_uid
        item.ReferencedSOPInstanceUID = instance.sop_instance_uid
        items.append(item)
    request.ReferencedSOPSequence = Items(items)
    return request


def _check(code: int | None) -> None:
    if code == _SUCCESS:
        return
    if code is None:
        raise ArchiveUnavailableError("the PACS broke off or did not answer in time")
    msg = f"the PACS answered to a request for storage commitment with status {code:04X}"
    if code in _LATER:
        raise ArchiveUnavailableError(msg)
    raise ArchiveRefusedError(msg)
