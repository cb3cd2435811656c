"""The estimates of an exam as its page shows them: ours with interval, others' with their method."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.web import formatting
from api.web.shown import ShownNumber, shown, value_page
from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.ssde import EFFECTIVE_SIZE_INPUT, SIZE_INPUT, SLICE_INPUT
from dose_services.exam_estimates import EstimatesState, EstimateView, ExamEstimates, RefusalView, StatedEstimateView
from dose_services.value_words import outcome_words

_STATES = {
    EstimatesState.COMPUTED: None,
    EstimatesState.PENDING: "Being computed; what stands here is of an earlier state of the examination.",
    EstimatesState.NOT_COUNTED: "Nothing is estimated of an examination that is not counted.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One estimate, ours or stated. ``size`` is that of the patient where it was measured, in the image that opens."""

    name: str
    number: ShownNumber
    interval: str
    method: str
    notes: str
    is_ours: bool
    size: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """What could not be estimated, and why."""

    name: str
    reason: str
    missing: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateBlock:
    """
    The block of the page; ``statement`` stands in it where an effective dose does.

    ``of_events`` are estimates of events of whose quantity the same method gives the whole exam too.
    """

    note: str | None
    rows: tuple[EstimateRow, ...]
    of_events: tuple[EstimateRow, ...]
    refusals: tuple[RefusalRow, ...]
    statement: str | None


def estimate_block(
    its: ExamEstimates, event_uids: Sequence[str], image_url: Callable[[Estimate], str | None]
) -> EstimateBlock | None:
    """
    Return the block, ``None`` if there is nothing to say; ``event_uids`` are the events in the order of the page.

    ``image_url`` returns the address that opens the image in which something was measured.
    """
    numbers = {uid: number for number, uid in reversed(list(enumerate(event_uids, start=1)))}
    of_whole = {_what(one) for one in its.estimates if one.outcome.event_uid is None}
    is_part = [one.outcome.event_uid is not None and _what(one) in of_whole for one in its.estimates]
    ours = [_ours(one, numbers, image_url) for one in its.estimates]
    of_events = tuple(row for row, is_of_event in zip(ours, is_part, strict=True) if is_of_event)
    first = [row for row, is_of_event in zip(ours, is_part, strict=True) if not is_of_event]
    rows = (*first, *(_theirs(one, numbers) for one in its.stated))
    refusals = tuple(_refusal(one, numbers) for one in its.refusals)
    note = _STATES[its.state]
    if not rows and not refusals and its.state is not EstimatesState.PENDING:
        return None
    return EstimateBlock(note=note, rows=rows, of_events=of_events, refusals=refusals, statement=its.statement)


def _what(view: EstimateView) -> tuple[str, str]:
    return view.estimate.method_id, view.outcome.quantity


def _ours(view: EstimateView, numbers: dict[str, int], image_url: Callable[[Estimate], str | None]) -> EstimateRow:
    estimate = view.estimate
    size = next((one for one in estimate.inputs if one.name.startswith((SIZE_INPUT, EFFECTIVE_SIZE_INPUT))), None)
    is_measured = any(one.name == SLICE_INPUT for one in estimate.inputs)
    name = _name(outcome_words(view.outcome), _event(view.outcome.event_uid, numbers))
    return EstimateRow(
        name=name,
        number=shown(estimate.value, estimate.unit, target=value_page(view.value_id), what=name),
        interval=formatting.interval(estimate),
        method=f"{estimate.method_id}, version {estimate.method_version}",
        notes="; ".join(estimate.caveats),
        is_ours=True,
        size=formatting.input_words(size) if size and is_measured else None,
        image_url=image_url(estimate) if is_measured else None,
    )


def _theirs(view: StatedEstimateView, numbers: dict[str, int]) -> EstimateRow:
    stated = view.stated
    parts = (stated.quantity.replace("_", " "), stated.organ, stated.laterality, stated.statistic)
    name = _name(", ".join(filter(None, parts)), _event(stated.event_uid, numbers))
    return EstimateRow(
        name=name,
        number=shown(stated.value, stated.unit, target=value_page(view.value_id), what=name),
        interval="not stated",
        method=stated.method or "not stated",
        notes="stated by the source",
        is_ours=False,
    )


def _refusal(view: RefusalView, numbers: dict[str, int]) -> RefusalRow:
    outcome = view.outcome
    return RefusalRow(
        name=_name(outcome_words(outcome), _event(outcome.event_uid, numbers)),
        reason=view.refusal.reason,
        missing=", ".join(view.refusal.missing),
        method=f"{view.method_id}, version {view.method_version}",
    )


def _event(event_uid: str | None, numbers: dict[str, int]) -> str | None:
    return f"event {numbers[event_uid]}" if event_uid in numbers else None


def _name(words: str, event: str | None) -> str:
    named = f"{words} ({event})" if event else words
    return named[:1].upper() + named[1:]
