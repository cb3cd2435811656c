"""Why this number: from each value of an exam back to the object, the place in it, and the text that stands there."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownStatement
from db.session import Session
from dose_core.ledger.exam import CtExam, ExamEvent, Statement
from dose_core.ledger.from_slices import group_of
from dose_core.ledger.reconstruction import slices_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import CtReport, Kind, StatedValue

_OF_EVENT = re.compile(r"events\[([0-9]+)\]\.")  # as the readers name a field of an event


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceObject:
    """The object that a value was read from."""

    sop_instance_uid: str
    kind: Kind
    reader_version: str
    evidence_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProvenance:
    """
    Where the values of one event come from; ``stated`` fields are named as in ``CtEvent``.

    Of an event known from image headers the first slice of the source is shown; means are formed over
    ``slice_count`` slices. ``others`` counts further objects that speak of the event.
    """

    source: SourceObject
    stated: tuple[StatedValue, ...]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamProvenance:
    """Where the values of an exam come from; ``events`` by event UID, ``total`` only where one object states it."""

    total: tuple[SourceObject, StatedValue] | None
    events: dict[str, EventProvenance]


def of_exam(session: Session, exam: CtExam | None) -> ExamProvenance:
    """Return where the values of the CT part of an exam come from."""
    if exam is None:
        return ExamProvenance(total=None, events={})
    winners = {event.statements[0] for event in exam.events if event.statements}
    known = {str(one.id): one for one in provenance.statements(session, [UUID(key) for key in sorted(winners)])}
    found = {key: _Places(one) for key, one in known.items()}
    events = {
        event.event_uid: found[event.statements[0]].of(event)
        for event in exam.events
        if event.statements and event.statements[0] in found
    }
    return ExamProvenance(total=_of_total(exam, list(known.values())), events=events)


class _Places:
    """The places of one statement by event; looked through once, since a report may have thousands of events."""

    def __init__(self, statement: KnownStatement) -> None:
        self._statement = statement
        report = statement.report
        listed = report.events if isinstance(report, CtReport) else ()
        self._index = {event: n for n, event in reversed(list(enumerate(listed)))}  # the first of equals
        self._first_slice = _first_slices(report) if isinstance(report, CtReport) else {}
        self._stated: dict[int, list[StatedValue]] = defaultdict(list)
        for value in statement.report.stated:
            if match := _OF_EVENT.match(value.field):
                self._stated[int(match[1])].append(replace(value, field=value.field[match.end() :]))

    def of(self, event: ExamEvent) -> EventProvenance:
        """Return where the values of this event come from."""
        if event.source is Source.RDSR:
            index = self._index.get(event.event, 0)
        else:
            index = self._first_slice.get(event.event_uid, 0)
        stated = tuple(self._stated.get(index, ()))
        return EventProvenance(source=_source(self._statement), stated=stated, others=len(event.statements) - 1)


def _first_slices(report: CtReport) -> dict[str, int]:
    """Return where the first slice of each event stands in an image: an enhanced one may hold those of several."""
    if not report.slices:
        return {}
    slices = slices_of([Statement(key="", report=report)])
    grouped = [(group, one.frame) for one in reversed(slices) if (group := group_of(one)) is not None]
    return {event_uid: frame for (event_uid, _), frame in grouped}


def _of_total(exam: CtExam, known: list[KnownStatement]) -> tuple[SourceObject, StatedValue] | None:
    if exam.dlp_basis is not Basis.STATED_TOTAL:
        return None
    reports = [(one, one.report) for one in known if isinstance(one.report, CtReport)]
    for statement, report in sorted(reports, key=lambda pair: len(pair[1].events), reverse=True):
        if report.totals.dlp_mgy_cm != exam.dlp_mgy_cm:
            continue
        for value in report.stated:
            if value.field == "totals.dlp_mgy_cm":
                return _source(statement), value
    return None


def _source(statement: KnownStatement) -> SourceObject:
    return SourceObject(
        sop_instance_uid=statement.report.sop_instance_uid,
        kind=statement.report.kind,
        reader_version=statement.reader_version,
        evidence_id=statement.evidence_id,
        received_at=statement.received_at,
    )
