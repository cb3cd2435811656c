"""
A dose report as the JSON line that ``doseledger read`` prints.

The keys are the fields of ``dose_core.model``, a promise to outsiders; they change by a major version
only. Values that are not stated are ``None``; dates and times are ISO 8601, with an offset only where
the object states one.
"""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from dose_core.model import DoseReport

JsonObject = dict[str, Any]

# What the ledger needs of a report and a reader of the line does not; "stated" is asked for by itself.
_NOT_PRINTED = frozenset({"our_own", "patient_identity_removed", "sop_class_uid", "content_at", "timezone_offset"})
# A place in the tree of an object that the line does not show is of no use to its reader.
_ORIGINS = "stated"


def report_line(report: DoseReport, *, with_origins: bool = False) -> JsonObject:
    """
    Return the line of one object that was read, without its file and status.

    ``with_origins`` adds ``stated``: for each field that was used its path in the object, text and unit.
    """
    line: JsonObject = {"totals": None, "events": []}  # a report of estimates alone has neither
    for field in fields(report):
        if field.name in _NOT_PRINTED or (field.name == _ORIGINS and not with_origins):
            continue
        line[field.name] = _json(getattr(report, field.name))
    return line


def _json(value: object) -> Any:  # noqa: ANN401  JSON is of any type
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    if is_dataclass(value):
        return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    return value
