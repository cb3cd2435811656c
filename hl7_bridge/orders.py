"""
What a message says of orders, as values.

Orders of laboratories and pharmacies travel in the same messages; what is not of imaging is told by the section
(OBR-24) and by the segments, never by what is known already, so that the order of arrival does not matter.

Source: HL7 v2.5.1, 4.4 (ORM, OMG, OMI and their replies), 7.3.1 (ORU), 10.4 (SIU); IHE RAD TF-2, 4.2-4.4 and 4.13.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from db.mapping import storable
from dose_core.model import PatientStated
from dose_core.orders.modality import is_imaging, is_not_imaging
from dose_core.orders.order import is_same_procedure
from dose_core.orders.said import OrderSaid, ProcedureSaid, Said
from dose_core.orders.status import rank_of
from dose_services.order_messages import StatedOrder
from dose_services.site import Site
from hl7_bridge.acks import Fault
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, Segment
from hl7_bridge.order_fields import (
    code_of,
    entity,
    extended,
    first_of,
    is_null,
    person,
    planned_at,
    procedures_of,
    reason_of,
    text_of,
    with_steps,
)
from hl7_bridge.order_items import Item, items_of
from hl7_bridge.values import birth_date, event_time, identifiers, instant, person_name, sex

SAID: Mapping[str, Said] = MappingProxyType(
    {
        "ORM": Said.ORDER,
        "OMG": Said.ORDER,
        "OMI": Said.ORDER,
        "ORU": Said.RESULT,
        "ORR": Said.REPLY,
        "ORG": Said.REPLY,
        "ORI": Said.REPLY,
    }
)
# An appointment that is over, was cancelled, or of which nobody came: the order has no time any more, and lives on.
_NO_APPOINTMENT = frozenset({"S15", "S16", "S17", "S26"})


def read_orders(
    message: Message, said: Said, *, received_at: datetime, site: Site
) -> tuple[tuple[StatedOrder, ...], tuple[str, ...]]:
    """
    Return the imaging orders that a message speaks of, each once, and what was tolerated.

    Raises:
        MessageFaultError: a message orders something and gives it no number.
    """
    at = event_time([("MSH-7", message.header.text(7))], received_at=received_at, site=site)
    warnings = [*message.problems, *([at.problem] if at.problem else [])]
    found: list[StatedOrder] = []
    for number, item in enumerate(_of_imaging(message, said), start=1):
        one = _stated(item, said, at.ordered, message, site)
        if one.said.placer is None and one.said.filler is None:
            if said is Said.ORDER:
                text = "neither ORC-2 nor ORC-3 names the order"
                raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, ("ORC", number, 2))
            warnings.append("a result or reply names no order and was left out")
            continue
        place = next((n for n, other in enumerate(found) if _is_one_order(one.said, other.said)), None)
        if place is None:
            found.append(one)
        else:
            found[place] = replace(found[place], said=_together(found[place].said, one.said))
    return tuple(found), tuple(warnings)


def read_schedule(
    message: Message, trigger: str, *, received_at: datetime, site: Site
) -> tuple[tuple[StatedOrder, ...], tuple[str, ...]]:
    """Return the order whose appointment a SIU message speaks of, if it names one (SCH-26, SCH-27)."""
    at = event_time([("MSH-7", message.header.text(7))], received_at=received_at, site=site)
    warnings = (*message.problems, *([at.problem] if at.problem else []))
    appointment, service = message.first("SCH"), message.first("AIS")
    placer, filler = entity(appointment, 26), entity(appointment, 27)
    if placer is None and filler is None:
        return (), warnings
    is_off = trigger in _NO_APPOINTMENT
    times = (text_of(service, 4), text_of(message.first("TQ1"), 7), text_of(appointment, 11, 4))
    planned = next((when for text in times if text and (when := instant(text, site)) is not None), None)
    said = OrderSaid(
        said_at=at.ordered,
        control_id=_control_id(message),
        said=Said.SCHEDULE,
        placer=placer,
        filler=filler,
        planned_at=None if is_off else planned,
        cleared=frozenset({"planned_at"}) if is_off else frozenset(),
    )
    return (StatedOrder(said=said, person=None),), warnings


def person_of(pid: Segment | None, site: Site) -> PatientStated | None:
    """Return the patient whom a PID names, by the identifier of the site's own authority, else by the first."""
    if pid is None:
        return None
    # Before 2.3.1 many systems put the patient's identifier into PID-2 alone.
    fields = (identifiers(pid.values(number), default_authority=site.default_authority) for number in (3, 2))
    stated = next(filter(None, fields), ())
    if not stated:
        return None
    try:
        born = birth_date(text_of(pid, 7))
    except ValueError:
        born = None
    return PatientStated(
        id=storable(stated[0].value),
        issuer=storable(stated[0].authority),
        name=storable(person_name(pid.values(5))),
        birth_date=born,
        sex=sex(text_of(pid, 8)),
    )


