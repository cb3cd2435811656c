"""A PACS that is asked for storage commitment, by pynetdicom."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from tests.support.scripted_pacs import closing_all

_SUCCEEDED, _FAILED = 1, 2  # Event Type ID, PS3.4, J.3.3


@dataclass
class ScriptedCommitment:
    """Answers each request with ``status``; if ``reports_at_once``, with a report in the same association as well."""

    status: int = 0x0000
    reports_at_once: bool = False
    requests: list[Dataset] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Yield the port on which it listens."""
        entity = AE(ae_title="PACS")
        entity.add_supported_context(StorageCommitmentPushModel)
        with closing_all() as keeping:
            handlers = [(evt.EVT_N_ACTION, self._take), keeping]
            server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
            assert server is not None
            try:
                yield server.server_address[1]
            finally:
                server.shutdown()

    def _take(self, event: Event) -> tuple[int, None]:
        request = event.action_information
        self.requests.append(request)
        if self.reports_at_once:
            threading.Thread(target=self._report, args=(event.assoc, request)).start()
        return self.status, None

    @staticmethod
    def _report(association: Association, request: Dataset) -> None:
        time.sleep(0.1)  # the answer to the request comes first
        _send(association, report_on(request))


def report_on(request: Dataset, *, reason: int | None = None) -> Dataset:
    """Return the report that all of a request is kept, or none of it for this reason."""
    report = Dataset()
    report.TransactionUID = request.TransactionUID
    items = []
    for asked in request.ReferencedSOPSequence:
        item = Dataset()
        item.ReferencedSOPClassUID = asked.ReferencedSOPClassUID
        item.ReferencedSOPInstanceUID = asked.ReferencedSOPInstanceUID
        if reason is not None:
            item.FailureReason = reason
        items.append(item)
    if reason is None:
        report.ReferencedSOPSequence = Sequence(items)
    else:
        report.FailedSOPSequence = Sequence(items)
    return report


def send_report(port: int, report: Dataset, *, called: str = "DOSELEDGER", tls: Any = None) -> int | None:  # noqa: ANN401  of pynetdicom
    """Send a report in an association of its own, as the SCP; return the status, ``None`` without an association."""
    entity = AE(ae_title="PACS")
    entity.acse_timeout = entity.dimse_timeout = entity.connection_timeout = 10
    entity.add_requested_context(StorageCommitmentPushModel)
    role = build_role(StorageCommitmentPushModel, scp_role=True)
    with closing_all() as keeping:
        association = entity.associate(
            "127.0.0.1", port, ae_title=called, ext_neg=[role], tls_args=tls, evt_handlers=[keeping]
        )
        if not association.is_established:
            association.dul.join(2)
            return None
        try:
            return _send(association, report)
        finally:
            association.release()
            association.dul.join(2)


def _send(association: Association, report: Dataset) -> int | None:
    kind = _FAILED if "FailedSOPSequence" in report else _SUCCEEDED
    status, _ = association.send_n_event_report(
        report, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    code: int | None = status.get("Status")
    return code
