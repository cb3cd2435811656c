"""What table and mattress let through, as it was measured on an Artis zeego."""

import numpy as np
import pytest

from dose_core.dosimetry.skin import transmission


@pytest.mark.parametrize(
    ("kv", "cu_mm", "table", "both"), [(60, 0, 0.80, 0.66), (80, 0.1, 0.84, 0.75), (125, 0.9, 0.90, 0.86)]
)
def test_what_was_measured_is_what_is_let_through(kv: float, cu_mm: float, table: float, both: float) -> None:
    of_table, of_mattress = transmission.exponents(np.array([kv]), np.array([cu_mm]))
    assert np.exp(-of_table)[0] == pytest.approx(table)
    assert np.exp(-of_table - of_mattress)[0] == pytest.approx(both)


def test_between_measurements_it_lies_between_them() -> None:
    table, mattress = transmission.exponents(np.array([70.0]), np.array([0.45]))
    assert 0.76 < np.exp(-table - mattress)[0] < 0.81


def test_beyond_the_measurements_it_is_that_at_their_bound() -> None:
    beyond = transmission.exponents(np.array([40.0, 140.0]), np.array([0.0, 1.2]))
    bound = transmission.exponents(np.array([60.0, 125.0]), np.array([0.0, 0.9]))
    np.testing.assert_array_equal(beyond, bound)
