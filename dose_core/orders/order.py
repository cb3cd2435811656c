"""
An order as all messages about it add up to: the newest that states a value counts for it.

The result depends on what was said and when it was said, not on the order in which it came nor on how often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from dose_core.model import Code
from dose_core.orders.said import Number, OrderSaid, ProcedureSaid
from dose_core.orders.status import OrderStatus, rank_of, status_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    An order as it stands.

    ``planned_at`` is when it is to be done; ``ordered_at`` when something was first said of it, ``said_at`` when last.
    """

    status: OrderStatus | None
    status_at: datetime | None
    ordered_at: datetime
    said_at: datetime
    placer: Number | None = None
    filler: Number | None = None
    patient: tuple[str, str] | None = None
    visit: Number | None = None
    account: Number | None = None
    procedure: Code | None = None
    indication: str | None = None
    reason: Code | None = None
    referrer: str | None = None
    priority: str | None = None
    section: str | None = None
    planned_at: datetime | None = None
    procedures: tuple[ProcedureSaid, ...] = ()


_VALUES = tuple(
    {field.name for field in fields(Order)} - {"status", "status_at", "ordered_at", "said_at", "procedures"}
)


def order_of(said: Sequence[OrderSaid]) -> Order:
    """
    Return the order that these messages speak of.

    Raises:
        ValueError: nothing was said.
    """
    if not said:
        raise ValueError("an order of which nothing was said")
    newest = sorted(said, key=_age, reverse=True)
    deciding = next((one for one in newest if status_of(one) is not None), None)
    return Order(
        status=status_of(deciding) if deciding else None,
        status_at=(deciding.status_at or deciding.said_at) if deciding else None,
        ordered_at=newest[-1].said_at,
        said_at=newest[0].said_at,
        procedures=_procedures(reversed(newest)),
        **{name: _stated(name, newest) for name in _VALUES},
    )


def _age(said: OrderSaid) -> tuple[datetime, int, int, str, str]:
    """Return what tells the newer of two things said: the time, what comes later in a life, the number, the text."""
    return said.said_at, rank_of(said), len(said.control_id), said.control_id, repr(said)


def _stated(name: str, newest: Iterable[OrderSaid]) -> Any:  # noqa: ANN401 - the value of any field
    for one in newest:
        if name in one.cleared:
            return None
        value = getattr(one, name)
        if value is not None:
            return value
    return None


def _procedures(oldest_first: Iterable[OrderSaid]) -> tuple[ProcedureSaid, ...]:
    known: list[ProcedureSaid] = []
    for said in oldest_first:
        free = list(range(len(known)))  # each procedure of one message is another one
        for one in said.procedures:
            place = next((number for number in free if is_same_procedure(one, known[number])), None)
            if place is None:
                known.append(one)
            else:
                free.remove(place)
                known[place] = over(one, known[place])
    return tuple(known)


def is_same_procedure(one: ProcedureSaid, other: ProcedureSaid) -> bool:
    """Tell if both speak of one requested procedure of an order: by its number, else by what it became."""
    if one.requested_procedure_id and other.requested_procedure_id:
        return one.requested_procedure_id == other.requested_procedure_id
    if one.accession and other.accession:
        return one.accession.is_same(other.accession)
    if one.study_instance_uid and other.study_instance_uid:
        return one.study_instance_uid == other.study_instance_uid
    return True


def over(newer: ProcedureSaid, older: ProcedureSaid) -> ProcedureSaid:
    """Return what the newer says of a procedure, and of what it leaves open, what the older says."""
    stated = {field.name: getattr(newer, field.name) for field in fields(newer)}
    return replace(older, **{name: value for name, value in stated.items() if value not in (None, ())})
