"""Tests of the last moment before a message goes out: what was decided until then counts."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from db.session import unit_of_work
from dose_services import outbound_desk, outbound_sending, restriction
from dose_worker.mllp_client import MllpConnection
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_receiver import Receiver, listening
from tests.support.outbound_house import OPERATOR, PHIL, OutboundHouse
from tests.support.postgres import free_port

Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture
def place(engine: Engine) -> OutboundHouse:
    """A house without destinations."""
    return OutboundHouse(DoseHouse(engine=engine, archive=FakeArchive()))


@pytest.fixture
def while_connecting(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen while a connection is being made, which may take seconds."""
    connect = MllpConnection._connected

    def set_up(happen: Callable[[], None]) -> None:
        def connected(connection: MllpConnection) -> object:
            happen()
            return connect(connection)

        monkeypatch.setattr(MllpConnection, "_connected", connected)

    return set_up


def restrict(place: OutboundHouse) -> None:
    with unit_of_work(place.house.engine) as session:
        whom = place.patient_id("P-1")
        restriction.restrict(session, whom, reason="they asked for it", looker=PHIL, now=place.now)


def lift(place: OutboundHouse) -> None:
    with unit_of_work(place.house.engine) as session:
        restriction.lift(session, place.patient_id("P-1"), reason="they agreed again", looker=PHIL, now=place.now)


def queue(place: OutboundHouse, receiver: Receiver) -> None:
    place.add(port=receiver.port)
    place.receive(1)
    place.tell()


class TestAMessageThatIsBeingSent:
    def test_does_not_go_out_once_its_patient_is_restricted(
        self, place: OutboundHouse, while_connecting: Meanwhile
    ) -> None:
        with listening(Receiver()) as receiver:
            queue(place, receiver)
            while_connecting(lambda: restrict(place))
            line = place.line()
            line.send_next()
            line.close()

            assert (receiver.messages, place.states()) == ([], ["withheld"])
            assert place.queue()[0].attempts == 0  # its receiver cannot know it

    def test_that_was_withheld_so_is_told_as_it_is_when_the_restriction_is_lifted(
        self, place: OutboundHouse, while_connecting: Meanwhile
    ) -> None:
        with listening(Receiver()) as receiver:
            queue(place, receiver)
            while_connecting(lambda: restrict(place))
            line = place.line()
            line.send_next()
            while_connecting(lambda: None)
            lift(place)
            place.tell()
            while line.send_next():
                pass
            line.close()

            assert (len(receiver.messages), place.states()) == (1, ["dropped", "sent"])

    def test_is_not_sent_if_a_person_takes_it_out_before(
        self, place: OutboundHouse, while_connecting: Meanwhile
    ) -> None:
        def park() -> None:
            with unit_of_work(place.house.engine) as session:
                outbound_desk.park(session, 1, comment="their test patient", looker=OPERATOR, now=place.now)

        with listening(Receiver()) as receiver:
            queue(place, receiver)
            while_connecting(park)
            line = place.line()
            line.send_next()
            line.close()

            assert (receiver.messages, place.states()) == ([], ["parked"])

    def test_holds_a_restriction_up_until_it_is_handed_over(self, place: OutboundHouse) -> None:
        queue(place, Receiver(port=free_port()))
        restricting = threading.Thread(target=restrict, args=(place,))
        with unit_of_work(place.house.engine) as session:
            assert outbound_sending.may_go(session, 1, is_first=True)
            restricting.start()
            restricting.join(0.5)
            is_waiting = restricting.is_alive()
        restricting.join(10)

        assert (is_waiting, restricting.is_alive()) == (True, False)
        with unit_of_work(place.house.engine) as session:
            assert not outbound_sending.may_go(session, 1, is_first=True)

    def test_is_sent_again_by_the_next_connection_if_the_first_was_stale(self, place: OutboundHouse) -> None:
        """A receiver that closes after each message is asked twice, and gets it once."""
        with listening(Receiver(closes_after_each=True)) as receiver:
            queue(place, receiver)
            place.receive(2, patient="P-2")
            place.tell()
            line = place.line()
            while line.send_next():
                pass
            line.close()

            assert (len(receiver.messages), place.states()) == (2, ["sent", "sent"])
