"""
Build a synthetic database in a folder: ``python bench/synthetic/build.py FOLDER [--scale 0.1]``.

Scale 1 is ten hospitals' ten years: 10 million exams with about 40 million events, which need 70 GB. The rows are
those that the services wrote for a study of each kind, again and again with ids, persons, times and doses of their own;
content of evidence alone is left out. While it is built the server does not wait for its disk, afterwards it does.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from alembic.script import ScriptDirectory

from bench.house import Database, database
from bench.synthetic.filings import Filing, file_all, site_labels
from bench.synthetic.loading import take_in, without_keys
from bench.synthetic.population import Choice, Population
from bench.synthetic.studies import KINDS
from bench.synthetic.templates import Reader
from bench.synthetic.writing import OfSite, write_share
from db.migrate import config
from db.session import make_engine

FULL = 10_000_000  # exams
_SITES = 10
_BYTES_PER_EXAM = 7_000  # on disk, with evidence's rows and while indexes are made
_BUILT = "built.json"  # tells what the folder holds, once it is whole


def build(folder: Path, *, exams: int, sites: int = _SITES, kinds: Sequence[str] = ()) -> float:
    """
    Build a database of so many exams, of these kinds or of all, in an empty folder; return the seconds that it took.

    Raises:
        RuntimeError: the disk has no room for it, or an object of a template was not read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = exams * _BYTES_PER_EXAM, shutil.disk_usage(folder).free
    print(f"  {exams:,} exams need about {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free", flush=True)
    if needed > free:
        raise RuntimeError("the disk has no room for it; choose a smaller --scale or another folder")
    began = time.monotonic()
    with database(folder, is_careless=True) as ground:
        engine = make_engine(ground.url)
        asked = [kind for kind in KINDS if not kinds or kind.name in kinds]
        filings = file_all(engine, sites=sites, kinds=asked)
        engine.dispose()
        reader = Reader(ground)
        of_sites = _templates(reader, filings, sites)
        reader.close()
        print(f"  {len(filings)} filings taken as templates in {time.monotonic() - began:.0f} s", flush=True)
        _load(ground, reader.tables, of_sites, Population(exams=exams))
    (folder / _BUILT).write_text(json.dumps({"exams": exams, "tables": _tables()}), encoding="ascii")
    return time.monotonic() - began


def built(folder: Path) -> int | None:
    """Return how many exams the folder's database was built with; ``None`` if there is none of the tables of today."""
    file = folder / _BUILT
    told = json.loads(file.read_text(encoding="ascii")) if file.exists() else {}
    return int(told["exams"]) if told.get("tables") == _tables() else None


def _tables() -> str:
    """Return the revision of the tables that the code knows."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def _templates(reader: Reader, filings: list[Filing], sites: int) -> list[OfSite]:
    made = []
    for label in site_labels(sites):
        here = [filing for filing in filings if filing.site == label]
        made.append(
            OfSite(
                exams=tuple(reader.exam(filing) for filing in here),
                choice=Choice([filing.weight for filing in here]),
                person=reader.person(label),
                look=reader.look(label),
            )
        )
    return made


def _load(ground: Database, tables: Sequence[str], sites: list[OfSite], population: Population) -> None:
    shares = os.cpu_count() or 1
    ends = [os.pipe() for _ in range(shares)]
    forked = multiprocessing.get_context("fork")  # the templates are functions, which no pipe carries
    writers = [
        forked.Process(target=_write, args=(sites, population, len(tables), share, ends), daemon=True)
        for share in range(shares)
    ]
    bar = _Bar(population.exams)
    with without_keys(ground, tables, bar.tell):
        for writer in writers:
            writer.start()
        for _, end in ends:
            os.close(end)
        take_in(ground, tables, [os.fdopen(source, "rb") for source, _ in ends], bar.done)
        for writer in writers:
            writer.join()
        if any(writer.exitcode for writer in writers):
            raise RuntimeError("a writing process failed; its words stand above")
    bar.tell("statistics")
    ground.ask("VACUUM (ANALYZE)")
    bar.tell("")


def _write(sites: list[OfSite], population: Population, tables: int, share: int, ends: list[tuple[int, int]]) -> None:
    for number, (source, end) in enumerate(ends):
        os.close(source)
        if number != share:
            os.close(end)
    with os.fdopen(ends[share][1], "wb", buffering=1024 * 1024) as to:
        write_share(sites, population, tables=tables, share=share, shares=len(ends), to=to)


class _Bar:
    """How far the build is: on a terminal a bar that moves, elsewhere a line now and then."""

    _WIDTH, _QUIET_S = 40, 30.0

    def __init__(self, exams: int) -> None:
        self._exams, self._done = exams, 0
        self._lock, self._told_at, self._began = threading.Lock(), time.monotonic(), time.monotonic()

    def done(self, exams: int) -> None:
        """Show that so many more are done."""
        with self._lock:
            self._done += exams
            self._show("exams")

    def tell(self, what: str) -> None:
        """Show what is done after the exams; nothing ends the line."""
        with self._lock:
            self._show(what)
            if not what and sys.stderr.isatty():
                print(file=sys.stderr)

    def _show(self, what: str) -> None:
        seconds = time.monotonic() - self._began
        filled = self._WIDTH * self._done // self._exams
        line = f"  [{'#' * filled:<{self._WIDTH}}] {self._done:>10,}/{self._exams:,} {seconds:>5.0f} s  {what}"
        if sys.stderr.isatty():
            print(f"\r{line:<110}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told_at > self._QUIET_S:
            self._told_at = time.monotonic()
            print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description="Build a synthetic database.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 10 million exams")
    asked = parser.parse_args()
    exams = round(FULL * asked.scale)
    if built(asked.folder) is not None:
        sys.exit(f"{asked.folder} holds a database of {built(asked.folder):,} exams already")
    print(f"  built in {build(asked.folder, exams=exams):.0f} s")


if __name__ == "__main__":
    main()
