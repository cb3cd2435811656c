"""``doseledger patient``: who is who, and what a person decides about it."""

from typing import Annotated
from uuid import UUID

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import Authority, Identifier, PatientId, looker, meant

app = typer.Typer(no_args_is_help=True, help="Patients: who is who, wrong merges, links, and wrong identifiers.")

Reason = Annotated[str, typer.Option(help="Why; the patient's name and identifiers are left out of what is kept.")]
Other = Annotated[UUID, typer.Option("--with", help="Our id of the other patient.")]


@app.command("identity")
def tell_identity(patient: PatientId = None, identifier: Identifier = None, authority: Authority = None) -> None:
    """Tell who is one with a patient: records, their identifiers with their time, links, and the journal."""
    from dose_services.identity_view import look_at_identity

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        found = look_at_identity(session, whom, looker=looker("patient identity"), now=now())
    for record in found.records:
        into = f", merged into {record.merged_into_id}" if record.merged_into_id else ""
        typer.echo(f"{record.id}{into}{', deleted by the source' if record.deleted_at else ''}")
        for one in record.identifiers:
            until = f" until {one.ended_at:%Y-%m-%d %H:%M}" if one.ended_at else ""
            replaced = f", replaced {one.replaced_at:%Y-%m-%d %H:%M}" if one.replaced_at else ""
            typer.echo(f"  {one.value} ({one.authority}) since {one.since:%Y-%m-%d %H:%M}{until}{replaced}")
    for link in found.links:
        typer.echo(f"linked: {link.one_id} and {link.other_id} since {link.since:%Y-%m-%d %H:%M}")
    for change in found.journal:
        by = f" by {change.by}: {change.reason}" if change.by else ""
        other = f" {change.other_patient_id}" if change.other_patient_id else ""
        typer.echo(f"{change.recorded_at:%Y-%m-%d %H:%M} {change.patient_id} {change.kind}{other}{by}")


@app.command("unmerge")
def unmerge_patient(
    reason: Reason, patient: PatientId = None, identifier: Identifier = None, authority: Authority = None
) -> None:
    """Take a wrong merge back: the patient who was merged lives on, with the exams under their identifiers."""
    from dose_services import identity_desk

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        identity_desk.unmerge(session, whom, reason=reason, looker=looker("patient unmerge"), now=now())
    typer.echo(f"patient {whom} is not merged any more")


@app.command("link")
def link_patients(
    reason: Reason,
    other: Other,
    patient: PatientId = None,
    identifier: Identifier = None,
    authority: Authority = None,
) -> None:
    """Show the doses of two patients together, who both live on."""
    from dose_services import identity_desk

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        identity_desk.link(session, whom, other, reason=reason, looker=looker("patient link"), now=now())
    typer.echo(f"patients {whom} and {other} are linked")


@app.command("unlink")
def unlink_patients(
    reason: Reason,
    other: Other,
    patient: PatientId = None,
    identifier: Identifier = None,
    authority: Authority = None,
) -> None:
    """Take a link back, and nothing but a link."""
    from dose_services import identity_desk

    with transaction() as session:
        whom = meant(session, patient, identifier, authority)
        who = looker("patient unlink")
        identity_desk.link(session, whom, other, reason=reason, looker=who, now=now(), is_link=False)
    typer.echo(f"patients {whom} and {other} are not linked any more")


@app.command("move-identifier")
def move_identifier(
    reason: Reason,
    to: Annotated[UUID, typer.Option(help="Our id of the patient whose the identifier is.")],
    identifier: Annotated[str, typer.Option(help="The identifier; the shell may keep what you type.")],
    authority: Annotated[str, typer.Option(help="Its assigning authority.")],
) -> None:
    """Give an identifier to a patient; the exams that came under it follow, and who had it lives on."""
    from dose_services import identity_desk
    from dose_services.identity_values import StatedIdentifier

    moved = StatedIdentifier(value=identifier, authority=authority)
    with transaction() as session:
        who = looker("patient move-identifier")
        identity_desk.move_identifier(session, moved, to, reason=reason, looker=who, now=now())
    typer.echo(f"the identifier is of patient {to} now")
