"""``doseledger backfill``: bring what an Orthanc holds already into the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.progress import with_bar

if TYPE_CHECKING:
    from doseledger.backfill import Backfill

_TIMEOUT_S = 60.0  # of one call; a file of hundreds of megabytes is read from a slow disk
_STOPPED = 130  # what a shell says of a program that Ctrl-C ended

State = Annotated[Path, typer.Option(help="File that notes what is done; by it a run that was stopped goes on.")]
Speed = Annotated[float, typer.Option(min=0.1, help="No more instances are fetched from the archive in a second.")]
SiteOption = Annotated[str, typer.Option(help="Site that the archive belongs to, if there are several.")]


class NoArchiveError(DoseError):
    """No Orthanc is named."""


def backfill(
    state: State = Path("doseledger-backfill.sqlite3"), objects_per_second: Speed = 100.0, site: SiteOption = ""
) -> None:
    """
    Read the whole archive and keep every dose that is not known yet. Safe to stop, to repeat, and beside live traffic.

    The archive is the Orthanc of the settings (orthanc_url, orthanc_user, orthanc_password). Ends with 1 if something
    could not be taken in; each such thing is listed with its reason.
    """
    with _backfill(state, site, objects_per_second) as one:
        was_stopped = False
        try:
            one.list_studies()
            for _ in with_bar(one.run(), length=one.studies.waiting, label="studies"):
                pass
        except KeyboardInterrupt:
            was_stopped = True
        for line in _lines(one):
            typer.echo(line)
        if was_stopped:
            typer.echo("stopped; the same command goes on from here", err=True)
            raise typer.Exit(_STOPPED)
        if any(one.studies.failures()):
            raise typer.Exit(1)


def _lines(one: "Backfill") -> Iterator[str]:
    tally, studies = one.tally, one.studies
    yield f"{tally.studies} studies looked at, {studies.waiting} of {studies.length} left"
    yield (
        f"{tally.instances} instances: {tally.known} known already, {tally.without_dose} without dose, "
        f"{tally.kept} new, {tally.kept_before} kept before, {tally.gone} deleted meanwhile, {tally.failed} failed"
    )
    if tally.read:
        yield "of these: " + ", ".join(f"{count} {status}" for status, count in sorted(tally.read.items()))
    for failed in studies.failures():
        yield f"failed: {failed.id} {failed.sop_instance_uid or '(a study)'}: {failed.reason}"


@contextmanager
def _backfill(state: Path, site_label: str, objects_per_second: float) -> "Iterator[Backfill]":
    from functools import partial

    from db.session import make_engine, unit_of_work
    from dose_services.installed_readers import installed_readers
    from dose_worker.orthanc_holdings import OrthancHoldings
    from doseledger.backfill import Backfill
    from doseledger.backfill_list import StudyList
    from doseledger.backfill_patience import Pace, Patience
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    if settings.orthanc_url is None:
        raise NoArchiveError("no Orthanc is named: set orthanc_url, and orthanc_user and orthanc_password if it asks")
    installed_readers()  # a broken one is told before anything is read
    password = settings.orthanc_password.get_secret_value() if settings.orthanc_password else None
    engine = make_engine(settings.database_url.get_secret_value(), pool_size=1)
    holdings = OrthancHoldings(settings.orthanc_url, settings.orthanc_user, password, timeout_s=_TIMEOUT_S)
    studies = StudyList(state, archive=settings.orthanc_url, site=site_label)
    place = partial(unit_of_work, engine)
    try:
        yield Backfill(
            holdings=holdings,
            studies=studies,
            unit_of_work=place,
            clock=now,
            site=site_of(settings),
            site_label=site_label,
            pace=Pace(objects_per_second),
            patience=Patience(archive_answers=partial(holdings.study_ids, since=0, limit=1), unit_of_work=place),
        )
    finally:
        studies.close()
        holdings.close()
        engine.dispose()
