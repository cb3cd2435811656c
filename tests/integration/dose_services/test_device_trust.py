"""Tests of dose_services.device_trust: the grade falls when the feed of a device gets worse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from db.repositories import findings as finding_rows
from db.session import unit_of_work
from dose_services import device_trust, devices, findings
from dose_services.audit import Looker, Via
from dose_services.device_trust import Aspect, Trust
from dose_services.finding_kinds import FindingKind
from tests.builders.ct_reports import QUALITY_CONTROL, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

HOUR_S = 3600


@pytest.fixture
def plain(engine: Engine, archive: FakeArchive) -> DoseHouse:
    """A house with a day of quiet time, which has received nothing."""
    house = DoseHouse(engine=engine, archive=archive)
    house.site = replace(house.site, quiet_time_s=24 * HOUR_S)
    return house


def trust(house: DoseHouse, *, days: int = 90) -> Trust:
    with unit_of_work(house.engine) as session:
        (machine,) = devices.list_devices(session)
        period = timedelta(days=days)
        return device_trust.trust_of(session, machine.id, period=period, now=house.now, site=house.site)


def shares(found: Trust) -> dict[Aspect, int]:
    return {one.aspect: one.exams for one in found.shares}


def without_phantom(number: int) -> bytes:
    """Return a report whose phantom code is one that nobody knows."""
    return report(number).replace(b"113691", b"999999")


def absurd(number: int) -> bytes:
    """Return a report whose CTDIvol is 5 000 mGy where it should be 5 mGy."""
    return report(number, ctdi_mgy="5000")


class TestAGoodFeed:
    def test_has_the_best_grade_and_no_reasons(self, plain: DoseHouse) -> None:
        plain.receive([report(number) for number in range(10)])

        found = trust(plain)

        assert (found.grade, found.exams, found.reasons) == ("A", 10, ())
        assert set(shares(found).values()) == {10}

    def test_is_not_graded_on_a_handful_of_exams(self, plain: DoseHouse) -> None:
        plain.receive([report(number) for number in range(9)])

        assert trust(plain).grade is None

    def test_is_not_worse_for_phantoms_and_what_lies_before_the_period(self, plain: DoseHouse) -> None:
        plain.receive([report(number) for number in range(10)])
        plain.receive([report(50, intent=QUALITY_CONTROL), *(absurd(60 + number) for number in range(2))])
        old = [report(70).replace(b"20260301", b"20190301")]
        plain.receive(old)

        assert trust(plain).exams == 12


class TestADegradedFeed:
    @pytest.mark.parametrize(
        ("worse", "aspect", "kind"),
        [
            (without_phantom, Aspect.COMPLETE, FindingKind.MISSING_PHANTOM),
            (absurd, Aspect.PLAUSIBLE, FindingKind.IMPLAUSIBLE),
        ],
    )
    def test_falls_and_says_why(
        self, plain: DoseHouse, worse: Callable[[int], bytes], aspect: Aspect, kind: FindingKind
    ) -> None:
        plain.receive([report(number) for number in range(10)])
        before = trust(plain).grade
        plain.receive([worse(100 + number) for number in range(10)])

        found = trust(plain)

        assert (before, found.grade) == ("A", "D")
        assert shares(found)[aspect] == 10
        assert (aspect, kind, 10) in [(one.aspect, one.kind, one.exams) for one in found.reasons]

    def test_falls_where_values_cannot_be_used_as_they_stand(self, plain: DoseHouse) -> None:
        plain.receive([report(number) for number in range(10)])
        plain.receive([without_phantom(100 + number) for number in range(10)])

        found = trust(plain)

        assert shares(found)[Aspect.CONFORMANT] == 10
        assert any(one.text.startswith("values that cannot be used") for one in found.reasons)

    def test_falls_where_objects_come_late(self, plain: DoseHouse) -> None:
        plain.receive([report(number) for number in range(10)])
        plain.wait(48 * HOUR_S)
        plain.receive([report(100 + number) for number in range(5)])

        found = trust(plain)

        assert (shares(found)[Aspect.ON_TIME], found.grade) == (10, "C")
        assert [(one.kind, one.exams) for one in found.reasons] == [(None, 5)]

    def test_rises_again_once_a_person_explained_what_was_odd(self, plain: DoseHouse) -> None:
        plain.receive([*(report(number) for number in range(10)), absurd(100)])
        looker = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")
        before = shares(trust(plain))[Aspect.PLAUSIBLE]
        with unit_of_work(plain.engine) as session:
            for row in finding_rows.unresolved(session):
                findings.close(session, row.id, comment="a phantom", looker=looker, now=plain.now)

        assert (before, shares(trust(plain))[Aspect.PLAUSIBLE]) == (10, 11)
