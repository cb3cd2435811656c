"""Tests of api.web.timeline."""

from datetime import UTC, datetime

import pytest

from api.web.timeline import Timeline, timeline
from dose_core.ledger.totals import Basis, Quantity
from dose_services.exams import ExamSummary
from tests.builders.exam_summary import exam_summary, total_view

EARLY, MIDDLE, LATE = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2023, 2026))


def percent(place: str) -> float:
    return float(place.removesuffix("%"))


def drawn(*exams: ExamSummary) -> Timeline:
    made = timeline(exams)
    assert made is not None
    return made


class TestATimeline:
    def test_places_exams_in_order_of_time(self) -> None:
        (lane,) = drawn(exam_summary(LATE), exam_summary(EARLY), exam_summary(MIDDLE)).lanes

        early, middle, late = (percent(mark.x) for mark in lane.marks)
        assert 0 < early < middle < late < 100
        assert middle == pytest.approx((early + late) / 2, abs=0.1)

    def test_places_doses_by_height(self) -> None:
        (lane,) = drawn(exam_summary(EARLY, dlp_mgy_cm=250.0), exam_summary(LATE, dlp_mgy_cm=500.0)).lanes

        top = float(lane.dose_ticks[2].place)
        assert [mark.y for mark in lane.marks] == [(lane.base_px + top) / 2, top]
        assert [tick.label for tick in lane.dose_ticks] == ["0", "250", "500"]

    def test_gives_each_quantity_a_lane_and_a_scale_of_its_own(self) -> None:
        made = drawn(
            exam_summary(EARLY, dlp_mgy_cm=400.0),
            exam_summary(MIDDLE, total_view(Quantity.DAP, 12.0), total_view(Quantity.KA_R, 90.0, of="a")),
            exam_summary(LATE, total_view(Quantity.AGD, 1.2, of="L"), total_view(Quantity.AGD, 1.3, of="R")),
        )

        assert [(lane.name, lane.unit, len(lane.marks)) for lane in made.lanes] == [
            ("DLP", "mGy·cm", 1),
            ("DAP", "Gy·cm²", 1),
            ("Average glandular dose", "mGy", 2),
        ]
        assert [lane.dose_ticks[2].label for lane in made.lanes] == ["500", "20", "2"]

    def test_shows_a_lower_bound_as_such(self) -> None:
        bound = total_view(Quantity.DAP, 2.0, basis=Basis.ACQUISITIONS_ONLY)

        (mark,) = drawn(exam_summary(EARLY, bound)).lanes[0].marks

        assert mark.css == "bound"
        assert "fluoroscopy not included" in mark.label

    def test_shows_an_exam_without_dose_as_such(self) -> None:
        (lane,) = drawn(exam_summary(EARLY, dlp_mgy_cm=None, dlp_basis=None)).lanes

        assert lane.marks[0].css == "missing"
        assert "no dose known" in lane.marks[0].label

    def test_never_places_it_at_a_dose_of_zero(self) -> None:
        dlp, unknown = drawn(exam_summary(EARLY), exam_summary(LATE, dlp_mgy_cm=None, dlp_basis=None)).lanes

        assert [mark.css for mark in dlp.marks] == ["stated"]
        assert (unknown.name, [mark.css for mark in unknown.marks], unknown.dose_ticks) == (
            "No dose known",
            ["missing"],
            (),
        )

    def test_counts_exams_that_state_no_time(self) -> None:
        made = drawn(exam_summary(EARLY), exam_summary(None))

        assert (len(made.lanes[0].marks), made.undated) == (1, 1)

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
        shown = [tick.label for tick in drawn(exam_summary(first), exam_summary(last)).time_ticks]

        assert len(shown) <= 6
        assert set(shown) <= set(labels)
