"""The reference point lies where the object says, in a code, in words or as a distance (PS3.16, CID 10025)."""

import math

import pytest

from dose_core.dosimetry.skin.geometry.problems import Problem
from dose_core.dosimetry.skin.geometry.reference_point import reference_mm
from dose_core.model import Code
from tests.builders.skin_geometry import aimed_event


def code(value: str) -> Code:
    """Return a code of the standard."""
    return Code(value=value, scheme="DCM")


@pytest.mark.parametrize(
    ("point", "distance_mm"),
    [
        (code("113860"), 635.0),  # 15 cm from the isocentre, 785 mm away
        (code("113861"), 800.0),  # 30 cm before the detector, 1100 mm away
        (code("113941"), 1100.0),  # in the plane of the detector
        (code("113965"), 1000.0),  # 100 cm from the source
        (code("113862"), 785.0 - 150.0 + 10.0),  # 1 cm above a tabletop 150 mm below the isocentre
        (code("113863"), 785.0 - 150.0 + 300.0),
        ("15cm below BeamIsocenter", 635.0),  # Philips Allura
        ("530 mm from tube focus towards detector", 530.0),  # Eurocolumbus Fly4
        ("30cm in Front of Image Input Surface", 800.0),
        ("15cm from Isocenter toward Source", 635.0),
    ],
)
def test_each_way_to_say_it(point: Code | str, distance_mm: float) -> None:
    """The beam points straight up."""
    found = reference_mm(aimed_event(reference_point=point), 785.0, 1.0, 150.0)
    assert found == pytest.approx(distance_mm)


def test_a_stated_distance_counts_before_the_code() -> None:
    """GE: 700 mm beside 30 cm in front of the image input surface."""
    event = aimed_event(reference_point=code("113860"), source_to_reference_point_mm=700.0)
    assert reference_mm(event, 785.0, 1.0, 150.0) == 700.0


def test_an_oblique_beam_reaches_the_height_of_a_point_above_the_table_later() -> None:
    """At 60 degrees from the vertical the way is twice as long: 785 - 140 / (1/2)."""
    event = aimed_event(reference_point=code("113862"))
    assert reference_mm(event, 785.0, math.cos(math.radians(60)), 150.0) == pytest.approx(785.0 - 280.0)


@pytest.mark.parametrize("point", ["Unknown", "26.0 cm Chamber Patient Distance", "7.7.7 cm from isocenter", None])
def test_what_is_not_understood_is_refused(point: str | None) -> None:
    """Never the 15 cm that most devices have."""
    with pytest.raises(Problem, match="not known"):
        reference_mm(aimed_event(reference_point=point), 785.0, 1.0, 150.0)


def test_a_point_at_the_tube_is_refused() -> None:
    """Canon Ultimax-i states its chamber's 260 mm as the distance."""
    with pytest.raises(Problem, match="nowhere in the beam"):
        reference_mm(aimed_event(source_to_reference_point_mm=260.0), 785.0, 1.0, 150.0)
