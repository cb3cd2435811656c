"""The command by which a destination moves, and the options that say where it is from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from db.session import Session
    from dose_services.audit import Looker
    from dose_services.destination_places import Place

Host = Annotated[str | None, typer.Option(help="Where it listens.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535)]
CalledTitle = Annotated[str | None, typer.Option(help="C-STORE: its AE title.")]
CallingTitle = Annotated[str | None, typer.Option(help="C-STORE: ours, as it knows it.")]
Url = Annotated[str | None, typer.Option(help="STOW-RS: address of its services, before /studies.")]
Tls = Annotated[bool | None, typer.Option("--tls/--no-tls", help="Encrypt, and check its certificate; or do not.")]
ServerName = Annotated[str | None, typer.Option(help="Name in its certificate, if not the host.")]
Timeout = Annotated[int | None, typer.Option(help="Seconds that it may take.")]


class Move(Protocol):
    """What has a destination be somewhere else."""

    def __call__(self, session: Session, name: str, place: Place, /, *, looker: Looker, now: datetime) -> None:
        """Raise if there is none of this name, or nothing could be sent to the place."""


def add_move_of_archives(app: typer.Typer, group: str, mover: Callable[[], Move]) -> None:
    """Add ``move`` to a group of commands on archives; ``mover`` imports what it calls, when it does."""

    @app.command("move")
    def move(  # noqa: PLR0913  a place has this many properties
        name: str,
        *,
        host: Host = None,
        port: Port = None,
        called_ae_title: CalledTitle = None,
        calling_ae_title: CallingTitle = None,
        url: Url = None,
        tls: Tls = None,
        server_name: ServerName = None,
        timeout_s: Timeout = None,
    ) -> None:
        """Say where a destination is from now on; what is not named stays."""
        moved(
            name,
            group,
            mover(),
            host=host,
            port=port,
            called_ae_title=called_ae_title,
            calling_ae_title=calling_ae_title,
            url=url,
            uses_tls=tls,
            server_name=server_name,
            timeout_s=timeout_s,
        )


def moved(name: str, group: str, move: Move, **given: Any) -> None:  # noqa: ANN401  options of several types
    """Have a destination be where these options say; those that were not given change nothing."""
    from dose_services.destination_places import Place

    with transaction() as session:
        move(session, name, Place(**given), looker=looker(f"{group} move"), now=now())
    typer.echo(f"{name} is elsewhere from now on")
