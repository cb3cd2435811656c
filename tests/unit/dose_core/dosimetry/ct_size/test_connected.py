"""Tests of dose_core.dosimetry.ct_size.connected."""

from itertools import product

import numpy as np
import pytest

from dose_core.dosimetry.ct_size.connected import runs_of


def drawn(*rows: str) -> np.ndarray:
    return np.array([[character == "#" for character in row] for row in rows])


def flooded(mask: np.ndarray) -> list[set[tuple[int, int]]]:
    """Return the parts of a small image, found pixel by pixel."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    parts = []
    while left:
        part, waiting = set(), [left.pop()]
        while waiting:
            row, column = waiting.pop()
            part.add((row, column))
            near = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & left
            left -= near
            waiting.extend(near)
        parts.append(part)
    return parts


def test_parts_that_meet_only_below_are_one() -> None:
    runs = runs_of(drawn("#.#.#", "#.#.#", "###.#"))

    assert runs.count == 2
    assert sorted(runs.sums(runs.lengths)) == [3, 7]


def test_parts_that_touch_at_a_corner_are_two() -> None:
    assert runs_of(drawn("##..", "..##")).count == 2


def test_a_row_does_not_go_on_in_the_next() -> None:
    assert runs_of(drawn("...##", "##...")).count == 2


def test_nothing_has_no_parts() -> None:
    runs = runs_of(np.zeros((4, 5), dtype=bool))

    assert runs.count == 0
    assert not runs.drawn(np.zeros(0, dtype=bool)).any()


def test_all_is_one_part_as_large_as_the_image() -> None:
    runs = runs_of(np.ones((4, 5), dtype=bool))

    assert (runs.count, [int(one[0]) for one in runs.extents()]) == (1, [4, 5])
    assert runs.at_the_frame().all()


def test_a_part_is_drawn_as_it_was_and_the_others_are_not() -> None:
    image = drawn("##..#", ".#..#", ".....", "#.###")
    runs = runs_of(image)

    for part in range(runs.count):
        chosen = np.arange(runs.count) == part
        assert runs.drawn(chosen).sum() == runs.sums(runs.lengths)[part]
    assert np.array_equal(runs.drawn(np.ones(runs.count, dtype=bool)), image)


@pytest.mark.parametrize(("seed", "share"), list(product(range(12), (0.3, 0.55, 0.62, 0.8))))
def test_parts_are_those_that_a_search_pixel_by_pixel_finds(seed: int, share: float) -> None:
    image = np.random.default_rng(seed).random((23, 31)) < share
    runs = runs_of(image)
    found = [
        {(int(row), int(column)) for row, column in np.argwhere(runs.drawn(np.arange(runs.count) == part))}
        for part in range(runs.count)
    ]

    assert sorted(map(sorted, found)) == sorted(map(sorted, flooded(image)))
