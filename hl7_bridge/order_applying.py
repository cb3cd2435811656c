"""Keep what messages say of orders, appointments, visits and accounts."""

from db.mapping import storable
from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from dose_services.order_messages import keep_orders
from dose_services.stays import StayMessage, keep_stays
from hl7_bridge.applying import Applied, Received
from hl7_bridge.orders import SAID, read_orders, read_schedule
from hl7_bridge.stays import read_stays
from hl7_bridge.values import event_time, first_text


def apply_orders(session: Session, received: Received) -> Applied | None:
    """Apply a message about orders or their results; ``None`` if it is of none of imaging."""
    said = SAID[received.message.header.text(9).upper()]
    stated, warnings = read_orders(received.message, said, received_at=received.received_at, site=received.site)
    if not stated:
        return None
    keep_orders(
        session,
        stated,
        message_id=received.id,
        received_at=received.received_at,
        now=received.now,
        site=received.site,
    )
    return Applied(status=MessageStatus.APPLIED, warnings=warnings)


def apply_schedule(session: Session, received: Received) -> Applied:
    """Apply an appointment to the order that it names; one that names none is kept as schedule information."""
    message, trigger = received.message, received.trigger
    stated, warnings = read_schedule(message, trigger, received_at=received.received_at, site=received.site)
    if not stated:
        return Applied(status=MessageStatus.KEPT, reason="schedule information that names no order", warnings=warnings)
    keep_orders(
        session,
        stated,
        message_id=received.id,
        received_at=received.received_at,
        now=received.now,
        site=received.site,
    )
    return Applied(status=MessageStatus.APPLIED, warnings=warnings)


def apply_stay(session: Session, received: Received) -> Applied | None:
    """Apply what an ADT message says of visits and accounts; ``None`` if it names none."""
    message = received.message
    stated = read_stays(message, received.trigger, site=received.site)
    if not stated:
        return None
    at = event_time(
        [("EVN-2", first_text(message.first("EVN"), 2)), ("MSH-7", message.header.text(7))],
        received_at=received.received_at,
        site=received.site,
    )
    came = StayMessage(
        id=received.id,
        said_at=at.ordered,
        control_id=storable(message.header.text(10)),
        received_at=received.received_at,
    )
    keep_stays(session, stated, came, now=received.now, site=received.site)
    warnings = (*message.problems, *([at.problem] if at.problem else []))
    return Applied(status=MessageStatus.APPLIED, warnings=warnings)
