"""Tests of dose_core.estimating.ct_effective_dose: what is said of each event of a CT exam and of all of them."""

from collections.abc import Sequence

import pytest

from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable
from dose_core.estimating.case import Case, Outcome, Subject
from dose_core.estimating.ct_effective_dose import icrp60, icrp103
from dose_core.model import AcquisitionType, XRaySource
from tests.builders.ct_estimation import (
    ABDOMEN,
    HEART,
    LUMBAR_SPINE,
    REVISION,
    STATEMENT,
    ct_case,
    head_scan,
    localiser,
    scan,
)
from tests.builders.ct_exam import estimate


def estimated(outcome: Outcome) -> Estimate:
    assert isinstance(outcome.result, Estimate), outcome.result
    return outcome.result


def refused(outcome: Outcome) -> NotComputable:
    assert isinstance(outcome.result, NotComputable)
    return outcome.result


def whole(case: Case) -> Outcome:
    """Return what is said of the exam, with the weights of ICRP 103."""
    return icrp103().outcomes(case)[-1]


def test_an_exam_without_ct_gets_none() -> None:
    case = ct_case()
    assert icrp103().outcomes(case) == ()


def test_each_event_is_told_and_all_together() -> None:
    """100 x 0.021 = 2.1 and 1000 x 0.0017 = 1.7 mSv (Lee et al. 2012, Table XII, 120 kV)."""
    chest, head, every = icrp103().outcomes(ct_case(scan(1), head_scan(2)))

    assert [one.event_uid is None for one in (chest, head, every)] == [False, False, True]
    assert estimated(chest).value == pytest.approx(2.1)
    assert estimated(head).value == pytest.approx(1.7)
    assert estimated(every).value == pytest.approx(3.8)


def test_intervals_of_events_add_up() -> None:
    every = estimated(whole(ct_case(scan(1), head_scan(2))))
    assert every.interval.low == pytest.approx(3.8 * 0.6)
    assert every.interval.high == pytest.approx(3.8 * 1.4)


def test_two_phases_of_one_region_count_twice() -> None:
    assert estimated(whole(ct_case(scan(1), scan(2)))).value == pytest.approx(4.2)


def test_a_localiser_has_none_and_hinders_none() -> None:
    outcomes = icrp103().outcomes(ct_case(localiser(), scan(1)))
    assert len(outcomes) == 2
    assert estimated(outcomes[-1]).value == pytest.approx(2.1)


def test_the_sum_is_refused_if_an_event_states_no_dlp() -> None:
    first, second, every = icrp103().outcomes(ct_case(scan(1), scan(2, dlp_mgy_cm=None)))
    assert isinstance(first.result, Estimate)
    assert refused(second).missing == ("DLP",)
    assert refused(every).missing == ("DLP",)
    assert "1 of 2" in refused(every).reason


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        (ct_case(scan(1, phantom_diameter_mm=None)), ("CTDIw phantom",)),
        (ct_case(scan(1, target_region=None)), ("region",)),
        (ct_case(scan(1), subject=Subject()), ("age",)),
        (ct_case(scan(1, dlp_mgy_cm=None, target_region=None), subject=Subject()), ("DLP", "region", "age")),
    ],
)
def test_what_is_missing_is_named(case: Case, missing: Sequence[str]) -> None:
    assert refused(whole(case)).missing == tuple(missing)


def test_a_total_without_events_is_refused() -> None:
    (every,) = icrp103().outcomes(ct_case(dlp_mgy_cm=500.0))
    assert refused(every).missing == ("irradiation events",)


def test_a_body_part_tells_the_region_as_well_as_a_code() -> None:
    assert estimated(whole(ct_case(scan(1, target_region=None, body_part="CHEST")))).value == pytest.approx(2.1)


def test_an_event_that_names_no_region_takes_that_of_the_exam_and_the_interval_of_its_neighbours() -> None:
    """Rows of adults at 120 kV on 32 cm: chest 0.021, abdomen and pelvis 0.0179, trunk 0.018, heart 0.02811."""
    unnamed = estimated(icrp103().outcomes(ct_case(scan(1), scan(2, target_region=None)))[1])
    assert unnamed.value == pytest.approx(2.1)
    assert unnamed.interval.low == pytest.approx(1.79 * 0.6)
    assert unnamed.interval.high == pytest.approx(2.811 * 1.4)
    assert any("names no region" in one for one in unnamed.caveats)


def test_an_exam_of_several_regions_tells_no_region_of_an_event_that_names_none() -> None:
    events = ct_case(scan(1), head_scan(2), scan(3, target_region=None))
    assert refused(icrp103().outcomes(events)[2]).missing == ("region",)


