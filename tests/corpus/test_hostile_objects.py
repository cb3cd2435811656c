"""Whatever the bytes, reading ends soon, with a report or with a reason."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dose_core.errors import DoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import corpus_files, needs_corpus

if TYPE_CHECKING:
    from dose_core.model import DoseReport

HOSTILE = [
    path
    for folder in ("malformed_dicom", "fuzz_dicom", "synthetic_hostile_dicom", "charset", "sr_not_dose", "ct_image")
    for path in corpus_files(folder)
]
SECONDS = 2.0


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_gives_a_report_or_a_reason_within_seconds(path: Path) -> None:
    dicom = path.read_bytes()
    started = time.perf_counter()

    try:
        outcome: DoseReport | str = read_dose(dicom)
    except DoseError as reason:
        outcome = str(reason)

    assert outcome
    assert time.perf_counter() - started < SECONDS


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("synth__20_units_dlp_m.dcm", None),
        ("synth__21_units_ctdi_gy.dcm", None),
        ("synth__23_units_unknown.dcm", "no conversion from 'foo' to 'mGy'"),
        ("synth__51_negative_dose.dcm", "-0.15 is not a dose"),
        ("synth__28_event_count_mismatch.dcm", "99 events are stated, 1 are listed"),
        ("synth__45_duplicate_tag.dcm", "the element stands twice; the first one is used"),
    ],
)
def test_names_what_is_wrong_and_reads_the_rest(name: str, problem: str | None) -> None:
    """The seed of these files states one event with CTDIvol 0.15 mGy and DLP 7.46 mGy.cm."""
    path = next(path for path in HOSTILE if path.name == name)

    report = read_dose(path.read_bytes())

    (event,) = report.events
    assert event.ctdi_vol_mgy in (0.15, None)
    assert event.dlp_mgy_cm in (7.46, None)
    assert [warning.problem for warning in report.warnings][:1] == ([problem] if problem else [])
