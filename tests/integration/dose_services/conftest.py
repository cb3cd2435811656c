"""A house whose archive is in memory."""

import pytest

from db.session import Engine
from tests.builders.ct_study import ct_slices
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def house(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house that has read a study known from images only, of a device that sends no report."""
    made = DoseHouse(engine=engine, archive=archive)
    made.receive(ct_slices(), are_headers=True)
    made.set_sends_no_rdsr()
    return made
