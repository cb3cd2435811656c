"""
Synthetic databases for benches: kept below DOSELEDGER_BENCH_DIR from run to run, or else built anew in each.

DOSELEDGER_BENCH_EXAMS is how many exams the large one has (1 million unless it is set); the small one has a tenth.
"""

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from bench.house import FOLDER, Database, database
from bench.synthetic.build import build, built
from bench.synthetic.population import Population, person_id, persons_with

LARGE = int(os.environ.get("DOSELEDGER_BENCH_EXAMS", "1000000"))
SMALL = LARGE // 10
EXAMS_OF_A_HISTORY = 20


@contextmanager
def synthetic(exams: int) -> Iterator[Database]:
    """Run a synthetic database of so many exams; ``bench/run.py`` names the folder where the environment does not."""
    folder = Path(os.environ[FOLDER]) / f"synthetic-{exams}"
    if built(folder) != exams:
        if folder.exists():
            shutil.rmtree(folder)  # of another size, of older tables, or not finished
        print(f"  building {exams:,} exams in {folder}: {build(folder, exams=exams):.0f} s", flush=True)
    with database(folder) as ground:
        yield ground


def patients_of(exams: int, count: int) -> list[UUID]:
    """Return patients with 20 exams each in a database of this size, drawn the same each time."""
    population = Population(exams=exams)
    everybody = persons_with(EXAMS_OF_A_HISTORY, of=population)
    drawn = random.Random(exams)  # noqa: S311 - no secret
    return [UUID(bytes=person_id(one)) for one in (drawn.choice(everybody) for _ in range(count))]
