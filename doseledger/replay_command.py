"""``doseledger replay``: read kept objects again with the readers of today."""

import getpass
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError
from dose_core.model import Kind
from doseledger.clock import now
from doseledger.progress import with_bar

if TYPE_CHECKING:
    from db.retry import UnitOfWork
    from dose_services.site import Site

Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was received on this day or later, local time.")
]
Device = Annotated[UUID | None, typer.Option(help="Only exams of this device, see `doseledger device list`.")]
KindOption = Annotated[Kind | None, typer.Option(help="Only objects of this kind.")]
Apply = Annotated[bool, typer.Option("--apply", help="Keep what changes, as statements that supersede the others.")]
ListAll = Annotated[bool, typer.Option("--list", help="List the replays that were applied, newest first.")]
RollBack = Annotated[UUID | None, typer.Option("--rollback", metavar="ID", help="Take this replay back.")]


class OneThingError(DoseError):
    """The options ask for several things at once."""


def replay(
    since: Since = None,
    device: Device = None,
    kind: KindOption = None,
    apply: Apply = False,  # noqa: FBT002 - typer makes a flag of it
    list_all: ListAll = False,  # noqa: FBT002 - likewise
    rollback: RollBack = None,
) -> None:
    """
    Read kept objects again and print what would change and why; with --apply, keep it. Safe to repeat and to stop.

    What is printed names no patient. Deliveries go on meanwhile.
    """
    if (list_all or rollback is not None) and (list_all == (rollback is not None) or since or device or kind or apply):
        raise OneThingError("--list and --rollback stand alone")
    if list_all:
        _list()
    elif rollback is not None:
        _roll_back(rollback)
    else:
        _replay(since, device, kind, is_applied=apply)


def _replay(since: datetime | None, device: UUID | None, kind: Kind | None, *, is_applied: bool) -> None:
    from db.repositories.replays import Selection
    from dose_services import replay as replays
    from dose_services.installed_readers import reader_version
    from doseledger.replay_lines import Summary

    unit_of_work, site = _place()
    begin = since.replace(tzinfo=site.timezone) if since else None
    selection = Selection(since=begin, device_id=device, kind=kind)
    with unit_of_work() as session:
        length = replays.extent(session, selection)
    outcomes = replays.replay(
        unit_of_work, selection, clock=now, site=site, applied_by=_whoever() if is_applied else None
    )
    summary = Summary(version=reader_version(), is_applied=is_applied)
    for outcome in with_bar(outcomes, length=length, label="reading again"):
        for line in summary.told(outcome):
            typer.echo(line)
    for line in summary.lines():
        typer.echo(line)


def _list() -> None:
    from db.repositories import replays
    from doseledger.database import transaction

    with transaction() as session:
        for one in replays.every(session):
            row = one.row
            state = "applied" if row.finished_at else "cut short: ask for the same once more"
            if row.rolled_back_at:
                state = f"taken back {row.rolled_back_at:%Y-%m-%d %H:%M} by {row.rolled_back_by}"
            asked = " ".join(f"{name}={value}" for name, value in row.selection.items() if value) or "everything"
            extent = f"{one.objects} objects of {one.studies} studies"
            head = (str(row.id), f"{row.applied_at:%Y-%m-%d %H:%M}", row.applied_by, f"readers {row.reader_version}")
            typer.echo("\t".join((*head, asked, extent, state)))


def _roll_back(replay_id: UUID) -> None:
    from dose_services.replay_return import roll_back

    unit_of_work, site = _place()
    returning = roll_back(unit_of_work, replay_id, by=_whoever(), clock=now, site=site)
    waiting = next(returning)
    for _ in with_bar(_steps(returning, waiting), length=waiting, label="filing anew"):
        pass
    typer.echo(f"replay {replay_id} is taken back; {waiting} exams were made anew")


def _steps(returning: Iterable[int], waiting: int) -> Iterator[int]:
    """Yield once for each exam that waits no more."""
    for left in returning:
        yield from range(max(waiting - left, 0))
        waiting = left


def _place() -> "tuple[UnitOfWork, Site]":
    from functools import partial

    from db.session import make_engine, unit_of_work
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    engine = make_engine(settings.database_url.get_secret_value(), pool_size=2)
    return partial(unit_of_work, engine), site_of(settings)


def _whoever() -> str:
    return f"command:{getpass.getuser()}"
