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
            if user.disabled_at is None and user.valid_until is not None:
                state = f"until {user.valid_until:%Y-%m-%d %H:%M} UTC"
            typer.echo("\t".join((user.login, ",".join(sorted(user.roles)), f"orthanc: {names}", state)))


@app.command("disable")
def disable(login: str) -> None:
    """Disable a person at once: their tokens, launch links and open views stop working."""
    from dose_services import users

    with transaction() as session:
        users.disable_user(session, login=login, now=now())
    typer.echo(f"{login} disabled")


@app.command("set-password")
def set_password(login: str) -> None:
    """Give a person a password, for who signs in by no directory; it is asked for, or read from standard input."""
    from dose_services import sign_in
    from dose_services.password_hashing import PasswordHashing

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with transaction() as session:
        sign_in.set_password(session, PasswordHashing(), login, password, looker=looker("user set-password"), now=now())
    typer.echo(f"{login} has a new password, and is signed out everywhere")


@app.command("sign-out")
def sign_out(login: str) -> None:
    """End all sessions that a person has open in browsers."""
    from dose_services import browser_sessions

    with transaction() as session:
        ended = browser_sessions.end_all_of(session, login, looker=looker("user sign-out"), now=now())
    typer.echo(f"{login}: {ended} sessions ended")


@app.command("let-in")
def let_in(
    login: str,
    hours: Annotated[
        int | None, typer.Option(min=0, max=24 * 365, help="For so long from now; without, for good.")
    ] = None,
) -> None:
    """Let a person in for a time, such as remote support; 0 ends it now. Afterwards nothing of theirs works."""
    from dose_services import users

    at = now()
    until = None if hours is None else at + timedelta(hours=hours)
    with transaction() as session:
        users.let_in_until(session, login=login, until=until, looker=looker("user let-in"), now=at)
    typer.echo(f"{login} is let in {'for good' if until is None else f'until {until:%Y-%m-%d %H:%M} UTC'}")
