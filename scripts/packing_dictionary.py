"""
Write the dictionaries for ``db.packing``: what typical statements and exams hold, the commonest last.

    python scripts/packing_dictionary.py db/dictionaries 2

A dictionary that was released stays as it is; better ones get a new number, which ``db.packing`` then packs with. To
take a dictionary in costs time with each content, so that CT, of which there is most, has a short one of its own.
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
from dose_core.model import Kind
from dose_core.readers.registry import read_dose
from tests.builders.every_kind import objects_of_every_kind

_OTHERS_RAREST_FIRST = (
    Kind.MPPS,
    Kind.ENHANCED_RDSR,
    Kind.RADIOPHARMACEUTICAL_RDSR,
    Kind.NUCLEAR_IMAGE,
    Kind.MAMMOGRAPHY_IMAGE,
    Kind.MAMMOGRAPHY_RDSR,
    Kind.PROJECTION_IMAGE,
    Kind.PROJECTION_RDSR,
)
_STATEMENT = "00000000-0000-0000-0000-000000000000"  # where the id of a statement stands


def dictionaries() -> dict[str, bytes]:
    """Return the dictionaries by name."""
    of_a_kind = objects_of_every_kind("2.25.9")
    return {
        "ct": _joined([of_a_kind[Kind.CT_IMAGE], ct_report(1, events=2).dicom]),
        "other": _joined([of_a_kind[kind] for kind in _OTHERS_RAREST_FIRST]),
    }


def _joined(objects: list[bytes]) -> bytes:
    return b"".join(content for dicom in objects for content in _contents(dicom))


def _contents(dicom: bytes) -> list[bytes]:
    """Return the JSON of the exam and of the statement that an object gives."""
    report = read_dose(dicom)
    statement = unpack(mapping.report_to_packed(report))
    exam = exam_of(report.study_instance_uid or "", [Statement(key=_STATEMENT, report=report)], default_issuer="")
    return [mapping.exam_to_json(exam), statement]


if __name__ == "__main__":
    for name, made in dictionaries().items():
        file = Path(sys.argv[1]) / f"{name}-{sys.argv[2]}.txt"
        file.write_bytes(made)
        print(f"{file.name}: {len(made)} bytes, number {zlib.adler32(made):08x}")  # noqa: T201 - a program; it prints
