"""``doseledger explain``: why a number is what it is, and which numbers an exam has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError
from doseledger import who
from doseledger.clock import now
from doseledger.database import transaction

if TYPE_CHECKING:
    from dose_services.audit import Looker

ValueArgument = Annotated[str | None, typer.Argument(metavar="VALUE_ID", help="The id beside a number in any answer.")]
ExamOption = Annotated[UUID | None, typer.Option("--exam", help="List the numbers of the exam with this id of ours.")]
StudyOption = Annotated[str | None, typer.Option("--study", help="List those of the exams of a Study Instance UID.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print what the REST interface answers.")]


class NothingAskedError(DoseError):
    """Not one thing is named: a value, an exam, or a study."""


def explain(
    value_id: ValueArgument = None,
    exam: ExamOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,  # noqa: FBT002  typer makes a flag of it
) -> None:
    """
    Say why a number is what it is: object, place, text, conversion, rule, and what it superseded.

    With --exam or --study, list the numbers of an exam with their ids. Each look is on record.
    """
    if sum(one is not None for one in (value_id, exam, study)) != 1:
        raise NothingAskedError("name one thing: a value id, or an exam by --exam or --study to list its value ids")
    if value_id is not None:
        _explain_value(value_id, as_json=as_json)
    else:
        _list_numbers(exam, study, as_json=as_json)


def _explain_value(value_id: str, *, as_json: bool) -> None:
    from api.schemas.provenance import ProvenanceOut
    from dose_core.ledger.value_id import parse_value_id
    from dose_services import viewing
    from doseledger.explain_lines import lines_of_value
    from doseledger.processes import viewer_of
    from doseledger.settings import Settings

    settings = Settings.load()
    wanted = parse_value_id(value_id)
    with transaction(settings) as session:
        looked = viewing.look_at_value(session, wanted, looker=_looker(), now=now(), viewer=viewer_of(settings))
    told = looked.provenance
    typer.echo(ProvenanceOut.of(told).model_dump_json(indent=2) if as_json else "\n".join(lines_of_value(told)))


def _list_numbers(exam: UUID | None, study: str | None, *, as_json: bool) -> None:
    from api.schemas.exams import ExamOut
    from dose_services import viewing
    from dose_services.viewing import UnknownExamError
    from doseledger.explain_lines import lines_of_exam

    with transaction() as session:
        found = [] if exam else viewing.find_exams(session, study or "", looker=_looker(), now=now())
        ids = [exam] if exam else [one.id for one, _ in found]
        if not ids:
            raise UnknownExamError("no exam has this Study Instance UID; one is made when a dose report or image comes")
        looked = [viewing.look_at_exam(session, one, looker=_looker(), now=now()) for one in ids]
    for one in looked:
        typer.echo(ExamOut.of(one).model_dump_json(indent=2) if as_json else "\n".join(lines_of_exam(one)))


def _looker() -> Looker:
    """Return who looks: whoever has the database in their hands may see what waits at the desk, too."""
    return replace(who.looker("explain"), reads_uncounted=True)
