"""What a CT dose SR says in words: where its values come from, and what its rows cannot hold."""

from collections.abc import Sequence
from math import fsum

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.estimated import added
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.model import DeviceStated
from dose_core.writers.ct_sums import Sums, is_computed
from dose_core.writers.ct_times import Times
from dose_core.writers.ct_values import has_dose
from dose_core.writers.valid import shown
from dose_core.writers.xray_report import comment_of


def report_comment(
    exam: Exam, events: Sequence[ExamEvent], sums: Sums, times: Times, devices: Sequence[DeviceStated]
) -> str:
    """Return the comment on the whole report. It names devices and no patient."""
    sentences = [_computed(events)] if is_computed(exam, events) else [_written(events, sums), _times(times)]
    if exam.ct is None or not exam.ct.events:
        sentences.append("No source lists the acquisitions; one for each phantom stands for all of them.")
    if len(devices) > 1:
        named = "; ".join(_named(one) for one in devices)
        sentences.append(f"Several devices are named, and it is not told which irradiated when: {named}.")
    return " ".join(one for one in sentences if one)


def event_comment(counted: ExamEvent, *, stands_for_all: bool) -> str:
    """Return the comment of an event: that of its source, how its DLP was computed, and where its UID comes from."""
    sentences = [counted.event.comment] if counted.event.comment and shown(counted.event.comment) else []
    estimate = counted.dlp_estimate
    if counted.event.dlp_mgy_cm is None and isinstance(estimate, Estimate) and has_dose(counted):
        sentences.append(
            f"DLP is an estimate from the headers of {counted.slice_count} images by method {estimate.method_id} "
            f"version {estimate.method_version}, {_interval(estimate)}: {'; '.join(estimate.caveats)}."
        )
    if stands_for_all:
        sentences.append("Stands for acquisitions that no source lists; its UID was made.")
    elif counted.uid_is_stand_in and counted.source is Source.IMAGE_HEADER:
        sentences.append("The images state no Irradiation Event UID; this one was made from their acquisition.")
    elif counted.uid_is_stand_in:
        sentences.append("No source states an Irradiation Event UID; this one was made.")
    return " ".join(sentences)


def _computed(events: Sequence[ExamEvent]) -> str:
    estimates = [event.dlp_estimate for event in events if isinstance(event.dlp_estimate, Estimate)]
    total = added(estimates, fsum(one.value for one in estimates))
    told = f"method {', '.join(total.methods)}, interval {total.low:.4g} to {total.high:.4g} mGy.cm" if total else ""
    return (
        "The device sent no dose report. These values were computed from the headers of its CT images by DoseLedger. "
        f"DLP is estimated, {told}; over-ranging is not included. "
        "End of X-Ray Irradiation is the start of the last acquisition, since images tell no end."
    )


def _written(events: Sequence[ExamEvent], sums: Sums) -> str:
    said = comment_of({*(event.source for event in events), *sums.told_by}, sums.in_words, unlisted=0)
    is_estimated = any(isinstance(event.dlp_estimate, Estimate) for event in events)
    return f"{said} DLPs of acquisitions are estimates; the total is not their sum." if is_estimated else said


def _times(times: Times) -> str:
    if times.has_end:
        return ""
    if times.of_acquisitions:
        return "End of X-Ray Irradiation is the start of the last acquisition, since no source tells the end."
    return "Start and End of X-Ray Irradiation are the time of the examination, since no source tells them."


def _interval(estimate: Estimate) -> str:
    its = estimate.interval
    return f"interval {its.low:.4g} to {its.high:.4g} {estimate.unit} ({its.source})"


def _named(device: DeviceStated) -> str:
    known = (device.manufacturer, device.model, device.serial_number)
    return " ".join(text for text in known if text and shown(text)) or "one without a name"
