"""
Weight, height, head circumference and pregnancy, of any message that states them.

Source: HL7 v2.5.1, 7.4.2 (OBX: 3 what, 5 value, 6 unit, 11 status by table 0085, 14 when) and 3.4.3.15 (PV1-15, table
0009).
"""

from collections.abc import Iterator
from datetime import datetime

from db.session import Session
from dose_core.observations.codes import AMBULATORY_STATUS_PREGNANT, observed_by, pregnancy_of
from dose_core.observations.measures import measured
from dose_core.observations.values import ObservationState, Observed, Pregnancy, Statement
from dose_services import observations
from dose_services.hl7_inbox import MessageStatus
from dose_services.identity_values import Change
from hl7_bridge.applying import Applied, Received
from hl7_bridge.messages import NULL, Message, Segment
from hl7_bridge.values import EventTime, event_time, first_text, identifiers

# Table 0085: final, corrected, changed to final without a result having been sent; none is what many senders send.
_FINAL = frozenset({"", "F", "C", "U"})
_TAKEN_BACK = frozenset({"D", "W"})  # deleted; posted as wrong, such as to another patient


def apply(session: Session, received: Received) -> Applied | None:
    """Keep what a message states of the patient's body; ``None`` if it states nothing of the kind."""
    message = received.message
    if not is_stated(message):
        return None
    pid = message.first("PID")
    stated = (
        identifiers(pid.values(3) or pid.values(2), default_authority=received.site.default_authority) if pid else ()
    )
    found = list(read(received))
    if not found or not stated:
        return None
    at = found[0].stated_at
    change = Change(event_at=at, ordered_at=at, now=received.now, hl7_message_id=received.id)
    observations.keep(session, stated, found, change)
    reasons = [f"{one.observed} was refused: {one.reason}" for one in found if one.state is ObservationState.REFUSED]
    return Applied(status=MessageStatus.APPLIED, warnings=tuple(dict.fromkeys(reasons)))


def is_stated(message: Message) -> bool:
    """Tell if a message may state something of the kind, before anything is read."""
    return any(segment.name == "OBX" for segment in message.segments) or _is_pregnant(message)


def read(received: Received) -> Iterator[Statement]:
    """Yield what a message states, in the order of its segments; other observations are left out."""
    message = received.message
    told = _time([("EVN-2", first_text(message.first("EVN"), 2)), ("MSH-7", message.header.text(7))], received)
    request: Segment | None = None
    for segment in message.segments:
        if segment.name == "OBR":
            request = segment
        elif segment.name == "OBX":
            code, observed = _what(segment, received)
            if observed is not None:
                yield _statement(segment, request, code, observed, told, received)
    if _is_pregnant(message):
        yield Statement(
            observed=Observed.PREGNANCY,
            state=ObservationState.VALID,
            observed_at=told.ordered,
            stated_at=told.ordered,
            pregnancy=Pregnancy.PREGNANT,
            stated_value=AMBULATORY_STATUS_PREGNANT,
            code="PV1-15",
            is_time_of_message=True,
        )


def _statement(
    obx: Segment, request: Segment | None, code: str, observed: Observed, told: EventTime, received: Received
) -> Statement:
    at, is_of_message = _observed_at(obx, request, told, received)
    value, unit = obx.value(5), _text(obx.value(6).component(1))
    number = _text(value.component(1))
    state, reason = _state(obx)
    measure: float | None = None
    pregnancy: Pregnancy | None = None
    if state is ObservationState.VALID and observed is Observed.PREGNANCY:
        pregnancy = pregnancy_of((number, *(_text(value.component(part)) for part in (2, 4, 5))))
        reason = None if pregnancy else "the answer is not known here"
    elif state is ObservationState.VALID:
        result = measured(observed, number, unit)
        measure, reason = result.value, result.reason
    return Statement(
        observed=observed,
        state=ObservationState.REFUSED if reason else state,
        observed_at=at,
        stated_at=told.ordered,
        value=measure,
        pregnancy=pregnancy,
        stated_value=number,
        stated_unit=unit,
        code=code,
        reason=reason,
        is_time_of_message=is_of_message,
    )


def _state(obx: Segment) -> tuple[ObservationState, str | None]:
    status = first_text(obx, 11).upper()
    if status in _TAKEN_BACK:
        return ObservationState.WITHDRAWN, None
    if status not in _FINAL:
        return ObservationState.REFUSED, "its status (OBX-11) is not final"
    if obx.value(5).is_empty or obx.value(5).is_null:
        return ObservationState.REFUSED, "no value is stated"
    return ObservationState.VALID, None


def _what(obx: Segment, received: Received) -> tuple[str, Observed | None]:
    """Return the code that says what was observed, first or alternate, with its system."""
    identifier = obx.value(3)
    for first in (1, 4):
        code, system = identifier.component(first), identifier.component(first + 2)
        observed = observed_by(code, system, received.site.observation_codes) if code else None
        if observed is not None:
            return _text("^".join(part for part in (code, system) if part)), observed
    return "", None


def _observed_at(obx: Segment, request: Segment | None, told: EventTime, received: Received) -> tuple[datetime, bool]:
    """Return when it was measured: OBX-14, else OBR-7 of the request; else, and so told, the time of the message."""
    stated = [("OBX-14", first_text(obx, 14)), ("OBR-7", first_text(request, 7))]
    at = _time(stated, received).stated if any(text not in {"", NULL} for _, text in stated) else None
    return (at, False) if at is not None else (told.ordered, True)


def _time(candidates: list[tuple[str, str]], received: Received) -> EventTime:
    return event_time(candidates, received_at=received.received_at, site=received.site)


def _is_pregnant(message: Message) -> bool:
    visit = message.first("PV1")
    return visit is not None and any(
        status.component(1).upper() == AMBULATORY_STATUS_PREGNANT for status in visit.values(15)
    )


def _text(value: str) -> str:
    return value[: observations.MAX_STATED_CHARACTERS]
