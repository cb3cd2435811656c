"""One house for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.support.living_house import LivingHouse, living_house


@pytest.fixture(scope="module")
def house() -> Iterator[LivingHouse]:
    """One house for the tests of a module, in a folder with a space in its name."""
    with living_house() as living:
        yield living
