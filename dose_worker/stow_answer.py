"""
What a STOW-RS service answered to the store of one instance.

Source: PS3.18, 10.5.3 (status codes), Annex I (Store Instances Response Module), Annex F (JSON).
"""

from collections.abc import Iterator
from typing import Any

import orjson

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError, Stored
from dose_worker.store_status import warning_of

REFERENCED_SOP_SEQUENCE = "00081199"
FAILED_SOP_SEQUENCE = "00081198"
OTHER_FAILURES_SEQUENCE = "0008119A"
REFERENCED_SOP_INSTANCE_UID = "00081155"
FAILURE_REASON = "00081197"
WARNING_REASON = "00081196"

_OK, _MULTIPLE = 200, 300
_CONFLICT = 409
_SERVER_ERROR = 500
# The site mends these at the service, at its proxy or in the settings: the object is not to blame.
_ELSEWHERE = {
    401: "it does not know our user or token",
    403: "it does not allow us to store",
    404: "there is nothing at this address; is it that of the DICOMweb services?",
    405: "this address takes no objects; is it that of the DICOMweb services?",
    406: "it does not answer in DICOM JSON",
    407: "a proxy asks who we are",
    408: "it waited in vain",
    425: "it is too early",
    429: "it is asked too often",
}


class UnclearAnswerError(ArchiveUnavailableError):
    """The service accepted the request, but what it says does not tell if it has the instance now."""


def stored(status: int, body: bytes, sop_instance_uid: str) -> Stored:
    """
    Return what an answer says of the instance that was sent.

    Raises:
        UnclearAnswerError: it says neither that it was stored nor that it was not.
        ArchiveUnavailableError: it was not, but may be later.
        ArchiveRefusedError: it was not, and never will be.
    """
    raise_for(status)
    answer = _dataset(body)
    for item in _items(answer, FAILED_SOP_SEQUENCE, sop_instance_uid):
        _raise_or_warn(_number(item, FAILURE_REASON), status)
        return Stored(archive_id=sop_instance_uid)  # the failure is that it is there already
    for item in _items(answer, REFERENCED_SOP_SEQUENCE, sop_instance_uid):
        code = _number(item, WARNING_REASON)
        return Stored(archive_id=sop_instance_uid, warning=None if code is None else warning_of(code))
    for item in _items(answer, OTHER_FAILURES_SEQUENCE, sop_instance_uid):
        _raise_or_warn(_number(item, FAILURE_REASON), status)
    if status == _CONFLICT:
        raise ArchiveRefusedError("the archive answered 409 to a store and names no reason; see its log")
    msg = f"the archive answered {status} and does not say if it stored the object; is this a DICOMweb service?"
    raise UnclearAnswerError(msg)


def raise_for(status: int) -> None:
    """
    Return if the content of an answer with this status says more.

    Raises:
        ArchiveUnavailableError: another attempt may change it.
        ArchiveRefusedError: it will not.
    """
    if _OK <= status < _MULTIPLE or status == _CONFLICT:
        return
    if _MULTIPLE <= status < _OK * 2:
        msg = f"the archive answered {status}, which points to another address; name that as the destination's"
        raise ArchiveUnavailableError(msg)
    if status in _ELSEWHERE or status >= _SERVER_ERROR or status < _OK:
        msg = f"the archive answered {status}: {_ELSEWHERE.get(status, 'it cannot answer now')}"
        raise ArchiveUnavailableError(msg)
    msg = f"the archive answered {status} to a store: it will not take this object"
    raise ArchiveRefusedError(msg)


def is_listed(body: bytes, sop_instance_uid: str) -> bool | None:
    """Tell if the answer to a query lists an instance, ``None`` if it is no answer to a query."""
    found = _json(body)
    if not isinstance(found, list):
        return None
    return any(sop_instance_uid in _values(item, "00080018") for item in found)


def _raise_or_warn(code: int | None, status: int) -> None:
    if code is None:
        msg = f"the archive answered {status}: it did not store the object and names no reason; see its log"
        raise ArchiveRefusedError(msg)
    warning_of(code)


def _dataset(body: bytes) -> dict[str, Any]:
    """Return the response module; some services put it into a list."""
    found = _json(body)
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, dict) else {}


def _json(body: bytes) -> Any:  # noqa: ANN401  JSON is what it is
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _items(dataset: dict[str, Any], tag: str, sop_instance_uid: str) -> Iterator[dict[str, Any]]:
    """Yield items that name the instance; of failures also those that name none, as only one was sent."""
    accepted = [[sop_instance_uid]] if tag == REFERENCED_SOP_SEQUENCE else [[sop_instance_uid], []]
    for item in _values(dataset, tag):
        if isinstance(item, dict) and _values(item, REFERENCED_SOP_INSTANCE_UID) in accepted:
            yield item


def _number(item: dict[str, Any], tag: str) -> int | None:
    for value in _values(item, tag):
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFF:  # noqa: PLR2004  VR US
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit():  # PS3.18, F.2.3 allows numbers as strings
            return int(value) & 0xFFFF
    return None


def _values(dataset: Any, tag: str) -> list[Any]:  # noqa: ANN401  it may be anything that JSON can be
    element = dataset.get(tag) if isinstance(dataset, dict) else None
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []
