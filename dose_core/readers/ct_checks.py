"""Where a CT dose report contradicts itself. Nothing is corrected: both values stay, the contradiction is named."""

from collections import Counter
from collections.abc import Sequence

from dose_core.model import CtEvent, CtTotals
from dose_core.readers import codes
from dose_core.readers.read_log import ReadLog
from dose_core.readers.sr_tree import SrNode

# Devices round each event and the total on their own: to 0.01 mGy.cm at best, to 1 % at worst.
_DLP_TOLERANCE_MGY_CM = 0.1
_DLP_TOLERANCE = 0.01

# Over-ranging adds one or two rotations; ten times the time that pitch and length allow is another unit.
_EXPOSURE_TIME_FACTOR = 10.0


def check_report(root: SrNode, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    """Note in the log what does not fit together."""
    accumulated = root.first(codes.CT_ACCUMULATED_DOSE)
    path = accumulated.path if accumulated else root.path
    _check_event_count(path, totals, events, log)
    _check_dlp_total(path, totals, events, log)
    _check_event_uids(root, events, log)
    for node, event in zip(root.all(codes.CT_ACQUISITION), events, strict=True):
        _check_exposure_time(node.path, event, log)
        _check_source_count(node, event, log)


def _check_event_count(path: str, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    if totals.event_count is not None and totals.event_count != len(events):
        problem = f"{totals.event_count} events are stated, {len(events)} are listed"
        log.add_warning(path, codes.EVENT_COUNT.meaning, problem)


def _check_dlp_total(path: str, totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    stated = [event.dlp_mgy_cm for event in events if event.dlp_mgy_cm is not None]
    if totals.dlp_mgy_cm is None or not stated:
        return
    total, of_events = totals.dlp_mgy_cm, sum(stated)
    if abs(total - of_events) > max(_DLP_TOLERANCE_MGY_CM, _DLP_TOLERANCE * total):
        problem = f"the total is {total:g} mGy.cm, the events add up to {of_events:g} mGy.cm"
        log.add_warning(path, codes.DLP_TOTAL.meaning, problem)


def _check_event_uids(root: SrNode, events: Sequence[CtEvent], log: ReadLog) -> None:
    for uid, times in Counter(event.event_uid for event in events if event.event_uid).items():
        if times > 1:
            log.add_warning(root.path, codes.EVENT_UID.meaning, f"{uid} stands for {times} events")


def _check_exposure_time(path: str, event: CtEvent, log: ReadLog) -> None:
    """Compare with table travel: length / (pitch x collimation) rotations (IEC 60601-2-44, CT pitch factor)."""
    rotation_s = next((source.rotation_time_s for source in event.sources if source.rotation_time_s), None)
    if not (event.exposure_time_s and event.scanning_length_mm and event.pitch and event.total_collimation_mm):
        return
    if rotation_s is None:
        return
    rotations = event.scanning_length_mm / (event.pitch * event.total_collimation_mm)
    expected_s = rotations * rotation_s
    if event.exposure_time_s > _EXPOSURE_TIME_FACTOR * expected_s:
        problem = f"{event.exposure_time_s:g} s are stated, length and pitch give about {expected_s:.3g} s"
        log.add_warning(path, codes.EXPOSURE_TIME.meaning, problem)


def _check_source_count(acquisition: SrNode, event: CtEvent, log: ReadLog) -> None:
    parameters = acquisition.first(codes.CT_PARAMETERS)
    number = parameters.first(codes.NUMBER_OF_SOURCES) if parameters else None
    if number is None or not event.sources:
        return
    if number.text_value is not None and number.text_value != str(len(event.sources)):
        problem = f"{number.text_value} sources are stated, {len(event.sources)} are described"
        log.add_warning(number.path, codes.NUMBER_OF_SOURCES.meaning, problem)
