"""From air kerma to dose, against numbers worked out by hand from the publications."""

import numpy as np
import pytest

from dose_core.dosimetry.skin.kernel import skin_map
from dose_core.dosimetry.skin.phantom import Phantom
from dose_core.dosimetry.skin.physics import Physics
from dose_core.dosimetry.skin.simple_phantoms import plane
from dose_core.dosimetry.skin.transmission import MEASURED
from tests.builders.skin_beams import LENGTH_MM, beams, each_of, slab

TUBE = Physics(inherent_al_mm=3.0, anode_deg=10.0, table_system=MEASURED)
HALF_OF_10_CM = (-50 / 650, 50 / 650)
# 10 mGy at 600 mm, seen at 650 mm; the half-value layer is 6.407 mm Al (SpekPy: 80 kV, 3 mm Al, 0.3 mm Cu, 10 degrees),
# the polynomial of Benmakhlouf 2013 for 10 cm gives 1.43741, the ratio of Benmakhlouf 2011 is 1.031 around it.
BY_HAND_MGY = 10 * (600 / 650) ** 2 * 1.43741 * 1.031


def cells(count: int) -> Phantom:
    """Return so many cells in one place, 650 mm from the source of the beams."""
    whole = plane(width_mm=2.0 * count, length_mm=2, cell_mm=2)
    same = {name: getattr(whole, name) for name in Phantom.__slots__}
    return Phantom(**same | {"cells_mm": np.tile([0.0, 0.0, -LENGTH_MM / 2], (count, 1))})


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_dose_is_that_of_the_hand_however_few_cells_a_beam_meets(count: int) -> None:
    beam = beams(ka_r_mgy=10.0, tan_u=HALF_OF_10_CM, tan_v=HALF_OF_10_CM)
    found = skin_map(beam, cells(count), None, TUBE)
    assert found.dose_mgy == pytest.approx([BY_HAND_MGY] * count, rel=1e-5)
    assert found.caveats == ()


def test_1080_events_are_that_many_times_one() -> None:
    many = beams((0.0,) * 1080, ka_r_mgy=10.0, tan_u=HALF_OF_10_CM, tan_v=HALF_OF_10_CM)
    found = skin_map(many, cells(3), None, TUBE)
    assert found.dose_mgy == pytest.approx([1080 * BY_HAND_MGY] * 3, rel=1e-5)


def test_table_and_mattress_let_through_what_was_measured() -> None:
    """79 % at 80 kV and 0.3 mm Cu."""
    beam = beams(ka_r_mgy=10.0, tan_u=HALF_OF_10_CM, tan_v=HALF_OF_10_CM)
    found = skin_map(beam, cells(1), slab(), TUBE)
    assert found.dose_mgy[0] == pytest.approx(0.79 * BY_HAND_MGY, rel=1e-5)
    assert found.caveats == ()


def test_filters_that_no_table_lists_lie_between_those_that_it_lists() -> None:
    """0.25 mm Cu with 1 mm Al, between the 0.2 and 0.3 mm of the tables: less scatter than behind more copper."""
    found = [
        skin_map(beams(added_cu_mm=cu, added_al_mm=al), cells(1), slab(), TUBE)
        for cu, al in ((0.2, 0.0), (0.25, 1.0), (0.4, 0.0))
    ]
    doses = [one.dose_mgy[0] for one in found]
    assert doses == sorted(doses)
    assert not any(one.beyond_tables for one in found)


@pytest.mark.parametrize(
    ("stated", "what"),
    [
        ({"kv": 45.0}, "tube voltage"),
        ({"kv": 200.0}, "tube voltage"),
        ({"added_cu_mm": 2.0}, "copper"),
        ({"added_al_mm": 20.0}, "aluminium"),
    ],
)
def test_beyond_a_table_its_bound_is_taken_and_named(stated: dict[str, float], what: str) -> None:
    replaced = {name: np.array([value]) for name, value in stated.items()}
    found = skin_map(each_of(beams(), **replaced), cells(1), None, TUBE)
    assert found.beyond_tables
    assert [what in caveat for caveat in found.caveats] == [True]
    assert 0 < found.dose_mgy[0] < 20


@pytest.mark.parametrize("half", [0.01, 0.4])
def test_a_field_beyond_the_tables_is_named(half: float) -> None:
    found = skin_map(beams(tan_u=(-half, half), tan_v=(-half, half)), cells(1), None, TUBE)
    assert ["side of the field" in caveat for caveat in found.caveats] == [True]


def test_a_larger_field_scatters_more() -> None:
    fields = [(half, skin_map(beams(tan_u=(-half, half)), cells(1), None, TUBE)) for half in (0.04, 0.08, 0.12, 0.2)]
    doses = [found.dose_mgy[0] for _, found in fields]
    assert doses == sorted(doses)


def test_the_table_of_another_system_is_beyond_the_table_that_was_measured() -> None:
    other = Physics(inherent_al_mm=3.0, anode_deg=10.0, table_system="Philips Allura Clarity")
    assert skin_map(beams(), cells(1), slab(), other).beyond_tables
    assert not skin_map(beams(), cells(1), slab(), TUBE).beyond_tables
    assert not skin_map(beams(), cells(1), None, other).beyond_tables


def test_what_is_not_known_of_a_device_is_assumed_by_name() -> None:
    found = skin_map(beams(), cells(1), slab(), Physics())
    assert [next(word for word in ("filtration", "anode", "mattress") if word in said) for said in found.caveats] == [
        "filtration",
        "anode",
        "mattress",
    ]
