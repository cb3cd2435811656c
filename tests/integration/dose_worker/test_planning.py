"""Tests of dose_worker.planning: one exam that cannot be planned stops no other."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.session import Engine, Session, unit_of_work
from db.tables.device import DeviceRow
from db.tables.exam import ExamRow
from dose_services import publication
from dose_worker.planning import plan_anew
from tests.builders.ct_study import ct_slices, other_ct_slices
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive


@pytest.fixture
def house(engine: Engine) -> DoseHouse:
    """A house with two studies of a device that was marked a moment ago."""
    made = DoseHouse(engine=engine, archive=FakeArchive())
    made.receive(ct_slices(), are_headers=True)
    made.receive(other_ct_slices(), are_headers=True)
    with unit_of_work(engine) as session:
        session.execute(update(DeviceRow).values(sends_no_rdsr=True))
    return made


def fail_for_the_first(house: DoseHouse, monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[UUID]:
    """Return the exams, in the order in which they are planned; the first cannot be."""
    with unit_of_work(house.engine) as session:
        exam_ids = list(session.scalars(select(ExamRow.id).order_by(ExamRow.id)))
    really = publication.plan

    def plan(session: Session, exam_id: UUID, **named: Any) -> None:  # noqa: ANN401  as the function in whose place it is put
        if exam_id == exam_ids[0]:
            raise error
        really(session, exam_id, **named)

    monkeypatch.setattr(publication, "plan", plan)
    return exam_ids


def plan(house: DoseHouse) -> None:
    plan_anew(partial(unit_of_work, house.engine), limit=10, clock=lambda: house.now, site=house.site)


def test_an_exam_that_cannot_be_planned_stops_no_other(
    house: DoseHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, other = fail_for_the_first(house, monkeypatch, KeyError("Beispiel^Bo"))
    with caplog.at_level(logging.ERROR):
        plan(house)

    assert [row.exam_id for row in house.rows()] == [other]
    assert [vars(record)["bug"] for record in caplog.records] == ["KeyError"]
    assert "Beispiel" not in caplog.text


def test_a_database_that_is_away_ends_it(house: DoseHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are left for the next time."""
    fail_for_the_first(house, monkeypatch, PoolTimeoutError())
    with pytest.raises(PoolTimeoutError):
        plan(house)

    assert house.rows() == []
