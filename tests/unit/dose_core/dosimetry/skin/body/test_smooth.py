"""Rows between control rows: through them, evenly, and never beyond them."""

import numpy as np
import pytest

from dose_core.dosimetry.skin.body.smooth import refined

# z, x, y, breadth, depth, exponent
ROWS = np.array(
    [
        [0.0, 0.0, -50.0, 0.0, 0.0, 2.0],
        [-20.0, 0.0, -60.0, 120.0, 90.0, 2.0],
        [-200.0, 0.0, -60.0, 120.0, 95.0, 2.5],
        [-230.0, 0.0, -80.0, 300.0, 160.0, 2.5],
        [-500.0, 0.0, -80.0, 310.0, 180.0, 3.0],
    ]
)


def test_the_control_rows_at_both_ends_stay() -> None:
    fine = refined(ROWS, 10.0)

    assert (fine[0] == ROWS[0]).all()
    assert (fine[-1] == ROWS[-1]).all()


@pytest.mark.parametrize("column", range(6))
def test_nothing_goes_beyond_the_control_rows(column: int) -> None:
    fine = refined(ROWS, 7.0)[:, column]

    assert fine.min() >= ROWS[:, column].min() - 1e-9
    assert fine.max() <= ROWS[:, column].max() + 1e-9


def test_what_only_grows_between_control_rows_only_grows() -> None:
    fine = refined(ROWS, 5.0)

    assert (np.diff(fine[:, 0]) < 1e-9).all()
    assert (np.diff(fine[:, 3]) > -1e-9).all()


def test_rows_are_about_a_step_apart_along_the_surface() -> None:
    fine = refined(ROWS, 10.0)

    moved = np.diff(fine, axis=0)
    along = np.hypot(moved[:, 0], (np.abs(moved[:, 3]) + np.abs(moved[:, 4])) / 4)
    assert along.min() > 4.0
    assert along.max() < 20.0


def test_a_straight_tube_stays_straight() -> None:
    tube = np.array([[0.0, 5.0, -50.0, 100.0, 100.0, 2.0], [-300.0, 5.0, -50.0, 100.0, 100.0, 2.0]])

    assert refined(tube, 10.0)[:, 1:] == pytest.approx(np.tile(tube[0, 1:], (31, 1)))
