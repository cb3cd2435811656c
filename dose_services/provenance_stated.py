"""Why a number that an object states: where it stands, whether it counts, and what else speaks of the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from db.repositories import provenance
from db.repositories.provenance import KnownRevision, KnownStatement
from db.session import Session
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.field_values import Number, Numbers, number_at
from dose_core.ledger.standing import Standing
from dose_core.ledger.value_id import ValueId
from dose_core.model import CtReport, DoseReport
from dose_core.units import unit_of
from dose_services.explained import Belonging, OtherValue, Provenance
from dose_services.provenance_history import earlier_revisions, look_for_event, other_readings
from dose_services.provenance_objects import kept_object, stated_as
from dose_services.provenance_words import (
    NO_EXAM,
    STATED,
    TOTAL_PART,
    TOTAL_RIVAL,
    kind_words,
    rule_of_counted,
    rule_of_left_out,
    rule_of_other,
    source_of_report,
)
from dose_services.value_ids import AnyEvent, Placed, place_of, placed_events, total_id, value_ids
from dose_services.value_words import field_words
from dose_services.viewer_links import ViewerTemplate

# How much of one kind an explanation lists; a person reads no more, and a hostile study must not make it endless.
MOST = 100
_OF_EVENT = re.compile(r"events\[([0-9]+)\]\.(.+)")
_OF_SLICE = re.compile(r"slices\[([0-9]+)\]\.(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Role:
    """What a stated value is to the exam of its study."""

    rule: str
    counted_as: str | None = None
    placed: Placed | None = None
    field: str = ""
    rivals: tuple[OtherValue, ...] = ()


def explain_stated(
    session: Session, known: KnownStatement, wanted: ValueId, value: Number | Numbers, viewer: ViewerTemplate | None
) -> Provenance:
    """Return why a number that an object states."""
    report = known.report
    study = report.study_instance_uid
    now = provenance.current_of_study(session, known.site, study) if study else None
    found = kept_object(session, known, viewer)
    role = _role(session, known, wanted, now)
    readings = provenance.readings_of(session, known.evidence.id, limit=MOST)
    superseded = other_readings(known, wanted.field, readings)
    newest = next((one for one in readings if not one.is_rolled_back), known)
    if now is not None and role.placed is not None:
        look = look_for_event(role.placed.key, role.field)
        others = provenance.other_revisions(session, now.row.id, now.id, limit=MOST)
        before = earlier_revisions(look(now), others, look)
        superseded += [one for one in before if one.value_id != str(wanted)]
    event_uid = role.placed.event.event_uid if role.placed else None
    return Provenance(
        value_id=str(wanted),
        value=value,
        unit=unit_of(_name(wanted.field)),
        words=f"{field_words(wanted.field)}, {kind_words(report)}",
        rule=role.rule,
        source=source_of_report(report),
        belongs=replace(belonging(now, now), study_instance_uid=study, site=known.site, event_uid=event_uid),
        found_in=found,
        stated_as=stated_as(known, wanted.field, value),
        rivals=role.rivals,
        superseded=tuple(superseded),
        superseded_by=None if newest.id == known.id else str(replace(wanted, holder=newest.id)),
        counted_as=role.counted_as,
        viewer_url=found.viewer_url,
    )


def belonging(revision: KnownRevision | None, now: KnownRevision | None) -> Belonging:
    """Return the exam that a revision is of; ``now`` is its revision that counts."""
    row = revision.row if revision else None
    return Belonging(
        study_instance_uid=row.study_instance_uid if row else None,
        site=row.site if row else "",
        exam_id=row.id if row else None,
        patient_id=row.patient_id if row else None,
        standing=Standing(row.state) if row else None,
        revision=revision.number if revision else None,
        is_current=revision is not None and now is not None and revision.id == now.id,
    )


def others_of_event(session: Session, event: AnyEvent, field: str, *, beside: str) -> tuple[OtherValue, ...]:
    """Return what other objects state of the same field of an event."""
    keys = [place.statement for place in event.places]
    if isinstance(event, ExamEvent) and event.slice_count is None:
        keys += event.statements
    ids = [UUID(key) for key in dict.fromkeys(keys)][:MOST]
    rivals = []
    for known in sorted(provenance.statements(session, ids), key=lambda one: ids.index(one.id)):
        for index in _indices(event, known):
            other = other_value(known, f"events[{index}].{field}")
            if other is not None and other.value_id != beside:
                rivals.append(other)
    return tuple(rivals)


def other_value(known: KnownStatement, field: str) -> OtherValue | None:
    """Return the number that another object states in a field, ``None`` if it states none."""
    value = number_at(known.report, field)
    if value is None or isinstance(value, tuple):
        return None
    return OtherValue(
        value=value,
        unit=unit_of(_name(field)),
        value_id=str(ValueId(holder=known.id, field=field)),
        words=f"{field_words(field)}, {kind_words(known.report)}",
        source=source_of_report(known.report),
        sop_instance_uid=known.report.sop_instance_uid,
    )


def _role(session: Session, known: KnownStatement, wanted: ValueId, now: KnownRevision | None) -> _Role:
    if now is None:
        return _Role(rule=NO_EXAM)
    match = _OF_EVENT.fullmatch(wanted.field) or _OF_SLICE.fullmatch(wanted.field)
    if match:
        return _role_in_event(session, known, wanted, now, int(match[1]), match[2])
    return _role_in_total(str(known.id), wanted, now)


def _role_in_event(
    session: Session, known: KnownStatement, wanted: ValueId, now: KnownRevision, index: int, field: str
) -> _Role:
    placed = next((one for one in placed_events(now.exam) if index in _indices(one.event, known)), None)
    if placed is None:
        return _Role(rule=_left_out(now.exam, str(known.id)))
    counted_as = _counted_as(value_ids(placed, now.id), field)
    if counted_as == str(wanted):
        place = place_of(placed.event, field)
        rule = rule_of_counted(placed.event, is_filled=place != placed.event.places[0])
    else:
        rule = rule_of_other(placed.event, is_counted=counted_as is not None)
    rivals = others_of_event(session, placed.event, field, beside=str(wanted))
    return _Role(rule=rule, counted_as=counted_as, placed=placed, field=field, rivals=rivals)


def _counted_as(ids: dict[str, str], field: str) -> str | None:
    """Return the id of what counts; the number of a list has the id of the list with its index."""
    if field in ids:
        return ids[field]
    plain, _, index = field.removesuffix("]").rpartition("[")
    return f"{ids[plain]}.{index}" if plain in ids else None


def _role_in_total(key: str, wanted: ValueId, now: KnownRevision) -> _Role:
    for number, total in enumerate(now.exam.totals):
        chosen = [(total.statement, total.field), *((one.statement, one.field) for one in total.addends)]
        if (key, wanted.field) in chosen:
            return _Role(rule=TOTAL_PART, counted_as=total_id(now.id, number))
        others = [(one.statement, one.field) for one in total.rivals]
        others += [(one.statement, one.field) for rival in total.rivals for one in rival.addends]
        if (key, wanted.field) in others:
            return _Role(rule=TOTAL_RIVAL, counted_as=total_id(now.id, number))
    return _Role(rule=STATED)


def _left_out(exam: Exam, key: str) -> str:
    reason = next((one.reason for one in exam.not_counted if key in one.statements), None)
    return rule_of_left_out(reason or "no event of the exam is made of it")


def _indices(event: AnyEvent, known: KnownStatement) -> Sequence[int]:
    """Return the events of a statement that speak of an event of the exam."""
    key = str(known.id)
    found = [place.index for place in event.places if place.statement == key]
    if not found and isinstance(event, ExamEvent) and key in event.statements:
        found = _same_uid(event.event_uid, known.report)
    return found


def _same_uid(event_uid: str, report: DoseReport) -> list[int]:
    if not isinstance(report, CtReport):
        return []
    if report.slices:
        named = [n for n, one in enumerate(report.slices) if event_uid in one.event_uids]
        return named or [n for n, one in enumerate(report.slices) if not one.event_uids]
    return [n for n, one in enumerate(report.events) if one.event_uid == event_uid]


def _name(field: str) -> str:
    return field.rpartition(".")[2].partition("[")[0]
