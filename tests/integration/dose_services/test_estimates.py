"""Tests of dose_services.estimates: methods are asked when something changed, and what they said is never lost."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import DBAPIError

from db.repositories import estimates as kept
from db.repositories.estimates import KnownEstimates
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.finding import FindingRow
from db.tables.patient import PatientRow
from dose_core.dosimetry.estimate import Estimate
from dose_core.observations.values import ObservationState, Observed, Statement
from dose_services import estimates, observations
from dose_services.identity_values import Change, StatedIdentifier
from tests.builders.ct_reports import PATIENT, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.installed_method import installed

# A method that says who was irradiated, as it was told, and one that fails.
WHO = """
from dose_core.dosimetry.estimate import Estimate, Interval, NotComputable
from dose_core.estimating.case import Outcome

class Who:
    id = "acme-who"
    version = "{version}"
    is_effective_dose = False
    def outcomes(self, case):
        if case.subject.weight_kg is None:
            return (Outcome(quantity="weight_kg", result=NotComputable(missing=("weight",), reason="not known")),)
        value = case.subject.weight_kg + (case.subject.age_years or 0.0) / 1000
        interval = Interval(low=value, high=value, coverage=None, source="invented")
        return (Outcome(quantity="weight_kg", result=Estimate(value=value, unit="kg", interval=interval,
            method_id=self.id, method_version=self.version, inputs=(), source="invented")),)

class Fails:
    id = "acme-fails"
    version = "1"
    is_effective_dose = False
    def outcomes(self, case):
        if case.subject.sex == "O":
            return ()
        raise KeyError(case.exam.study_instance_uid)
