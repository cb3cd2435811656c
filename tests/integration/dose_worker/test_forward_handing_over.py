"""Tests of the last moment before a dose SR is forwarded: what was decided until then counts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.repositories import patients
from db.session import Session, unit_of_work
from dose_services import forwarding, forwarding_desk, forwarding_sending, restriction
from dose_services.forwarding_values import ForwardRule, ListedPacs
from dose_worker.forward import forward
from tests.builders.ct_reports import of, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.forward_house import LONG_AGO, OPERATOR, ForwardHouse
from tests.support.outbound_house import PHIL

_TAKEN = 2  # transactions: what is next, and taking it


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> ForwardHouse:
    """A house with one object for a registry, which waits."""
    made = ForwardHouse(DoseHouse(engine=engine, archive=FakeArchive()), folder=tmp_path)
    made.add()
    made.house.receive([report(1, **of("P-1"))])
    made.sweep()
    return made


def change(place: ForwardHouse, what: Callable[..., object]) -> None:
    with unit_of_work(place.house.engine) as session:
        whom = session.scalar(text("SELECT patient_id FROM exam"))
        what(session, whom, reason="they asked for it", looker=PHIL, now=place.now)


def forward_while(place: ForwardHouse, happen: Callable[[], object]) -> int:
    """Forward what waits; something happens between taking an object and handing it over."""
    begun = 0

    @contextmanager
    def work() -> Iterator[Session]:
        nonlocal begun
        if begun == _TAKEN:
            happen()
        begun += 1
        with unit_of_work(place.house.engine) as session:
            yield session

    return forward(
        work,
        lambda _: place.house.archive,
        place.destination_id(),
        site_key=place.site_key,
        clock=lambda: place.now,
    )


class TestAnObjectThatIsOnItsWay:
    def test_holds_up_no_sweep_though_a_newer_version_came(self, place: ForwardHouse) -> None:
        (one,) = place.queue()
        with unit_of_work(place.house.engine) as handing:
            assert forwarding_sending.may_go(handing, one.number, now=place.now)
            place.house.wait(60)
            place.house.receive([report(1, ctdi_mgy="9", **of("P-1"))])
            with unit_of_work(place.house.engine) as session:
                session.execute(text("SET LOCAL lock_timeout = '1s'"))
                forwarding.sweep(session, now=place.now)
            assert place.states() == ["waiting", "waiting"]
        place.sweep()

        assert place.states() == ["cancelled", "waiting"]


class TestAnObjectThatWasTaken:
    def test_does_not_go_out_once_its_patient_is_restricted(self, place: ForwardHouse) -> None:
        assert forward_while(place, partial(change, place, restriction.restrict)) == 0

        (one,) = place.queue()
        assert (place.files(), one.state, one.attempts, one.sent_as) == ({}, "withheld", 0, None)

    def test_goes_out_when_the_restriction_is_lifted(self, place: ForwardHouse) -> None:
        forward_while(place, partial(change, place, restriction.restrict))
        change(place, restriction.lift)
        place.work()

        assert (place.states(), len(place.files())) == (["sent"], 1)

    def test_does_not_go_out_if_a_person_gives_it_up(self, place: ForwardHouse) -> None:
        def cancel() -> None:
            with unit_of_work(place.house.engine) as session:
                (one,) = forwarding_desk.listed(session, limit=1)
                forwarding_desk.cancel(session, one.number, looker=OPERATOR, now=place.now)

        assert forward_while(place, cancel) == 0
        assert (place.states(), place.files()) == (["cancelled"], {})

    def test_does_not_go_out_if_its_exam_counts_no_more(self, place: ForwardHouse) -> None:
        def expire() -> None:
            with unit_of_work(place.house.engine) as session:
                session.execute(text("UPDATE exam SET expired_at = :now"), {"now": place.now})

        assert forward_while(place, expire) == 0
        (one,) = place.queue()
        assert (one.state, one.problem, place.files()) == ("cancelled", "the exam counts no more", {})


def test_a_restriction_waits_until_what_is_being_handed_over_is_there(place: ForwardHouse) -> None:
    restricting = threading.Thread(target=change, args=(place, restriction.restrict))

    def begin() -> None:
        restricting.start()
        restricting.join(0.5)
        waited.append(restricting.is_alive())

    waited: list[bool] = []
    archive = FakeArchive(before_answer=begin)
    place.house.archives["orthanc"] = archive
    place.add("second", node=ListedPacs(name="orthanc"), rule=ForwardRule(since=LONG_AGO, is_identified=True))
    place.work()
    restricting.join(10)

    assert (waited, restricting.is_alive(), len(archive.objects)) == ([True], False, 1)


def test_nobody_else_waits_for_what_is_being_handed_over(place: ForwardHouse) -> None:
    """Updates and merges by HL7 go on: an archive may take its time, and who restricts waits so long."""
    (one,) = place.queue()
    restricting = threading.Thread(target=change, args=(place, restriction.restrict))
    with unit_of_work(place.house.engine) as handing_over:
        assert forwarding_sending.may_go(handing_over, one.number, now=place.now)
        restricting.start()
        restricting.join(0.5)
        with unit_of_work(place.house.engine) as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            patients.lock_merges(session)
            session.execute(text("UPDATE patient SET name = 'Muster^Martha'"))
        assert restricting.is_alive()
    restricting.join(10)
    assert not restricting.is_alive()
