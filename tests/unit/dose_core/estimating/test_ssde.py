"""Tests of dose_core.estimating.ssde."""

from dataclasses import replace
from uuid import UUID

import pytest

from dose_core.dosimetry.estimate import NO_PUBLISHED_UNCERTAINTY, Estimate, NotComputable
from dose_core.estimating.case import Case, MeasuredSize, Outcome, Subject
from dose_core.estimating.ssde import SERIES_INPUT, SLICE_INPUT, Ssde
from dose_core.ledger.exam import Exam, Filled, Place
from dose_core.model import AcquisitionType, CtEvent
from tests.builders import exams

REVISION = UUID("00000000-0000-4000-8000-000000000001")
REPORT, IMAGES = UUID("00000000-0000-4000-8000-000000000002"), UUID("00000000-0000-4000-8000-000000000003")
SCAN = CtEvent(
    event_uid="2.25.1",
    acquisition_type=AcquisitionType.SPIRAL,
    body_part="ABDOMEN",
    ctdi_vol_mgy=10.0,
    dlp_mgy_cm=300.0,
    phantom_diameter_mm=320,
)
MEASURED = MeasuredSize(
    event_uid="2.25.1",
    dw_mm=(300.0, 300.0),
    z_mm=(0.0, 5.0),
    ctdi_vol_mgy=(8.0, 12.0),
    series_instance_uid="2.25.50",
    sop_instance_uid="2.25.51",
    method="slices",
)


def of(
    *events: CtEvent, sizes: tuple[MeasuredSize | NotComputable, ...] | None = None, exam: Exam | None = None
) -> tuple[Outcome, ...]:
    case = Case(exam=exam or exams.ct(*events), revision_id=REVISION, subject=Subject(weight_kg=80.0), sizes=sizes)
    return tuple(Ssde().outcomes(case))


def estimate(outcome: Outcome) -> Estimate:
    assert isinstance(outcome.result, Estimate), outcome.result
    return outcome.result


def refusal(outcome: Outcome) -> NotComputable:
    assert isinstance(outcome.result, NotComputable), outcome.result
    return outcome.result


class TestAMeasuredSize:
    def test_gives_the_ssde_of_its_event(self) -> None:
        (told,) = of(SCAN, sizes=(MEASURED,))

        assert (told.quantity, told.event_uid, told.of) == ("ssde_mgy", "2.25.1", None)
        assert round(estimate(told).value, 1) == 12.3  # table 1D of AAPM Report 204: 1.23 at 30 cm

    def test_names_the_series_and_the_slice_in_which_it_was_seen(self) -> None:
        inputs = {one.name: one.value for one in estimate(of(SCAN, sizes=(MEASURED,))[0]).inputs}

        assert (inputs[SERIES_INPUT], inputs[SLICE_INPUT]) == ("2.25.50", "2.25.51")

    def test_goes_before_one_that_an_object_states(self) -> None:
        stated = replace(SCAN, dw_mm=200.0)

        assert estimate(of(stated, sizes=(MEASURED,))[0]).value == estimate(of(SCAN, sizes=(MEASURED,))[0]).value

    def test_of_another_event_says_nothing(self) -> None:
        other = replace(MEASURED, event_uid="2.25.9")

        assert refusal(of(SCAN, sizes=(other,))[0]).missing == ("size of the patient",)

    def test_brings_its_caveats(self) -> None:
        cut = replace(MEASURED, caveats=("2 slices are cut off",))

        assert "2 slices are cut off" in estimate(of(SCAN, sizes=(cut,))[0]).caveats

    def test_takes_the_mean_ctdi_vol_where_the_slices_state_none(self) -> None:
        unstated = replace(MEASURED, ctdi_vol_mgy=(8.0, None))

        told = estimate(of(SCAN, sizes=(unstated,))[0])

        assert round(told.value, 1) == 12.3
        assert any("CTDIvol" in one for one in told.caveats)
        ids = {one.name: one.value_id for one in told.inputs}
        assert ids["CTDIvol"] == f"{REVISION}.ct.events.0.event.ctdi_vol_mgy"


class TestAnEffectiveDiameter:
    CUT = replace(MEASURED, dw_mm=(), effective_mm=(200.0, 200.0), caveats=("stands for the other",))

    def test_gives_the_ssde_by_the_same_factors(self) -> None:
        told = estimate(of(SCAN, sizes=(self.CUT,))[0])

        assert round(told.value, 1) == 17.8  # table 1D of AAPM Report 204: 1.78 at 20 cm
        assert (told.interval.low, told.interval.high) == pytest.approx((0.8 * told.value, 1.2 * told.value))

    def test_is_named_as_what_it_is(self) -> None:
        told = estimate(of(SCAN, sizes=(self.CUT,))[0])

        assert "effective diameter, mean of 2 slices" in [one.name for one in told.inputs]
        assert told.caveats == ("stands for the other",)


