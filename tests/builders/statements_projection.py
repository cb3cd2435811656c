"""
Statements about a projection study, as values, and how to ask an exam for its totals.

All doses are quarters, which floats add without an error.
"""

from dataclasses import replace
from typing import Any

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import (
    EventType,
    Kind,
    Plane,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
)
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement

FLUOROSCOPY, ACQUISITION = EventType.FLUOROSCOPY, EventType.STATIONARY_ACQUISITION


def run(
    number: int,
    dap_gy_cm2: float | None = 2.0,
    ka_r_mgy: float | None = 8.0,
    *,
    plane: Plane = Plane.SINGLE,
    event_type: EventType = FLUOROSCOPY,
    **fields: Any,  # noqa: ANN401  of the event
) -> ProjectionEvent:
    """Return the event with this number, of fluoroscopy unless told otherwise."""
    event = of.run(number, plane=plane, event_type=event_type, dap_gy_cm2=dap_gy_cm2, ka_r_mgy=ka_r_mgy)
    return replace(event, **fields)


def report(
    number: int,
    *events: ProjectionEvent,
    planes: tuple[PlaneTotals, ...] | None = None,
    **fields: Any,  # noqa: ANN401  of the report
) -> AnyStatement:
    """Return the report with this number over these events, with totals that are their sums unless given."""
    made = of.projection_report(number, events)
    assert isinstance(made.report, ProjectionReport)
    totals = made.report.totals if planes is None else ProjectionTotals(planes=planes)
    return replace(made, report=replace(made.report, totals=totals, **fields))


def manual(dap_gy_cm2: float) -> AnyStatement:
    """Return what a person typed of the whole exam."""
    plane = PlaneTotals(dap_gy_cm2=dap_gy_cm2)
    typed = ProjectionReport(
        kind=Kind.MANUAL,
        sop_instance_uid="2.25.900",
        study_instance_uid=STUDY,
        totals=ProjectionTotals(planes=(plane,), dap_gy_cm2=dap_gy_cm2),
    )
    return Statement(key="typed", report=typed)


def typed_of(*planes: PlaneTotals) -> AnyStatement:
    """Return what a person typed, plane by plane."""
    made = manual(0.0)
    return replace(made, report=replace(made.report, totals=ProjectionTotals(planes=planes)))  # type: ignore[call-arg]  # of its shape


def exam(*statements: AnyStatement) -> Exam:
    """Return the exam of these statements."""
    return exam_of(STUDY, statements)


def total(of_exam: Exam, quantity: Quantity, part: str | None = None) -> Total:
    """Return the total of one quantity and part."""
    return next(one for one in of_exam.totals if (one.quantity, one.of) == (quantity, part))


def parts(of_exam: Exam, quantity: Quantity) -> set[str | None]:
    """Return the parts that an exam tells a quantity of."""
    return {one.of for one in of_exam.totals if one.quantity is quantity}
