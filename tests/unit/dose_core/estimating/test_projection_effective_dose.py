"""Tests of dose_core.estimating.projection_effective_dose: which exams have a factor, and what they are asked for."""

from dataclasses import replace

import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.estimating.case import Case
from dose_core.estimating.projection_effective_dose import ProjectionEffectiveDose
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import EventType, Filter, ProjectionEvent
from tests.builders.estimation_exams import REVISION, nuclear_case, projection_case

COPPER = Filter(material="copper", min_mm=0.1, max_mm=0.1)
ALUMINIUM = Filter(material="aluminum", max_mm=1.0)
CINE = ProjectionEvent(
    event_uid="2.25.901",
    event_type=EventType.STATIONARY_ACQUISITION,
    dap_gy_cm2=20.0,
    filters=(ALUMINIUM, COPPER),
    primary_angle_deg=0.0,
    patient_position="HFS",
)
DAP = Total(quantity=Quantity.DAP, value=20.0, basis=Basis.STATED_TOTAL, source=Source.RDSR)
TIME = Total(quantity=Quantity.FLUORO_TIME, value=60.0, basis=Basis.STATED_TOTAL, source=Source.RDSR)


def result(case: Case) -> Estimate | NotComputable:
    (outcome,) = ProjectionEffectiveDose().outcomes(case)
    assert (outcome.quantity, outcome.of, outcome.event_uid) == ("effective_dose_msv", "projection", None)
    return outcome.result


def of(event: ProjectionEvent, total: Total = DAP) -> Estimate | NotComputable:
    return result(projection_case(event, totals=(TIME, total)))


def test_an_angiography_of_the_heart_has_the_factor_of_its_copper_and_leads_to_its_total() -> None:
    estimate = of(CINE)
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(20 * 0.27)
    assert estimate.inputs[0].value_id == f"{REVISION}.totals.1.value"


@pytest.mark.parametrize(
    ("filters", "factor"),
    [
        ((ALUMINIUM,), 0.16),
        ((Filter(material="none"),), 0.16),
        ((Filter(material="copper", max_mm=0.3), COPPER), 0.34),
        ((Filter(material="copper", min_mm=0.9),), 0.40),
    ],
    ids=["aluminium alone", "stated none", "two of copper", "least thickness alone"],
)
def test_copper_is_added_up_and_none_of_it_is_zero(filters: tuple[Filter, ...], factor: float) -> None:
    estimate = of(replace(CINE, filters=filters))
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(20 * factor)


@pytest.mark.parametrize("filters", [(), (Filter(),), (Filter(material="copper"),)])
def test_filters_that_nobody_states_are_not_taken_for_none(filters: tuple[Filter, ...]) -> None:
    estimate = of(replace(CINE, filters=filters))
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(20 * 0.24)


def test_a_report_that_does_not_tell_angiography_from_fluoroscopy_is_enough_for_the_heart() -> None:
    estimate = result(projection_case(CINE, modality="RF", totals=(DAP,)))
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(20 * 0.27)


@pytest.mark.parametrize(
    "changes",
    [{"value": None, "basis": None}, {"missing": 1}, {"basis": Basis.ACQUISITIONS_ONLY}],
    ids=["unknown", "a part is missing", "without fluoroscopy"],
)
def test_a_dose_area_product_that_is_not_the_whole_is_refused(changes: dict[str, object]) -> None:
    refused = of(CINE, replace(DAP, **changes))  # type: ignore[arg-type] # as parametrized
    assert isinstance(refused, NotComputable)
    assert refused.missing == ("dose-area product of the whole exam",)


def test_the_total_of_one_plane_is_not_that_of_the_exam() -> None:
    assert isinstance(of(CINE, replace(DAP, of="a")), NotComputable)


@pytest.mark.parametrize(
    ("region", "modality"),
    [
        (Region.HEART, "DX"),
        (Region.LOWER_EXTREMITY, "RF"),
        (Region.CHEST, "DX"),
        (Region.HEAD, "XA"),
        (Region.SEVERAL, "XA"),
        (None, "XA"),
    ],
)
def test_other_exams_are_refused_by_what_is_missing(region: Region | None, modality: str) -> None:
    refused = result(projection_case(CINE, region=region, modality=modality, totals=(DAP,)))
    assert isinstance(refused, NotComputable)
    assert refused.missing[0].startswith(f"a factor for {modality} of ")


class TestAnAngiographyOfTheLegs:
    EVENT = replace(CINE, filters=(ALUMINIUM,))

    def legs(self, event: ProjectionEvent) -> Estimate | NotComputable:
        return result(projection_case(event, region=Region.LOWER_EXTREMITY, totals=(DAP,)))

    def test_has_the_factor_of_a_tube_below_the_patient(self) -> None:
        estimate = self.legs(self.EVENT)
        assert isinstance(estimate, Estimate)
        assert estimate.value == pytest.approx(20 * 0.065)

    @pytest.mark.parametrize(
        "changes",
        [
            {"primary_angle_deg": 90.0},
            {"primary_angle_deg": None},
            {"patient_position": "HFP"},
            {"patient_position": None},
        ],
    )
    def test_is_refused_where_the_tube_is_elsewhere_or_nobody_tells(self, changes: dict[str, object]) -> None:
        assert isinstance(self.legs(replace(self.EVENT, **changes)), NotComputable)  # type: ignore[arg-type] # as parametrized


def test_an_exam_without_projection_is_not_its_own() -> None:
    assert ProjectionEffectiveDose().outcomes(nuclear_case()) == ()
