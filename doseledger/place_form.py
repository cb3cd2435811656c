"""The options that say where a destination is from now on, for all commands that move one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from dose_services.destination_places import Place

Host = Annotated[str | None, typer.Option(help="Where it listens.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535)]
CalledTitle = Annotated[str | None, typer.Option(help="C-STORE: its AE title.")]
CallingTitle = Annotated[str | None, typer.Option(help="C-STORE: ours, as it knows it.")]
Url = Annotated[str | None, typer.Option(help="STOW-RS: address of its services, before /studies.")]
Tls = Annotated[bool | None, typer.Option("--tls/--no-tls", help="Encrypt, and check its certificate; or do not.")]
ServerName = Annotated[str | None, typer.Option(help="Name in its certificate, if not the host.")]
Timeout = Annotated[int | None, typer.Option(help="Seconds that it may take.")]


def place_of(**given: Any) -> "Place":  # noqa: ANN401  options of several types
    """Return what these options say; those that were not given change nothing."""
    from dose_services.destination_places import Place

    return Place(**given)
