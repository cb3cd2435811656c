"""``doseledger launch``: who may open views from other programs."""

from pathlib import Path
from typing import Annotated

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="Views that other programs open: who opens them, and for whom.")


@app.command("know")
def know(
    login: Annotated[str, typer.Argument(help="A user of DoseLedger.")],
    system: Annotated[
        str, typer.Option(help="'people' of a program, the address of an EHR, 'directory', or 'oidc ISSUER'.")
    ],
    name: Annotated[str, typer.Option(help="The name of the person there, such as Practitioner/123.")],
) -> None:
    """Say under which name another system knows a person, so that it may open views for them or let them sign in."""
    from dose_services import launch_people

    with transaction() as session:
        user = launch_people.add_name(
            session, login=login, system=system, name=name, looker=looker("launch know"), now=now()
        )
    typer.echo(f"{user.login} is known there by this name")


@app.command("check")
def check(path: Annotated[Path, typer.Argument(help="The file that DOSELEDGER_LAUNCH_PEERS names.")]) -> None:
    """Read a file of launch peers and list them, without their secrets."""
    from doseledger.launch_peers import read_launch_peers

    peers = read_launch_peers(path)
    for client in peers.clients.values():
        typer.echo(f"signs\t{client.name}\t{client.algorithm}\tpeople: {client.people}")
    for one in peers.issuers.values():
        typer.echo(f"SMART\t{one.iss}\t{one.client_id}\t{one.authentication}")
