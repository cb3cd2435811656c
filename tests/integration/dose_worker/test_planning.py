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
from db.tables.finding import FindingRow
from dose_core.writers.kinds import PATIENT_DOSE
from dose_services import pacs_destinations, patient_dose_publication, publication
from dose_services.publication_findings import NOT_PLANNED
from dose_worker.planning import plan_anew
from tests.builders.ct_reports import of, report
from tests.builders.ct_study import ct_slices, other_ct_slices
from tests.support.dose_house import DESK, DoseHouse
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


def fail(*_: object) -> None:
    raise KeyError("Beispiel^Bo")


def found(house: DoseHouse) -> list[str]:
    """Return the texts of the findings about exams that could not be planned."""
    is_open = FindingRow.resolved_at.is_(None)
    with unit_of_work(house.engine) as session:
        return list(session.scalars(select(FindingRow.text).where(FindingRow.kind == NOT_PLANNED, is_open)))


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
    assert "Beispiel" not in caplog.text + " ".join(found(house))


def test_an_exam_that_cannot_be_planned_is_a_finding_until_it_can(
    house: DoseHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        fail_for_the_first(house, broken, KeyError("Beispiel^Bo"))
        plan(house)
        plan(house)
        (text,) = found(house)
    assert "KeyError" in text
    plan(house)

    assert found(house) == []
    assert len(house.rows()) == 2


def test_an_exam_whose_estimates_cannot_be_planned_waits_behind_the_others(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = DoseHouse(engine=engine, archive=FakeArchive())
    with unit_of_work(engine) as session:
        kinds = (PATIENT_DOSE,)
        pacs_destinations.set_rule(session, "orthanc", kinds=kinds, looker=DESK, now=house.now)
    house.receive([report(1), report(2, **of("P-2"))])
    with monkeypatch.context() as broken:
        broken.setattr(patient_dose_publication, "to_be_told", fail)
        house.estimate()
        assert len(found(house)) == 2
    house.plan_estimates()

    assert found(house) == []
    assert len({row.exam_id for row in house.rows()}) == 2


def test_a_database_that_is_away_ends_it(house: DoseHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are left for the next time."""
    fail_for_the_first(house, monkeypatch, PoolTimeoutError())
    with pytest.raises(PoolTimeoutError):
        plan(house)

    assert house.rows() == []
