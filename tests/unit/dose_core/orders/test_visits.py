"""Tests of dose_core.orders.visits: visits and accounts as messages move, merge and renumber them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from dose_core.orders.said import Number
from dose_core.orders.visits import Register, Stay, StayEvent, StaySaid, stay_of

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
V1, V2, V3 = (Number(value=value, issuer="HOSP") for value in ("V1", "V2", "V3"))
ANNA, BRUNO, CARA = (UUID(int=number) for number in (1, 2, 3))


def said(minute: int, event: StayEvent, number: Number, **fields: object) -> StaySaid:
    """Return what a message says so many minutes after the morning began."""
    plain = StaySaid(
        message_id=UUID(int=100 + minute),
        said_at=MORNING + timedelta(minutes=minute),
        control_id=str(99 - minute),  # numbers of several senders tell nothing of the time
        event=event,
        register=Register.VISIT,
        number=number,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # a test names the fields that it is about


TO_BRUNO = said(1, StayEvent.MOVED, V1, from_patient_id=ANNA, to_patient_id=BRUNO)
TO_CARA = said(2, StayEvent.MOVED, V2, from_patient_id=BRUNO, to_patient_id=CARA)
RENUMBERED = said(3, StayEvent.RENUMBERED, V1, new=V2)


def stay(*events: StaySaid, number: Number = V1) -> Stay:
    return stay_of(number, Register.VISIT, events)


def test_the_newest_move_holds_in_whatever_order_messages_came_and_whichever_number_they_name() -> None:
    for order in permutations((TO_BRUNO, TO_CARA, RENUMBERED)):
        for number in (V1, V2):
            found = stay(*order, number=number)
            assert found.move == TO_CARA
            assert found.movers == {ANNA, BRUNO, CARA}


def test_a_visit_of_which_nothing_was_said_stays_where_it_is() -> None:
    assert stay(TO_BRUNO, number=V3) == Stay(numbers=(V3,), move=None, movers=frozenset(), is_deleted=False)


def test_a_number_of_another_authority_or_of_an_account_is_another() -> None:
    assert stay(TO_BRUNO, number=replace(V1, issuer="ELSE")).move is None
    assert stay_of(V1, Register.ACCOUNT, [TO_BRUNO]).move is None
    assert stay(TO_BRUNO, number=replace(V1, issuer="")).move == TO_BRUNO


def test_visits_are_one_over_any_number_of_merges() -> None:
    further = said(4, StayEvent.MERGED, V2, new=V3)

    assert stay(further, RENUMBERED, TO_BRUNO, number=V3).move == TO_BRUNO


def test_a_deleted_visit_is_marked_under_each_of_its_numbers() -> None:
    assert stay(said(5, StayEvent.DELETED, V1), RENUMBERED, number=V2).is_deleted
