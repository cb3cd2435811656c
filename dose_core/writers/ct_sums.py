"""
The sums of a CT dose SR, and in words what it cannot state as a sum.

Source: PS3.16, TID 10012, rows 3 and 3a: the total is the sum over the events of the report, and each phantom has a
sub-total where the events use several.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

from dose_core.ledger.ct_totals import UNKNOWN_PHANTOM, estimated_dlp, phantom_of
from dose_core.ledger.exam import Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.stand_in import uid_of
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import CtEvent
from dose_core.writers.ct_values import has_dose
from dose_core.writers.xray_report import SOURCE_WORDS

# Devices round sub-totals and their total on their own, to 1 % at worst (``dose_core.ledger.rounding``).
_ROUNDING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """
    Dose-length products in mGy.cm, ``None`` where none is known for the whole.

    ``of_phantoms`` are there if the events use several, by diameter in mm. ``told_by`` are the sources of these
    values; ``in_words`` says what is known besides: lower bounds, and totals that stand for other events.
    """

    total: float | None
    of_phantoms: tuple[tuple[int | None, float | None], ...]
    told_by: frozenset[Source]
    in_words: tuple[str, ...]


def is_computed(exam: Exam, events: Sequence[ExamEvent]) -> bool:
    """Test if nothing but image headers tells of events and total, so that each DLP is an estimate of ours."""
    whole = dlp_totals(exam).get(None)
    is_shown = bool(events) and all(event.source is Source.IMAGE_HEADER for event in events)
    return is_shown and (whole is None or whole.source in {None, Source.IMAGE_HEADER})


def dlp_totals(exam: Exam) -> dict[str | None, Total]:
    """Return what the exam counts as DLP: of the whole (``None``) and of each phantom by its diameter in mm."""
    return {total.of: total for total in exam.totals if total.quantity is Quantity.DLP}


def sums_of(exam: Exam, events: Sequence[ExamEvent]) -> Sums:
    """Return the sums of a report: those that the exam counts, of computed events the sum of their estimates."""
    return _computed(events) if is_computed(exam, events) else _counted(exam, events)


def standing_for_all(exam: Exam) -> tuple[ExamEvent, ...]:
    """
    Return acquisitions that stand for all of an exam of which no source lists any: one for each phantom.

    TID 10011, row 10, wants one at least, and what a person typed or a screen shows as a total must go somewhere.
    """
    totals = dlp_totals(exam)
    whole = totals.pop(None, None)
    if whole is None or _value(whole) is None:
        return ()
    parts = [total for total in totals.values() if _value(total) is not None]
    if len(parts) != len(totals) or not _add_up(parts, whole):
        parts = [whole]
    return tuple(
        ExamEvent(
            event_uid=uid_of("ct acquisitions", exam.study_instance_uid, part.of),
            uid_is_stand_in=True,
            source=part.source or whole.source or Source.MANUAL,
            statements=(),
            event=CtEvent(dlp_mgy_cm=part.value, phantom_diameter_mm=_diameter_mm(part.of)),
        )
        for part in parts
    )


def _computed(events: Sequence[ExamEvent]) -> Sums:
    total, sub_totals = estimated_dlp(events)
    return Sums(
        total=total,
        of_phantoms=tuple((one.phantom_diameter_mm, one.dlp_mgy_cm) for one in sub_totals),
        told_by=frozenset({Source.IMAGE_HEADER}),
        in_words=(),
    )


def _counted(exam: Exam, events: Sequence[ExamEvent]) -> Sums:
    """Return what the exam counts; a sub-total of another source than the total is told in words."""
    totals = dlp_totals(exam)
    whole = totals.get(None)
    used = {phantom_of(event) for event in events if has_dose(event)}
    parts = {one: totals.get(one) for one in sorted(used, key=lambda one: _diameter_mm(one) or 0) if len(used) > 1}
    fitting = {one: total for one, total in parts.items() if total and whole and total.source == whole.source}
    written = [total for total in (whole, *fitting.values()) if _value(total) is not None]
    left_over = [total for total in (whole, *parts.values()) if total not in written]
    return Sums(
        total=_value(whole),
        of_phantoms=tuple((_diameter_mm(one), _value(fitting.get(one))) for one in parts),
        told_by=frozenset(total.source for total in written if total and total.source),
        in_words=tuple(_in_words(total) for total in left_over if total and total.value is not None),
    )


def _value(total: Total | None) -> float | None:
    """Return a total that lacks nothing."""
    return None if total is None or total.missing else total.value


def _add_up(parts: Sequence[Total], whole: Total) -> bool:
    known = [total.value for total in (*parts, whole) if total.value is not None]
    return len(parts) > 0 and isclose(sum(known[:-1]), known[-1], rel_tol=_ROUNDING)


def _in_words(total: Total) -> str:
    phantom = "" if total.of is None else f" on the phantom of {total.of} mm"
    if total.of == UNKNOWN_PHANTOM:
        phantom = " on a phantom that is not stated"
    least = "at least " if total.missing else ""
    source = f" from {SOURCE_WORDS[total.source]}" if total.source else ""
    return f"DLP{phantom} {least}{total.value:.6g} mGy.cm{source}"


def _diameter_mm(phantom: str | None) -> int | None:
    return int(phantom) if phantom is not None and phantom != UNKNOWN_PHANTOM else None
