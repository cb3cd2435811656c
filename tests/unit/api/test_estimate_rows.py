"""Tests of api.web.estimate_rows."""

from datetime import UTC, datetime

from api.web.estimate_rows import EstimateBlock, estimate_block
from dose_core.dosimetry.estimate import Estimate, Input, Interval
from dose_core.estimating.case import Outcome
from dose_core.estimating.ssde import SERIES_INPUT, SIZE_INPUT, SLICE_INPUT
from dose_services.effective_dose import EffectiveDoseSwitch
from dose_services.exam_estimates import EstimatesState, EstimateView, ExamEstimates, opened_by
from dose_services.viewer_links import ViewerTemplate

VIEWER = ViewerTemplate("https://pacs.example/?s={StudyInstanceUID}[&series={SeriesInstanceUID}][&i={SOPInstanceUID}]")
SIZE = Input(name=f"{SIZE_INPUT}, mean of 5 slices", value=271.34, unit="mm")
SEEN = (Input(name=SERIES_INPUT, value="2.25.5"), Input(name=SLICE_INPUT, value="2.25.6"))


OFF = EffectiveDoseSwitch(site="", is_on=False, reason=None, decided_by=None, decided_at=None)


def block(*inputs: Input) -> EstimateBlock:
    estimate = Estimate(
        value=12.3,
        unit="mGy",
        interval=Interval(low=9.8, high=14.8, coverage=None, source="a report"),
        method_id="ct-ssde",
        method_version="1",
        inputs=inputs,
        source="a report",
    )
    outcome = Outcome(quantity="ssde_mgy", result=estimate, event_uid="2.25.1")
    made_at = datetime(2031, 1, 2, tzinfo=UTC)
    told = EstimateView(value_id="x.outcomes.0.value", outcome=outcome, estimate=estimate, made_at=made_at)
    its = ExamEstimates(state=EstimatesState.COMPUTED, switch=OFF, estimates=(told,), refusals=(), stated=())
    made = estimate_block(its, ["2.25.1"], lambda one: VIEWER.address(opened_by("2.25.9", one)))
    assert made is not None
    return made


def test_a_size_that_was_measured_stands_beside_its_ssde_with_the_image_in_which_it_was_seen() -> None:
    (row,) = block(SIZE, *SEEN).rows

    assert row.size == "water-equivalent diameter, mean of 5 slices: 271.34 mm"
    assert row.image_url == "https://pacs.example/?s=2.25.9&series=2.25.5&i=2.25.6"


def test_a_size_that_an_object_states_opens_no_image() -> None:
    (row,) = block(Input(name=f"{SIZE_INPUT} as stated", value=271.0, unit="mm")).rows

    assert (row.size, row.image_url) == (None, None)
