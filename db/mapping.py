"""
Domain values to what a column holds, and back.

PostgreSQL refuses NUL in text, and JSON lone surrogates; both occur in real objects. They are replaced by
U+FFFD where they must, while the evidence keeps the bytes as they came.
"""

import re
import zlib
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from dose_core.ledger.exam import Exam
from dose_core.model import CtReport, DoseReport, MammographyReport, NuclearReport, ProjectionReport

# What a statement's "shape" names; a kind such as an MPPS has the shape of what it is about.
_SHAPES: dict[str, type[DoseReport]] = {
    "ct": CtReport,
    "projection": ProjectionReport,
    "mammography": MammographyReport,
    "nuclear": NuclearReport,
    "estimates": DoseReport,
}
_SHAPE_OF = {shape: name for name, shape in _SHAPES.items()}
_REPORTS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(shape) for name, shape in _SHAPES.items()}
_EXAM: TypeAdapter[Exam] = TypeAdapter(Exam)
_SHAPE = re.compile(rb'"shape": ?"([a-z]+)"')
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")

T = TypeVar("T")


def storable(value: T) -> T:
    """Return the value with every text in it made storable."""
    if isinstance(value, str):
        return _NOT_STORABLE.sub("\ufffd", value)  # type: ignore[return-value]  # a str stays a str
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}  # type: ignore[return-value]  # likewise
    if isinstance(value, list):
        return [storable(item) for item in value]  # type: ignore[return-value]  # likewise
    return value


def report_to_packed(report: DoseReport) -> bytes:
    """
    Return a report as compressed JSON without what is not stated.

    Times are in ISO 8601, with an offset only where one is stated.

    Raises:
        KeyError: it is none of the reports of ``dose_core.model``.
        ValueError: a value is of another type than its field's.
    """
    shape = _SHAPE_OF[type(report)]
    return zlib.compress(b'{"shape":"%s",' % shape.encode() + _json(_REPORTS[shape], report)[1:])


def report_from_packed(packed: bytes) -> DoseReport:
    """Return the report that ``report_to_packed`` wrote."""
    plain = zlib.decompress(packed)
    named = _SHAPE.match(plain) or _SHAPE.search(plain)  # a migrated one names it anywhere
    report: DoseReport = _REPORTS[named[1].decode() if named else ""].validate_json(plain)
    return report


def exam_to_json(exam: Exam) -> bytes:
    """Return an exam as JSON without what is not known."""
    return _json(_EXAM, exam)


def packed(json: bytes) -> bytes:
    """Return JSON as a column keeps it: as few bytes as it needs, read as a whole (RFC 1950)."""
    return zlib.compress(json)


def exam_from_packed(content: bytes) -> Exam:
    """Return the exam whose JSON was packed."""
    return _EXAM.validate_json(zlib.decompress(content))


def _json(adapter: TypeAdapter[Any], value: object) -> bytes:
    # A warning would quote the value, which may name a patient.
    try:
        return adapter.dump_json(value, exclude_defaults=True, warnings="error")
    except PydanticSerializationError as error:
        if "surrogates" not in str(error):
            raise
        return orjson.dumps(storable(adapter.dump_python(value, mode="json", exclude_defaults=True, warnings="error")))
