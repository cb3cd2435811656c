"""
Effective doses of administrations and glandular doses of mammograms, of real devices.

Oracles: the activities as the objects state them, read straight from the data set, times the published coefficient;
what the devices computed themselves (``expected_sr.json``).
"""

from uuid import UUID, uuid5

import pytest
from pydicom import dcmread

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import Case, Outcome, Subject
from dose_core.estimating.mammography_agd import MammographyAgd, disagreements
from dose_core.estimating.nm_effective_dose import NmEffectiveDose
from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.expected_sr import EXPECTED

pytestmark = [needs_corpus, pytest.mark.real_dicom]

ROOT = UUID("018f2d7a-0000-7000-8000-00000000c7b1")
PET_REPORT = "nm_rrdsr/openREM__NM-RRDSR-Siemens.dcm"
HOLOGIC = "mg_rdsr/openREM__MG-RDSR-Hologic_2D.dcm"
_BQ_PER_MBQ = 1e6


def exam(name: str) -> Exam:
    report = read_dose((CORPUS / name).read_bytes())
    return exam_of(report.study_instance_uid or "", [Statement(key=str(uuid5(ROOT, name)), report=report)])


def outcomes(method: NmEffectiveDose | MammographyAgd, name: str) -> list[Outcome]:
    return list(method.outcomes(Case(exam=exam(name), revision_id=ROOT, subject=Subject(age_years=50.0))))


def test_a_pet_report_has_the_coefficient_of_fdg_and_its_own_estimate_lies_within() -> None:
    # Andersson 2015: 0.0171 mSv/MBq with the weights of ICRP 103; the device took the 0.019 of ICRP 128.
    each, whole = outcomes(NmEffectiveDose(), PET_REPORT)
    (stated,) = EXPECTED[PET_REPORT]["nm"]
    assert isinstance(each.result, Estimate), each.result
    assert isinstance(whole.result, Estimate), whole.result
    assert each.result.value == whole.result.value == pytest.approx(stated["activity_MBq"] * 0.0171)
    (one,) = exam(PET_REPORT).nuclear
    its_own = one.event.effective_dose_msv
    assert its_own == pytest.approx(394 * 0.019)
    assert its_own is not None
    assert each.result.interval.low < its_own < each.result.interval.high


@pytest.mark.parametrize(
    ("name", "msv_per_mbq", "per_mbq"),
    [
        ("openREM__NM-PetIm-GE", 0.0171, _BQ_PER_MBQ),
        ("fo-dicom__GH610", 0.0171, _BQ_PER_MBQ),
        ("orthanc-tests__Issue94", 0.0171, _BQ_PER_MBQ),
        ("openREM__NM-NmIm-Siemens-s1-1", 0.009, 1),  # sestamibi; NM states MBq (PS3.3, C.8.4.10)
        ("openREM__NM-NmIm-Siemens", 0.0049, 1),  # DPD, a phosphonate
    ],
)
def test_an_image_has_the_coefficient_of_the_agent_that_it_names(name: str, msv_per_mbq: float, per_mbq: float) -> None:
    file = f"pt_nm_image/{name}.dcm"
    (source,) = dcmread(CORPUS / file, stop_before_pixels=True).RadiopharmaceuticalInformationSequence
    whole = outcomes(NmEffectiveDose(), file)[-1].result
    assert isinstance(whole, Estimate), whole
    assert whole.value == pytest.approx(float(source.RadionuclideTotalDose) / per_mbq * msv_per_mbq)


def test_the_glandular_doses_of_a_2d_report_agree_with_those_that_the_device_states() -> None:
    stated = [event["agd_mGy"] for event in EXPECTED[HOLOGIC]["xray"]["events"]]
    computed = [one.result for one in outcomes(MammographyAgd(), HOLOGIC)]
    assert len(computed) == len(stated) == 2
    for one, agd in zip(computed, stated, strict=True):
        assert isinstance(one, Estimate), one
        assert one.value == pytest.approx(agd, rel=0.1)
        assert one.interval.low < agd < one.interval.high
    assert disagreements(exam(HOLOGIC)) == ()


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("mg_rdsr/openREM__MG-RDSR-GEPristina-2D.dcm", "factor s of rhodium with silver"),
        ("mg_rdsr/openREM__MG-RDSR-GEPristina-DBT.dcm", "factors t of tomosynthesis (Dance 2011)"),
        ("mg_image/openREM__MG-Im-GE_Seno_1_ForProcessing.dcm", "half-value layer"),
    ],
)
def test_mammograms_that_nobody_published_a_factor_for_name_what_is_missing(name: str, missing: str) -> None:
    found = {outcome.result for outcome in outcomes(MammographyAgd(), name)}
    assert found
    assert all(isinstance(one, NotComputable) and one.missing == (missing,) for one in found)
    assert disagreements(exam(name)) == ()