class TestASizeFromALocaliser:
    SCOUT = replace(MEASURED, ctdi_vol_mgy=(None, None), method="localiser")

    def test_is_told_and_makes_no_estimate_since_no_uncertainty_of_it_is_published(self) -> None:
        told = refusal(of(SCAN, sizes=(self.SCOUT,))[0])

        assert told.reason == NO_PUBLISHED_UNCERTAINTY
        assert "300 mm" in told.missing[0]

    def test_goes_behind_one_in_slices_and_one_that_is_stated(self) -> None:
        stated = replace(SCAN, dw_mm=200.0)

        assert round(estimate(of(SCAN, sizes=(self.SCOUT, MEASURED))[0]).value, 1) == 12.3
        assert round(estimate(of(stated, sizes=(self.SCOUT,))[0]).value, 1) == 17.8

    def test_of_another_event_says_nothing(self) -> None:
        other = replace(self.SCOUT, event_uid="2.25.9")

        assert refusal(of(SCAN, sizes=(other,))[0]).missing == ("size of the patient",)


class TestASizeThatAnObjectStates:
    def test_stands_for_the_whole_scan(self) -> None:
        told = estimate(of(replace(SCAN, dw_mm=200.0))[0])

        assert round(told.value, 1) == 17.8  # table 1D: 1.78 at 20 cm
        assert told.caveats == ("one size stands for the whole scan",)

    def test_leads_to_the_object_that_states_it(self) -> None:
        (event,) = exams.ct_events(replace(SCAN, dw_mm=200.0))
        placed = replace(
            event,
            places=(Place(statement=str(REPORT), index=2), Place(statement=str(IMAGES), index=0)),
            filled=(Filled(field="dw_mm", place=1),),
        )
        exam = exams.ct()
        assert exam.ct is not None

        told = estimate(of(exam=replace(exam, ct=replace(exam.ct, events=(placed,))))[0])

        ids = {one.name: one.value_id for one in told.inputs}
        assert ids["water-equivalent diameter as stated"] == f"{IMAGES}.events.0.dw_mm"
        assert ids["CTDIvol"] == f"{REPORT}.events.2.ctdi_vol_mgy"


class TestWhatIsRefused:
    def test_is_a_scan_without_size_and_never_one_by_weight(self) -> None:
        assert refusal(of(SCAN)[0]).missing == ("size of the patient",)

    def test_tells_all_reasons_why_there_is_no_size(self) -> None:
        reasons = ("cut off", "not calibrated", "cut off")
        why = tuple(NotComputable(missing=("size",), reason=reason) for reason in reasons)

        assert refusal(of(SCAN, sizes=why)[0]).reason == "cut off; not calibrated"

    def test_tells_why_no_image_was_measured(self) -> None:
        why = NotComputable(missing=("images",), reason="the archive has no images of the study")

        assert refusal(of(SCAN, sizes=(why,))[0]).reason == why.reason

    @pytest.mark.parametrize("dw_mm", [30.0, -300.0, 3000.0, float("nan"), float("inf")])
    def test_is_a_size_that_no_patient_has(self, dw_mm: float) -> None:
        assert "no patient" in refusal(of(replace(SCAN, dw_mm=dw_mm))[0]).reason

    def test_is_an_unknown_phantom(self) -> None:
        unknown = replace(SCAN, phantom_diameter_mm=None)

        assert refusal(of(unknown, sizes=(MEASURED,))[0]).missing == ("CTDIw phantom type",)

    @pytest.mark.parametrize("body_part", ["HEAD", "NECK", "KNEE"])
    @pytest.mark.parametrize("phantom_mm", [160, 320])
    def test_is_what_is_no_trunk(self, body_part: str, phantom_mm: int) -> None:
        scan = replace(SCAN, body_part=body_part, phantom_diameter_mm=phantom_mm)

        assert "factors for" in refusal(of(scan, sizes=(MEASURED,))[0]).missing[0]

    @pytest.mark.parametrize("body_part", [None, "CSPINE", "WHOLEBODY"])
    def test_is_the_head_phantom_where_nobody_says_if_it_was_a_head(self, body_part: str | None) -> None:
        scan = replace(SCAN, body_part=body_part, phantom_diameter_mm=160)

        assert refusal(of(scan, sizes=(MEASURED,))[0]).missing == ("region",)

    def test_is_a_scan_of_one_place(self) -> None:
        scan = replace(SCAN, acquisition_type=AcquisitionType.STATIONARY)

        assert refusal(of(scan, sizes=(MEASURED,))[0]).missing == ("a table that moves",)


def test_a_childs_body_on_the_head_phantom_gets_the_factors_of_that_phantom() -> None:
    scan = replace(SCAN, phantom_diameter_mm=160)

    assert round(estimate(of(scan, sizes=(MEASURED,))[0]).value, 1) == 5.9  # table 2D: 0.59 at 30 cm


@pytest.mark.parametrize("body_part", [None, "CSPINE", "WHOLEBODY"])
def test_the_body_phantom_stands_for_a_trunk_where_nobody_says_so_with_a_caveat(body_part: str | None) -> None:
    scan = replace(SCAN, body_part=body_part)

    assert any("region" in one for one in estimate(of(scan, sizes=(MEASURED,))[0]).caveats)


def test_a_localiser_and_an_exam_without_ct_get_nothing() -> None:
    localiser = replace(SCAN, acquisition_type=AcquisitionType.CONSTANT_ANGLE)

    assert of(localiser) == ()
    assert of(exam=replace(exams.ct(), ct=None)) == ()
