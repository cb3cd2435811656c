"""
Synthetic databases for benches: kept below DOSELEDGER_BENCH_DIR from run to run, or else built anew in each.

DOSELEDGER_BENCH_EXAMS is how many exams the large one has (1 million unless it is set); the small one has a tenth.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from bench.house import FOLDER, Database, database
from bench.synthetic.build import build, built

LARGE = int(os.environ.get("DOSELEDGER_BENCH_EXAMS", "1000000"))
SMALL = LARGE // 10
EXAMS_OF_A_HISTORY = 20
_WITH_SO_MANY = """
    SELECT patient_id::text FROM exam WHERE state = 'counted' GROUP BY patient_id HAVING count(*) = %(exams)s
    ORDER BY md5(patient_id::text) LIMIT %(count)s
"""


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


def patients_of(ground: Database, count: int) -> list[UUID]:
    """Return so many patients with 20 exams each, in no order; one may come again in a small database."""
    found = ground.ask(_WITH_SO_MANY, {"exams": EXAMS_OF_A_HISTORY, "count": count})
    return [UUID(patient_id) for (patient_id,) in islice(cycle(found), count)]
