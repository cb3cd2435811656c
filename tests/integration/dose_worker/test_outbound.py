"""Tests of the queue of messages (dose_services.outbound_sending) and of dose_worker.outbound, with real receivers."""

import itertools
import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Engine, select, update

from db.repositories import erasures, outbound_queue
from db.session import unit_of_work
from db.tables.access_log import AccessLogRow
from db.tables.outbound import OutboundDestinationRow, OutboundMessageRow
from dose_services import outbound_desk
from dose_services.outbound_values import MessageNotMovableError, UnknownMessageError
from dose_worker.outbound import Outbound
from tests.builders.ct_reports import of, report
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_receiver import Reaction, Receiver, ack, listening
from tests.support.outbound_house import OPERATOR, OutboundHouse
from tests.support.postgres import free_port
from tests.support.until import until

LATER_S = 301  # the longest back-off is over


@pytest.fixture
def place(engine: Engine) -> OutboundHouse:
    """A house without destinations."""
    return OutboundHouse(DoseHouse(engine=engine, archive=FakeArchive()))


def queue(place: OutboundHouse, receiver: Receiver, *numbers: int, is_strict: bool = False) -> list[str]:
    """Have an exam of each number told to the receiver, and return the control ids in their order."""
    if "RIS" not in place.ids:
        place.add(port=receiver.port, is_strict=is_strict)
    for number in numbers:
        place.house.receive([report(number, **of(f"P-{number}"))])
        place.tell()
    return [one.control_id for one in place.queue()]


def work(place: OutboundHouse) -> None:
    """Send all that is due."""
    line = place.line()
    while line.send_next():
        pass
    line.close()


def refusing(*refused: int, code: str = "AE") -> Callable[[bytes], Reaction]:
    """Return what a receiver does that refuses the messages that come at these places, counted from 1."""
    places = itertools.count(1)

    def react(message: bytes) -> Reaction:
        if next(places) in refused:
            return ack(message, code, "ERR||PID^1^3|204^Unknown^HL70357|E|||Ek, Alma is not known")
        return ack(message)

    return react


