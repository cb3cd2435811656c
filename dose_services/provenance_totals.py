"""Why a number that DoseLedger chose or added up: the total of an exam, and what was not chosen as a total."""

from dataclasses import replace
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownRevision
from db.session import Session
from dose_core.dosimetry.estimate import Estimate, Interval
from dose_core.ledger.exam import Exam
from dose_core.ledger.field_values import number_at
from dose_core.ledger.source import SOURCE_OF
from dose_core.ledger.totals import Basis, Rival, Total
from dose_services.explained import KeptObject, OtherValue, Provenance, StatedAs
from dose_services.provenance_history import earlier_revisions, look_for_total
from dose_services.provenance_objects import kept_object, stated_as
from dose_services.provenance_stated import MOST, belonging, other_value
from dose_services.total_parts import FIELDS, events_of_total, make
from dose_services.value_ids import Placed, rival_id, same_total, total_id, value_ids
from dose_services.value_words import BASES, SOURCES, rule_of_rival, rule_of_total, total_words, unit_of_quantity
from dose_services.viewer_links import Opened, ViewerTemplate


def explain_total(session: Session, revision: KnownRevision, number: int, viewer: ViewerTemplate | None) -> Provenance:
    """Return why a total has its value; ``number`` must be one of the exam's."""
    total = revision.exam.totals[number]
    own_id = total_id(revision.id, number)
    now = current(session, revision)
    others = provenance.other_revisions(session, revision.row.id, revision.id, limit=MOST)
    if now.id != revision.id:  # what an earlier revision superseded came before it
        others = [one for one in others if one.number < revision.number]
    superseded = earlier_revisions((total.value, own_id), others, look_for_total(total))
    rivals = [_rival(revision, number, nth, rival) for nth, rival in enumerate(total.rivals)]
    told = _told(session, revision, total, total, viewer)
    return replace(
        told,
        value_id=own_id,
        rule=rule_of_total(total, is_empty=total.value == 0 and not told.made_of),
        missing=total.missing,
        estimate=_estimate(revision.exam, total),
        rivals=tuple(rivals),
        superseded=tuple(superseded),
        superseded_by=None if now.id == revision.id else told.counted_as,
    )


def explain_rival(
    session: Session, revision: KnownRevision, number: int, nth: int, viewer: ViewerTemplate | None
) -> Provenance:
    """Return why a value was not chosen as a total; the numbers must be those of one of the exam's."""
    total = revision.exam.totals[number]
    rival = total.rivals[nth]
    told = _told(session, revision, total, rival, viewer)
    return replace(told, value_id=rival_id(revision.id, number, nth, rival), rule=rule_of_rival(rival, total))


def current(session: Session, revision: KnownRevision) -> KnownRevision:
    """Return the revision of the same exam that counts now."""
    if revision.row.revision_id == revision.id:
        return revision
    return provenance.current_of_exam(session, revision.row.id) or revision


def _told(
    session: Session,
    revision: KnownRevision,
    total: Total,
    said: Total | Rival,
    viewer: ViewerTemplate | None,
) -> Provenance:
    """Return what is common to a total and to what was not chosen as one; id and rule are the caller's."""
    now = current(session, revision)
    made_of = _made_of(session, revision, total, said)
    found, stands = _place(session, said, viewer)
    counted = same_total(now.exam, total)
    study = Opened(study_instance_uid=revision.row.study_instance_uid)
    return Provenance(
        value_id="",
        value=said.value,
        unit=unit_of_quantity(total.quantity),
        words=total_words(total, revision.exam),
        rule="",
        belongs=belonging(revision, now),
        basis=said.basis,
        source=said.source,
        found_in=found,
        stated_as=stands,
        made_of=tuple(made_of[:MOST]),
        made_of_count=len(made_of),
        counted_as=total_id(now.id, counted[0]) if counted else None,
        viewer_url=found.viewer_url if found else viewer.address(study) if viewer else None,
    )


def _place(
    session: Session, said: Total | Rival, viewer: ViewerTemplate | None
) -> tuple[KeptObject | None, StatedAs | None]:
    """Return the one object that states a total, and the place in it."""
    known = provenance.statement(session, UUID(said.statement)) if said.statement else None
    if known is None or said.field is None or said.value is None:
        return None, None
    return kept_object(session, known, viewer), stated_as(known, said.field, said.value)


def _rival(revision: KnownRevision, number: int, nth: int, rival: Rival) -> OtherValue:
    return OtherValue(
        value=rival.value,
        unit=unit_of_quantity(revision.exam.totals[number].quantity),
        value_id=rival_id(revision.id, number, nth, rival),
        words=f"{SOURCES[rival.source]}: {BASES[rival.basis]}",
        source=rival.source,
    )


def _made_of(session: Session, revision: KnownRevision, total: Total, said: Total | Rival) -> list[OtherValue]:
    if said.addends:
        ids = [UUID(one.statement) for one in said.addends]
        known = {one.id: one for one in provenance.statements(session, ids)}
        values = (other_value(known[UUID(one.statement)], one.field) for one in said.addends)
        return [value for value in values if value is not None]
    parts = events_of_total(revision.exam, total.quantity, total.of, said.basis, said.value)
    if parts:
        return [_part(revision, total, *part) for part in parts]
    return _of_objects(session, revision, total, said) if isinstance(said, Rival) and said.statement is None else []


def _part(revision: KnownRevision, total: Total, placed: Placed, field: str, value: float) -> OtherValue:
    event = placed.event
    number = int(placed.field.rpartition("[")[2].removesuffix("]")) + 1
    protocol = getattr(event.event, "protocol", None) or getattr(event.event, "agent", None)
    key = "dlp_estimate.value" if field == "dlp_estimate" else field
    return OtherValue(
        value=value,
        unit=unit_of_quantity(total.quantity),
        value_id=value_ids(placed, revision.id)[key],
        words=f"event {number}: {protocol}" if protocol else f"event {number}",
        source=event.source,
    )


def _of_objects(session: Session, revision: KnownRevision, total: Total, said: Rival) -> list[OtherValue]:
    """Return the values of objects whose events are not the exam's, if they make the sum: one for each event."""
    kinds = [kind for kind, source in SOURCE_OF.items() if source is said.source]
    row = revision.row
    known = provenance.of_kinds(session, row.site, row.study_instance_uid, kinds, limit=MOST)
    found: dict[tuple[str, int], OtherValue] = {}
    for one in known:
        for index, event in enumerate(getattr(one.report, "events", ())):
            field = next((name for name in FIELDS[total.quantity] if number_at(event, name) is not None), None)
            value = other_value(one, f"events[{index}].{field}") if field else None
            if value is not None:
                found.setdefault((event.event_uid, 0) if event.event_uid else (str(one.id), index), value)
    values = list(found.values())
    return values if make([one.value for one in values if one.value is not None], said.basis, said.value) else []


def _estimate(exam: Exam, total: Total) -> Estimate | None:
    """Return the method of a sum of estimates, with the sum and its interval; ``made_of`` tells what went in."""
    its = total.estimated
    if total.basis is not Basis.ESTIMATE or total.value is None or exam.ct is None or its is None:
        return None
    method = next((e.dlp_estimate for e in exam.ct.events if isinstance(e.dlp_estimate, Estimate)), None)
    if method is None:
        return None
    interval = Interval(low=its.low, high=its.high, coverage=its.coverage, source=its.source)
    return replace(method, value=total.value, interval=interval, inputs=())
