"""``doseledger client``: programs that get short tokens by themselves."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dose_services.roles import Scope
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="Programs that get short tokens at /oauth/token: add, list, disable.")


@app.command("add")
def add(
    client_id: Annotated[str, typer.Argument(help="One word without blanks and colons.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may ask for; may be given more than once.")],
    jwks: Annotated[Path | None, typer.Option(help="JSON file of its public keys (JWKS); it then signs.")] = None,
    site: Annotated[str, typer.Option(help="Site that it belongs to, if there are several.")] = "",
) -> None:
    """Add a program. Without keys its secret is printed once, on the last line, and kept nowhere."""
    from dose_services import service_clients

    keys = None if jwks is None else _keys_in(jwks)
    with transaction() as session:
        secret = service_clients.add(
            session, client_id, scopes=scope, site=site, jwks=keys, looker=looker("client add"), now=now()
        )
    typer.echo(f"{client_id} added", err=True)
    if secret is not None:
        typer.echo(secret)


@app.command("list")
def list_all() -> None:
    """List all programs: id, scopes, how they show who they are, and whether they are disabled."""
    from dose_services import service_clients

    with transaction() as session:
        for client in service_clients.listed(session):
            way = "secret" if client.jwks is None else "keys"
            state = "active" if client.disabled_at is None else f"disabled {client.disabled_at:%Y-%m-%d}"
            typer.echo("\t".join((client.client_id, ",".join(sorted(client.scopes)), way, state)))


@app.command("disable")
def disable(client_id: str) -> None:
    """Give a program no more tokens; those that it has end within five minutes."""
    from dose_services import service_clients

    with transaction() as session:
        service_clients.disable(session, client_id, looker=looker("client disable"), now=now())
    typer.echo(f"{client_id} disabled")


def _keys_in(path: Path) -> dict[str, object]:
    from dose_services.service_clients import ClientRefusedError

    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {type(error).__name__}"
        raise ClientRefusedError(msg) from error
    keys = read.get("keys") if isinstance(read, dict) else None
    if not isinstance(keys, list) or not keys or any(not isinstance(key, dict) or "d" in key for key in keys):
        msg = f'{path} is no JWKS of public keys: {{"keys": [...]}}'
        raise ClientRefusedError(msg)
    return {"keys": keys}
