"""docs/how-to/add-a-method.md does what it says: the method it shows is found, asked, and says what it computes."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db.repositories import estimates as kept
from db.session import unit_of_work
from db.tables.exam import ExamRow
from dose_core.dosimetry.estimate import Estimate
from dose_services import estimates
from dose_services.methods import installed_methods
from tests.builders.ct_reports import report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.installed_method import the_example


def test_the_method_that_the_page_shows_is_asked_of_an_exam(engine: Engine, tmp_path: Path) -> None:
    """A DLP of 150 mGy.cm at 0.5 mJ for each: 75 mJ, within 20 %."""
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1)])

    with the_example(tmp_path):
        assert "acme-imparted-energy" in [method.id for method in installed_methods()]
        estimates.work_off(partial(unit_of_work, engine), now=house.now, limit=10)

    with unit_of_work(engine) as session:
        (exam_id,) = session.scalars(select(ExamRow.id))
        (said,) = kept.of_method(session, exam_id, "acme-imparted-energy", limit=10)
    (outcome,) = said.outcomes
    assert isinstance(outcome.result, Estimate)
    dlp, _ = outcome.result.inputs
    assert dlp.value == 150.0
    assert (outcome.quantity, outcome.result.value) == ("imparted_energy_mj", 75.0)
    assert outcome.result.interval.low == 60.0
    assert outcome.result.interval.high == pytest.approx(90.0)