def test_a_part_of_a_region_takes_the_factor_of_the_whole_and_says_so() -> None:
    """Abdomen and pelvis, adults, 120 kV: 0.0179."""
    abdomen = estimated(whole(ct_case(scan(1, target_region=ABDOMEN))))
    assert abdomen.value == pytest.approx(1.79)
    assert any("larger region than the abdomen" in one for one in abdomen.caveats)


def test_the_heart_has_a_factor_of_its_own_with_the_weights_of_icrp_103_alone() -> None:
    case = ct_case(scan(1, target_region=HEART))
    assert estimated(whole(case)).value == pytest.approx(2.811)
    assert "heart" in refused(icrp60().outcomes(case)[-1]).reason


def test_a_region_without_a_checked_factor_is_refused_by_name() -> None:
    assert "spine" in refused(whole(ct_case(scan(1, target_region=LUMBAR_SPINE)))).reason


def test_a_table_that_stands_still_is_told() -> None:
    tracking = scan(1, acquisition_type=AcquisitionType.STATIONARY)
    assert any("stands still" in one for one in estimated(whole(ct_case(tracking))).caveats)


def test_an_estimated_dlp_brings_its_interval() -> None:
    """150 to 179 mGy.cm times 0.021, 40 % less and more."""
    dose = estimated(whole(ct_case(scan(1, estimate=estimate(150.0), dlp_mgy_cm=None))))
    assert dose.value == pytest.approx(3.15)
    assert dose.interval.low == pytest.approx(3.15 * 0.6)
    assert dose.interval.high == pytest.approx(179 * 0.021 * 1.4)
    assert any("estimate from image headers" in one for one in dose.caveats)
    assert dose.inputs[0].value_id == f"{REVISION}.ct.events.0.dlp_estimate"


def test_a_stated_dlp_outranks_an_estimated_one() -> None:
    dose = estimated(whole(ct_case(scan(1, estimate=estimate(150.0)))))
    assert dose.inputs[0].value == 100.0


def test_a_dlp_of_the_exam_that_its_events_do_not_reach_is_told() -> None:
    dose = estimated(whole(ct_case(scan(1), dlp_mgy_cm=180.0)))
    assert any("DLP of the exam is 180 mGy.cm" in one and "add up to 100 mGy.cm" in one for one in dose.caveats)


def test_a_localiser_that_states_a_dlp_is_left_out_and_told() -> None:
    topogram = localiser(dlp_mgy_cm=5.0)
    dose = estimated(whole(ct_case(topogram, scan(1))))
    assert dose.value == pytest.approx(2.1)
    assert any("localisers are left out" in one for one in dose.caveats)


def test_an_exam_of_localisers_alone_is_refused() -> None:
    (every,) = icrp103().outcomes(ct_case(localiser(dlp_mgy_cm=5.0)))
    assert "localiser" in refused(every).reason


def test_inputs_lead_to_what_states_them() -> None:
    ids = {one.name: one.value_id for one in estimated(icrp103().outcomes(ct_case(scan(1)))[0]).inputs}
    assert ids["DLP"] == f"{STATEMENT}.events.0.dlp_mgy_cm"
    assert ids["CTDIw phantom"] == f"{STATEMENT}.events.0.phantom_diameter_mm"
    assert ids["tube voltage 1"] == f"{STATEMENT}.events.0.sources.0.kv"
    assert ids["factor"] is None


def test_a_tube_of_unknown_voltage_is_no_tube_for_the_ids() -> None:
    event = scan(1, sources=(XRaySource(), XRaySource(kv=100.0)))
    ids = {one.name: one.value_id for one in estimated(icrp103().outcomes(ct_case(event))[0]).inputs}
    assert ids["tube voltage 1"] == f"{STATEMENT}.events.0.sources.1.kv"


def test_each_recommendation_is_a_method_of_its_own() -> None:
    """Chest, adults: 0.014 with ICRP 60 (AAPM 96)."""
    (event, every) = icrp60().outcomes(ct_case(scan(1)))
    assert (icrp60().id, icrp103().id) == ("ct-effective-dose-icrp60", "ct-effective-dose-icrp103")
    assert estimated(event).method_id == estimated(every).method_id == icrp60().id
    assert estimated(every).value == pytest.approx(1.4)


def test_every_interval_names_its_source() -> None:
    interval: Interval = estimated(whole(ct_case(scan(1)))).interval
    assert "Martin" in interval.source
    assert interval.coverage is None
