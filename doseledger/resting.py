"""The commands by which a destination rests and goes on, for whatever it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import typer

from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from db.session import Session
    from dose_services.audit import Looker


class SetActive(Protocol):
    """What lets a destination rest, or go on."""

    def __call__(self, session: Session, name: str, /, *, is_active: bool, looker: Looker, now: datetime) -> None:
        """Raise if there is none of this name."""


def add_resting(app: typer.Typer, group: str, set_active: Callable[[], SetActive]) -> None:
    """Add ``pause`` and ``resume`` to a group of commands; ``set_active`` imports what they call, when they are."""

    def carry_out(name: str, command: str, *, is_active: bool) -> None:
        with transaction() as session:
            set_active()(session, name, is_active=is_active, looker=looker(f"{group} {command}"), now=now())

    @app.command("pause")
    def pause(name: str) -> None:
        """Let a destination rest: what is for it waits."""
        carry_out(name, "pause", is_active=False)
        typer.echo(f"{name} rests; what is for it waits")

    @app.command("resume")
    def resume(name: str) -> None:
        """Let a destination that rests go on."""
        carry_out(name, "resume", is_active=True)
        typer.echo(f"{name} goes on")
