"""
Domain values to what a JSONB column holds, and back.

PostgreSQL refuses NUL in text and psycopg2 refuses lone surrogates; both occur in real objects. They
are replaced by U+FFFD here, while the evidence keeps the bytes as they came.
"""

import re
from typing import Any, TypeVar

from pydantic import TypeAdapter

from dose_core.ledger.exam import CtExam
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
_EXAM: TypeAdapter[CtExam] = TypeAdapter(CtExam)
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


def report_to_json(report: DoseReport) -> dict[str, Any]:
    """
    Return a report as JSON, times in ISO 8601 with an offset only where one is stated.

    Raises:
        KeyError: it is none of the reports of ``dose_core.model``.
        ValueError: a value is of another type than its field's.
    """
    shape = _SHAPE_OF[type(report)]
    # A warning would quote the value, which may name a patient.
    return {"shape": shape, **storable(_REPORTS[shape].dump_python(report, mode="json", warnings="error"))}


def report_from_json(content: dict[str, Any]) -> DoseReport:
    """Return the report that ``report_to_json`` wrote."""
    report: DoseReport = _REPORTS[content["shape"]].validate_python(content)
    return report


def exam_to_json(exam: CtExam) -> dict[str, Any]:
    """Return an exam as JSON."""
    return storable(_EXAM.dump_python(exam, mode="json"))


def exam_from_json(content: dict[str, Any]) -> CtExam:
    """Return the exam that ``exam_to_json`` wrote."""
    return _EXAM.validate_python(content)
