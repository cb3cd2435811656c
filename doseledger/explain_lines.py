"""Numbers and what explains them, as lines for a terminal."""

from collections.abc import Iterator, Sequence

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.field_values import Number, Numbers
from dose_core.ledger.totals import Estimated
from dose_core.units import unit_of
from dose_services.exam_estimates import ExamEstimates
from dose_services.explained import KeptObject, OtherValue, Provenance, StatedAs
from dose_services.value_classes import ValueClass
from dose_services.value_ids import Placed, number_of, placed_events, rival_id, total_id, value_ids
from dose_services.value_words import (
    BASES,
    KINDS,
    SOURCES,
    field_words,
    outcome_words,
    total_words,
    unit_of_quantity,
)
from dose_services.viewing import ExplainedExam

_MOST = 10  # of what a value is made of; the REST interface has more


def lines_of_exam(looked: ExplainedExam) -> Iterator[str]:
    """Yield the numbers of an exam, each with its id."""
    exam, revision_id = looked.detail.exam, looked.detail.revision_id
    summary = looked.detail.summary
    yield f"exam {summary.id}, {summary.state}, study {exam.study_instance_uid}"
    for number, total in enumerate(exam.totals):
        unit = unit_of_quantity(total.quantity)
        said = f"{SOURCES[total.source]}: {BASES[total.basis]}" if total.source and total.basis else "nobody tells"
        yield f"{total_words(total, exam)} = {_number(total.value, unit)} ({said}{_sure(total.estimated, unit)})"
        yield f"    {total_id(revision_id, number)}"
        for nth, rival in enumerate(total.rivals):
            said = f"{SOURCES[rival.source]}: {BASES[rival.basis]}{_sure(rival.estimated, unit)}"
            yield f"  not chosen: {_number(rival.value, unit)} ({said})"
            yield f"    {rival_id(revision_id, number, nth, rival)}"
    for nth, placed in enumerate(placed_events(exam), start=1):
        yield f"event {nth} ({placed.part}, from the {SOURCES[placed.event.source]}): {placed.event.event_uid}"
        for field, value_id in value_ids(placed, revision_id).items():
            name = field.removesuffix(".value")
            unit = unit_of("dlp_mgy_cm" if name == "dlp_estimate" else name.rpartition(".")[2].partition("[")[0])
            sure = _of_dlp(placed) if name == "dlp_estimate" else ""
            yield f"  {field_words(name)} = {_number(number_of(placed, field), unit)}{sure}"
            yield f"    {value_id}"
    yield from _estimates(looked.estimates)


def _estimates(its: ExamEstimates) -> Iterator[str]:
    """Yield what is estimated of an exam: ours with interval and method, and what its objects state."""
    yield f"estimates: {its.state.replace('_', ' ')}"
    for one in its.estimates:
        estimate = one.estimate
        words = outcome_words(one.outcome)
        yield f"  estimate: {words} = {_number(estimate.value, estimate.unit)} ({_by(estimate)})"
        yield f"    {one.value_id}"
    for refused in its.refusals:
        words = outcome_words(refused.outcome)
        yield f"  not computable: {words} ({'; '.join((*refused.refusal.missing, refused.refusal.reason))})"
    for other in its.stated:
        stated = other.stated
        words = ", ".join(filter(None, (stated.quantity.replace("_", " "), stated.organ)))
        told = f"interval not stated, by {stated.method or 'a method that is not stated'}"
        yield f"  stated estimate: {words} = {_number(stated.value, stated.unit)} ({told})"
        yield f"    {other.value_id}"
    if its.statement:
        yield f"  {its.statement}"


def _sure(its: Estimated | None, unit: str | None) -> str:
    return f", {its.low:.6g} to {its.high:.6g} {unit}, by {', '.join(its.methods)}" if its else ""


def _of_dlp(placed: Placed) -> str:
    its = placed.event.dlp_estimate if isinstance(placed.event, ExamEvent) else None
    return f" ({_by(its)})" if isinstance(its, Estimate) else ""


def _by(estimate: Estimate) -> str:
    return f"{_interval(estimate)}, by {estimate.method_id} version {estimate.method_version}"


def _interval(estimate: Estimate) -> str:
    its = estimate.interval
    sure = f"{its.coverage:.0%} coverage" if its.coverage is not None else "bounds without a probability"
    return f"{its.low:.6g} to {its.high:.6g} {estimate.unit}, {sure}"


