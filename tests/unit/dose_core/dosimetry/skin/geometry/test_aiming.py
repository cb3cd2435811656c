"""
Beams meet the patient where the C-arm and the table were put.

Oracle: hand calculation from the definitions of PS3.3, C.8.7.5.1.2 (angles), C.8.19.6.11 (table) and PS3.16, Annex D.
Tube 785 mm from the isocentre, tabletop 150 mm below it, mattress 40 mm: the back of a supine patient is 110 mm below
the isocentre. The table's head end is 500 mm towards the head: the isocentre is 500 mm below the top of the head.
"""

import math
from typing import Any

import numpy as np
import pytest

from dose_core.dosimetry.estimate import NotComputable
from dose_core.dosimetry.skin.beam import Beams, Floats, Slab
from dose_core.dosimetry.skin.geometry.aiming import Aimed, Choice, aim
from dose_core.dosimetry.skin.geometry.conventions import Conventions
from dose_core.model import EventType, Plane, ProjectionEvent
from tests.builders.skin_geometry import aimed_event, block_of_a_body

BODY = block_of_a_body()
ISOCENTRE = (0.0, -110.0, -500.0)  # of the supine patient above


def aimed(*events: ProjectionEvent, conventions: Conventions | None = None, choice: Choice | None = None) -> Aimed:
    """Return the beams of events, which must be computable."""
    result = aim(events, conventions or Conventions(), BODY, choice=choice)
    assert isinstance(result, Aimed)
    return result


def beams(*events: ProjectionEvent, **given: Any) -> Beams:  # noqa: ANN401  of aimed
    """Return the beams alone."""
    return aimed(*events, **given).beams


def nearest_to_axis(of: Beams, point: tuple[float, float, float]) -> float:
    """Return how far the first central ray passes from a point, in mm."""
    way = np.array(point) - of.source_mm[0]
    away: Floats = way - of.axis[0] * (way @ of.axis[0])
    return float(np.linalg.norm(away))


def test_a_beam_from_below_enters_the_back_of_a_supine_patient() -> None:
    """PA: source 785 mm below the isocentre, axis straight to the chest."""
    found = beams(aimed_event())
    np.testing.assert_allclose(found.source_mm[0], (0.0, -110.0 + 785.0, -500.0))
    np.testing.assert_allclose(found.axis[0], (0.0, -1.0, 0.0), atol=1e-12)
    np.testing.assert_allclose((found.u[0], found.v[0]), ((1, 0, 0), (0, 0, 1)), atol=1e-12)


def test_a_beam_from_above_enters_the_chest() -> None:
    """AP: the detector is below the back."""
    found = beams(aimed_event(primary_angle_deg=180.0))
    np.testing.assert_allclose(found.source_mm[0], (0.0, -110.0 - 785.0, -500.0), atol=1e-9)
    np.testing.assert_allclose(found.axis[0], (0.0, 1.0, 0.0), atol=1e-12)


def test_at_plus_90_the_detector_is_at_the_left_and_the_tube_at_the_right() -> None:
    """Lateral, LAO 90."""
    found = beams(aimed_event(primary_angle_deg=90.0))
    np.testing.assert_allclose(found.source_mm[0], (-785.0, -110.0, -500.0), atol=1e-9)


def test_lao_30_enters_the_back_at_the_right() -> None:
    """The tube is at sin 30 = 1/2 of its distance to the right, and below by cos 30."""
    found = beams(aimed_event(primary_angle_deg=30.0))
    np.testing.assert_allclose(found.source_mm[0], (-392.5, -110.0 + 785.0 * math.sqrt(3) / 2, -500.0))
    assert nearest_to_axis(found, ISOCENTRE) == pytest.approx(0.0, abs=1e-9)


def test_cranial_20_has_the_tube_towards_the_feet() -> None:
    """The detector is towards the head."""
    found = beams(aimed_event(secondary_angle_deg=20.0))
    sin, cos = math.sin(math.radians(20)), math.cos(math.radians(20))
    np.testing.assert_allclose(found.source_mm[0], (0.0, -110.0 + 785.0 * cos, -500.0 - 785.0 * sin))
    np.testing.assert_allclose(found.axis[0], (0.0, -cos, sin), atol=1e-12)


@pytest.mark.parametrize("primary_deg", [0.0, 17.0, 90.0, -145.0])
@pytest.mark.parametrize("secondary_deg", [0.0, 35.0, -35.0])
def test_every_beam_passes_the_isocentre_with_a_right_angled_collimator(
    primary_deg: float, secondary_deg: float
) -> None:
    """Whatever the angles."""
    found = beams(aimed_event(primary_angle_deg=primary_deg, secondary_angle_deg=secondary_deg))
    assert nearest_to_axis(found, ISOCENTRE) == pytest.approx(0.0, abs=1e-9)
    frame = np.array([found.axis[0], found.u[0], found.v[0]])
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-12)


