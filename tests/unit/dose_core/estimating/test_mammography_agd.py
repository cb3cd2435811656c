"""Tests of dose_core.estimating.mammography_agd: which exposures are checked, and what is said of them."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.mammography_agd import MammographyAgd, disagreements
from dose_core.ledger.source import Source
from dose_core.model import Code, MammographyEvent
from tests.builders.estimation_exams import STATEMENT, mammography_case, nuclear_case

AT_SURFACE = Code(value="113964", scheme="DCM", meaning="At Surface of Patient")
AT_STANDARD_BREAST = Code(value="113865", scheme="DCM", meaning="Entrance exposure to a 4.2 cm breast thickness")
VIEW = MammographyEvent(
    event_uid="2.25.801",
    laterality="L",
    view="CC",
    agd_mgy=1.05,
    entrance_dose_mgy=5.0,
    reference_point=AT_SURFACE,
    hvl_mm_al=0.40,
    thickness_mm=50.0,
    anode="molybdenum",
    filter="molybdenum",
    is_tomosynthesis=False,
)


def result(event: MammographyEvent, source: Source = Source.RDSR) -> Estimate | NotComputable:
    (outcome,) = MammographyAgd().outcomes(mammography_case(event, source=source))
    return outcome.result


def test_each_exposure_has_its_own_outcome_beside_the_stated_dose() -> None:
    left, right = MammographyAgd().outcomes(mammography_case(VIEW, replace(VIEW, laterality="R", event_uid="2.25.802")))
    assert [(one.quantity, one.of, one.event_uid) for one in (left, right)] == [
        ("agd_mgy", "L", "2.25.801"),
        ("agd_mgy", "R", "2.25.802"),
    ]
    assert isinstance(left.result, Estimate)
    assert left.result.value == pytest.approx(5 * 0.209)


def test_its_inputs_lead_to_the_object_that_states_them() -> None:
    computed = result(VIEW)
    assert isinstance(computed, Estimate)
    assert computed.inputs[0].value_id == f"{STATEMENT}.events.0.entrance_dose_mgy"


class TestTheEntranceDose:
    def test_of_a_report_counts_if_it_stands_for_the_surface_of_the_patient(self) -> None:
        assert isinstance(result(VIEW), Estimate)

    def test_of_an_image_does_so_by_the_standard(self) -> None:
        assert isinstance(result(replace(VIEW, reference_point=None), Source.IMAGE_HEADER), Estimate)

    @pytest.mark.parametrize("point", [None, "somewhere", Code(value="113860", scheme="DCM")])
    def test_of_a_report_does_not_count_for_another_point(self, point: Code | str | None) -> None:
        refused = result(replace(VIEW, reference_point=point))
        assert isinstance(refused, NotComputable)
        assert refused.missing == ("entrance dose at the surface of this breast",)

    @pytest.mark.parametrize(("thickness_mm", "counts"), [(42.0, True), (47.0, True), (37.0, True), (48.0, False)])
    def test_for_a_standard_breast_counts_for_those_of_nearly_its_thickness(
        self, thickness_mm: float, *, counts: bool
    ) -> None:
        event = replace(VIEW, reference_point=AT_STANDARD_BREAST, thickness_mm=thickness_mm)
        assert isinstance(result(event), Estimate) is counts


@pytest.mark.parametrize("changes", [{"view_modifiers": ("Magnification",)}, {"view": "SPECIMEN"}])
def test_views_that_are_not_of_a_whole_breast_in_contact_are_refused(changes: dict[str, object]) -> None:
    assert isinstance(result(replace(VIEW, **changes)), NotComputable)  # type: ignore[arg-type] # as parametrized


def test_a_stated_dose_that_the_factors_support_is_not_told() -> None:
    assert disagreements(mammography_case(VIEW).exam) == ()


def test_a_stated_dose_that_they_do_not_support_is_told_with_both_numbers() -> None:
    (text,) = disagreements(mammography_case(VIEW, replace(VIEW, agd_mgy=10.5)).exam)
    assert text == "L CC: 10.5 mGy are stated, 1.04 mGy (0.804 to 1.26) computed"


def test_without_a_stated_dose_or_a_computed_one_there_is_nothing_to_tell() -> None:
    silent = (replace(VIEW, agd_mgy=None), replace(VIEW, agd_mgy=10.5, hvl_mm_al=None))
    assert disagreements(mammography_case(*silent).exam) == ()


def test_an_exam_without_mammograms_is_not_its_own() -> None:
    assert MammographyAgd().outcomes(nuclear_case()) == ()