def lines_of_value(told: Provenance) -> Iterator[str]:
    """Yield why a number is what it is."""
    yield f"{told.words} = {_number(told.value, told.unit)}"
    yield f"  {told.value_id}"
    yield _told("rule", told.rule)
    yield from _belongs(told)
    if told.stated_as:
        yield from _stated(told.stated_as, told.unit)
    if told.found_in:
        yield from _object(told.found_in)
    yield _told("class", told.value_class.replace("_", " "))
    if told.estimate:
        yield from _estimated(told.estimate)
    elif told.value_class is ValueClass.STATED_ESTIMATE:
        yield _told("method", told.stated_method or "not stated")
        yield _told("interval", "not stated")
    if told.statement:
        yield _told("note well", told.statement)
    yield from _others("made of", told.made_of, told.made_of_count)
    yield from _others("others say", told.rivals, len(told.rivals))
    for one in told.superseded:
        by = f"revision {one.revision}" if one.revision else f"reader {one.reader_version}"
        yield _told("before", f"{_number(one.value, told.unit)} since {one.since:%Y-%m-%d %H:%M} UTC ({by}: {one.why})")
        yield f"    {one.value_id}"
    if told.viewer_url:
        yield _told("open", told.viewer_url)


def _belongs(told: Provenance) -> Iterator[str]:
    belongs = told.belongs
    yield _told("study", belongs.study_instance_uid or "not stated")
    if belongs.exam_id:
        yield _told("exam", f"{belongs.exam_id}, {belongs.standing}, revision {belongs.revision}")
    if belongs.event_uid:
        yield _told("event", belongs.event_uid)
    if told.superseded_by:
        yield _told("superseded by", told.superseded_by)
    elif told.counted_as != told.value_id:
        yield _told("what counts", told.counted_as or "nothing: it is not counted")


def _stated(stated: StatedAs, unit: str | None) -> Iterator[str]:
    if stated.text is not None:
        yield _told("text there", f"{stated.text!r} {stated.unit or ''}".rstrip())
    if stated.path is not None:
        yield _told("place", stated.path)
    if stated.factor is not None:
        yield _told("conversion", f"{stated.unit} x {stated.factor:.10g} = {unit or 'a plain number'}")
    if stated.note is not None:
        yield _told("note", stated.note)


def _object(found: KeptObject) -> Iterator[str]:
    yield _told("object", f"{KINDS[found.kind]} {found.sop_instance_uid}{', cut short' if found.is_cut_short else ''}")
    if found.series_instance_uid:
        yield _told("series", found.series_instance_uid)
    yield _told("evidence", f"{found.evidence_id}, SHA-256 {found.digest}, {found.size_bytes} bytes")
    for arrival in found.arrivals:
        by = ", ".join(filter(None, (arrival.calling_aet, arrival.origin)))
        yield _told(
            "came", f"{arrival.received_at:%Y-%m-%d %H:%M} UTC from {arrival.sender}{f', by {by}' if by else ''}"
        )
    yield _told("read", f"{found.read_at:%Y-%m-%d %H:%M} UTC by reader {found.reader_version}")


def _estimated(estimate: Estimate) -> Iterator[str]:
    yield _told("method", f"{estimate.method_id}, version {estimate.method_version}")
    yield _told("interval", f"{_interval(estimate)}; {estimate.interval.source}")
    for one in estimate.inputs:
        value = one.value if isinstance(one.value, str) else _number(one.value, one.unit)
        yield _told("from", f"{one.name}: {value}")
        if one.value_id:
            yield f"    {one.value_id}"
    yield _told("published", estimate.source)
    if estimate.caveats:
        yield _told("caveats", "; ".join(estimate.caveats))


def _others(what: str, others: Sequence[OtherValue], count: int) -> Iterator[str]:
    for one in others[:_MOST]:
        yield _told(what, f"{_number(one.value, one.unit)} ({one.words})")
        yield f"    {one.value_id}"
    if count > _MOST:
        yield _told(what, f"and {count - _MOST} more, see --json")


def _told(what: str, text: str) -> str:
    return f"  {what + ':':15} {text}"


def _number(value: Number | Numbers | None, unit: str | None) -> str:
    if value is None:
        return "not known"
    numbers = value if isinstance(value, tuple) else (value,)
    return f"{', '.join(f'{one:.10g}' for one in numbers)} {unit or ''}".rstrip()