def test_a_whole_turn_changes_nothing() -> None:
    """A device may count on past 180 degrees."""
    once, again = beams(aimed_event(primary_angle_deg=-60.0)), beams(aimed_event(primary_angle_deg=300.0))
    np.testing.assert_allclose(once.source_mm, again.source_mm, atol=1e-9)
    np.testing.assert_allclose(once.u, again.u, atol=1e-12)


def test_opposite_angles_are_mirror_images() -> None:
    """About the mid-sagittal plane."""
    one, other = beams(aimed_event(primary_angle_deg=40.0)), beams(aimed_event(primary_angle_deg=-40.0))
    np.testing.assert_allclose(one.source_mm * (-1, 1, 1), other.source_mm, atol=1e-9)


@pytest.mark.parametrize(
    ("moved", "isocentre"),
    [
        ({"table_longitudinal_mm": 30.0}, (-30.0, -110.0, -500.0)),  # PS3.16: positive to the patient's left
        ({"table_lateral_mm": 600.0}, (0.0, -110.0, -600.0)),  # positive towards the head
        ({"table_height_mm": 200.0}, (0.0, -160.0, -500.0)),  # positive downwards
    ],
)
def test_a_table_that_moves_takes_the_patient_along(
    moved: dict[str, float], isocentre: tuple[float, float, float]
) -> None:
    """So the isocentre goes the other way through the patient."""
    assert nearest_to_axis(beams(aimed_event(**moved)), isocentre) == pytest.approx(0.0, abs=1e-9)
    assert nearest_to_axis(beams(aimed_event(primary_angle_deg=90.0, **moved)), isocentre) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("position", "isocentre"),
    [
        ("HFS", (0.0, -110.0, -500.0)),
        ("HFP", (0.0, -200.0 + 110.0, -500.0)),  # on the front, which is 200 mm before the back
        ("HFDL", (200.0 - 110.0, -100.0, -500.0)),  # on the left side; front and back are 100 mm from the middle
        ("HFDR", (-200.0 + 110.0, -100.0, -500.0)),
        ("FFS", (0.0, -110.0, -1200.0)),  # feet at the head end: 500 mm above the soles of 1700
        ("FFP", (0.0, -200.0 + 110.0, -1200.0)),
        ("FFDL", (200.0 - 110.0, -100.0, -1200.0)),
        ("FFDR", (-200.0 + 110.0, -100.0, -1200.0)),
    ],
)
@pytest.mark.parametrize("primary_deg", [0.0, 90.0])
def test_the_isocentre_lies_where_the_position_of_the_patient_puts_it(
    position: str, isocentre: tuple[float, float, float], primary_deg: float
) -> None:
    """Each of the eight positions of PS3.3, C.7.3.1.1.2, on a body of 400 x 200 x 1700 mm."""
    found = beams(aimed_event(patient_position=position, primary_angle_deg=primary_deg))
    assert nearest_to_axis(found, isocentre) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("position", "below"),
    [
        ("HFS", (0, 1, 0)),
        ("HFP", (0, -1, 0)),
        ("HFDL", (1, 0, 0)),
        ("HFDR", (-1, 0, 0)),
        ("FFS", (0, 1, 0)),
        ("FFP", (0, -1, 0)),
        ("FFDL", (1, 0, 0)),
        ("FFDR", (-1, 0, 0)),
    ],
)
def test_a_tube_below_the_table_is_on_the_side_that_the_patient_lies_on(
    position: str, below: tuple[float, float, float]
) -> None:
    """Where a calibration says that the angles are those of the table."""
    found = beams(aimed_event(patient_position=position), conventions=Conventions(angles_of="table"))
    np.testing.assert_allclose(-found.axis[0], below, atol=1e-12)


def test_feet_first_the_angles_of_a_table_are_mirrored_on_the_patient() -> None:
    """A detector at the table's left is at the right of a patient who lies feet first and supine."""
    event = aimed_event(patient_position="FFS", primary_angle_deg=90.0, secondary_angle_deg=0.0)
    np.testing.assert_allclose(beams(event).axis[0], (1, 0, 0), atol=1e-12)
    of_table = beams(event, conventions=Conventions(angles_of="table"))
    np.testing.assert_allclose(of_table.axis[0], (-1, 0, 0), atol=1e-12)


