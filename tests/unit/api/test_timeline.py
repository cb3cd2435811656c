"""Tests of api.web.timeline and api.web.dose_words."""

from datetime import UTC, datetime

import pytest

from api.web.dose_words import basis_of, missing_part
from api.web.timeline import BASE_PX, TOP_PX, timeline
from dose_core.ledger.totals import Basis
from tests.builders.exam_summary import exam_summary

EARLY, MIDDLE, LATE = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2023, 2026))


def percent(place: str) -> float:
    return float(place.removesuffix("%"))


class TestATimeline:
    def test_places_exams_in_order_of_time(self) -> None:
        drawn = timeline([exam_summary(LATE), exam_summary(EARLY), exam_summary(MIDDLE)])

        assert drawn is not None
        early, middle, late = (percent(mark.x) for mark in drawn.marks)
        assert 0 < early < middle < late < 100
        assert middle == pytest.approx((early + late) / 2, abs=0.1)

    def test_places_doses_by_height(self) -> None:
        drawn = timeline([exam_summary(EARLY, dlp_mgy_cm=250.0), exam_summary(LATE, dlp_mgy_cm=500.0)])

        assert drawn is not None
        assert [mark.y for mark in drawn.marks] == [(BASE_PX + TOP_PX) / 2, TOP_PX]
        assert [tick.label for tick in drawn.dose_ticks] == ["0", "250", "500"]

    def test_shows_an_exam_without_dose_as_such(self) -> None:
        drawn = timeline([exam_summary(EARLY, dlp_mgy_cm=None, dlp_basis=None)])

        assert drawn is not None
        assert drawn.marks[0].css == "missing"
        assert "no dose known" in drawn.marks[0].label

    def test_counts_exams_that_state_no_time(self) -> None:
        drawn = timeline([exam_summary(EARLY), exam_summary(None)])

        assert drawn is not None
        assert (len(drawn.marks), drawn.undated) == (1, 1)

    def test_is_none_without_any_time(self) -> None:
        assert timeline([exam_summary(None)]) is None
        assert timeline([]) is None

    @pytest.mark.parametrize(
        ("first", "last", "labels"),
        [
            (EARLY, LATE, ["2020", "2021", "2022", "2023", "2024", "2025", "2026"]),
            (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC), ["Nov 2025", "Mar 2026", "Jun 2026"]),
            (
                datetime(2026, 6, 3, tzinfo=UTC),
                datetime(2026, 6, 5, tzinfo=UTC),
                ["02 Jun 2026", "04 Jun 2026", "06 Jun 2026"],
            ),
        ],
    )
    def test_has_few_ticks_whatever_the_span(self, first: datetime, last: datetime, labels: list[str]) -> None:
        drawn = timeline([exam_summary(first), exam_summary(last)])

        assert drawn is not None
        shown = [tick.label for tick in drawn.time_ticks]
        assert len(shown) <= 6
        assert set(shown) <= set(labels)


class TestTheBasis:
    @pytest.mark.parametrize(
        ("basis", "css", "word"),
        [
            (Basis.STATED_TOTAL, "stated", "states"),
            (Basis.SUM_OF_EVENTS, "stated", "sum"),
            (Basis.ESTIMATE, "estimate", "Over-ranging is not included"),
        ],
    )
    def test_is_told_in_words(self, basis: Basis, css: str, word: str) -> None:
        told = basis_of(exam_summary(EARLY, dlp_basis=basis))

        assert told.css == css
        assert word in told.text

    def test_names_what_is_missing(self) -> None:
        assert missing_part(exam_summary(EARLY, events=4, events_without_dlp=1)) == "1 of 4 events without DLP"
        assert missing_part(exam_summary(EARLY)) is None
