"""``doseledger publications``: what became of each dose SR that goes to an archive."""

from typing import Annotated
from uuid import UUID

import typer

from dose_services.publication_states import PublicationState
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="Dose SRs of ours for archives: what waits, what was sent or refused.")

_LIMIT = 500
_OPEN = (
    PublicationState.WAITING,
    PublicationState.WITHDRAWING,
    PublicationState.REFUSED,
    PublicationState.PARKED,
)


@app.command("list")
def list_publications(
    destination: Annotated[str | None, typer.Option(help="Those for this archive only.")] = None,
    kind: Annotated[str | None, typer.Option(help="Those of this kind only, such as 'ct rdsr'.")] = None,
    state: Annotated[
        list[PublicationState] | None, typer.Option(help="May repeat; those that wait or failed, if none.")
    ] = None,
    exam: Annotated[UUID | None, typer.Option(help="Those of this exam only.")] = None,
    after: Annotated[int, typer.Option(help="Number of the last one of the page before.")] = 0,
) -> None:
    """List publications: number, kind, archive, state, exam, attempts, when the next is due, commitment, problem."""
    from dose_services import publication_desk

    with transaction() as session:
        found = publication_desk.listed(
            session,
            states=tuple(state or _OPEN),
            kind=kind,
            destination=destination,
            exam_id=exam,
            after=after,
            limit=_LIMIT,
        )
    for one in found:
        is_due = one.state in {PublicationState.WAITING, PublicationState.WITHDRAWING}
        due = f"next {one.not_before:%Y-%m-%d %H:%M:%S} UTC" if is_due else ""
        told = (
            str(one.number),
            one.kind,
            one.destination,
            one.state.value,
            f"{one.exam_id} revision {one.revision}",
            f"{one.attempts} attempts",
        )
        kept = f"commitment {one.commitment}" if one.commitment else ""
        typer.echo("\t".join((*told, due, kept, one.problem or "")))


@app.command("retry")
def retry(number: int) -> None:
    """Have an archive asked again to take what it refused, or to do now what waits after a failure."""
    from dose_services import publication_desk

    with transaction() as session:
        publication_desk.retry(session, number, looker=looker("publications retry"), now=now())
    typer.echo(f"publication {number} is due now")