def test_the_table_lies_under_the_back() -> None:
    """Mattress from the back downwards, then the table; the table's head end is level with the top of the head."""
    slab = aimed(aimed_event()).slab
    assert slab == Slab(
        y_mm=0.0, x_min_mm=-225.0, x_max_mm=225.0, z_min_mm=-2815.0, z_max_mm=0.0, table_mm=50.0, mattress_mm=40.0
    )


def test_the_table_lies_before_the_front_of_a_prone_patient() -> None:
    """The 90 mm of table and mattress end at the front, 200 mm before the back."""
    slab = aimed(aimed_event(patient_position="HFP")).slab
    assert slab is not None
    assert slab.y_mm == pytest.approx(-290.0)


def test_of_a_patient_on_a_side_the_table_is_left_out_and_that_is_said() -> None:
    """The flat box of the kernel stands across the back."""
    result = aimed(aimed_event(patient_position="HFDL"))
    assert result.slab is None
    assert any("weaken no beam" in caveat for caveat in result.caveats)


def test_with_the_head_tilted_up_a_vertical_beam_is_a_cranial_one() -> None:
    """What is straight up in the room is then 10 degrees from the chest towards the head."""
    found = beams(aimed_event(table_tilt_deg=10.0))
    sin, cos = math.sin(math.radians(10)), math.cos(math.radians(10))
    np.testing.assert_allclose(found.axis[0], (0.0, -cos, sin), atol=1e-12)


def test_a_table_that_turns_clockwise_from_above_turns_the_collimator_the_other_way() -> None:
    """The head turns to where the left was; the room's left is then towards the patient's head."""
    found = beams(aimed_event(table_rotation_deg=90.0))
    np.testing.assert_allclose(found.u[0], (0, 0, 1), atol=1e-12)
    np.testing.assert_allclose(found.axis[0], (0, -1, 0), atol=1e-12)


def test_with_the_left_tilted_up_a_vertical_beam_is_a_left_anterior_oblique_one() -> None:
    """What is straight up in the room is then 20 degrees from the chest towards the left."""
    found = beams(aimed_event(cradle_deg=20.0))
    sin, cos = math.sin(math.radians(20)), math.cos(math.radians(20))
    np.testing.assert_allclose(found.axis[0], (sin, -cos, 0.0), atol=1e-12)


def test_a_shift_of_the_patient_moves_the_isocentre_the_other_way() -> None:
    """In the patient's own directions, feet first as well."""
    choice = Choice(left_mm=20.0, head_mm=50.0)
    for position, z_mm in (("HFS", -550.0), ("FFS", -1250.0)):
        found = beams(aimed_event(patient_position=position), choice=choice)
        assert nearest_to_axis(found, (-20.0, -110.0, z_mm)) == pytest.approx(0.0, abs=1e-9)


def test_offsets_and_signs_of_a_calibration_move_the_patient() -> None:
    """Height above the floor, isocentre at 1055 mm: 905 mm is 150 mm below it."""
    conventions = Conventions(height_sign=-1, height_offset_mm=1055.0)
    found = beams(aimed_event(table_height_mm=905.0), conventions=conventions)
    np.testing.assert_allclose(found.source_mm, beams(aimed_event()).source_mm)


def test_a_device_that_names_the_axes_the_other_way_round_gives_the_same_beam() -> None:
    """Azurion calls longitudinal what the standard calls lateral."""
    event = aimed_event(table_longitudinal_mm=500.0, table_lateral_mm=0.0)
    found = beams(event, conventions=Conventions(head_foot="longitudinal"))
    np.testing.assert_allclose(found.source_mm, beams(aimed_event()).source_mm)


def test_a_rotation_shares_its_dose_between_its_frames_and_turns_the_collimation() -> None:
    """From -90 to 90 in 181 frames: each has 1/181, and the tube stands at every degree."""
    rotation = aimed_event(
        event_type=EventType.ROTATIONAL_ACQUISITION,
        primary_angle_deg=-90.0,
        primary_end_angle_deg=90.0,
        frame_count=181,
        ka_r_mgy=18.1,
    )
    found = beams(rotation)
    assert len(found.event) == 181
    np.testing.assert_allclose(found.ka_r_mgy, 0.1)
    np.testing.assert_allclose(found.source_mm[135], beams(aimed_event(primary_angle_deg=45.0)).source_mm[0])
    np.testing.assert_allclose(found.u[135], beams(aimed_event(primary_angle_deg=45.0)).u[0])


