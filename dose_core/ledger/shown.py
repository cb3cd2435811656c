"""
What images show: exposures of their own, or beside a dose report the events that it lists.

The irradiation event UID of an image says which event of a report it shows (PS3.3, C.7.6.1, (0008,3010)); then it
fills what the report leaves open. An image that names none, or one that no report lists, may show what a report of the
device counts already: it is not counted beside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from dose_core.ledger.exam import Filled, NotCounted, Place, Statement
from dose_core.ledger.merged import EventKey, Merged, StandIns, key_of
from dose_core.ledger.precedence import moment
from dose_core.ledger.stand_in import uid_of
from dose_core.model import DoseReport, MammographyEvent, Plane, ProjectionEvent

EventT = TypeVar("EventT", bound=ProjectionEvent | MammographyEvent)
EventT_co = TypeVar("EventT_co", bound=ProjectionEvent | MammographyEvent, covariant=True)

# What identifies an event or is free text, and long lists that are of the image rather than of the event.
_NOT_FILLED = ("event_uid", "plane", "source_id", "comment", "pulse_widths_ms")
_NOT_FILLED_END = "_per_pulse"
_FILLED: dict[type, tuple[str, ...]] = {
    shape: tuple(
        field.name
        for field in fields(shape)
        if field.name not in _NOT_FILLED and not field.name.endswith(_NOT_FILLED_END)
    )
    for shape in (ProjectionEvent, MammographyEvent)
}

_UNNAMED = "images that name no irradiation event, beside a dose report of their device"
_UNKNOWN = "images whose irradiation event the dose report does not name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure(Generic[EventT_co]):
    """One exposure as its images state it: the places of all, that of the image which speaks for it first."""

    report: DoseReport
    places: tuple[Place, ...]
    event: EventT_co
    event_uids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Generic[EventT_co]):
    """
    One event, drawn from all that speak of it.

    ``stated`` is what the winner states, ``event`` the same with the fields of ``filled``; ``shown`` is what the
    best image of each exposure states of it.
    """

    key: EventKey
    places: tuple[Place, ...]
    stated: EventT_co
    event: EventT_co
    filled: tuple[Filled, ...] = ()
    shown: tuple[tuple[Place, EventT_co], ...] = ()

    def shown_as(self, fields: Sequence[str]) -> tuple[Place, str, float] | None:
        """Return the value that images state of the event, with its place and its field; of these the first stated."""
        for place, event in self.shown:
            for field in fields:
                value: float | None = getattr(event, field)
                if value is not None:
                    return place, field, value
        return None

    def stated_as(self, fields: Sequence[str]) -> tuple[Place, str, float] | None:
        """Return the value that counts for the event, with its place and its field; of these the first stated."""
        for field in fields:
            value: float | None = getattr(self.event, field)
            if value is not None:
                return self.place_of(field), field, value
        return None

    def place_of(self, field: str) -> Place:
        """Return where a field of the event is stated."""
        return self.places[next((one.place for one in self.filled if one.field == field), 0)]


def exposure(images: Sequence[tuple[Statement[Any], EventT]], index: int, *, is_only: bool) -> Exposure[EventT]:
    """
    Return one exposure.

    Args:
        images: its images, each with the event that it states at ``index``, the one that speaks for it first.
        index: the place of the event in each of them.
        is_only: whether the image states one event alone, as it should, so that all UIDs of the image are of it.
    """
    speaking, event = images[0]
    uids = frozenset(uid for image, _ in images if image.report.image for uid in image.report.image.event_uids)
    own = frozenset((event.event_uid,) if event.event_uid else ())
    return Exposure(
        report=speaking.report,
        places=tuple(Place(statement=image.key, index=index) for image, _ in images),
        event=event,
        event_uids=uids or own if is_only else own,
    )


def drawn_from_images(exposures: Iterable[Exposure[EventT]]) -> list[Drawn[EventT]]:
    """Return the exposures as events, in order of time."""
    stand_ins = StandIns()
    found: dict[EventKey, Drawn[EventT]] = {}
    for one in sorted(exposures, key=_order):
        key = _key(one, stand_ins)
        known = found.get(key)
        if known is None:
            found[key] = Drawn(key=key, places=one.places, stated=one.event, event=one.event)
        else:  # an image that states several events under one UID
            found[key] = replace(known, places=(*known.places, *one.places))
    return list(found.values())


def _order(one: Exposure[EventT]) -> tuple[str, str, str, int]:
    place = one.places[0]
    return moment(one.event.started_at), one.report.sop_instance_uid, place.statement, place.index


def drawn_from_reports(
    events: Sequence[Merged[EventT]], exposures: Iterable[Exposure[EventT]]
) -> tuple[list[Drawn[EventT]], tuple[NotCounted, ...]]:
    """Return the events of reports with what images add to them, and the images that show none of them."""
    keys: dict[str, list[EventKey]] = defaultdict(list)
    for event in events:
        keys[event.key.event_uid].append(event.key)
    showing: dict[EventKey, list[Exposure[EventT]]] = defaultdict(list)
    unnamed: set[str] = set()
    unknown: dict[str, set[str]] = defaultdict(set)
    for one in exposures:
        known = [uid for uid in one.event_uids if uid in keys]
        key = _of_plane(keys[known[0]], one.event) if len(one.event_uids) == len(known) == 1 else None
        if key is not None:
            showing[key].append(one)
        elif not one.event_uids:
            unnamed |= {place.statement for place in one.places}
        elif len(known) < len(one.event_uids) or len(known) == 1:
            unknown[min(one.event_uids)] |= {place.statement for place in one.places}
    left_out = [
        NotCounted(statements=tuple(sorted(its)), event_uid=uid, reason=_UNKNOWN) for uid, its in unknown.items()
    ]
    if unnamed:
        left_out.append(NotCounted(statements=tuple(sorted(unnamed)), event_uid=None, reason=_UNNAMED))
    drawn = [_with(event, showing.get(event.key, ())) for event in events]
    return drawn, tuple(sorted(left_out, key=lambda one: (one.event_uid or "", one.statements)))


def _key(one: Exposure[EventT], stand_ins: StandIns) -> EventKey:
    match sorted(one.event_uids):
        case [uid]:
            return key_of(uid, one.event)
        case []:
            return stand_ins.key_of(one.report, one.event)
        case several:
            return EventKey(uid_of("events", *several), key_of("", one.event).plane, is_stand_in=True)


def _of_plane(keys: Sequence[EventKey], event: ProjectionEvent | MammographyEvent) -> EventKey | None:
    """Return which of the events of one UID an image shows; the planes of a biplane device share one at times."""
    plane = event.plane.value if isinstance(event, ProjectionEvent) and event.plane else None
    same = next((key for key in keys if key.plane == plane), None)
    if same is not None:
        return same
    is_of_other = plane in (Plane.A, Plane.B) and all(key.plane in (Plane.A, Plane.B) for key in keys)
    return None if is_of_other else min(keys, key=lambda key: key.plane)


def _with(event: Merged[EventT], exposures: Sequence[Exposure[EventT]]) -> Drawn[EventT]:
    places = (*event.places, *(place for one in exposures for place in one.places))
    shown = [(one.places[0], one.event) for one in exposures]
    values: dict[str, object] = {}
    filled: list[Filled] = []
    for name in _FILLED[type(event.event)] if shown else ():
        if getattr(event.event, name) not in (None, ()):
            continue
        for place, image in shown:
            value = getattr(image, name)
            if value not in (None, ()):
                values[name] = value
                filled.append(Filled(field=name, place=places.index(place)))
                break
    return Drawn(
        key=event.key,
        places=places,
        stated=event.event,
        event=replace(event.event, **values) if values else event.event,  # type: ignore[arg-type]  # of its own fields
        filled=tuple(filled),
        shown=tuple(shown),
    )
