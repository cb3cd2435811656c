"""
Domain values to what a column holds, and back.

PostgreSQL refuses NUL in text, and JSON lone surrogates; both occur in real objects. They are replaced by
U+FFFD where they must, while the evidence keeps the bytes as they came.
"""

import re
import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from db.packing import pack, unpack
from dose_core.dosimetry.earlier_estimate import with_interval
from dose_core.ledger.exam import Exam
from dose_core.ledger.from_slices import scan_of
from dose_core.model import (
    CtEvent,
    CtReport,
    DoseReport,
    MammographyReport,
    NuclearReport,
    PatientStated,
    ProjectionReport,
    RejectionNote,
)

# What a statement's "shape" names; a kind such as an MPPS has the shape of what it is about.
_SHAPES: dict[str, type[DoseReport]] = {
    "ct": CtReport,
    "projection": ProjectionReport,
    "mammography": MammographyReport,
    "nuclear": NuclearReport,
    "estimates": DoseReport,
    "rejection": RejectionNote,
}
_SHAPE_OF = {shape: name for name, shape in _SHAPES.items()}
_REPORTS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(shape) for name, shape in _SHAPES.items()}
_EXAM: TypeAdapter[Exam] = TypeAdapter(Exam)
_CT_EVENT: TypeAdapter[CtEvent] = TypeAdapter(CtEvent)
_SHAPE = re.compile(rb'"shape": ?"([a-z]+)"')
# Only an exam that was kept before estimates had intervals says this of one.
_WITHOUT_INTERVAL = b'"uncertainty":'
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")

# Of a report, what leads to a person beside the patient's own name.
_UNNAMED: dict[str, Any] = {
    "accession_number": None,
    "accession_issuer": None,
    "admission_id": None,
    "admission_issuer": None,
    "physicians": (),
    "comment": None,
}
_OF_EXAM = [name for name in _UNNAMED if name != "comment"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    """The part of a report that names people."""

    patient: PatientStated
    accession_number: str | None = None
    accession_issuer: str | None = None
    admission_id: str | None = None
    admission_issuer: str | None = None
    physicians: tuple[str, ...] = ()
    comment: str | None = None


_IDENTITY: TypeAdapter[_Identity] = TypeAdapter(_Identity)


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
    Return a report as compressed JSON without what is not stated, and without what names the patient.

    Times are in ISO 8601, with an offset only where one is stated.

    Raises:
        KeyError: it is none of the reports of ``dose_core.model``.
        ValueError: a value is of another type than its field's.
    """
    shape = _SHAPE_OF[type(report)]
    nameless = replace(report, patient=_nameless(report.patient), **_UNNAMED)
    return pack(b'{"shape":"%s",' % shape.encode() + _json(_REPORTS[shape], nameless)[1:])


def identity_to_packed(report: DoseReport) -> bytes:
    """Return what names the patient, or leads to them: what ``report_to_packed`` leaves out."""
    identity = _Identity(patient=report.patient, **{name: getattr(report, name) for name in _UNNAMED})
    return zlib.compress(_json(_IDENTITY, identity))


def report_from_packed(content: bytes, identity: bytes | None) -> DoseReport:
    """Return the report that was packed; without its identity as far as that is not kept any more."""
    plain = unpack(content)
    named = _SHAPE.match(plain) or _SHAPE.search(plain)  # a migrated one names it anywhere
    report: DoseReport = _REPORTS[named[1].decode() if named else ""].validate_json(plain)
    if identity is None:
        return report
    stated = _IDENTITY.validate_json(zlib.decompress(identity))
    return replace(report, patient=stated.patient, **{name: getattr(stated, name) for name in _UNNAMED})


def exam_to_json(exam: Exam) -> bytes:
    """Return an exam as JSON without what is not known, and without what names the patient: the row points there."""
    ct = replace(exam.ct, patient=PatientStated(), accession_number=None, physicians=()) if exam.ct else None
    nobody: dict[str, Any] = {"patients": (), "also_stated": (), **{name: _UNNAMED[name] for name in _OF_EXAM}}
    return _json(_EXAM, replace(exam, ct=ct, **nobody))


def packed(json: bytes) -> bytes:
    """Return JSON as a column keeps it: as few bytes as it needs, read as a whole (RFC 1950)."""
    return pack(json)


def exam_from_packed(content: bytes) -> Exam:
    """Return the exam whose JSON was packed, by this release or an earlier one."""
    plain = unpack(content)
    if _WITHOUT_INTERVAL in plain:
        plain = orjson.dumps(_with_intervals(orjson.loads(plain)))
    return _EXAM.validate_json(plain)


def _with_intervals(exam: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of an exam with each estimate of an earlier release as estimates are today."""
    for event in (exam.get("ct") or {}).get("events", ()):
        kept = event.get("dlp_estimate")
        if kept is not None and "uncertainty" in kept:
            event["dlp_estimate"] = asdict(
                with_interval(
                    kept["value"],
                    ctdi_vol_mgy=event["event"].get("ctdi_vol_mgy"),
                    scan=scan_of(_CT_EVENT.validate_python(event["event"])),
                    method_version=kept["method_version"],
                    caveats=kept.get("caveats", ()),
                )
            )
    return exam


def _nameless(patient: PatientStated) -> PatientStated:
    """Return what dosimetry needs of a patient, and nothing that names them."""
    return PatientStated(size_cm=patient.size_cm, weight_kg=patient.weight_kg)


def _json(adapter: TypeAdapter[Any], value: object) -> bytes:
    # A warning would quote the value, which may name a patient.
    try:
        return adapter.dump_json(value, exclude_defaults=True, warnings="error")
    except PydanticSerializationError as error:
        if "surrogates" not in str(error):
            raise
        return orjson.dumps(storable(adapter.dump_python(value, mode="json", exclude_defaults=True, warnings="error")))
