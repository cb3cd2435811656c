"""Where the values of an exam's events come from: the object of each, and its places with the texts there."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownStatement
from db.session import Session
from dose_core.ledger.exam import Exam, ExamEvent, Place, Statement
from dose_core.ledger.from_slices import group_of
from dose_core.ledger.reconstruction import slices_of
from dose_core.model import CtReport, Kind, StatedValue
from dose_services.value_ids import AnyEvent, is_formed, placed_events

_OF_EVENT = re.compile(r"events\[([0-9]+)\]\.")  # as the readers name a field of an event


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceObject:
    """The object that values were read from."""

    sop_instance_uid: str
    kind: Kind
    reader_version: str
    evidence_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledFrom:
    """A field that the object that speaks for an event leaves open, and the object from which it was taken."""

    field: str
    source: SourceObject


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOrigin:
    """
    Where the values of one event come from; ``stated`` fields are named as in the event.

    Of an event known from slices the first slice is shown; its values were formed over all that count.
    ``others`` counts further objects that speak of the event.
    """

    source: SourceObject
    stated: tuple[StatedValue, ...]
    filled: tuple[FilledFrom, ...]
    others: int


def speaking_of(session: Session, exam: Exam) -> list[KnownStatement]:
    """Return the statements from which the values of the events come."""
    return provenance.statements(session, [UUID(key) for key in sorted(statements_of(exam))])


def statements_of(exam: Exam) -> set[str]:
    """Return the keys of these statements."""
    return {place.statement for one in placed_events(exam) for place in _used(one.event)}


def origins_of(speaking: Sequence[KnownStatement], exam: Exam) -> dict[str, EventOrigin]:
    """Return the origin of each event by its field in the exam, such as ``ct.events[2]``; see ``speaking_of``."""
    known = {str(one.id): _Places(one) for one in speaking}
    placed = placed_events(exam)
    return {one.field: origin for one in placed if (origin := _origin(one.event, known)) is not None}


def _used(event: AnyEvent) -> list[Place]:
    """Return the places of an event's values, that of the object that speaks for it first."""
    if is_formed(event):
        keys = event.statements[:1] if isinstance(event, ExamEvent) else ()
        return [Place(statement=key, index=-1) for key in keys]
    return [event.places[0], *(event.places[one.place] for one in event.filled)]


def _origin(event: AnyEvent, known: dict[str, "_Places"]) -> EventOrigin | None:
    used = [place for place in _used(event) if place.statement in known]
    if not used:
        return None
    own, *others = used
    filled = tuple(
        FilledFrom(field=one.field, source=known[place.statement].source)
        for one, place in zip(event.filled, others, strict=False)
    )
    taken = {one.field for one in event.filled}
    stated = [one for one in known[own.statement].of(event, own) if _top(one.field) not in taken]
    for one, place in zip(event.filled, others, strict=False):
        stated += [value for value in known[place.statement].of(event, place) if _top(value.field) == one.field]
    keys = {place.statement for place in event.places}
    keys |= set(event.statements) if isinstance(event, ExamEvent) else set()
    return EventOrigin(
        source=known[own.statement].source, stated=tuple(stated), filled=filled, others=len(keys - {own.statement})
    )


def _top(field: str) -> str:
    return field.partition(".")[0].partition("[")[0]


class _Places:
    """The places of one statement by event; looked through once, since a report may have thousands of events."""

    def __init__(self, statement: KnownStatement) -> None:
        report = statement.report
        self.source = SourceObject(
            sop_instance_uid=report.sop_instance_uid,
            kind=report.kind,
            reader_version=statement.reader_version,
            evidence_id=statement.evidence.id,
            received_at=statement.evidence.received_at,
        )
        self._first_slice = _first_slices(report) if isinstance(report, CtReport) else {}
        self._stated: dict[int, list[StatedValue]] = defaultdict(list)
        for value in report.stated:
            if match := _OF_EVENT.match(value.field):
                self._stated[int(match[1])].append(replace(value, field=value.field[match.end() :]))

    def of(self, event: AnyEvent, place: Place) -> list[StatedValue]:
        """Return where the values of this event stand."""
        index = self._first_slice.get(event.event_uid, 0) if is_formed(event) else place.index
        return self._stated.get(index, [])


def _first_slices(report: CtReport) -> dict[str, int]:
    """Return where the first slice of each event stands in an image: an enhanced one may hold those of several."""
    if not report.slices:
        return {}
    slices = slices_of([Statement(key="", report=report)])
    grouped = [(group, one.frame) for one in reversed(slices) if (group := group_of(one)) is not None]
    return {event_uid: frame for (event_uid, _), frame in grouped}