def test_a_table_that_moves_during_a_run_spreads_the_dose() -> None:
    """600 mm of a stepping run towards the feet, evenly."""
    stepping = aimed_event(event_type=EventType.STEPPING_ACQUISITION, table_lateral_end_mm=1100.0)
    found = beams(stepping)
    assert found.source_mm[0, 2] == pytest.approx(-500.0)
    assert found.source_mm[-1, 2] == pytest.approx(-1100.0)
    assert np.abs(np.diff(found.source_mm[:, 2])).max() <= 10.0 + 1e-9
    assert found.ka_r_mgy.sum() == pytest.approx(10.0)


def test_both_planes_of_a_biplane_device_are_aimed_each_by_its_own_angles() -> None:
    """Plane B lies lateral."""
    found = beams(aimed_event(plane=Plane.A), aimed_event(plane=Plane.B, primary_angle_deg=-90.0))
    np.testing.assert_allclose(found.axis, ((0, -1, 0), (-1, 0, 0)), atol=1e-12)
    assert found.event.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("gone", "missing"),
    [
        ({"primary_angle_deg": None}, "the angles of the C-arm"),
        ({"secondary_angle_deg": None}, "the angles of the C-arm"),
        ({"table_height_mm": None}, "the position of the table"),
        ({"table_lateral_mm": None}, "the position of the table"),
        ({"source_to_isocentre_mm": None}, "the distance from source to isocentre"),
        ({"source_to_isocentre_mm": 0.0}, "the distance from source to isocentre"),
        ({"reference_point": None}, "the place of the reference point"),
        ({"reference_point": "26.0 cm Chamber Patient Distance"}, "the place of the reference point"),
        ({"dap_gy_cm2": None}, "the field size"),
        ({"kv": None}, "the tube voltage"),
        ({"ka_r_mgy": None}, "the air kerma at the reference point"),
        ({"plane": Plane.BOTH}, "the dose of each plane"),
        ({"event_type": EventType.ROTATIONAL_ACQUISITION}, "the end angles of a rotation"),
        ({"patient_position": "LFS"}, "a position of the patient that is known"),
    ],
)
def test_an_exam_without_geometry_is_not_computable_and_says_what_is_missing(
    gone: dict[str, object], missing: str
) -> None:
    """Field size, tube and C-arm position (C08)."""
    result = aim([aimed_event(**gone)], Conventions(), BODY)
    assert isinstance(result, NotComputable)
    assert result.missing == (missing,)


def test_an_event_without_geometry_is_left_out_with_its_dose_and_the_others_stay() -> None:
    """So that nobody takes the map for the whole exam."""
    result = aimed(aimed_event(), aimed_event(primary_angle_deg=None, ka_r_mgy=7.0), aimed_event())
    assert result.beams.event.tolist() == [0, 2]
    (left,) = result.left_out
    assert (left.events, left.ka_r_mgy) == ((1,), 7.0)
    assert left.reason == "the angles of the C-arm are not stated"


NAN = math.nan


@pytest.mark.parametrize(
    "absurd",
    [
        {"primary_angle_deg": NAN},
        {"primary_angle_deg": 4000.0},
        {"secondary_angle_deg": 183.0},
        {"table_height_mm": NAN},
        {"source_to_isocentre_mm": NAN},
        {"source_to_isocentre_mm": math.inf},
        {"dap_gy_cm2": NAN},
        {"dap_gy_cm2": -1.0},
        {"dap_gy_cm2": 1e9},
        {"ka_r_mgy": NAN},
        {"ka_r_mgy": 0.0},
        {"kv": NAN},
        {"source_to_reference_point_mm": 0.0},
        {"source_to_reference_point_mm": NAN},
        {"primary_end_angle_deg": NAN},
    ],
)
def test_absurd_numbers_leave_the_event_out(absurd: dict[str, float]) -> None:
    """None crashes, none counts as no dose."""
    assert isinstance(aim([aimed_event(**absurd)], Conventions(), BODY), NotComputable)


@pytest.mark.parametrize("pulses", [NAN, math.inf, -3.0, 1e12])
def test_an_absurd_number_of_pulses_does_not_stop_a_rotation(pulses: float) -> None:
    """It steps by degrees instead, or as often as makes sense."""
    rotation = aimed_event(event_type=EventType.ROTATIONAL_ACQUISITION, primary_end_angle_deg=90.0, pulse_count=pulses)
    assert 2 <= len(beams(rotation).event) <= 1000


def test_five_thousand_moving_events_make_a_bounded_number_of_beams() -> None:
    """And all of their dose is shared."""
    found = beams(*[aimed_event(table_lateral_end_mm=4000.0)] * 5000)
    assert len(found.event) <= 20_000
    assert found.ka_r_mgy.sum() == pytest.approx(50_000.0)


def test_no_event_is_not_computable() -> None:
    """An exam of which nobody states an event."""
    assert isinstance(aim([], Conventions(), BODY), NotComputable)
