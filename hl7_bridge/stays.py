"""
What an ADT message says of visits and accounts, as values.

Source: HL7 v2.5.1, 3.4.12 (MRG-3 prior account, MRG-5 prior visit, MRG-6 prior alternate visit), 3.4.3 (PV1-19, PV1-50
alternate visit), 3.4.2 (PID-18), 3.3.51 (A51: an alternate number is one more number of the visit); the events as
``dose_core.orders.visits`` names them.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from dose_core.model import PatientStated
from dose_core.orders.said import Number
from dose_core.orders.visits import Register, StayEvent
from dose_services.site import Site
from dose_services.stays import StatedStay
from hl7_bridge.acks import Fault
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, Segment
from hl7_bridge.order_fields import extended
from hl7_bridge.orders import person_of
from hl7_bridge.values import identifiers

EVENTS: Mapping[str, tuple[StayEvent, Register]] = MappingProxyType(
    {
        "A35": (StayEvent.MERGED, Register.ACCOUNT),
        "A36": (StayEvent.MERGED, Register.ACCOUNT),
        "A41": (StayEvent.MERGED, Register.ACCOUNT),
        "A42": (StayEvent.MERGED, Register.VISIT),
        "A44": (StayEvent.MOVED, Register.ACCOUNT),
        "A45": (StayEvent.MOVED, Register.VISIT),
        "A49": (StayEvent.RENUMBERED, Register.ACCOUNT),
        "A50": (StayEvent.RENUMBERED, Register.VISIT),
        "A51": (StayEvent.RENUMBERED, Register.VISIT),
    }
)
DELETION, CHANGE_OF_ALTERNATE = "A23", "A51"
_ACCOUNT, _VISIT, _ALTERNATE = (3, ("PID", 18)), (5, ("PV1", 19)), (6, ("PV1", 50))  # in MRG, and what holds from then
# It merges patients too, and names an account only if there is one to merge.
_MAY_NAME_NONE = frozenset({"A36"})
_Group = tuple[Segment, Segment, Segment | None]  # PID, MRG, PV1


def read_stays(message: Message, trigger: str, *, site: Site) -> tuple[StatedStay, ...]:
    """
    Return what an ADT message says of visits and accounts; nothing if it names none and need not.

    Raises:
        MessageFaultError: a segment or field that the event needs is missing or out of place.
    """
    if trigger == DELETION:
        number = extended(message.first("PV1"), 19)
        if number is None:
            return ()
        whose = person_of(message.first("PID"), site)
        return (StatedStay(event=StayEvent.DELETED, register=Register.VISIT, number=number, target=whose),)
    return tuple(one for number, group in _groups(message, trigger) for one in _of_group(group, trigger, number, site))


def _groups(message: Message, trigger: str) -> list[tuple[int, _Group]]:
    """Return each MRG with the PID before it and the PV1 that belongs to it, with the number of the MRG."""
    groups: list[_Group] = []
    pid = pv1 = None
    for segment in message.segments:
        match segment.name:
            case "PID":
                pid, pv1 = segment, None
            case "PV1":
                pv1 = segment
                if groups and groups[-1][0] is pid and groups[-1][2] is None:
                    groups[-1] = (*groups[-1][:2], segment)
            case "MRG":
                if pid is None:
                    raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "an MRG has no PID before it", ("MRG", 1))
                groups.append((pid, segment, pv1 if not groups or groups[-1][0] is not pid else None))
    if not groups:
        raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there is no PID with its MRG", ("MRG", 1))
    named = [
        (number, group) for number, group in enumerate(groups, start=1) if _numbers(group, trigger) != (None, None)
    ]
    if not named and trigger not in _MAY_NAME_NONE:
        field, _ = _places(trigger)
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, f"MRG-{field} names nothing", ("MRG", 1, field))
    return named


def _places(trigger: str) -> tuple[int, tuple[str, int]]:
    """Return the field of MRG with the prior number, and segment and field with the one that holds from then on."""
    if trigger == CHANGE_OF_ALTERNATE:
        return _ALTERNATE
    return _VISIT if EVENTS[trigger][1] is Register.VISIT else _ACCOUNT


def _numbers(group: _Group, trigger: str) -> tuple[Number | None, Number | None]:
    """Return the prior number and the one that holds from then on."""
    pid, mrg, pv1 = group
    prior, (segment, field) = _places(trigger)
    return extended(mrg, prior), extended(pid if segment == "PID" else pv1, field)


def _of_group(group: _Group, trigger: str, number: int, site: Site) -> list[StatedStay]:
    pid, mrg, pv1 = group
    event, register = EVENTS[trigger]
    prior, new = _numbers(group, trigger)
    is_move = event is StayEvent.MOVED
    if prior is None and is_move:
        prior = new  # a visit keeps its number as a rule
    if prior is None:
        field, _ = _places(trigger)
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, f"MRG-{field} names nothing", ("MRG", number, field))
    if new is None and not is_move:
        _, (segment, field) = _places(trigger)
        text = f"{segment}-{field} names nothing"
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, (segment, 1, field))
    stated = StatedStay(
        event=event,
        register=register,
        number=prior,
        new=new if new is not None and not new.is_same(prior) else None,
        source=_source(mrg, number, pid, site) if is_move else None,
        target=_target(pid, site),
    )
    visit = extended(pv1, 19) if trigger == CHANGE_OF_ALTERNATE else None
    if visit is None or new is None or new.is_same(visit):
        return [stated]
    # Who names the visit by either number means this one.
    return [stated, replace(stated, event=StayEvent.MERGED, number=new, new=visit)]


def _target(pid: Segment, site: Site) -> PatientStated:
    target = person_of(pid, site)
    if target is None:
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, "PID-3 names no patient", ("PID", 1, 3))
    return target


def _source(mrg: Segment, number: int, pid: Segment, site: Site) -> PatientStated:
    # An identifier without authority is one of the target's authority (MRG-1 follows PID-3).
    authority = _target(pid, site).issuer or site.default_authority
    stated = identifiers(mrg.values(1), default_authority=authority)
    if not stated:
        raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, "MRG-1 names no patient", ("MRG", number, 1))
    return PatientStated(id=stated[0].value, issuer=stated[0].authority)
