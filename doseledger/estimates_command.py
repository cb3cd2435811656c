"""``doseledger estimates``: which methods are installed, and ask them anew."""

from functools import partial
from typing import Annotated

import typer

from doseledger.clock import now
from doseledger.progress import with_bar

All = Annotated[bool, typer.Option("--all", help="Ask the methods of every exam that counts, and keep what is new.")]


def estimates(
    compute_all: All = False,  # noqa: FBT002 - typer makes a flag of it
) -> None:
    """
    List the installed methods; with --all, ask them of every exam, as after a new version of one was installed.

    The worker asks them by itself whenever an exam or its patient changes. Safe to repeat and to stop.
    """
    from dose_services.methods import installed_methods

    for method in installed_methods():
        kind = ", effective dose" if method.is_effective_dose else ""
        typer.echo(f"{method.id}, version {method.version}{kind}")
    if compute_all:
        _compute_all()


def _compute_all() -> None:
    from db.session import make_engine, unit_of_work
    from dose_services import estimates as computing
    from doseledger.settings import database_url

    place = partial(unit_of_work, make_engine(database_url(), pool_size=2))
    count, steps = computing.compute_all(place, now=now())
    changed = sum(bool(new) for new in with_bar(steps, length=count, label="estimating"))
    typer.echo(f"{count} exams were looked at, of {changed} something new is said")
