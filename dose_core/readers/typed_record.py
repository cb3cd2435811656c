"""
The record of what a person typed: JSON of ours, in which the request stands under ``typed`` as it came.

So the text of each number is what was typed. It is no DICOM object: nobody but the service makes one, and no sender of
objects can hand one in. Later values for the same study and modality take the place of earlier ones, as a whole.

Source: RFC 8259 (JSON), RFC 6901 (JSON pointers).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dose_core.ledger.stand_in import uid_of
from dose_core.readers.errors import UnreadableError

ORIGIN = "manual"  # of evidence that is such a record, see ``EvidenceRow.origin``
TYPED = "/typed"  # where the request begins
_FORMAT = 1
_MAX_BYTES = 128 * 1024  # twice what the service takes of a request


class TypedNumber(str):
    """A number as it was typed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRecord:
    """One record; ``modality`` is that of the values, which a withdrawal takes back."""

    sop_instance_uid: str
    study_instance_uid: str
    modality: str
    typed_at: datetime
    is_withdrawal: bool
    known: Mapping[str, Any]  # what was typed before of patient, start, device and request, where this says nothing
    typed: Mapping[str, Any]

    def told(self, name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type
        """Return what was typed under a name, now or before; ``None`` if nothing was."""
        return self.typed.get(name) or self.known.get(name)


def uid_of_values(site: str, study_instance_uid: str, modality: str) -> str:
    """Return the UID under which all that is typed of a study and modality is kept; the newest counts."""
    return uid_of("typed values", site, study_instance_uid, modality)


def compose(
    typed: bytes,
    *,
    sop_instance_uid: str,
    study_instance_uid: str,
    modality: str,
    typed_by: str,
    typed_at: datetime,
    known: Mapping[str, Any] | None = None,
    is_withdrawal: bool = False,
) -> bytes:
    """Return the record of a request, which is JSON; its bytes stand in it unchanged."""
    head = {
        "doseledger_manual": _FORMAT,
        "sop_instance_uid": sop_instance_uid,
        "study_instance_uid": study_instance_uid,
        "modality": modality,
        "typed_by": typed_by,
        "typed_at": typed_at.isoformat(),
        "is_withdrawal": is_withdrawal,
        "known": dict(known or {}),
    }
    return json.dumps(head)[:-1].encode() + b', "typed": ' + typed + b"}"


def parse(content: bytes) -> TypedRecord:
    """
    Return the record that ``compose`` wrote.

    Raises:
        UnreadableError: it is none, or a number of it is none.
    """
    if len(content) > _MAX_BYTES:
        raise UnreadableError("the record of typed values is too large")
    try:
        record = json.loads(content, parse_float=TypedNumber, parse_int=TypedNumber, parse_constant=_no_number)
        if record["doseledger_manual"] != str(_FORMAT) or not isinstance(record["typed"], dict):
            raise UnreadableError("the record of typed values is of a release that this one does not know")
        return TypedRecord(
            sop_instance_uid=record["sop_instance_uid"],
            study_instance_uid=record["study_instance_uid"],
            modality=record["modality"],
            typed_at=datetime.fromisoformat(record["typed_at"]),
            is_withdrawal=record["is_withdrawal"],
            known=record["known"],
            typed=record["typed"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError("this is no record of typed values") from error


def _no_number(name: str) -> float:
    msg = f"{name} is no number"
    raise UnreadableError(msg)
