"""``doseledger import-history``: what a former system exported as a table."""

import csv
import getpass
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from math import fsum, isclose
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.progress import with_bar

if TYPE_CHECKING:
    from dose_core.readers.typed_table import Entry
    from dose_services.history_import import Imported

_DELIMITERS = ",;\t"

Table = Annotated[Path, typer.Argument(metavar="FILE.csv", help="UTF-8; the first line names the columns.")]
System = Annotated[str, typer.Option(help="The former system and its version, as it is told to whoever asks.")]
ExportedAt = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="When it was exported, local time.")
]
Site = Annotated[str, typer.Option(help="Site that the exams belong to, if there are several.")]
Apply = Annotated[bool, typer.Option("--apply", help="Take the rows in; without, they are only looked at.")]


class TableUnreadableError(DoseError):
    """The file cannot be opened, or is no table."""


def import_history(
    file: Table,
    system: System,
    exported_at: ExportedAt,
    site: Site = "",
    apply: Apply = False,  # noqa: FBT002 - typer makes a flag of it
) -> None:
    """
    Take in the exams of a former system, one row for each study and modality, and compare the sums. Safe to repeat.

    Ends with 1 if a row was not taken; what is printed names lines, never patients.
    """
    from db.session import make_engine, unit_of_work
    from dose_services.history_import import Import, import_entries
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    place = site_of(settings)
    what = Import(
        imported_by=f"command:{getpass.getuser()}",
        exported_at=exported_at.replace(tzinfo=place.timezone),
        site_label=site,
    )
    uow = partial(unit_of_work, make_engine(settings.database_url.get_secret_value(), pool_size=2))
    entries = _entries(file, system)
    done = import_entries(uow, entries, what, now=now(), site=place, is_applied=apply)
    if not _told(with_bar(done, length=_count(file), label="rows"), is_applied=apply):
        raise typer.Exit(1)


def _entries(file: Path, system: str) -> "Iterator[tuple[int, Entry | str]]":
    """Yield each row by its line, or why it is none."""
    from dose_core.readers.typed_table import TableRefusedError, entry_of, value_columns

    rows = _rows(file)
    _, head = next(rows, (1, []))
    columns = value_columns(head)
    for line, cells in rows:
        source = f"{system}, {file.name}, line {line}"
        try:
            if len(cells) != len(head):
                yield line, f"it has {len(cells)} cells, the head {len(head)}"
            else:
                yield line, entry_of(dict(zip(head, cells, strict=True)), columns, system=system, source=source)
        except TableRefusedError as refused:
            yield line, str(refused)


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line that it ends in."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            delimiter = max(_DELIMITERS, key=first.count)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in reader:
                if any(cells):
                    yield reader.line_num, [cell.strip() for cell in cells]
    except OSError as error:
        msg = f"{file} cannot be opened: {error.strerror}"
        raise TableUnreadableError(msg) from error
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"{file} is no table in UTF-8 with commas, semicolons or tabs"
        raise TableUnreadableError(msg) from error


def _count(file: Path) -> int:
    return max(sum(1 for _ in _rows(file)) - 1, 0)


def _told(done: "Iterable[Imported]", *, is_applied: bool) -> bool:
    """Print what became of the rows and if the sums agree; return whether all of it is well."""
    count: dict[str, int] = defaultdict(int)
    stated: dict[str, list[float]] = defaultdict(list)
    kept: dict[str, list[float]] = defaultdict(list)
    for one in done:
        if one.problem:
            count["refused"] += 1
            typer.echo(f"line {one.line}: not taken: {one.problem}")
            continue
        count["new" if one.is_new else "known"] += 1
        for sums, values in ((stated, one.stated), (kept, one.kept)):
            for field, value in values:
                sums[field].append(value)
    agrees = True
    for field, its in sorted(stated.items()):
        told = f"{field}: {len(its)} values, their sum {fsum(its):.10g}"
        if is_applied:
            agrees &= len(its) == len(kept[field]) and isclose(fsum(its), fsum(kept[field]))
            told += f"; kept are {len(kept[field])}, their sum {fsum(kept[field]):.10g}"
        typer.echo(told)
    if is_applied:
        typer.echo(f"{count['new']} rows are new, {count['known']} were known, {count['refused']} were not taken")
    else:
        typer.echo(
            f"{count['known']} rows can be taken, {count['refused']} cannot; nothing was written: --apply takes them in"
        )
    if not agrees:
        typer.echo("the sums do NOT agree")
    return agrees and not count["refused"]