"""


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Iterator[DoseHouse]:
    """A house with a chest CT of somebody born in 1970, and two methods, of which one fails."""
    source = WHO.format(version="1")
    with installed(tmp_path / "one", "acme_who", source, acme_who="Who", acme_fails="Fails"):
        house = DoseHouse(engine=engine, archive=FakeArchive())
        house.receive([report(1, PatientBirthDate="19700101", PatientWeight="70")])
        ask(house)
        yield house


def ask(house: DoseHouse) -> int:
    """Do what follows from changes, ask the methods that are due, and return of how many exams."""
    house.follow()
    house.wait(1)
    return estimates.work_off(partial(unit_of_work, house.engine), now=house.now, limit=100)


def said(house: DoseHouse) -> list[KnownEstimates]:
    """Return what the method ever said, newest first."""
    with unit_of_work(house.engine) as session:
        (exam_id,) = session.scalars(select(ExamRow.id))
        return kept.of_method(session, exam_id, "acme-who", limit=10)


def failures(house: DoseHouse) -> list[tuple[str, bool]]:
    """Return the findings that a method failed, each with whether it is open."""
    with unit_of_work(house.engine) as session:
        found = session.scalars(select(FindingRow).where(FindingRow.kind == estimates.FAILED))
        return [(one.text, one.resolved_at is None) for one in found]


def values(house: DoseHouse) -> list[float | None]:
    results = [one.result for each in said(house) for one in each.outcomes]
    return [one.value if isinstance(one, Estimate) else None for one in results]


def state(house: DoseHouse, **values_of_patient: object) -> None:
    """Change what is known of the patient."""
    with unit_of_work(house.engine) as session:
        session.execute(update(PatientRow).values(**values_of_patient))


class TestTheMethods:
    def test_are_asked_after_an_exam_came_with_who_was_irradiated(self, house: DoseHouse) -> None:
        """A report of 1 March 2026: 56 years."""
        assert values(house) == [pytest.approx(70.056, abs=0.002)]

    def test_that_fail_cost_the_others_nothing(self, house: DoseHouse, caplog: pytest.LogCaptureFixture) -> None:
        caplog.clear()
        with unit_of_work(house.engine) as session:
            (exam_id,) = session.scalars(select(ExamRow.id))
            estimates.compute(session, exam_id, now=house.now)

        (told,) = [one for one in caplog.records if "a method failed" in one.message]
        assert (told.__dict__["method"], told.__dict__["error"]) == ("acme-fails", "KeyError")
        assert len(said(house)) == 1

    def test_that_fail_are_told_by_one_finding_about_the_exam_which_quotes_nobody(self, house: DoseHouse) -> None:
        assert failures(house) == [("acme-fails 1 gave KeyError", True)]

        state(house, birth_date="1980-01-01")
        ask(house)

        assert failures(house) == [("acme-fails 1 gave KeyError", True)]

    def test_that_fail_no_longer_are_told_no_longer(self, house: DoseHouse) -> None:
        state(house, sex="O")
        ask(house)

        assert failures(house) == [("acme-fails 1 gave KeyError", False)]

    def test_that_fail_are_not_told_of_an_exam_that_does_not_count(self, house: DoseHouse) -> None:
        with unit_of_work(house.engine) as session:
            session.execute(update(ExamRow).values(state="held"))
            (exam_id,) = session.scalars(select(ExamRow.id))
            estimates.compute(session, exam_id, now=house.now)

        assert failures(house) == [("acme-fails 1 gave KeyError", False)]

    def test_are_not_asked_where_nothing_changed(self, house: DoseHouse) -> None:
        assert ask(house) == 0
        assert len(said(house)) == 1

    def test_say_nothing_new_of_the_same_exam(self, house: DoseHouse) -> None:
        count, steps = estimates.compute_all(partial(unit_of_work, house.engine), now=house.now)

        assert (count, sum(steps)) == (1, 0)
        assert len(said(house)) == 1

    def test_are_asked_again_once_the_birth_date_is_another(self, house: DoseHouse) -> None:
        state(house, birth_date="1980-01-01")

        assert ask(house) == 1
        assert values(house) == [pytest.approx(70.046, abs=0.002), pytest.approx(70.056, abs=0.002)]

    def test_are_not_asked_because_the_name_is_another(self, house: DoseHouse) -> None:
        state(house, name="Exempel^Ylva")

        assert ask(house) == 0

    def test_are_asked_again_in_a_new_version_and_what_the_old_one_said_stays(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        house = DoseHouse(engine=engine, archive=FakeArchive())
        house.receive([report(1)])
        with installed(tmp_path / "one", "acme_who_one", WHO.format(version="1"), acme_who="Who"):
            ask(house)
        house.wait(1)
        with installed(tmp_path / "two", "acme_who_two", WHO.format(version="2"), acme_who="Who"):
            _, steps = estimates.compute_all(partial(unit_of_work, engine), now=house.now)
            assert sum(steps) == 1

        assert [one.method_version for one in said(house)] == ["2", "1"]

    def test_are_not_asked_of_an_exam_that_waits_at_the_desk(self, house: DoseHouse) -> None:
        with unit_of_work(house.engine) as session:
            session.execute(update(ExamRow).values(state="held"))
        state(house, sex="M")

        assert ask(house) == 1
        assert len(said(house)) == 1


class TestWhatOthersObserved:
    @pytest.fixture
    def unweighed(self, engine: Engine, tmp_path: Path) -> Iterator[DoseHouse]:
        with installed(tmp_path / "one", "acme_who", WHO.format(version="1"), acme_who="Who"):
            house = DoseHouse(engine=engine, archive=FakeArchive())
            house.receive([report(1, PatientBirthDate="19700101", PatientWeight=None)])
            ask(house)
            yield house

    def test_comes_to_the_methods_when_it_comes_to_us(self, unweighed: DoseHouse) -> None:
        assert values(unweighed) == [None]
        with unit_of_work(unweighed.engine) as session:
            (row,) = session.scalars(select(ExamRow))
            assert row.started_at is not None
            weighed_at = row.started_at - timedelta(days=2)
        statement = Statement(
            observed=Observed.BODY_WEIGHT,
            state=ObservationState.VALID,
            observed_at=weighed_at,
            stated_at=weighed_at,
            value=82.0,
            stated_value="82",
            stated_unit="kg",
        )
        with unit_of_work(unweighed.engine) as session:
            now = unweighed.now
            change = Change(event_at=now, ordered_at=now, now=now, hl7_message_id=row.id)
            observations.keep(session, (StatedIdentifier(value=PATIENT, authority="HILLTOP"),), [statement], change)

        assert ask(unweighed) == 1
        assert values(unweighed) == [pytest.approx(82.056, abs=0.002), None]


class TestWhatWasSaid:
    @pytest.mark.parametrize("sql", ["DELETE FROM estimate", "UPDATE estimate SET method_version = '9'"])
    def test_is_never_changed_nor_deleted(self, house: DoseHouse, sql: str) -> None:
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work(house.engine) as session:
            session.execute(text(sql))
