"""Beam qualities, against publications that the tables do not stem from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.dosimetry.factors import rows
from dose_core.dosimetry.skin import quality

_ROUNDING = 1e-9
KV, AL, CU = st.floats(40, 150), st.floats(2, 8), st.floats(0, 1.2)
# Benmakhlouf et al. 2011, table of backscatter at 80 kV, 7.88 mm Al, for the five fields.
TABULATED = (1.300, 1.458, 1.589, 1.617, 1.639)


def layer(kv: float, al_mm: float, cu_mm: float, anode_deg: float) -> float:
    return float(quality.hvl_mm_al(np.array([kv]), np.array([al_mm]), np.array([cu_mm]), anode_deg)[0])


@pytest.mark.parametrize(("anode_deg", "published"), [(8.0, 3.26), (11.0, 3.12)])
def test_the_anode_angle_decides_the_half_value_layer(anode_deg: float, published: float) -> None:
    """80 kV behind 3.1 mm Al, as another run of SpekPy found (PySkinDose's hvl_combined.csv)."""
    assert layer(80, 3.1, 0, anode_deg) == pytest.approx(published, rel=0.005)


def test_half_value_layers_are_those_that_were_published_with_backscatter() -> None:
    """Benmakhlouf et al. 2011 had another model of the tube; they state no anode angle."""
    found = []
    for row in rows("skin_mu_en"):
        kv, al_mm, cu_mm = (float(row[name]) for name in ("kv", "inherent_al_mm", "added_cu_mm"))
        found.append(layer(kv, al_mm, cu_mm, 12.0) / float(row["hvl_mm_al"]))
    assert len(found) == 143
    assert min(found) > 0.96
    assert max(found) < 1.01


@given(kv=KV, al_mm=AL, cu_mm=CU, anode_deg=st.floats(7, 16))
def test_more_voltage_or_filtration_makes_a_beam_harder(
    kv: float, al_mm: float, cu_mm: float, anode_deg: float
) -> None:
    here = layer(kv, al_mm, cu_mm, anode_deg)
    assert layer(min(kv + 5, 150), al_mm, cu_mm, anode_deg) >= here - _ROUNDING
    assert layer(kv, min(al_mm + 0.5, 8), cu_mm, anode_deg) >= here - _ROUNDING
    assert layer(kv, al_mm, min(cu_mm + 0.1, 1.2), anode_deg) >= here - _ROUNDING


@given(kv=KV, al_mm=AL, cu_mm=CU)
def test_half_value_layers_have_no_jumps(kv: float, al_mm: float, cu_mm: float) -> None:
    here = layer(kv, al_mm, cu_mm, 10.0)
    assert layer(kv + 0.01, al_mm + 0.001, cu_mm + 0.0001, 10.01) == pytest.approx(here, rel=0.03)


def test_backscatter_is_what_was_tabulated() -> None:
    found = quality.backscatter(np.array([80.0]), np.array([7.88]))
    assert found[0] == pytest.approx(TABULATED, rel=0.005)


def test_coefficients_at_the_points_of_their_table_are_those_of_the_table() -> None:
    table = rows("skin_mu_en")
    kv, layers = (np.array([float(row[name]) for row in table]) for name in ("kv", "hvl_mm_al"))
    found = quality.mu_en_ratio(kv, layers)
    for row, ratios in zip(table, found, strict=True):
        expected = [float(row[f"ratio_at_{side}_cm"]) for side in (5, 10, 20, 25, 35)]
        assert ratios == pytest.approx(expected)


def test_coefficients_beyond_their_table_are_those_at_its_bound() -> None:
    inside = quality.mu_en_ratio(np.array([50.0, 150.0]), np.array([1.78, 12.48]))
    beyond = quality.mu_en_ratio(np.array([30.0, 200.0]), np.array([0.5, 20.0]))
    np.testing.assert_array_equal(beyond, inside)
