"""
Totals of dose reports that their own events contradict.

Devices write 0 into totals that they do not accumulate: Siemens Fluorospot states an air kerma of 0 beside an event of
35 uGy, Eurocolumbus writes all fluoroscopy under acquisitions. A sum cannot be less than its parts, so that a total of
0 beside events that irradiated is not believed; the sum of the events counts, and the 0 stays as its rival.

Source: ``docs/reference/vendor-quirks.md``, A22 and section C.
"""

from collections.abc import Sequence

from dose_core.ledger.claims import Claim, doubted
from dose_core.ledger.conflicts import zero_beside_more
from dose_core.ledger.projection_planes import TIME, Planes, ProjectionDrawing, Row, in_scope, is_part
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis
from dose_core.model import ProjectionEvent


def believed(
    drawing: ProjectionDrawing, planes: Planes, rows: Sequence[Row], claims: Sequence[list[Claim]], scope: str | None
) -> tuple[list[list[Claim]], list[str]]:
    """
    Return the claims with those totals doubted that the events contradict, and say so.

    A 0 is doubted where events irradiated. What stands under the other kind then, of which no event is listed, is
    the same dose under a wrong name.
    """
    its = [one.event for one in in_scope(drawing.listed, planes, scope)]
    says: list[str] = []
    result = list(claims)
    for nth, row in enumerate(rows):
        if not _is_zero(claims[nth]) or not any(_irradiated(event, row) for event in its):
            continue
        result[nth] = doubted(claims[nth])
        added = next((one.value for one in claims[nth] if one.basis is Basis.SUM_OF_EVENTS), None)
        if added and row.of_event is not TIME:
            says.append(zero_beside_more(row.quantity, added, planes.words(scope)))
        for other, its_row in enumerate(rows):
            is_listed = any(is_part(event, its_row) is not False for event in its)
            if other != nth and not is_listed and not _is_zero(claims[other]):
                result[other] = doubted(claims[other])
    return result, says


def _is_zero(claims: Sequence[Claim]) -> bool:
    return any(one.is_total and one.source is Source.RDSR and not one.doubted and one.value == 0 for one in claims[:1])


def _irradiated(event: ProjectionEvent, row: Row) -> bool:
    """Test if an event is part of a quantity, and not of nothing."""
    if not is_part(event, row):
        return False
    value = next((value for name in row.of_event if (value := getattr(event, name)) is not None), None)
    if value is not None:
        return bool(value > 0)
    return bool(event.dap_gy_cm2 or event.ka_r_mgy or (event.dap_gy_cm2 is None and event.ka_r_mgy is None))
