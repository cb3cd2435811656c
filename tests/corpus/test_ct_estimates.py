"""
Effective doses of CT exams of real devices.

Oracles: ``expected_sr.json`` for the DLP of each event, read straight from the bytes; Lee et al. 2012, Table XII
(ICRP 103, adults, 120 kV: chest 0.0210, abdomen and pelvis 0.0179, trunk 0.0180).
"""

from math import fsum
from uuid import UUID, uuid5

import pytest

from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.case import Case, Subject
from dose_core.estimating.ct_effective_dose import icrp103
from dose_core.ledger.exam import Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.expected_sr import EXPECTED

pytestmark = [needs_corpus, pytest.mark.real_dicom]

ROOT = UUID("018f2d7a-0000-7000-8000-00000000c7b0")


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("ct_rdsr/openREM__CT-RDSR-Siemens-Continued-1.dcm", 0.0210),
        ("ct_rdsr/openREM__CT-RDSR-Siemens-Multi-3.dcm", 0.0210),
        ("ct_rdsr/openREM__CT-RDSR-Siemens_Flash-TAP-SS.dcm", 0.0179),
        ("ct_rdsr/openREM__CT-RDSR-Toshiba_DoseCheck.dcm", 0.0179),
        ("ct_rdsr/openREM__CT-RDSR-ToshibaPixelMed.dcm", 0.0180),
    ],
)
def test_the_dose_of_a_report_is_that_of_its_events_but_localisers(name: str, factor: float) -> None:
    report = read_dose((CORPUS / name).read_bytes())
    exam = exam_of(report.study_instance_uid or "", [Statement(key=str(uuid5(ROOT, name)), report=report)])
    whole = icrp103().outcomes(Case(exam=exam, revision_id=ROOT, subject=Subject(age_years=50.0)))[-1].result

    events = [event for event in EXPECTED[name]["ct"]["events"] if "Constant Angle" not in event["type"]]
    stated = fsum(event["dlp_mGycm"] for event in events)
    assert isinstance(whole, Estimate), whole
    assert whole.value == pytest.approx(stated * factor)
    assert whole.interval.low < whole.value < whole.interval.high
