"""
Performed procedure steps: one statement for each, though it came in several messages.

A step is made by N-CREATE and grows by N-SET under one SOP Instance UID (PS3.4, F.7.2). Each message states a part of
the attributes, so that the modality may stand in the first and the dose in the last.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dose_core.ledger.exam import NotCounted, Statement
from dose_core.model import CtReport, DeviceStated, DoseReport, MammographyReport, ProjectionReport

_FINAL = frozenset(("COMPLETED", "DISCONTINUED"))  # PS3.4, F.7.2.1.1: no message follows

# PS3.3, C.7.3.1.1.1: what is no projection X-ray, and what irradiates nobody.
_OTHERS = frozenset(("CT", "MG", "MR", "NM", "PT", "US"))
_MISREAD = "a message of a procedure step that does not name its modality, and was read as one of projection X-ray"


def one_per_step(
    messages: Iterable[Statement[DoseReport]],
) -> tuple[list[Statement[DoseReport]], tuple[NotCounted, ...]]:
    """
    Return of each step that states a dose or an exposure the message that states it, the last one if several do.

    A message that does not say of what modality it is was read as one of projection X-ray. Where another message of
    its step says that it is not, its values mean something else; these are returned apart.
    """
    by_step: dict[str, list[Statement[DoseReport]]] = defaultdict(list)
    for message in messages:
        by_step[message.report.sop_instance_uid].append(message)
    speaking = (_whole(sorted(by_step[uid], key=_rank, reverse=True)) for uid in sorted(by_step))
    stating = [step for step in speaking if _stated(step.report)]
    misread = sorted(s.key for s in stating if isinstance(s.report, ProjectionReport) and s.report.modality in _OTHERS)
    left_out = NotCounted(statements=tuple(misread), event_uid=None, reason=_MISREAD)
    return [s for s in stating if s.key not in misread], (left_out,) if misread else ()


def _whole(messages: Sequence[Statement[DoseReport]]) -> Statement[DoseReport]:
    """Return the message that speaks, with the modality and the device that only another one may name."""
    speaking, report = messages[0], messages[0].report
    named = next((m.report.device for m in messages if m.report.device != DeviceStated()), report.device)
    return replace(
        speaking,
        report=replace(
            report,
            modality=next((m.report.modality for m in messages if m.report.modality), None),
            device=report.device if report.device != DeviceStated() else named,
            started_at=report.started_at or next((m.report.started_at for m in messages if m.report.started_at), None),
        ),
    )


def _rank(message: Statement[DoseReport]) -> tuple[bool, bool, int, float, str]:
    """Sort key: what states a dose, then the last message; of several that are not the last the one that grew most."""
    report = message.report
    stated = _stated(report)
    return stated > 0, report.completion in _FINAL, stated, _dose(report), message.key


def _dose(report: DoseReport) -> float:
    match report:
        case CtReport():
            return report.totals.dlp_mgy_cm or 0.0
        case ProjectionReport():
            return report.totals.dap_gy_cm2 or 0.0
        case _:
            return 0.0


def _stated(report: DoseReport) -> int:
    """Return how much of dose and exposures a message states."""
    match report:
        case CtReport(totals=totals, events=events):
            return len(events) + bool(totals.event_count) + (totals.dlp_mgy_cm is not None)
        case ProjectionReport(totals=totals, events=events):
            return len(events) + len(totals.planes) + bool(totals.exposure_count)
        case MammographyReport(totals=totals, events=events):
            return len(events) + bool(totals.event_count) + (totals.entrance_dose_mgy is not None)
        case _:
            return 0
