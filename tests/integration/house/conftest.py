"""One house for the tests of a module."""

import tomllib
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from db.session import make_engine
from tests.support.living_house import LivingHouse, living_house


@pytest.fixture(scope="module")
def house() -> Iterator[LivingHouse]:
    """One house for the tests of a module, in a folder with a space in its name."""
    with living_house() as living:
        yield living


@pytest.fixture
def engine(house: LivingHouse) -> Iterator[Engine]:
    """Yield the house's own database."""
    running = (house.place.service_folder / "running.toml").read_text()
    made = make_engine(tomllib.loads(running)["database_url"])
    yield made
    made.dispose()
