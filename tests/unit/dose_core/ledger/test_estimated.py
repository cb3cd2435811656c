"""Tests of dose_core.ledger.estimated: a total that DoseLedger computed says how sure it is."""

from dataclasses import replace

import pytest

from dose_core.ledger.estimated import added, with_intervals
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Rival
from tests.builders.ct_exam import estimate, image_event, image_exam
from tests.builders.totals import total

# Two scans of 150 and 50 mGy.cm; each may be up to 29 mGy.cm more, as the builder of estimates says.
EXAM = image_exam(
    image_event("2.25.1", dlp_mgy_cm=150.0), image_event("2.25.2", dlp_mgy_cm=50.0, phantom_diameter_mm=160)
)


def test_the_deviations_of_the_parts_add() -> None:
    (told,) = with_intervals([total(Quantity.DLP, 200.0, basis=Basis.ESTIMATE)], EXAM)

    assert told.estimated is not None
    assert told.estimated.low == 200.0
    assert told.estimated.high == pytest.approx(258.0)
    assert told.estimated.methods == ("ct-dlp-from-image-headers version 1",)
    assert told.estimated.source == "a paper, invented"


def test_a_phantom_has_the_deviation_of_its_own_events() -> None:
    (told,) = with_intervals([total(Quantity.DLP, 50.0, of="160", basis=Basis.ESTIMATE)], EXAM)

    assert told.estimated is not None
    assert told.estimated.high == pytest.approx(79.0)


def test_an_estimate_that_was_not_chosen_says_how_sure_it_is_too() -> None:
    rival = Rival(source=Source.IMAGE_HEADER, basis=Basis.ESTIMATE, value=200.0)
    stated = replace(total(Quantity.DLP, 210.0, basis=Basis.STATED_TOTAL), rivals=(rival,))

    (told,) = with_intervals([stated], EXAM)

    assert told.estimated is None
    assert told.rivals[0].estimated is not None
    assert told.rivals[0].estimated.high == pytest.approx(258.0)


def test_what_sources_state_has_no_interval_of_ours() -> None:
    stated = [total(Quantity.DLP, 200.0), total(Quantity.CTDI_VOL_MAX, 5.0, of="320")]

    assert with_intervals(stated, EXAM) == tuple(stated)
    assert with_intervals(stated, None) == tuple(stated)


def test_one_part_keeps_its_coverage_and_several_have_none() -> None:
    sure = replace(estimate(100.0), interval=replace(estimate(100.0).interval, coverage=0.95))

    one, both = added([sure], 100.0), added([sure, sure], 200.0)

    assert one is not None
    assert one.coverage == 0.95
    assert both is not None
    assert both.coverage is None
    assert added([], 0.0) is None
