"""The entrance dose that a performed procedure step states (PS3.3, C.4.16, (0040,8302)); no other source has it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Statement
from dose_core.ledger.precedence import moment
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total, part_and_device
from dose_core.model import MammographyReport, ProjectionReport

ReportT = TypeVar("ReportT", bound=ProjectionReport | MammographyReport)


def entrance_doses(steps: Iterable[tuple[Statement[ReportT], tuple[str, float] | None]]) -> list[Total]:
    """
    Return the entrance dose of each step, with the field and the value that it states.

    It stands for a place on the skin, so that those of several steps are listed and never added.
    """
    stated = [(step, reading) for step, reading in steps if reading is not None]
    ordered = sorted(stated, key=lambda one: (moment(one[0].report.started_at), one[0].report.sop_instance_uid))
    return [
        total_of(
            Quantity.ENTRANCE_DOSE,
            f"step {nth}" if len(ordered) > 1 else None,
            [Claim(source=Source.MPPS, basis=Basis.STATED_TOTAL, readings=(Reading(step.key, *reading),))],
        )
        for nth, (step, reading) in enumerate(ordered, start=1)
    ]


def told_apart(totals: Sequence[Total]) -> tuple[Total, ...]:
    """Return the totals of an exam, its entrance doses numbered through if two steps of unlike kinds state some."""
    parts = [total.of for total in totals if total.quantity is Quantity.ENTRANCE_DOSE]
    if len(set(parts)) == len(parts):
        return tuple(totals)
    numbers = count(1)
    return tuple(_numbered(one, numbers) if one.quantity is Quantity.ENTRANCE_DOSE else one for one in totals)


def _numbered(total: Total, numbers: Iterator[int]) -> Total:
    _, device = part_and_device(total.quantity, total.of)
    of_device = "" if device is None else f"@{device}"
    return replace(total, of=f"step {next(numbers)}{of_device}")
