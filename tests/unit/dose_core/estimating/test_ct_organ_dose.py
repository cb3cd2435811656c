"""Tests of dose_core.estimating.ct_organ_dose: what is said of each event and organ, and of each organ in all."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import Case, Outcome, Subject
from dose_core.estimating.ct_organ_dose import CtOrganDose
from dose_core.model import Code
from tests.builders.ct_estimation import ABDOMEN, ADULT, STATEMENT, ct_case, head_scan, localiser, scan

ABDOMEN_AND_PELVIS = Code(value="818982008", scheme="SCT", meaning="Abdomen and pelvis")


def told(case: Case) -> dict[tuple[str | None, str | None], Outcome]:
    """Return the outcomes by the event that they are of (``None`` the exam) and the organ."""
    return {(one.event_uid, one.of): one for one in CtOrganDose().outcomes(case)}


def value(outcome: Outcome) -> float:
    assert isinstance(outcome.result, Estimate), outcome.result
    return outcome.result.value


def test_an_exam_without_ct_events_gets_none() -> None:
    assert CtOrganDose().outcomes(ct_case()) == ()
    assert CtOrganDose().outcomes(ct_case(localiser())) == ()


def test_doses_of_two_phases_add_up_organ_by_organ_with_their_intervals() -> None:
    """Lungs, normal weight, women: 0.034; 100 and 100 mGy.cm."""
    lungs = told(ct_case(scan(1), scan(2)))[None, "lungs"]
    assert value(lungs) == pytest.approx(6.8)
    assert isinstance(lungs.result, Estimate)
    assert lungs.result.interval.high == pytest.approx(6.8 * 2.5)


def test_an_organ_of_two_regions_adds_what_each_gave_it() -> None:
    """Liver, normal weight, women: chest 0.035, abdomen and pelvis 0.025; lungs have no coefficient in the latter."""
    outcomes = told(ct_case(scan(1), scan(2, target_region=ABDOMEN_AND_PELVIS)))
    assert value(outcomes[None, "liver"]) == pytest.approx(6.0)
    lungs = outcomes[None, "lungs"].result
    assert isinstance(lungs, NotComputable)
    assert "1 of 2" in lungs.reason


def test_an_event_without_doses_hinders_every_sum_and_no_other_event() -> None:
    first, second = scan(1), scan(2, dlp_mgy_cm=None)
    outcomes = told(ct_case(first, second))
    assert value(outcomes[first.event_uid, "lungs"]) == pytest.approx(3.4)
    assert isinstance(outcomes[second.event_uid, None].result, NotComputable)
    assert isinstance(outcomes[None, "lungs"].result, NotComputable)


def test_a_part_of_the_region_is_refused() -> None:
    """The coefficients are those of abdomen and pelvis scanned together."""
    (refusal,) = CtOrganDose().outcomes(ct_case(scan(1, target_region=ABDOMEN)))
    assert isinstance(refusal.result, NotComputable)
    assert refusal.result.missing == ("region: head, chest, or abdomen and pelvis",)


def test_a_region_that_only_the_exam_names_is_none() -> None:
    outcomes = CtOrganDose().outcomes(ct_case(scan(1), scan(2, target_region=None)))
    refused = [one for one in outcomes if one.event_uid and isinstance(one.result, NotComputable)]
    assert len(refused) == 1


def test_the_head_has_doses_of_its_own() -> None:
    """Brain, women: 0.047; 1000 mGy.cm on 16 cm."""
    assert value(told(ct_case(head_scan(1)))[None, "brain"]) == pytest.approx(47.0)


@pytest.mark.parametrize(
    "subject",
    [Subject(), replace(ADULT, weight_kg=None), replace(ADULT, sex=None), replace(ADULT, age_years=10.0)],
)
def test_who_is_not_known_is_refused(subject: Subject) -> None:
    (refusal,) = CtOrganDose().outcomes(ct_case(scan(1), subject=subject))
    assert isinstance(refusal.result, NotComputable)


def test_the_dlp_leads_to_what_states_it() -> None:
    lungs = told(ct_case(scan(1)))[None, "lungs"].result
    assert isinstance(lungs, Estimate)
    assert lungs.inputs[0].value_id == f"{STATEMENT}.events.0.dlp_mgy_cm"
