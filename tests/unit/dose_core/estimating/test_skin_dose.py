"""The skin dose of an exam: a peak with its interval and all that bears on it, or what is missing."""

import numpy as np
import pytest

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.dosimetry.skin.geometry.vendors import UNKNOWN_DEVICE, InUse
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.transmission import MEASURED
from dose_core.estimating.skin_dose import LANDMARKS_MGY, MISSED, Computed, Device, areas_above, compute, main_device
from dose_core.model import ProjectionEvent
from tests.builders.estimation_exams import projection_case
from tests.builders.skin_geometry import aimed_event, block_of_a_body

KNOWN = InUse(conventions=Conventions(), calibration_version=None, is_validated=False)
TUBE = Physics(inherent_al_mm=3.0, anode_deg=10.0, table_system=MEASURED)
VALIDATED = InUse(conventions=Conventions(), calibration_version=4, is_validated=True)


def of(
    *events: ProjectionEvent,
    known: InUse | NotComputable = KNOWN,
    tube: Physics = TUBE,
    choice: Choice | None = None,
) -> Computed:
    """Return the skin dose of an exam of these events on one device."""
    case = projection_case(*events)
    return compute(case, Device(number=0, known=known, physics=tube), choice or Choice())


def peak_mgy(computed: Computed) -> float:
    """Return the peak, which must have been computed."""
    assert isinstance(computed.result.peak, Estimate)
    return computed.result.peak.value


@pytest.fixture(scope="module")
def simple() -> Computed:
    """A vertical beam of 10 mGy onto the back of an adult."""
    return of(aimed_event())


def test_the_peak_lies_on_the_back_near_what_a_hand_calculation_gives(simple: Computed) -> None:
    """
    Oracle by hand: 10 mGy at 635 mm, skin at 785 - 110 = 675 mm: 10 x (635/675)^2 = 8.85 mGy free in air.

    Backscatter at 80 kV, 0.2 mm Cu and 14 cm lies between 1.35 and 1.6 (Benmakhlouf 2013), mu_en between 1.03 and 1.07,
    table and mattress let through 0.6 to 0.85: 7.4 to 12.9 mGy.
    """
    assert 7.4 < peak_mgy(simple) < 12.9
    assert simple.result.position_mm is not None
    assert simple.result.position_mm[1] > -60.0
    assert simple.result.position_mm[2] == pytest.approx(-500.0, abs=100.0)


def test_the_peak_names_its_interval_its_inputs_and_that_it_is_indicative(simple: Computed) -> None:
    """61 % of what nobody controlled, 28 % once the device is validated."""
    found = simple.result.peak
    assert isinstance(found, Estimate)
    assert found.interval.high == pytest.approx(found.value * 1.61)
    assert not simple.result.is_validated
    assert {one.name for one in found.inputs} >= {"body", "geometry", "irradiation events of the device"}


def test_a_validated_device_has_the_narrower_interval() -> None:
    """And the version of its calibration is told."""
    validated = of(aimed_event(), known=VALIDATED).result
    assert isinstance(validated.peak, Estimate)
    assert validated.peak.interval.high == pytest.approx(validated.peak.value * 1.28)
    assert (validated.is_validated, validated.calibration_version) == (True, 4)


def test_a_tube_that_is_not_known_widens_the_interval_of_a_validated_device() -> None:
    """Its filtration is assumed then."""
    result = of(aimed_event(), known=VALIDATED, tube=Physics()).result
    assert isinstance(result.peak, Estimate)
    assert result.peak.interval.high == pytest.approx(result.peak.value * 1.61)


def test_an_event_left_out_widens_the_interval_of_a_validated_device() -> None:
    """Its dose may be on the same spot."""
    result = of(aimed_event(), aimed_event(event_uid="1.9", primary_angle_deg=None), known=VALIDATED).result
    assert isinstance(result.peak, Estimate)
    assert result.peak.interval.high == pytest.approx(result.peak.value * 1.61)
    (left,) = result.left_out
    assert (left.event_uids, left.ka_r_mgy) == (("1.9",), 10.0)


def test_all_of_a_beam_onto_the_trunk_is_on_the_map_and_the_shifts_are_told(simple: Computed) -> None:
    """A field of 10 cm in the middle of the back; 5 cm to any side it is still on the body."""
    assert simple.result.dap_fraction == pytest.approx(1.0, abs=0.05)
    assert [(one.left_mm, one.head_mm) for one in simple.result.shifts] == [(50, 0), (-50, 0), (0, 50), (0, -50)]
    for one in simple.result.shifts:
        assert one.peak_mgy == pytest.approx(peak_mgy(simple), rel=0.2)


def test_splitting_an_event_in_two_changes_nothing(simple: Computed) -> None:
    """Two halves of dose and kerma-area product."""
    half = {"ka_r_mgy": 5.0, "dap_gy_cm2": 0.5}
    halves = of(aimed_event(**half), aimed_event(event_uid="1.2.4", **half))
    assert simple.dose_mgy is not None
    assert halves.dose_mgy is not None
    np.testing.assert_allclose(halves.dose_mgy, simple.dose_mgy, rtol=1e-9)


def test_a_shift_of_the_patient_moves_the_peak_on_the_body() -> None:
    """300 mm towards the head: the beam enters 300 mm nearer to the feet."""
    moved = of(aimed_event(), choice=Choice(head_mm=300.0)).result
    assert moved.position_mm is not None
    assert moved.position_mm[2] == pytest.approx(-800.0, abs=100.0)
    assert moved.choice == Choice(head_mm=300.0)


def test_arms_beside_the_trunk_are_met_in_its_place_by_a_beam_from_the_side() -> None:
    """The detector at the patient's left, so the tube at the right; the isocentre 6 cm above the back."""
    lateral = aimed_event(primary_angle_deg=90.0, table_height_mm=100.0)
    away, beside = (of(lateral, choice=Choice(arms_beside=arms)) for arms in (None, True))

    assert away.result.region == "side of the chest, right"
    assert beside.result.region is not None
    assert beside.result.region.endswith("upper arm, right")
    assert beside.result.phantom is not None
    assert beside.result.phantom.endswith("arms beside")
    assert peak_mgy(beside) > peak_mgy(away)


def test_beams_that_miss_the_body_are_no_dose_of_zero() -> None:
    """The table stands two metres too far."""
    result = of(aimed_event(table_longitudinal_mm=2000.0)).result
    assert result.peak == MISSED
    assert result.left_out[0].event_uids == ("1.2.3",)


def test_what_is_missing_is_told() -> None:
    """Of the device, or of the events."""
    assert of(aimed_event(), known=UNKNOWN_DEVICE).result.peak == UNKNOWN_DEVICE
    refused = of(aimed_event(source_to_isocentre_mm=None)).result.peak
    assert isinstance(refused, NotComputable)
    assert refused.missing == ("the distance from source to isocentre",)


def test_the_device_with_the_most_dose_is_computed() -> None:
    """Of equal ones, and where none is stated, the first."""
    assert main_device(projection_case(aimed_event()).exam.projection) == 0
    assert main_device(()) is None


def test_areas_are_those_of_cells_with_at_least_the_dose() -> None:
    """Eight cells of 1 cm2."""
    body = block_of_a_body()
    doses = np.array([0.0, 2999.0, 3000.0, 4000.0, 5000.0, 9000.0, 10_000.0, 20_000.0])
    found = areas_above(doses, body)
    assert [one.area_cm2 for one in found] == [6.0, 4.0, 2.0, 1.0]
    assert tuple(one.dose_mgy for one in found) == LANDMARKS_MGY
