"""
Write a dictionary for ``db.packing``: what typical statements and exams hold, the commonest last.

    python scripts/packing_dictionary.py db/dictionaries/2.txt

A dictionary that was released stays as it is; a better one gets a new name, which ``db.packing`` then packs with.
zlib looks back 32 KB at most, and finds what is near cheaper than what is far.
"""

import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ct_reports import ct_report
from db import mapping
from db.packing import unpack
from dose_core.ledger.exam import Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.reconcile import NothingToReconcileError
from dose_core.model import Kind
from dose_core.readers.registry import read_dose
from tests.builders.every_kind import objects_of_every_kind

_RAREST_FIRST = (
    Kind.LEGACY_DOSE_SR,
    Kind.DOSE_SCREEN,
    Kind.PATIENT_RDSR,
    Kind.MPPS,
    Kind.ENHANCED_RDSR,
    Kind.RADIOPHARMACEUTICAL_RDSR,
    Kind.NUCLEAR_IMAGE,
    Kind.MAMMOGRAPHY_RDSR,
    Kind.MAMMOGRAPHY_IMAGE,
    Kind.PROJECTION_IMAGE,
    Kind.PROJECTION_RDSR,
    Kind.CT_IMAGE,
    Kind.CT_RDSR,
)
_STATEMENT = "00000000-0000-0000-0000-000000000000"  # where the id of a statement stands


def dictionary() -> bytes:
    """Return the dictionary."""
    of_a_kind = objects_of_every_kind("2.25.9")
    parts = [_packed_apart(of_a_kind[kind]) for kind in _RAREST_FIRST]
    parts.append(_packed_apart(ct_report(1, events=2).dicom))
    return b"".join(dict.fromkeys(part for pair in parts for part in pair))[-(2**15 - 262) :]


def _packed_apart(dicom: bytes) -> list[bytes]:
    """Return the JSON of the exam and of the statement that an object gives."""
    report = read_dose(dicom)
    statement = unpack(mapping.report_to_packed(report))
    try:
        exam = exam_of(report.study_instance_uid or "", [Statement(key=_STATEMENT, report=report)], default_issuer="")
    except NothingToReconcileError:
        return [statement]
    return [mapping.exam_to_json(exam), statement]


if __name__ == "__main__":
    made = dictionary()
    Path(sys.argv[1]).write_bytes(made)
    print(f"{len(made)} bytes, number {zlib.adler32(made):08x}")  # noqa: T201 - a program; it prints
