"""``doseledger placeholders``: exams of somebody whom nobody knew; our ids alone, nobody is named."""

from typing import Annotated
from uuid import UUID

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker


def list_placeholders(
    after: Annotated[UUID | None, typer.Option(help="The last patient of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 50,
) -> None:
    """
    List placeholders with exams, the longest known first: patient, since when, rule, exams, and whether it is too long.

    Patients and exams are our ids. Each look is on record, and restricted patients are left out.
    """
    from dose_services import placeholders
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    with transaction(settings) as session:
        found = placeholders.waiting(
            session, after=after, limit=limit, looker=looker("placeholders"), site=site_of(settings), now=now()
        )
    for one in found:
        exams = ", ".join(map(str, one.exam_ids))
        overdue = "overdue" if one.is_overdue else ""
        typer.echo("\t".join((str(one.patient.id), f"{one.since:%Y-%m-%d %H:%M} UTC", one.rule, exams, overdue)))
