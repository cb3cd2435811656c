"""``doseledger user``: the people who may use DoseLedger."""

from typing import Annotated

import typer

from dose_services.roles import Role
from doseledger.clock import now
from doseledger.database import transaction

app = typer.Typer(no_args_is_help=True, help="People who may use DoseLedger, and their names in Orthanc.")


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="One word without blanks.")],
    role: Annotated[list[Role], typer.Option(help="Duty of the person; may be given more than once.")],
    orthanc_user: Annotated[
        list[str] | None,
        typer.Option(help="Name of the person in Orthanc or its reverse proxy; may be given more than once."),
    ] = None,
) -> None:
    """Add a person. With an Orthanc name, Orthanc's Dose button works for them."""
    from dose_services import users

    with transaction() as session:
        added = users.add_user(
            session, login=login, roles=role, orthanc_users=orthanc_user or (), now=now()
        )  # fmt: skip
    typer.echo(f"{added.login} added as {', '.join(sorted(added.roles))}")


@app.command("list")
def list_all() -> None:
    """List all people: login, duties, names in Orthanc, and whether they are disabled."""
    from dose_services import users

    with transaction() as session:
        for user in users.list_users(session):
            names = ",".join(user.orthanc_users) or "-"
            state = "active" if user.disabled_at is None else f"disabled {user.disabled_at:%Y-%m-%d}"
            typer.echo("\t".join((user.login, ",".join(sorted(user.roles)), f"orthanc: {names}", state)))


@app.command("disable")
def disable(login: str) -> None:
    """Disable a person at once: their tokens, launch links and open views stop working."""
    from dose_services import users

    with transaction() as session:
        users.disable_user(session, login=login, now=now())
    typer.echo(f"{login} disabled")