def _of_imaging(message: Message, said: Said) -> list[Item]:
    return [item for item in items_of(message) if not item.is_of_other_things and _is_of_imaging(item, said)]


def _is_of_imaging(item: Item, said: Said) -> bool:
    if item.zds is not None or item.ipcs:
        return True
    section = text_of(item.obr, 24)
    # Most results are of laboratories, many of which name no section.
    is_told = is_imaging(section) or any(one.study_instance_uid for one in procedures_of(item))
    return is_told if said is Said.RESULT else not is_not_imaging(section)


def _stated(item: Item, said: Said, said_at: datetime, message: Message, site: Site) -> StatedOrder:
    orc, obr = item.orc, item.obr
    whose = person_of(item.pid, site)
    changed = instant(text_of(obr, 22) if said is Said.RESULT else text_of(orc, 9), site)
    order = OrderSaid(
        said_at=said_at,
        control_id=_control_id(message),
        said=said,
        control=text_of(orc, 1).upper(),
        order_status=text_of(orc, 5).upper(),
        result_status=text_of(obr, 25).upper(),
        status_at=changed,
        placer=entity(obr, 2) or entity(orc, 2),
        filler=entity(obr, 3) or entity(orc, 3),
        patient=(whose.id, whose.issuer) if whose and whose.id and whose.issuer else None,
        visit=extended(item.pv1, 19),
        account=extended(item.pid, 18),
        procedure=code_of(obr, 44) or code_of(obr, 4),
        indication=first_of(text_of(obr, 13), text_of(obr, 13, 2)),
        reason=reason_of(obr),
        referrer=first_of(*(person(segment, n) or "" for segment, n in ((item.pv1, 8), (obr, 16), (orc, 12)))),
        priority=first_of(text_of(item.tq1, 9), text_of(orc, 7, 6), text_of(obr, 27, 6), text_of(obr, 5)),
        section=text_of(obr, 24) or None,
        planned_at=planned_at(item, site),
        procedures=procedures_of(item),
        cleared=_cleared(item),
    )
    return StatedOrder(said=order, person=whose)


def _cleared(item: Item) -> frozenset[str]:
    fields = {
        "indication": is_null(item.obr, 13),
        "reason": is_null(item.obr, 31),
        "referrer": is_null(item.obr, 16),
        "priority": is_null(item.tq1, 9) or is_null(item.obr, 5),
        "visit": is_null(item.pv1, 19),
        "account": is_null(item.pid, 18),
    }
    return frozenset(name for name, is_cleared in fields.items() if is_cleared)


def _is_one_order(one: OrderSaid, other: OrderSaid) -> bool:
    """Tell if two parts of a message speak of one order: each number that both state is the same."""
    pairs = [(a, b) for a, b in ((one.placer, other.placer), (one.filler, other.filler)) if a and b]
    return bool(pairs) and all(a.is_same(b) for a, b in pairs)


def _together(said: OrderSaid, further: OrderSaid) -> OrderSaid:
    """Return what two parts of a message say of one order; it is as far as the part that is least far."""
    procedures: list[ProcedureSaid] = list(said.procedures)
    for one in further.procedures:
        place = next((n for n, other in enumerate(procedures) if is_same_procedure(one, other)), None)
        if place is None:
            procedures.append(one)
        else:
            procedures[place] = with_steps(procedures[place], one)
    least = min((one for one in (said, further)), key=rank_of)
    standing = {name: getattr(least, name) for name in ("control", "order_status", "result_status", "status_at")}
    return replace(said, procedures=tuple(procedures), **standing)


def _control_id(message: Message) -> str:
    return storable(message.header.text(10))
