"""
The mammography part of an exam.

The glandular doses of several views of one breast add up; those of two breasts do not. A mean over both breasts, as
some devices state it, is a quantity of its own (PS3.16, TID 10005, Laterality "Both breasts").
"""

from collections.abc import Iterable, Sequence

from dose_core.ledger.apart import by_device
from dose_core.ledger.claims import Claim, Reading, doubted, more_than_zero, reading, total_of
from dose_core.ledger.conflicts import conflicts_of, zero_beside_more
from dose_core.ledger.coverage import Readings, claims_of_reports, without_running_totals
from dose_core.ledger.device_part import joined, part_of
from dose_core.ledger.drawing import Drawing, drawing_of
from dose_core.ledger.exam import Place, Statement
from dose_core.ledger.notes import Noted
from dose_core.ledger.part import Part
from dose_core.ledger.precedence import ranked, source_of
from dose_core.ledger.rounding import Texts
from dose_core.ledger.shown import Drawn
from dose_core.ledger.source import Source
from dose_core.ledger.step_totals import entrance_doses
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import MammographyEvent, MammographyReport

MammographyDrawing = Drawing[MammographyReport, MammographyEvent]

_AGD = ("agd_mgy",)
_FIELDS = {"L": "agd_left_mgy", "R": "agd_right_mgy", "B": "agd_both_mgy"}
_ONE_BREAST = ("L", "R")
_WORDS = {"L": " of the left breast", "R": " of the right breast", "B": " of both breasts in the mean"}
_DOSES = (
    Noted(field="agd_mgy", words="glandular dose", unit="mGy"),
    Noted(field="entrance_dose_mgy", words="entrance dose", unit="mGy"),
)


def mammography_of(statements: Sequence[Statement[MammographyReport]], texts: Texts) -> Part[MammographyEvent]:
    """Return the mammography part of an exam; that of each device is drawn apart."""
    return joined([_of_device(its, texts) for its in by_device(statements)])


def _of_device(statements: Sequence[Statement[MammographyReport]], texts: Texts) -> Part[MammographyEvent]:
    drawing = drawing_of(statements, _events_of)
    totals: list[Total] = []
    conflicts: list[str] = []
    for side in _sides(drawing):
        claims = without_running_totals(_claims(drawing, side), texts)
        more = more_than_zero(claims)
        if more is not None:
            conflicts.append(zero_beside_more(Quantity.AGD, more, _WORDS.get(side, "")))
            claims = doubted(claims)
        totals.append(total_of(Quantity.AGD, side or None, claims))
        conflicts += conflicts_of(Quantity.AGD, claims, texts, of=_WORDS.get(side, ""))
    totals += entrance_doses((s, _entrance_dose(s.report)) for s in drawing.others if source_of(s) is Source.MPPS)
    return part_of(drawing, totals, conflicts, modalities=frozenset(("MG",)), compared=_DOSES, texts=texts)


def _events_of(report: MammographyReport) -> tuple[MammographyEvent, ...]:
    return report.events


def _entrance_dose(report: MammographyReport) -> tuple[str, float] | None:
    value = report.totals.entrance_dose_mgy
    return None if value is None else ("totals.entrance_dose_mgy", value)


def _sides(drawing: MammographyDrawing) -> list[str]:
    """Return the breasts that were irradiated or have a total, "" where an event names none."""
    sides = {one.event.laterality or "" for one in drawing.events}
    for statement in drawing.statements.values():
        sides |= {side for side, field in _FIELDS.items() if getattr(statement.report.totals, field) is not None}
    return sorted(sides)


def _claims(drawing: MammographyDrawing, side: str) -> list[Claim]:
    """Return what is said of a breast, in the order in which sources win."""
    every = {key for report in drawing.reports for key in report.events}
    # A report of one breast knows all of it; what names no breast may be of this one.
    keys = (
        {one.key for one in drawing.listed if (one.event.laterality or side) == side} if side in _ONE_BREAST else every
    )
    claims = claims_of_reports(drawing.reports, keys or every, lambda one: _stated(drawing, one.statement.key, side))
    if every:
        its = [one for one in drawing.listed if (one.event.laterality or "") == side]
        if its or claims:
            claims.append(_added(its, [one.stated_as(_AGD) for one in its], Source.RDSR))
        if any(one.shown for one in its):
            claims.append(_added(its, [one.shown_as(_AGD) for one in its], Source.IMAGE_HEADER))
    else:  # what images show, or the exposures of a step, which states no dose of them
        its = [one for one in drawing.events if (one.event.laterality or "") == side]
        if its:
            claims.append(_added(its, [one.stated_as(_AGD) for one in its], drawing.source_of(its[0])))
    for source in (Source.MPPS, Source.SCREEN, Source.MANUAL):
        stating = ranked(s for s in drawing.others if source_of(s) is source)
        found = [readings for s in stating if (readings := _stated(drawing, s.key, side))]
        claims += [
            Claim(source=source, basis=Basis.STATED_TOTAL, readings=readings, doubted=nth > 0)
            for nth, readings in enumerate(found)
        ]
    return claims


def _stated(drawing: MammographyDrawing, key: str, side: str) -> Readings:
    field = _FIELDS.get(side)
    value = getattr(drawing.statements[key].report.totals, field) if field else None
    return () if value is None else (Reading(key, f"totals.{field}", value),)


def _added(
    events: Sequence[Drawn[MammographyEvent]], found: Iterable[tuple[Place, str, float] | None], source: Source
) -> Claim:
    """Return the sum of what is found of these events."""
    readings = tuple(reading(one) for one in found if one)
    return Claim(source=source, basis=Basis.SUM_OF_EVENTS, readings=readings, missing=len(events) - len(readings))
