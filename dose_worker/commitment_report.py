"""
What a PACS reports of a request for storage commitment.

Source: PS3.4, J.3.3 (N-EVENT-REPORT), PS3.3, C.14.1.1 (failure reasons).
"""

from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.dsutils import decode
from pynetdicom.events import Event

from dose_core.errors import DoseError
from dose_services.archive_values import CommitmentReport, NotKept

# Our requests name one instance; a report that lists so many is none to one of them.
_MAX_INSTANCES = 1000
_MAX_BYTES = 1024 * 1024
_REASONS = {
    0x0110: "it failed to process the request",
    0x0112: "it does not have the object",
    0x0119: "it has an object of another SOP Class under this UID",
    0x0122: "it does not commit itself to this SOP Class",
    0x0131: "it has seen the transaction UID before",
    0x0213: "it is out of resources",
}


class UnreadableReportError(DoseError):
    """What came is no report on a request for storage commitment."""


def report_in(event: Event) -> CommitmentReport:
    """
    Return the report that an N-EVENT-REPORT carries.

    Raises:
        UnreadableReportError: it carries none.
    """
    content = getattr(event.request, "EventInformation", None)
    if content is None or len(content.getvalue()) > _MAX_BYTES:
        raise UnreadableReportError("the N-EVENT-REPORT has no content, or far too much")
    syntax = event.context.transfer_syntax
    if syntax not in {ExplicitVRLittleEndian, ImplicitVRLittleEndian}:
        raise UnreadableReportError("the N-EVENT-REPORT is in a transfer syntax that was not agreed")
    try:
        return report_of(decode(content, syntax.is_implicit_VR, syntax.is_little_endian))
    except UnreadableReportError:
        raise
    except Exception as error:  # noqa: BLE001  pydicom fails in many ways on bytes that are no dataset
        msg = f"the N-EVENT-REPORT cannot be read ({type(error).__name__})"
        raise UnreadableReportError(msg) from None


def report_of(information: Dataset) -> CommitmentReport:
    """
    Return what the event information says. An instance that is both kept and not kept is not kept.

    Raises:
        UnreadableReportError: it names no transaction, or more instances than we ever ask for.
    """
    transaction_uid = str(information.get("TransactionUID") or "")
    if not transaction_uid:
        raise UnreadableReportError("the report names no transaction")
    failed = {
        uid: NotKept(sop_instance_uid=uid, reason=_reason(item))
        for uid, item in _items(information, "FailedSOPSequence")
    }
    kept = dict.fromkeys(uid for uid, _ in _items(information, "ReferencedSOPSequence") if uid not in failed)
    return CommitmentReport(transaction_uid=transaction_uid, kept=tuple(kept), not_kept=tuple(failed.values()))


def _items(information: Dataset, keyword: str) -> Iterator[tuple[str, Dataset]]:
    items = information.get(keyword) or ()
    if len(items) > _MAX_INSTANCES:
        raise UnreadableReportError("the report names more instances than we ever ask for")
    for item in items:
        uid = str(item.get("ReferencedSOPInstanceUID") or "")
        if uid:
            yield uid, item


def _reason(item: Dataset) -> str:
    code = item.get("FailureReason")
    if not isinstance(code, int):
        return "it gives no reason"
    return _REASONS.get(code, f"it gives the reason {code:04X}, which the standard does not know")
