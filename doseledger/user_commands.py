"""``doseledger user``: the people who may use DoseLedger."""

from datetime import timedelta
from typing import Annotated

import typer

from dose_services.roles import Role
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.role_option import ROLE_HELP, role_of
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="People who may use DoseLedger, and their names in Orthanc.")


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="One word without blanks.")],
    role: Annotated[list[Role], typer.Option(parser=role_of, metavar="ROLE", help=ROLE_HELP)],
    orthanc_user: Annotated[
        list[str] | None,
        typer.Option(help="Name of the person in Orthanc or its reverse proxy; may be given more than once."),
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Where the person has these duties; everywhere if left out.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until the duties end, as of a support account; no end if left out.")
    ] = None,
) -> None:
    """Add a person. With an Orthanc name, Orthanc's Dose button works for them."""
    from dose_services import organisations, users

    with transaction() as session:
        place = organisations.ROOT if organisation is None else organisations.of_name(session, organisation).id
        added = users.add_user(
            session,
            login=login,
            roles=role,
            orthanc_users=orthanc_user or (),
            organisation_id=place,
            until=now() + timedelta(days=days) if days else None,
            looker=looker("user add"),
            now=now(),
        )
    typer.echo(f"{added.login} added as {', '.join(sorted(added.roles))}")


@app.command("list")
def list_all() -> None:
    """List all people: login, duties, names in Orthanc, and whether they are disabled."""
    from dose_services import users

    with transaction() as session:
        for user in users.list_users(session, now=now()):
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