class TestAQueue:
    def test_is_sent_in_its_order_over_one_connection(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            expected = queue(place, receiver, 1, 2, 3)
            work(place)

        assert receiver.control_ids == expected
        assert receiver.connections == 1
        assert place.states() == ["sent"] * 3

    @pytest.mark.parametrize("code", ["AR", "CR"])
    def test_waits_behind_a_message_that_is_to_come_later(self, place: OutboundHouse, code: str) -> None:
        with listening(Receiver(reacts=refusing(1, code=code))) as receiver:
            first, second = queue(place, receiver, 1, 2)
            work(place)
            assert (receiver.control_ids, place.states()) == ([first], ["queued", "queued"])

            place.house.wait(LATER_S)
            work(place)

        assert receiver.control_ids == [first, first, second]
        assert place.states() == ["sent", "sent"]

    def test_goes_on_behind_a_message_that_is_refused(self, place: OutboundHouse) -> None:
        with listening(Receiver(reacts=refusing(1))) as receiver:
            expected = queue(place, receiver, 1, 2)
            work(place)
            place.house.wait(LATER_S)
            work(place)

        assert receiver.control_ids == expected
        assert place.states() == ["parked", "sent"]
        assert place.queue()[0].problem == "AE 204: unknown key identifier"
        assert place.findings() == {"result_refused": "RIS refused message 1: AE 204: unknown key identifier"}

    def test_of_a_strict_destination_stops_at_a_refusal_until_it_is_given_up(self, place: OutboundHouse) -> None:
        with listening(Receiver(reacts=refusing(1))) as receiver:
            first, second = queue(place, receiver, 1, 2, is_strict=True)
            work(place)
            stopped = list(receiver.control_ids)
            with unit_of_work(place.house.engine) as session:
                outbound_desk.drop(session, 1, comment="filed by hand", looker=OPERATOR, now=place.now)
            work(place)

        assert (stopped, receiver.control_ids) == ([first], [first, second])
        assert place.states() == ["dropped", "sent"]

    def test_of_a_receiver_who_is_away_waits_and_says_so(self, place: OutboundHouse) -> None:
        receiver = Receiver(port=free_port())
        expected = queue(place, receiver, 1, 2)
        for _ in range(8):
            work(place)
            place.house.wait(LATER_S)

        assert place.states() == ["queued", "queued"]
        assert place.queue()[0].problem == "no connection: ConnectionRefusedError"
        assert place.findings() == {"results_wait": "results for RIS wait: no connection: ConnectionRefusedError"}

        with listening(receiver):
            work(place)

        assert receiver.control_ids == expected
        assert (place.states(), place.findings()) == (["sent", "sent"], {})

    def test_repeats_what_was_not_answered_byte_for_byte(self, place: OutboundHouse) -> None:
        """The receiver has it already, and can tell by MSH-10."""
        silent = iter([True, False])

        def react(message: bytes) -> Reaction:
            return None if next(silent) else ack(message)

        with listening(Receiver(reacts=react)) as receiver:
            queue(place, receiver, 1)
            work(place)
            assert place.queue()[0].problem == "no answer came in time"
            place.house.wait(LATER_S)
            work(place)

        first, second = receiver.messages
        assert first == second
        assert place.states() == ["sent"]

    def test_waits_ever_longer_and_five_minutes_at_most(self, place: OutboundHouse) -> None:
        queue(place, Receiver(port=free_port()), 1)
        waits = []
        for _ in range(10):
            work(place)
            (message,) = place.queue()
            waits.append((message.not_before - place.now).total_seconds())
            place.house.wait(waits[-1])

        assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]

    def test_does_not_hold_up_that_of_another_destination(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            place.add("AWAY", port=free_port())
            queue(place, receiver, 1)
            place.line("AWAY").send_next()
            work(place)

        assert [one.state for one in place.queue("RIS")] == ["sent"]
        assert [one.state for one in place.queue("AWAY")] == ["queued"]


class TestTwoWorkers:
    def test_never_have_a_connection_each(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            expected = queue(place, receiver, 1, 2)
            first, second = place.line(), place.line()
            assert first.send_next()

            assert not second.send_next()
            first.close()
            receiver.await_hang_up()
            assert second.send_next()
            second.close()

        assert receiver.control_ids == expected
        assert receiver.most_at_once == 1

    def test_take_over_from_one_that_died(self, place: OutboundHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        """What it had sent comes again under its control id, and nothing passed it meanwhile."""
        with listening(Receiver()) as receiver:
            first, second = queue(place, receiver, 1, 2)
            died = place.line()
            monkeypatch.setattr(died, "_send", lambda _: None)  # it dies between taking and marking
            died.send_next()

            work(place)
            assert receiver.control_ids == []
            place.house.wait(LATER_S)
            work(place)

        assert receiver.control_ids == [first, second]


class TestAPerson:
    def test_sends_a_parked_message_again(self, place: OutboundHouse) -> None:
        with listening(Receiver(reacts=refusing(1))) as receiver:
            expected = queue(place, receiver, 1)
            work(place)
            with unit_of_work(place.house.engine) as session:
                outbound_desk.send_again(session, 1, comment="the patient is known now", looker=OPERATOR, now=place.now)
            work(place)

        assert receiver.control_ids == expected * 2
        assert (place.states(), place.findings()) == (["sent"], {})

    def test_cannot_undo_what_was_told_later(self, place: OutboundHouse) -> None:
        with listening(Receiver(reacts=refusing(1))) as receiver:
            queue(place, receiver, 1)
            work(place)
            place.house.receive([report(9, study=1, **of("P-1"))])
            place.tell()

        assert place.kinds() == ["F", "C"]
        with (
            pytest.raises(MessageNotMovableError, match="out of date"),
            unit_of_work(place.house.engine) as session,
        ):
            outbound_desk.send_again(session, 1, comment="too late", looker=OPERATOR, now=place.now)

    def test_takes_a_message_out_so_that_others_go_on(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            _, second = queue(place, receiver, 1, 2)
            with unit_of_work(place.house.engine) as session:
                outbound_desk.park(session, 1, comment="their test patient", looker=OPERATOR, now=place.now)
            work(place)

        assert receiver.control_ids == [second]
        assert place.states() == ["parked", "sent"]

    def test_who_reads_a_message_or_changes_its_fate_is_on_record(self, place: OutboundHouse) -> None:
        with listening(Receiver(reacts=refusing(1))) as receiver:
            queue(place, receiver, 1)
            work(place)
        with unit_of_work(place.house.engine) as session:
            read = outbound_desk.read_message(session, 1, looker=OPERATOR, now=place.now)
            outbound_desk.send_again(session, 1, comment="known now", looker=OPERATOR, now=place.now)
            outbound_desk.park(session, 1, comment="not yet for Muster P-1", looker=OPERATOR, now=place.now)
            outbound_desk.drop(session, 1, comment="never again", looker=OPERATOR, now=place.now)

        assert read.answer is not None
        assert "Ek, Alma is not known" in read.answer
        assert read.content is not None
        assert "P-1" in read.content
        with unit_of_work(place.house.engine) as session:
            rows = session.scalars(select(AccessLogRow).where(AccessLogRow.exam_id.is_not(None)))
            looks = {row.action: row.reason for row in rows if row.patient_id}
        assert looks == {
            "read_message": None,
            "queue_message": "known now",
            "park_message": "not yet for [patient] [patient]",
            "drop_message": "never again",
        }

    @pytest.mark.parametrize("act", [outbound_desk.send_again, outbound_desk.park, outbound_desk.drop])
    def test_cannot_move_a_message_that_was_sent_or_that_there_is_not(
        self, place: OutboundHouse, act: Callable[..., object]
    ) -> None:
        with listening(Receiver()) as receiver:
            queue(place, receiver, 1)
            work(place)

        for number, error in ((1, MessageNotMovableError), (99, UnknownMessageError)):
            with pytest.raises(error), unit_of_work(place.house.engine) as session:
                act(session, number, comment="a test", looker=OPERATOR, now=place.now)


class TestAnExamThatExpires:
    def test_takes_its_messages_with_it(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            queue(place, receiver, 1, 2)
            with unit_of_work(place.house.engine) as session:
                erasures.exams(session, place.exam_ids()[:1], by="test", rule="test", now=place.now)
            work(place)

        assert place.states() == ["dropped", "sent"]
        with unit_of_work(place.house.engine) as session:
            rows = session.scalars(select(OutboundMessageRow).order_by(OutboundMessageRow.number))
            assert [row.key is None for row in rows] == [True, False]

    def test_leaves_no_old_message_readable(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            queue(place, receiver, 1)
            work(place)
        queue(place, receiver, 2)
        with unit_of_work(place.house.engine) as session:
            erasures.messages(session, before=place.now, by="test", rule="test", now=place.now, limit=100)

        with unit_of_work(place.house.engine) as session:
            rows = session.scalars(select(OutboundMessageRow).order_by(OutboundMessageRow.number))
            assert [(row.state, row.key is None) for row in rows] == [("sent", True), ("queued", False)]
            assert outbound_queue.get(session, 1) is not None
            assert outbound_desk.read_message(session, 1, looker=OPERATOR, now=place.now).content is None


class TestTheWorker:
    def test_sends_what_waits_until_it_is_told_to_stop(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            expected = queue(place, receiver, 1, 2, 3)
            outbound = Outbound(partial(unit_of_work, place.house.engine), clock=lambda: place.house.now, poll_s=0.05)
            outbound.start()
            until(lambda: place.states() == ["sent"] * 3, within_s=15, what="three messages")
            outbound.stop()

        assert receiver.control_ids == expected
        with unit_of_work(place.house.engine) as session:
            assert session.scalars(select(OutboundDestinationRow.held_by)).all() == [None]
        assert not [one for one in threading.enumerate() if one.name.startswith("outbound")]

    def test_goes_on_after_a_failure_that_nobody_foresaw(self, place: OutboundHouse) -> None:
        with listening(Receiver()) as receiver:
            place.add("BROKEN", port=receiver.port)
            queue(place, receiver, 1)
            with unit_of_work(place.house.engine) as session:
                session.execute(
                    update(OutboundDestinationRow).where(OutboundDestinationRow.name == "BROKEN").values(port=0)
                )
            outbound = Outbound(partial(unit_of_work, place.house.engine), clock=lambda: place.house.now, poll_s=0.05)
            outbound.start()
            until(lambda: [one.state for one in place.queue("RIS")] == ["sent"], within_s=15, what="the other queue")
            outbound.stop()

        assert [one.state for one in place.queue("BROKEN")] == ["queued"]
