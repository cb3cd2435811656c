"""
The totals of a projection exam: dose-area product, air kerma at the reference point and time, by plane and by kind.

A sum over images leaves out the fluoroscopy that was not stored, so that it is a lower bound and gives way to whatever
another source calls the total.
"""

from collections.abc import Iterable

from dose_core.ledger.claims import Claim, is_known, reading, total_of
from dose_core.ledger.conflicts import conflicts_of
from dose_core.ledger.coverage import claims_of_reports, without_running_totals
from dose_core.ledger.precedence import ranked, source_of
from dose_core.ledger.projection_doubts import believed
from dose_core.ledger.projection_planes import ROWS, Planes, ProjectionDrawing, Row, in_scope, is_part, stated_by
from dose_core.ledger.rounding import Texts
from dose_core.ledger.shown import Drawn
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import ProjectionEvent


def projection_totals(drawing: ProjectionDrawing, texts: Texts) -> tuple[list[Total], list[str]]:
    """Return the totals of one device, and where its sources contradict each other."""
    planes = Planes(drawing)
    totals: list[Total] = []
    conflicts: list[str] = []
    for rows in ROWS:
        scopes = planes.scopes(rows[0])
        for scope in scopes:
            claims = [without_running_totals(_claims(drawing, planes, row, scope), texts) for row in rows]
            claims, doubts = believed(drawing, planes, rows, claims, scope)
            for row, its in zip(rows, claims, strict=True):
                if is_known(its) or row.quantity is Quantity.DAP:
                    totals.append(total_of(row.quantity, scope or None, its))
                if scope is None or not row.is_added:
                    comparable = [one for one in its if one.source is Source.RDSR] if planes.share_time(row) else its
                    conflicts += conflicts_of(row.quantity, comparable, texts, of=planes.words(scope))
            conflicts += doubts if scope is None or not rows[0].is_added else ()
    return totals, conflicts


def _claims(drawing: ProjectionDrawing, planes: Planes, row: Row, scope: str | None) -> list[Claim]:
    """Return what is said of a quantity, in the order in which its sources win."""
    every = {key for report in drawing.reports for key in report.events}
    keys = {key for key in every if scope is None or planes.named(key.plane) == scope} or every
    claims = claims_of_reports(
        drawing.reports,
        keys,
        lambda one: stated_by(drawing.statements[one.statement.key].report, one.statement.key, planes, row, scope),
    )
    if every:
        claims.append(_added(in_scope(drawing.listed, planes, scope), row))
    claims += _claims_of_others(drawing, planes, row, scope)
    if row.is_fluoroscopy is None:
        claims += _claims_of_images(drawing, planes, row, scope)
    return claims


def _claims_of_others(drawing: ProjectionDrawing, planes: Planes, row: Row, scope: str | None) -> list[Claim]:
    """Return what steps state together, and of dose screens and typed statements each one."""
    claims: list[Claim] = []
    steps = [s for s in drawing.others if source_of(s) is Source.MPPS]
    if steps:
        stated = [readings for s in steps if (readings := stated_by(s.report, s.key, planes, row, scope))]
        claims.append(
            Claim(
                source=Source.MPPS,
                basis=Basis.STATED_TOTAL if len(stated) == 1 else Basis.SUM_OF_TOTALS,
                readings=tuple(one for its in stated for one in its),
                missing=len(steps) - len(stated),
            )
        )
    for source in (Source.SCREEN, Source.MANUAL):
        its = ranked(s for s in drawing.others if source_of(s) is source)
        found = [readings for s in its if (readings := stated_by(s.report, s.key, planes, row, scope))]
        claims += [
            Claim(source=source, basis=Basis.STATED_TOTAL, readings=readings, doubted=nth > 0)
            for nth, readings in enumerate(found)
        ]
    return claims


def _added(events: Iterable[Drawn[ProjectionEvent]], row: Row) -> Claim:
    """Return the sum over events of reports; one that is of no known kind may be part of it, and is missing."""
    parts = [(belongs, one) for one in events if (belongs := is_part(one.event, row)) is not False]
    found = [stated for belongs, one in parts if belongs and (stated := one.stated_as(row.of_event))]
    readings = tuple(map(reading, found))
    missing = len(parts) - len(readings)
    return Claim(source=Source.RDSR, basis=Basis.SUM_OF_EVENTS, readings=readings, missing=missing)


def _claims_of_images(drawing: ProjectionDrawing, planes: Planes, row: Row, scope: str | None) -> list[Claim]:
    """Return the sum over the exposures that images show; beside a report over those that it lists."""
    if drawing.listed:
        shown = [one for one in in_scope(drawing.listed, planes, scope) if one.shown]
        found = [stated for one in shown if (stated := one.shown_as(row.of_event))]
    else:
        shown = in_scope(drawing.exposures, planes, scope)
        found = [stated for one in shown if (stated := one.stated_as(row.of_event))]
    if not shown:
        return []
    readings, missing = tuple(map(reading, found)), len(shown) - len(found)
    return [Claim(source=Source.IMAGE_HEADER, basis=Basis.ACQUISITIONS_ONLY, readings=readings, missing=missing)]
