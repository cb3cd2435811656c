"""The exams of real dose reports, dose screens and procedure steps of CT, written as dose SRs and read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from dose_core.errors import DoseError
from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.totals import Quantity
from dose_core.model import CtReport
from dose_core.readers.registry import read_dose
from dose_core.writers.ct_rdsr import KIND, write_ct_rdsr
from dose_core.writers.part10 import to_part10
from dose_core.writers.source_study import SourceStudy
from tests.builders.written import issue
from tests.support.content import judged
from tests.support.corpus import corpus_files, needs_corpus
from tests.support.read_as import read_as

_FOLDERS = ("ct_rdsr", "ct_dose_sc", "legacy_dose_sr", "synthetic_mpps")


def _of_ct(path: Path) -> bool:
    try:
        return isinstance(read_dose(path.read_bytes()), CtReport)
    except DoseError:
        return False


OBJECTS = [path for folder in _FOLDERS for path in corpus_files(folder) if path.is_file() and _of_ct(path)]


def exam_from(report: CtReport) -> Exam:
    """Return the exam of one object alone, whoever wrote it."""
    uid = report.study_instance_uid or "2.25.1"
    return exam_of(uid, [Statement(key="one", report=replace(report, our_own=False))])


def dlps(exam: Exam) -> dict[str | None, float | None]:
    """Return what the exam counts as DLP."""
    return {total.of: total.value for total in exam.totals if total.quantity is Quantity.DLP and not total.missing}


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize("path", OBJECTS, ids=lambda path: path.name)
def test_real_exams_are_written_validly_and_come_back(path: Path, tmp_path: Path) -> None:
    exam = exam_from(read_as(CtReport, path.read_bytes()))
    source = SourceStudy(study_instance_uid=exam.study_instance_uid)
    written = judged(write_ct_rdsr(exam, source, issue(KIND)), tmp_path)
    read = read_as(CtReport, to_part10(written))

    assert exam.ct is not None
    assert [one.event_uid for one in read.events] == [one.event_uid for one in exam.ct.events]
    for one, event in zip(exam.ct.events, read.events, strict=True):
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm) == pytest.approx((one.event.ctdi_vol_mgy, one.event.dlp_mgy_cm))
        if event.ctdi_vol_mgy is not None:  # of a localizer without dose no phantom is written
            assert event.phantom_diameter_mm == one.event.phantom_diameter_mm
        assert event.acquisition_type == one.event.acquisition_type
    again = dlps(exam_from(read))
    assert {of: again[of] for of in dlps(exam)} == pytest.approx(dlps(exam))


@needs_corpus
def test_there_are_objects_of_each_kind() -> None:
    assert len(OBJECTS) >= 15
