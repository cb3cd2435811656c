"""Whose skin is to be looked at: who reaches a published level, a month after the exam."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from dose_core.dosimetry.trigger_levels import Indicator
from dose_core.estimating.skin_follow_up import follow_up, words_of
from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity, Total
from tests.builders.estimation_exams import projection_case


def exam(*totals: Total) -> Exam:
    """Return an exam of 1 March with these totals."""
    return replace(projection_case().exam, totals=totals, started_at=datetime(2026, 3, 1, 10, 0))  # noqa: DTZ001 - as stated


def total(quantity: Quantity, value: float, of: str | None = None) -> Total:
    """Return one total."""
    return Total(quantity=quantity, of=of, value=value, basis=None, source=None)


def test_an_exam_below_all_levels_asks_for_nothing() -> None:
    """4.9 Gy on a plane, 499 Gy.cm2, 59 minutes, 2.9 Gy of skin (levels: NCRP 168)."""
    below = exam(
        total(Quantity.KA_R, 4900.0, "a"),
        total(Quantity.KA_R, 4900.0, "b"),
        total(Quantity.DAP, 499.0),
        total(Quantity.FLUORO_TIME, 3540.0),
    )
    assert follow_up(below, 2900.0) is None


@pytest.mark.parametrize(
    ("totals", "peak_mgy", "indicator"),
    [
        ((total(Quantity.KA_R, 5000.0, "single"),), None, Indicator.KA_R),
        ((total(Quantity.DAP, 500.0),), None, Indicator.DAP),
        ((total(Quantity.FLUORO_TIME, 3600.0),), None, Indicator.FLUORO_TIME),
        ((), 3000.0, Indicator.PEAK_SKIN_DOSE),
    ],
)
def test_each_indicator_alone_asks_for_a_look_a_month_later(
    totals: tuple[Total, ...], peak_mgy: float | None, indicator: Indicator
) -> None:
    """5 Gy at the reference point, 500 Gy.cm2, 60 minutes, 3 Gy of skin; 30 days after 1 March is 31 March."""
    found = follow_up(exam(*totals), peak_mgy)
    assert found is not None
    assert {one.level.indicator for one in found.reached} == {indicator}
    assert found.due_on == date(2026, 3, 31)


def test_a_plane_of_a_dose_area_product_is_not_taken_for_the_whole() -> None:
    """Only the whole exam is compared."""
    assert follow_up(exam(total(Quantity.DAP, 900.0, "a")), None) is None


def test_the_words_tell_the_least_level_and_its_source_but_no_computed_dose() -> None:
    """An estimate is never told without its interval."""
    found = follow_up(exam(total(Quantity.KA_R, 12_000.0, "single")), 7123.0)
    assert found is not None
    words = words_of(found)
    assert "air kerma at the reference point 12 Gy, at or above 5 Gy" in words
    assert "peak skin dose at or above 3 Gy" in words
    assert "7.1" not in words
    assert "MPPG" in words or "NCRP" in words
