"""
Events of dose reports, each once.

Devices send a report after each run that repeats all before it, send reports again under new UIDs, and continue
studies with new events only. So reports are merged by irradiation event UID (PS3.16, TID 10003 and 10013), never by
report; the planes of a biplane device are events of their own (TID 10003, row 2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from dose_core.ledger.exam import Place, Statement
from dose_core.ledger.precedence import moment
from dose_core.ledger.stand_in import uid_of
from dose_core.model import (
    CtEvent,
    CtReport,
    DoseReport,
    Kind,
    MammographyEvent,
    MammographyReport,
    Plane,
    ProjectionEvent,
    ProjectionReport,
)

_PLANES = frozenset(plane.value for plane in Plane)
_BIPLANE = (Plane.A.value, Plane.B.value)

XRayEvent: TypeAlias = CtEvent | ProjectionEvent | MammographyEvent
ReportT = TypeVar("ReportT", bound=CtReport | ProjectionReport | MammographyReport)
EventT = TypeVar("EventT", bound=CtEvent | ProjectionEvent | MammographyEvent)
EventT_co = TypeVar("EventT_co", bound=CtEvent | ProjectionEvent | MammographyEvent, covariant=True)


class EventKey(NamedTuple):
    """What tells one irradiation from another: its UID, and its plane, of which each gives a dose of its own."""

    event_uid: str
    plane: str = ""
    is_stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[EventT_co]):
    """The events of one statement by what tells them apart, each with its index there."""

    statement: Statement[DoseReport]
    events: Mapping[EventKey, tuple[int, EventT_co]]
    shared: frozenset[str] = frozenset()  # event UIDs under which the statement lists different events


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Generic[EventT_co]):
    """One event: the values of the statement that knows most, and all places that speak of it, that one first."""

    key: EventKey
    places: tuple[Place, ...]
    event: EventT_co


class StandIns:
    """UIDs for events that state none: the same for what repeats an event, different for two alike in one place."""

    def __init__(self) -> None:
        """Begin with no event."""
        self._alike: dict[str, int] = {}

    def key_of(self, report: DoseReport, event: XRayEvent) -> EventKey:
        """Return what tells the event from those before it."""
        likeness = likeness_of(report, event)
        nth = self._alike[likeness] = self._alike.get(likeness, 0) + 1
        return stand_in(likeness, nth, event)


def likeness_of(report: DoseReport, event: XRayEvent) -> str:
    """Return what an event has in common with its repetitions."""
    return uid_of(*_traits(report, event))


def occasion_of(report: DoseReport, event: XRayEvent) -> tuple[object, ...] | None:
    """Return when an event was and what it was for, ``None`` if it states no time; a correction repeats it."""
    return _occasion(report, event) if event.started_at and report.kind is not Kind.MPPS else None


def stand_in(likeness: str, nth: int, event: XRayEvent) -> EventKey:
    """Return what tells an event without UID from others, the ``nth`` of those that are alike in one place."""
    return EventKey(uid_of(likeness, nth), _plane(event), is_stand_in=True)


def key_of(event_uid: str, event: XRayEvent) -> EventKey:
    """Return what tells an event of this UID from others."""
    return EventKey(event_uid, _plane(event))


def listed(statement: Statement[DoseReport], events: Sequence[EventT]) -> Listed[EventT]:
    """
    Return the events of one statement by UID, with stand-ins that repeat in a report that is sent again.

    Those of a cut object that name no UID are left out: the last one lost it, and would count beside itself.
    """
    keyed: dict[EventKey, tuple[int, EventT]] = {}
    stand_ins = StandIns()
    shared: set[str] = set()
    for index, event in enumerate(events):
        if event.event_uid:
            key = key_of(event.event_uid, event)
            if keyed.setdefault(key, (index, event))[1] != event:
                shared.add(event.event_uid)
        elif not statement.report.is_cut_short:
            keyed[stand_ins.key_of(statement.report, event)] = index, event
    return Listed(statement=statement, events=keyed, shared=frozenset(shared))


def aligned(ranked: Sequence[Listed[EventT]]) -> list[Listed[EventT]]:
    """
    Return the statements with one name for the plane of an event that they call differently.

    A plain and an enhanced report of one device do. An event has several planes only if one statement lists
    several, or if they are the two of a biplane device.
    """
    planes: dict[str, list[str]] = {}
    at_once: dict[str, list[str]] = {}
    for one in ranked:
        its: dict[str, list[str]] = {}
        for key in one.events:
            its.setdefault(key.event_uid, []).append(key.plane)
        for uid, names in its.items():
            planes.setdefault(uid, []).extend(name for name in names if name not in planes.get(uid, ()))
            if len(names) > max(1, len(at_once.get(uid, ()))):
                at_once[uid] = sorted(names)
    meant: dict[EventKey, EventKey] = {}
    for uid, names in planes.items():
        if len(names) > 1:
            real = at_once.get(uid) or [name for name in _BIPLANE if name in names]
            real = real if len(real) > 1 else [next((name for name in names if name in _PLANES), names[0])]
            meant |= {EventKey(uid, name): EventKey(uid, name if name in real else real[0]) for name in names}
    return [_renamed(one, meant) for one in ranked] if meant else list(ranked)


def _renamed(one: Listed[EventT], meant: Mapping[EventKey, EventKey]) -> Listed[EventT]:
    events: dict[EventKey, tuple[int, EventT]] = {}
    for key, stated in one.events.items():
        events.setdefault(meant.get(key, key), stated)
    return replace(one, events=events)


def merged(ranked: Sequence[Listed[EventT]]) -> tuple[Merged[EventT], ...]:
    """Return each event that any of the statements lists, in order of time; the most knowing stands first."""
    places: dict[EventKey, list[Place]] = {}
    first: dict[EventKey, EventT] = {}
    # Events may state no time: those of one report then stand in its order, and reports in theirs.
    order: dict[EventKey, tuple[str, int, str, str]] = {}
    for one in ranked:
        for position, (key, (index, event)) in enumerate(one.events.items()):
            places.setdefault(key, []).append(Place(statement=one.statement.key, index=index))
            if key not in first:
                first[key] = event
                if event.started_at:
                    order[key] = moment(event.started_at), 0, key.event_uid, key.plane
                else:
                    order[key] = moment(one.statement.report.started_at), position, key.event_uid, key.plane
    return tuple(
        Merged(key=key, places=tuple(places[key]), event=first[key]) for key in sorted(first, key=order.__getitem__)
    )


def plane_name(plane: Plane | None, source_id: str | None) -> str:
    """
    Return what a plane is called; an X-ray source that is no known plane (TID 10041) goes by its own name.

    An "@" in such a name, which is free text, is told as "＠": in a total's part the device follows after "@".
    """  # noqa: RUF002  the full-width sign is meant
    return plane.value if plane else (source_id or "").replace("@", "\N{FULLWIDTH COMMERCIAL AT}")


def _plane(event: XRayEvent) -> str:
    return plane_name(event.plane, event.source_id) if isinstance(event, ProjectionEvent) else ""


def _traits(report: DoseReport, event: XRayEvent) -> tuple[object, ...]:
    """Return what a repetition of the event repeats; a step is sent again under its own UID, and is never repeated."""
    step = (report.sop_instance_uid,) if report.kind is Kind.MPPS else ()
    return (*_occasion(report, event), *_values(event), *step)


def _occasion(report: DoseReport, event: XRayEvent) -> tuple[object, ...]:
    # Who hands a report on may add the offset from UTC: the clock on the wall stays the same.
    where = (report.study_instance_uid, event.started_at and event.started_at.replace(tzinfo=None))
    match event:
        case CtEvent():
            return "ct event", *where, event.acquisition_type, event.protocol
        case ProjectionEvent():
            return "projection event", *where, event.plane, event.event_type, event.protocol, event.view
        case MammographyEvent():
            return "mammography event", *where, event.laterality, event.view, event.protocol


def _values(event: XRayEvent) -> tuple[object, ...]:
    match event:
        case CtEvent():
            return event.ctdi_vol_mgy, event.dlp_mgy_cm, event.scanning_length_mm
        case ProjectionEvent():
            return event.dap_gy_cm2, event.ka_r_mgy, event.duration_s, event.kv, event.mas
        case MammographyEvent():
            return event.agd_mgy, event.entrance_dose_mgy, event.kv, event.mas, event.thickness_mm
