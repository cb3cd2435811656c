"""Why this number: from each value of an exam back to the object, the place in it, and the text that stands there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownStatement
from db.session import Session
from dose_core.ledger.exam import CtExam, DlpBasis, ExamEvent, Source
from dose_core.model import Kind, StatedValue


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

    Of an event known from image headers the first slice is shown; means are formed over ``slice_count``
    slices. ``others`` counts further objects that speak of the event.
    """

    source: SourceObject
    stated: tuple[StatedValue, ...]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamProvenance:
    """Where the values of an exam come from; ``events`` by event UID, ``total`` only where one object states it."""

    total: tuple[SourceObject, StatedValue] | None
    events: dict[str, EventProvenance]


def of_exam(session: Session, exam: CtExam) -> ExamProvenance:
    """Return where the values of this exam come from."""
    winners = {event.statements[0] for event in exam.events if event.statements}
    known = {str(one.id): one for one in provenance.statements(session, [UUID(key) for key in sorted(winners)])}
    events = {
        event.event_uid: _of_event(event, known[event.statements[0]])
        for event in exam.events
        if event.statements and event.statements[0] in known
    }
    return ExamProvenance(total=_of_total(exam, list(known.values())), events=events)


def _of_event(event: ExamEvent, winner: KnownStatement) -> EventProvenance:
    index = 0
    if event.source is Source.RDSR and event.event in winner.report.events:
        index = winner.report.events.index(event.event)
    prefix = f"events[{index}]."
    stated = tuple(
        StatedValue(field=value.field.removeprefix(prefix), path=value.path, text=value.text, unit=value.unit)
        for value in winner.report.stated
        if value.field.startswith(prefix)
    )
    return EventProvenance(source=_source(winner), stated=stated, others=len(event.statements) - 1)


def _of_total(exam: CtExam, known: list[KnownStatement]) -> tuple[SourceObject, StatedValue] | None:
    if exam.dlp_basis is not DlpBasis.STATED_TOTAL:
        return None
    for statement in sorted(known, key=lambda one: len(one.report.events), reverse=True):
        if statement.report.totals.dlp_mgy_cm != exam.dlp_mgy_cm:
            continue
        for value in statement.report.stated:
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
