"""Tests of dose_core.orders.order and status: an order as all messages about it add up to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from dose_core.model import Code
from dose_core.orders.order import order_of
from dose_core.orders.said import Number, OrderSaid, ProcedureSaid, Said
from dose_core.orders.status import CANCELS, OrderStatus, status_of

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def said(minute: int = 0, control: str = "", **fields: object) -> OrderSaid:
    """Return what a message says so many minutes after the morning began."""
    plain = OrderSaid(
        said_at=MORNING + timedelta(minutes=minute), control_id=str(minute), said=Said.ORDER, control=control
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # a test names the fields that it is about


@pytest.mark.parametrize("control", sorted(CANCELS))
def test_an_order_is_cancelled_whatever_its_status_is_said_to_be(control: str) -> None:
    assert status_of(said(control=control, order_status="SC")) is OrderStatus.CANCELLED


@pytest.mark.parametrize(
    ("control", "order_status", "result_status", "status"),
    [
        ("NW", "", "", OrderStatus.ORDERED),
        ("NW", "SC", "", OrderStatus.SCHEDULED),
        ("SC", "IP", "", OrderStatus.IN_PROGRESS),
        ("SC", "CM", "", OrderStatus.COMPLETED),
        ("RE", "", "F", OrderStatus.COMPLETED),
        ("RE", "", "P", OrderStatus.COMPLETED),
        ("RE", "", "X", OrderStatus.CANCELLED),
        ("RE", "", "S", OrderStatus.SCHEDULED),
        ("XO", "", "", None),
        ("UA", "", "", None),
        ("SC", "a word of the house", "", None),
    ],
)
def test_the_status_is_read_from_the_tables_of_the_standard(
    control: str, order_status: str, result_status: str, status: OrderStatus | None
) -> None:
    assert status_of(said(control=control, order_status=order_status, result_status=result_status)) is status


LIFE = (
    said(0, "NW", placer=Number(value="P"), indication="a fall", procedures=(ProcedureSaid(modalities=("CT",)),)),
    said(5, "XO", indication="a fall from a roof", priority="S"),
    said(10, "SC", order_status="CM", filler=Number(value="F")),
    said(20, "XO", cleared=frozenset({"priority"}), procedures=(ProcedureSaid(study_instance_uid="2.25.1"),)),
)


@pytest.mark.parametrize("order", list(permutations(LIFE)))
def test_what_was_said_last_counts_in_whatever_order_and_however_often_it_came(order: tuple[OrderSaid, ...]) -> None:
    found = order_of((*order, order[0]))

    assert (found.status, found.status_at) == (OrderStatus.COMPLETED, MORNING + timedelta(minutes=10))
    assert (found.indication, found.priority) == ("a fall from a roof", None)
    assert (found.placer, found.filler) == (Number(value="P"), Number(value="F"))
    assert found.procedures == (ProcedureSaid(study_instance_uid="2.25.1", modalities=("CT",)),)
    assert (found.ordered_at, found.said_at) == (MORNING, MORNING + timedelta(minutes=20))


def test_of_what_was_said_in_one_second_the_later_in_a_life_counts() -> None:
    new, cancelled = said(0, "NW"), said(0, "CA")

    assert order_of([new, cancelled]).status is order_of([cancelled, new]).status is OrderStatus.CANCELLED


def test_of_two_changes_in_one_second_that_of_the_higher_number_counts() -> None:
    first, second = said(0, "XO", control_id="9", priority="R"), said(0, "XO", control_id="10", priority="S")

    assert order_of([first, second]).priority == order_of([second, first]).priority == "S"


def test_procedures_are_told_apart_by_their_number_then_by_accession_then_by_study() -> None:
    chest = ProcedureSaid(requested_procedure_id="1", accession=Number(value="A"))
    abdomen = ProcedureSaid(requested_procedure_id="2", accession=Number(value="A"))
    of_chest = ProcedureSaid(requested_procedure_id="1", study_instance_uid="2.25.1")

    found = order_of([said(0, procedures=(chest, abdomen)), said(1, procedures=(of_chest,))])

    assert found.procedures == (replace(chest, study_instance_uid="2.25.1"), abdomen)


def test_a_code_that_is_text_alone_stays_text() -> None:
    assert order_of([said(procedure=Code(value="", scheme="", meaning="CT chest"))]).procedure == Code(
        value="", scheme="", meaning="CT chest"
    )


def test_nothing_said_is_no_order() -> None:
    with pytest.raises(ValueError, match="nothing was said"):
        order_of([])
