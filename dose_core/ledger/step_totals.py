"""The entrance dose that a performed procedure step states (PS3.3, C.4.16, (0040,8302)); no other source has it."""

from collections.abc import Iterable
from typing import TypeVar

from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Statement
from dose_core.ledger.precedence import moment
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
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
