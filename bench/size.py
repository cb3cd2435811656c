"""
``size``: what an exam needs on disk without its evidence, indexes and all.

CT dose reports of four acquisitions are filed by the services one after another, a study each, five for a patient;
what follows from them is done, the tables are vacuumed, and what an empty database has is taken off. Beside it stands
the same of a synthetic database of such exams alone, which must not be told apart: it is what larger ones are made of.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.ct_reports import ct_report
from bench.house import Database, database
from bench.synthetic.build import build
from bench.synthetic.filings import ARRIVED, SENDER, SITE
from db.session import make_engine, unit_of_work
from dose_core.contract import decode_envelope
from dose_services import following
from dose_services.ingest import keep_objects
from dose_services.reading import read_kept

_FILED, _SYNTHETIC = 2_000, 20_000
_KIND = "CT, 4 events"
_SIZES = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'procrastinate%'
"""
_NOT_OF_AN_EXAM = ("evidence", "access_log")  # what is looked at is no part of an exam either


def run() -> dict[str, Any]:
    """Return the figures, in bytes."""
    with _folder() as folder:
        filed = _filed(folder)
    with _folder() as folder:
        synthetic = _synthetic(folder)
    for table, size in sorted(filed.items(), key=lambda item: -item[1]):
        if size >= 1:
            print(f"  {size:>10.0f} {synthetic.get(table, 0):>10.0f}   {table}")
    of_filed, of_synthetic = (
        sum(size for table, size in sizes.items() if table not in _NOT_OF_AN_EXAM) for sizes in (filed, synthetic)
    )
    return {
        "bytes_per_ct_exam": round(of_filed),
        "bytes_per_synthetic_ct_exam": round(of_synthetic),
        "filed": _FILED,
        "synthetic": _SYNTHETIC,
    }


def _filed(folder: Path) -> dict[str, float]:
    with database(folder, is_careless=True) as ground:
        empty = _sizes(ground)
        engine = make_engine(ground.url)
        work = partial(unit_of_work, engine)
        for number in range(_FILED):
            report = ct_report(number)
            with work() as session:
                envelope = decode_envelope(report.sop_instance_uid, {}, report.dicom)
                kept = keep_objects(session, [envelope], sender=SENDER, received_at=ARRIVED)
            (state,) = read_kept(work, kept, now=ARRIVED, site=SITE)
            if state.status != "read":
                raise RuntimeError(state.reason)
        while following.work_off(work, now=ARRIVED, site=SITE, limit=500):
            pass
        engine.dispose()
        return _per_exam(empty, _sizes(ground), _FILED)


def _synthetic(folder: Path) -> dict[str, float]:
    with database(folder, is_careless=True) as ground:
        empty = _sizes(ground)
    build(folder, exams=_SYNTHETIC, sites=1, kinds=[_KIND])
    with database(folder) as ground:
        return _per_exam(empty, _sizes(ground), _SYNTHETIC)


def _sizes(ground: Database) -> dict[str, int]:
    ground.ask("VACUUM (ANALYZE)")
    return dict(ground.ask(_SIZES))


def _per_exam(before: dict[str, int], after: dict[str, int], exams: int) -> dict[str, float]:
    return {table: (size - before.get(table, 0)) / exams for table, size in after.items()}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doseledger-bench-") as folder:
        yield Path(folder)
