"""``doseledger token``: bearer tokens for programs and people."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from dose_services.roles import Role, Scope
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="Bearer tokens: issue, list, revoke.")
_MAX_DAYS = 3650


@app.command("issue")
def issue(
    scope: Annotated[list[Scope], typer.Option(help="What the token is for; give a program one scope only.")],
    subject: Annotated[str | None, typer.Option(help="Name of the program that gets it.")] = None,
    user: Annotated[str | None, typer.Option(help="Login of the person that gets it.")] = None,
    site: Annotated[str, typer.Option(help="Site that an ingesting program belongs to, if there are several.")] = "",
    organisation: Annotated[
        str | None, typer.Option(help="Where the program may read; of its first token everywhere if left out.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=_MAX_DAYS, help="Days that it is valid.")] = 365,
) -> None:
    """Issue a token. It is printed once, on the last line, and kept nowhere."""
    from dose_services import grants, organisations, tokens
    from doseledger.processes import tokens_of
    from doseledger.settings import Settings

    settings = Settings.load()
    with transaction(settings) as session:
        if organisation is not None and subject is not None:
            place = organisations.of_name(session, organisation).id
            who = looker("token issue")
            grants.give(session, f"system:{subject}", Role.INTEGRATOR, place, looker=who, now=now())
        record, token = tokens.issue(
            session,
            tokens_of(settings),
            scopes=scope,
            subject=subject,
            login=user,
            site=site,
            valid_for=timedelta(days=days),
            now=now(),
        )
    typer.echo(f"token {record.jti} for {record.subject}, valid until {record.expires_at:%Y-%m-%d}", err=True)
    typer.echo(token)


@app.command("list")
def list_all() -> None:
    """List all tokens: id, for whom, what for, until when, whether revoked, when used last. They are not kept."""
    from dose_services import tokens

    with transaction() as session:
        for record in tokens.list_tokens(session):
            state = "revoked" if record.revoked_at else "valid" if record.expires_at > now() else "expired"
            scopes = ",".join(sorted(record.scopes))
            until = f"until {record.expires_at:%Y-%m-%d}"
            used = f"used {record.last_used_at:%Y-%m-%d %H:%M}" if record.last_used_at else "never used"
            typer.echo("\t".join((str(record.jti), record.subject, scopes, until, state, used)))


@app.command("revoke")
def revoke(jti: Annotated[UUID, typer.Argument(help="Id of the token, see `doseledger token list`.")]) -> None:
    """Revoke a token at once."""
    from dose_services import tokens

    with transaction() as session:
        record = tokens.revoke(session, jti, now=now())
    typer.echo(f"token of {record.subject} revoked")
