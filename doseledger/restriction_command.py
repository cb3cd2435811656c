"""``doseledger restriction``: hide a patient from everybody, and lift that."""

from typing import Annotated

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import Authority, Identifier, PatientId, looker, meant

app = typer.Typer(no_args_is_help=True, help="Restrictions: patients whom nobody sees, but by break-glass.")

Reason = Annotated[str, typer.Option(help="Why; the patient's name and identifiers are left out of what is kept.")]


@app.command("set")
def set_restriction(
    reason: Reason, patient: PatientId = None, identifier: Identifier = None, authority: Authority = None
) -> None:
    """Hide a patient, with all who were merged into them."""
    from dose_services import restriction

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        made = restriction.restrict(session, whom, reason=reason, looker=looker("restriction set"), now=now())
    typer.echo(f"patient {made.patient_id} is restricted since {made.set_at:%Y-%m-%d %H:%M} UTC")


@app.command("lift")
def lift_restriction(
    reason: Reason, patient: PatientId = None, identifier: Identifier = None, authority: Authority = None
) -> None:
    """Let a patient be seen again; the restriction stays on record, with who lifted it and why."""
    from dose_services import restriction

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        restriction.lift(session, whom, reason=reason, looker=looker("restriction lift"), now=now())
    typer.echo(f"patient {whom} is not restricted any more")


@app.command("list")
def list_restrictions() -> None:
    """List the restrictions in force: patient, since when, by whom, why."""
    from dose_services import restriction

    with transaction() as session:
        for one in restriction.in_force(session):
            typer.echo("\t".join((str(one.patient_id), f"{one.set_at:%Y-%m-%d}", one.set_by, one.reason)))
