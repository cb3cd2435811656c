"""
Where an order stands, as a message tells it.

Source: HL7 v2.5.1, tables 0119 (order control, ORC-1), 0038 (order status, ORC-5), 0123 (result status, OBR-25).
"""

from enum import StrEnum

from dose_core.orders.said import OrderSaid


class OrderStatus(StrEnum):
    """Where an order stands. ``CANCELLED`` is also what was discontinued or replaced by another order."""

    ORDERED = "ordered"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# Asked for (CA, DC, RP), done as asked (CR, DR, RQ), and done unasked (OC, OD, RU).
CANCELS = frozenset({"CA", "CR", "OC", "DC", "DR", "OD", "RP", "RQ", "RU"})
_ORDERS = frozenset({"NW", "SN", "RO"})
_ORDER_STATUS = {
    "A": OrderStatus.IN_PROGRESS,
    "CA": OrderStatus.CANCELLED,
    "CM": OrderStatus.COMPLETED,
    "DC": OrderStatus.CANCELLED,
    "HD": OrderStatus.ORDERED,
    "IP": OrderStatus.IN_PROGRESS,
    "RP": OrderStatus.CANCELLED,
    "SC": OrderStatus.SCHEDULED,
}
# Whoever reports on images has them, be it preliminarily; "some results" may come while others are still made.
_RESULT_STATUS = {
    "O": OrderStatus.ORDERED,
    "S": OrderStatus.SCHEDULED,
    "I": OrderStatus.IN_PROGRESS,
    "A": OrderStatus.IN_PROGRESS,
    "P": OrderStatus.COMPLETED,
    "R": OrderStatus.COMPLETED,
    "F": OrderStatus.COMPLETED,
    "C": OrderStatus.COMPLETED,
    "X": OrderStatus.CANCELLED,
}


def status_of(said: OrderSaid) -> OrderStatus | None:
    """Return where an order stands after what was said, ``None`` if that does not tell."""
    if said.control in CANCELS:
        return OrderStatus.CANCELLED  # ORC-5 is then often what the order was before
    stated = _ORDER_STATUS.get(said.order_status) or _RESULT_STATUS.get(said.result_status)
    return stated or (OrderStatus.ORDERED if said.control in _ORDERS else None)


def rank_of(said: OrderSaid) -> int:
    """Return which of two things said in one second is the later one: an order begins before it ends."""
    status = status_of(said)
    return -1 if status is None else list(OrderStatus).index(status)
